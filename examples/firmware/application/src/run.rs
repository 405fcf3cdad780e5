//! [`run`]: opens what is stored, and lets every part live.

use core::cell::RefCell;
use core::pin::pin;

use dimo_crypto::manifest::SignatureScheme;
use dimo_dbc::Plan;
use dimo_hal::queue::{Plain, Queue};
use dimo_hal::update::Updater;
use dimo_hal::{SecureElement as _, Wallet};
use dimo_types::Address;
use embassy_futures::join::join5;
use embassy_futures::select::select3;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use place::{begin, live};

use crate::commands::Commands;
use crate::config::Config;
use crate::desk::{Desk, Phones};
use crate::event::{Event, Observer as _};
use crate::hardware::{Hardware, Parts};
use crate::memory::Memory;
use crate::plans::PlanStore;
use crate::polls::Polls;
use crate::recorder::{Recorder, divide};
use crate::shared::SharedStore;
use crate::sharing::Sharing;
use crate::uplink::{self, Means};
use crate::world::World;
use crate::{bus, keeper, receiver};

/// Why the application ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// Start anew: there is another plan or another image.
    Restart,
    /// What is stored cannot be used: the board is not the one that this image is for, or broken. An image on trial is taken back by the next start.
    Unusable(&'static str),
}

/// Runs until the device has to start anew.
pub async fn run<H: Hardware, S: SignatureScheme>(
    parts: Parts<H>,
    config: &Config<'_, S>,
    memory: &mut Memory,
    phones: impl Phones,
) -> Ended {
    let (mut world, mut commands) = (None, None);
    let opened = {
        let mut opening = pin!(None);
        begin(opening.as_mut(), || open(&mut world, parts, config));
        match live(opening).await {
            Ok(opened) => opened,
            Err(missing) => return Ended::Unusable(missing),
        }
    };
    let Opened { can, modem, receiver, boot, wallet, gen1, power, watchdog, plans, plan, seed } = opened;
    let Some(world) = &world else { return Ended::Unusable("queue") };
    let device = wallet.address();
    {
        let mut opening = pin!(None);
        begin(opening.as_mut(), || command(&mut commands, world, config, device, plans, boot));
        if let Err(missing) = live(opening).await {
            return Ended::Unusable(missing);
        }
    }
    let Some(commands) = &commands else { return Ended::Unusable("store") };
    let (buffers, messages) = divide(memory);
    let recorder = &RefCell::new(Recorder::new(buffers, device, plan.as_ref(), seed));
    let means = Means { world, recorder, config, commands, wallet, gen1, messages };
    let (mut uplink, mut bus, mut sky) = (pin!(None), pin!(None), pin!(None));
    let (mut sleep, mut watch, mut served) = (pin!(None), pin!(None), pin!(None));
    begin(uplink.as_mut(), || uplink::run(means, modem));
    begin(bus.as_mut(), || bus::run(world, can, config.bit_rate, recorder));
    begin(sky.as_mut(), || receiver::run(world, receiver));
    begin(sleep.as_mut(), || keeper::sleep_and_wake(world, power, config.power));
    begin(watch.as_mut(), || keeper::feed(world, watchdog, config.stack_used));
    begin(served.as_mut(), || phones.serve(Desk::new(world, commands)));
    let forever = join5(live(bus), live(sky), live(sleep), live(watch), live(served));
    select3(live(uplink), world.restart.wait(), forever).await;
    Ended::Restart
}

/// What is left of the parts once the world is made of the others, and what was stored.
struct Opened<H: Hardware> {
    can: H::Can,
    modem: H::Modem,
    receiver: H::Receiver,
    boot: H::Boot,
    wallet: Wallet<H::Element>,
    gen1: H::Gen1,
    power: H::Power,
    watchdog: H::Watchdog,
    plans: PlanStore<H::Plans>,
    plan: Option<Plan<'static>>,
    /// Random.
    seed: [u8; 16],
}

/// Opens what is stored, and makes the world in its place; or says what is missing.
async fn open<H: Hardware, S: SignatureScheme>(
    world: &mut Option<World<H>>,
    parts: Parts<H>,
    config: &Config<'_, S>,
) -> Result<Opened<H>, &'static str> {
    let Parts {
        can,
        modem,
        receiver,
        mut store,
        queue,
        plans,
        boot,
        mut wallet,
        power,
        watchdog,
        mut observer,
        gen1,
    } = parts;
    let (plans, plan) = PlanStore::open(plans).await;
    let mut seed = [0; 16];
    wallet.element_mut().random(&mut seed).await.map_err(|_| "element")?;
    observer.saw(Event::Device(wallet.address()));
    observer.saw(Event::Plan(plan.map(|plan| plan.signal_count())));
    let queue = Queue::open(queue, Plain).await.map_err(|_| "queue")?;
    let sharing =
        Sharing::load(&mut store, wallet.address(), config.backend.recipient).await.ok_or("store")?;
    let polls = Polls::load(&mut store).await.ok_or("store")?;
    *world = Some(World::new(observer, queue, store, polls, sharing, config.built));
    Ok(Opened { can, modem, receiver, boot, wallet, gen1, power, watchdog, plans, plan, seed })
}

/// Makes what commands work on in its place.
async fn command<'w, 'c, H: Hardware, S: SignatureScheme>(
    place: &mut Option<Mutex<NoopRawMutex, Commands<'w, 'c, H, S>>>,
    world: &'w World<H>,
    config: &'c Config<'c, S>,
    device: Address,
    plans: PlanStore<H::Plans>,
    boot: H::Boot,
) -> Result<(), &'static str> {
    let updater = Updater::open(SharedStore(&world.store), config.update).await.map_err(|_| "store")?;
    let commands = Commands::new(world, config, device, plans, updater, boot);
    *place = Some(Mutex::new(commands));
    Ok(())
}
