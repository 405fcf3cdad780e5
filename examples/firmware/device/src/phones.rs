//! [`RadioPhones`]: phones over the board's radio.

use application::{Desk, Hardware, Phones};
use board::Port;
use dimo_crypto::manifest::SignatureScheme;
use dimo_hal::Wallet;
use dimo_hal::power::Line;
use dimo_pairing::Ignition;
use embassy_futures::select::select3;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::signal::Signal;
use embassy_time::{Duration, Timer};
use radio::{Event, Firmware, Parts, Radio, serial};

use crate::board_parts::{SharedParts, Store};
use crate::counter::Counter;

/// How often the radio is told what the vehicle does.
const LOOK: Duration = Duration::from_secs(1);

/// What serves phones.
pub(crate) struct RadioPhones {
    pub(crate) radio: &'static Radio,
    pub(crate) port: Port,
    pub(crate) wallet: Wallet<SharedParts>,
    pub(crate) storage: Store,
    pub(crate) firmware: &'static mut Firmware,
}

impl Phones for RadioPhones {
    async fn serve<H: Hardware, S: SignatureScheme>(self, desk: Desk<'_, '_, H, S>) {
        let Self { radio, port, wallet, storage, firmware } = self;
        let (reader, writer) = port.split();
        let restart: Signal<NoopRawMutex, ()> = Signal::new();
        let handler = Counter::new(&desk, firmware, &restart);
        let events = |event| tell(&desk, event);
        let serving = async {
            let parts = Parts { wallet, storage, handler, events: &events };
            let stopped = radio.run(serial(reader, writer), parts).await;
            // A device without phones, until it starts anew.
            desk.say(format_args!("phone\tno more\t{stopped}"));
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
        Timer::after(LOOK).await;
    }
}

fn tell<H: Hardware, S: SignatureScheme>(desk: &Desk<'_, '_, H, S>, event: Event) {
    match event {
        Event::Paired { role } => desk.say(format_args!("phone\tpaired\t{role:?}")),
        Event::Resumed { role } => desk.say(format_args!("phone\tresumed\t{role:?}")),
        Event::Claimed(claim) => desk.say(format_args!("phone\tclaimed\t{}", claim.owner)),
        // Phones come and go as they like.
        _ => {}
    }
}
