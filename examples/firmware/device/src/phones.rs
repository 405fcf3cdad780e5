//! [`BoardPhones`]: phones over the board's radio.

use core::pin::pin;

use application::{Desk, Hardware, Phones};
use blueprint::{Handover, Reset};
use board::Port;
use dimo_crypto::manifest::SignatureScheme;
use dimo_hal::Wallet;
use dimo_hal::power::Line;
use dimo_pairing::{Ignition, Presence};
use embassy_futures::select::select3;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::signal::Signal;
use embassy_time::{Duration, Timer};
use place::{begin, live};
use radio::{Event, Firmware, Parts, Radio, serial};
use static_cell::{ConstStaticCell, StaticCell};

use crate::board_parts::{SharedParts, Store};
use crate::counter::Counter;
use crate::factory;

/// How often the radio is told what the vehicle does.
const LOOK: Duration = Duration::from_secs(1);

/// What serves phones.
pub(crate) struct BoardPhones {
    radio: &'static Radio,
    port: Port,
    wallet: Wallet<SharedParts>,
    storage: Store,
    firmware: &'static mut Firmware,
    /// The number of the release that runs.
    release: u64,
}

static RADIO: StaticCell<Radio> = StaticCell::new();
static FIRMWARE: ConstStaticCell<Firmware> = ConstStaticCell::new(Firmware::new());

/// The device as phones see it, with what it remembers of them. `None` when that is lost.
pub(crate) async fn open(
    port: Port,
    wallet: Wallet<SharedParts>,
    mut storage: Store,
    told: Handover,
) -> Option<BoardPhones> {
    let (memory, address) = (radio::load(&mut storage).await.ok()?, wallet.address());
    let radio = RADIO.init(Radio::new(factory::setup(address, told.seq)?, memory, factory::hint(&address)));
    if told.reset == Reset::PowerOn {
        radio.open_window(Presence::PluggedIn);
    }
    Some(BoardPhones { radio, port, wallet, storage, firmware: FIRMWARE.take(), release: told.seq })
}

impl Phones for BoardPhones {
    async fn serve<H: Hardware, S: SignatureScheme>(self, desk: Desk<'_, '_, H, S>) {
        let Self { radio, port, wallet, storage, firmware, release } = self;
        let (reader, writer) = port.split();
        let restart: Signal<NoopRawMutex, ()> = Signal::new();
        let mut handler = Counter::new(&desk, firmware, release, &restart);
        let events = |event| tell(&desk, event);
        let mut serving = pin!(None);
        let parts = Parts { wallet, storage, handler: &mut handler, events: &events };
        begin(serving.as_mut(), || radio.run(serial(reader, writer), parts));
        let serving = async {
            let stopped = live(serving).await;
            // A device without phones, until it starts anew.
            desk.tell(format_args!("no more\t{stopped}"));
            core::future::pending::<()>().await;
        };
        let restarting = async {
            restart.wait().await;
            desk.restart().await;
            core::future::pending::<()>().await;
        };
        select3(serving, watch(radio, &desk), restarting).await;
    }
}

/// Tells the radio what the vehicle and the clock do, for ever.
async fn watch<H: Hardware, S: SignatureScheme>(radio: &Radio, desk: &Desk<'_, '_, H, S>) {
    let mut before = None;
    loop {
        let ignition = match desk.ignition() {
            Some(Line::Active) => Ignition::On,
            Some(Line::Quiet) => Ignition::Off,
            None => Ignition::Unknown,
        };
        if before.replace(ignition) != Some(ignition) {
            radio.ignition(ignition);
        }
        if let Some(time) = desk.time_of_day() {
            radio.clock(time);
        }
        // The registry says whose the device is, and the backend tells.
        if let Some(owner) = desk.owner()
            && radio.owner() != Some(owner)
        {
            radio.set_owner(Some(owner));
        }
        Timer::after(LOOK).await;
    }
}

fn tell<H: Hardware, S: SignatureScheme>(desk: &Desk<'_, '_, H, S>, event: Event) {
    match event {
        Event::Paired { role } => desk.tell(format_args!("paired\t{role:?}")),
        Event::Resumed { role } => desk.tell(format_args!("resumed\t{role:?}")),
        Event::Claimed(claim) => desk.tell(format_args!("claimed\t{}", claim.owner)),
        // Phones come and go as they like.
        _ => {}
    }
}
