//! Serves phones in QEMU, and nothing else: the radio of the firmware over the board's first port, with a wallet in software and the board's flash.
//! It runs where the boot loader would, and says on the console what phones do.
#![no_std]
#![no_main]

mod desk;
mod factory;

use core::cell::RefCell;
use core::fmt::Write as _;

use blueprint::Reset;
use board::{Board, Uart, halt};
use dimo_hal::Wallet;
use dimo_hal::flash::BlockingFlash;
use dimo_hal::key_value::FlashKeyValue;
use dimo_pairing::Presence;
use embassy_executor::task;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use radio::{Event, Parts, Radio, SharedElement, SharedStore, load, serial};

use desk::Desk;

/// The longest that all values together may be, in bytes.
const VALUES: usize = 1024;

#[cortex_m_rt::entry]
fn main() -> ! {
    board::run(|spawner| {
        if let Ok(check) = check() {
            spawner.spawn(check);
        }
    })
}

#[task]
async fn check() {
    let Some(Board { console, storage, radio: port, handover, .. }) = Board::take() else { halt() };
    let console = RefCell::new(console);
    let Ok(storage) = FlashKeyValue::<_, VALUES>::open(BlockingFlash(storage)).await else {
        return say(&console, format_args!("no storage"));
    };
    // As in a device whose other parts sign and store too.
    let storage = Mutex::<NoopRawMutex, _>::new(storage);
    let mut storage = SharedStore(&storage);
    let Some(element) = factory::element(&mut storage).await else {
        return say(&console, format_args!("no secure element"));
    };
    let element = Mutex::<NoopRawMutex, _>::new(element);
    let Ok(wallet) = Wallet::open(SharedElement::new(&element).await, factory::SLOT).await else {
        return say(&console, format_args!("no wallet"));
    };
    let Ok(memory) = load(&mut storage).await else {
        return say(&console, format_args!("no memory"));
    };
    let Some(setup) = factory::setup(wallet.address()) else {
        return say(&console, format_args!("no setup"));
    };
    let radio = Radio::new(setup, memory, factory::hint(&wallet.address()));
    if handover.reset() == Reset::PowerOn {
        radio.open_window(Presence::PluggedIn);
    }
    say(&console, format_args!("device\t{}", wallet.address()));
    let (reader, writer) = port.split();
    let events = |event| tell(&console, event);
    let parts = Parts { wallet, storage, handler: Desk::new(&console), events: &events };
    let stopped = radio.run(serial(reader, writer), parts).await;
    say(&console, format_args!("stopped\t{stopped}"));
}

/// One line on the console, which has no errors.
fn say(console: &RefCell<Uart>, what: core::fmt::Arguments<'_>) {
    let _ = writeln!(console.borrow_mut(), "radio-check\t{what}");
}

fn tell(console: &RefCell<Uart>, event: Event) {
    match event {
        Event::Paired { role } => say(console, format_args!("paired\t{role:?}")),
        Event::Resumed { role } => say(console, format_args!("resumed\t{role:?}")),
        Event::Claimed(claim) => say(console, format_args!("claimed\t{}", claim.owner)),
        // Phones come and go as they like.
        _ => {}
    }
}

/// The host waits for lines that never come.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    halt()
}
