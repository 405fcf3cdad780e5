//! [`run`]: opens what is stored, confirms the image, and lets every part live.

use core::cell::RefCell;

use dimo_crypto::manifest::SignatureScheme;
use dimo_hal::boot::ConfirmToken;
use dimo_hal::queue::{Plain, Queue};
use dimo_hal::update::Updater;
use dimo_hal::{BootControl as _, SecureElement as _};
use embassy_futures::select::select3;
use embassy_sync::mutex::Mutex;

use crate::commands::Commands;
use crate::config::Config;
use crate::desk::{Desk, Phones};
use crate::hardware::{Hardware, Parts, say};
use crate::memory::{Memory, Tables};
use crate::plans::PlanStore;
use crate::recorder::{Recorder, divide};
use crate::uplink::{self, Means};
use crate::world::{Shared, World};
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
    tables: &mut Tables,
    phones: impl Phones,
) -> Ended {
    let Parts {
        can,
        modem,
        receiver,
        store,
        queue,
        plans,
        mut boot,
        mut wallet,
        power,
        watchdog,
        mut console,
    } = parts;
    let Ok(queue) = Queue::open(queue, Plain).await else { return Ended::Unusable("queue") };
    let (plans, plan) = PlanStore::open(plans).await;
    let mut seed = [0; 16];
    if wallet.element_mut().random(&mut seed).await.is_err() {
        return Ended::Unusable("element");
    }
    let device = wallet.address();
    say(&mut console, format_args!("device\t{device}"));
    match plan {
        Some(plan) => say(&mut console, format_args!("plan\t{}", plan.signal_count())),
        None => say(&mut console, format_args!("plan\tnone")),
    }
    let world = World::<H>::new(console, queue, store, config.built);
    let Ok(updater) = Updater::open(Shared(&world.store), config.update).await else {
        return Ended::Unusable("store");
    };
    // All that is stored could be opened: the image runs here.
    if boot.confirm(ConfirmToken::after_self_test(config.slot)).await.is_err() {
        return Ended::Unusable("boot");
    }
    world.say(format_args!("confirmed"));
    let commands = Mutex::new(Commands::new(&world, config, device, plans, updater, boot));
    let (buffers, messages) = divide(memory, tables);
    let recorder = RefCell::new(Recorder::new(buffers, device, plan.as_ref(), seed));
    let means = Means { world: &world, recorder: &recorder, config, commands: &commands, wallet, messages };
    let forever = embassy_futures::join::join5(
        bus::run(&world, can, &recorder),
        receiver::run(&world, receiver),
        keeper::sleep_and_wake(&world, power, config.power),
        keeper::feed(&world, watchdog),
        phones.serve(Desk::new(&world, &commands)),
    );
    select3(uplink::run(means, modem), world.restart.wait(), forever).await;
    Ended::Restart
}
