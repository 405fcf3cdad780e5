//! Serves phones in QEMU, and nothing else: the radio of the firmware over the board's first port, with a wallet in software and the board's flash.
//! It runs where the boot loader would, and says on the console what phones do.
#![no_std]
#![no_main]

mod desk;
mod factory;
mod slots;

use core::cell::RefCell;
use core::fmt::Write as _;

use blueprint::Reset;
use board::{Board, Flash, Uart, halt};
use dimo_hal::flash::BlockingFlash;
use dimo_hal::key_value::FlashKeyValue;
use dimo_hal::{Wallet, wait};
use dimo_pairing::Presence;
use dimo_types::Address;
use embassy_executor::task;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use radio::{Event, Parts, Radio, SharedElement, SharedStore, load, serial};
use static_cell::StaticCell;

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
    let Some(Board { console, storage, boot, fuses, radio: port, handover, .. }) = Board::take() else {
        halt()
    };
    let console = RefCell::new(console);
    let Some(storage) = store(storage) else { return say(&console, format_args!("no storage")) };
    let mut storage = SharedStore(storage);
    let Some(element) = factory::element(&mut storage).await else {
        return say(&console, format_args!("no secure element"));
    };
    let element = Mutex::<NoopRawMutex, _>::new(element);
    let Ok(wallet) = Wallet::open(SharedElement::new(&element).await, factory::SLOT).await else {
        return say(&console, format_args!("no wallet"));
    };
    let Some(radio) = phones(storage, wallet.address()) else {
        return say(&console, format_args!("no memory"));
    };
    let Some(slots) = slots::open(boot, fuses, storage, wallet.address()) else {
        return say(&console, format_args!("no slots"));
    };
    if handover.reset() == Reset::PowerOn {
        radio.open_window(Presence::PluggedIn);
    }
    say(&console, format_args!("device\t{}", wallet.address()));
    let (reader, writer) = port.split();
    let events = |event| tell(&console, event);
    let mut desk = Desk::new(&console, slots);
    let parts = Parts { wallet, storage, handler: &mut desk, events: &events };
    let stopped = radio.run(serial(reader, writer), parts).await;
    say(&console, format_args!("stopped\t{stopped}"));
}

type Store = FlashKeyValue<BlockingFlash<Flash>, VALUES>;

/// What lives for as long as the program does, and is not moved.
static STORE: StaticCell<Mutex<NoopRawMutex, Store>> = StaticCell::new();
static RADIO: StaticCell<Radio> = StaticCell::new();

/// Not inlined, as is what else starts the device: it takes its stack once, and not for as long as phones are served.
#[inline(never)]
fn store(flash: Flash) -> Option<&'static Mutex<NoopRawMutex, Store>> {
    let store = wait(FlashKeyValue::open(BlockingFlash(flash))).ok()?;
    Some(STORE.init_with(|| Mutex::new(store)))
}

#[inline(never)]
fn phones(mut storage: SharedStore<'_, Store>, address: Address) -> Option<&'static Radio> {
    let memory = wait(load(&mut storage)).ok()?;
    let setup = factory::setup(address)?;
    Some(RADIO.init_with(|| Radio::new(setup, memory, factory::hint(&address))))
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
