//! [`divide`]: the parts of QEMU's board, as the application takes them.

use core::pin::pin;

use application::{Config, Hardware, Parts, SharedElement, SharedStore};
use blueprint::{Handover, memory, trust};
use board::{Board, Flash, Fuses, HandoverMemory, Port, Power, Watchdog};
use dimo_crypto::{SoftwareKey, keccak256};
use dimo_hal::boot::{BootFlash, FlashBootControl};
use dimo_hal::clock::{InSleep, Monotonic, Uptime};
use dimo_hal::flash::BlockingFlash;
use dimo_hal::key_value::FlashKeyValue;
use dimo_hal::slcan::{Acknowledge, Slcan};
use dimo_hal::{BlockingAsync, KeySlot, SoftwareSecureElement, Wallet};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use embassy_time::Instant;
use place::{begin, live};
use static_cell::StaticCell;

use crate::console::Console;
use crate::plan_pages::PlanPages;
use crate::{phones, settings};

/// QEMU's board.
pub(crate) struct Qemu;

impl Hardware for Qemu {
    type Can = &'static mut Can;
    type Modem = Port;
    type Receiver = Port;
    type Store = Store;
    type Queue = BlockingFlash<Flash>;
    type Plans = PlanPages;
    type Boot = &'static mut Slots;
    type Element = SharedParts;
    type Power = Power;
    type Watchdog = Watchdog;
    type Observer = Console;
    type Gen1 = ();
}

/// The longest that all values of the store together may be, in bytes.
const STORED: usize = 1280;
type Values = FlashKeyValue<BlockingFlash<Flash>, STORED>;
type Chip = BlockingAsync<SoftwareSecureElement>;
type Can = Slcan<Port, Ticks>;
type Slots = FlashBootControl<'static, BlockingFlash<Flash>, trust::Ed25519, Fuses>;
/// The store, for the application and for its radio.
pub(crate) type Store = SharedStore<'static, Values>;
/// The secure element, likewise.
pub(crate) type SharedParts = SharedElement<'static, Chip>;
/// Of the device's key.
const KEY: KeySlot = KeySlot(0);

/// The clock of the executor.
pub(crate) struct Ticks;

impl Monotonic for Ticks {
    fn uptime(&self) -> Uptime {
        Uptime::from_micros(Instant::now().as_micros())
    }

    fn in_sleep(&self) -> InSleep {
        InSleep::Counts
    }
}

/// The board as the application takes it.
pub(crate) struct Divided {
    pub(crate) parts: Parts<Qemu>,
    pub(crate) config: Config<'static, trust::Ed25519>,
    pub(crate) phones: phones::BoardPhones,
    /// What a restart needs.
    pub(crate) handover: HandoverMemory,
}

// What is large or shared lives as long as the program does, and is not moved.
static STORE: StaticCell<Mutex<NoopRawMutex, Values>> = StaticCell::new();
static CHIP: StaticCell<Mutex<NoopRawMutex, Chip>> = StaticCell::new();
static CAN: StaticCell<Can> = StaticCell::new();
static SLOTS: StaticCell<Slots> = StaticCell::new();

/// `None` when the board is not what it should be.
pub(crate) async fn divide(board: Board, told: Handover) -> Option<Divided> {
    let Board {
        console,
        boot,
        fuses,
        storage,
        plans,
        queue,
        mut element,
        mut power,
        radio,
        bus,
        modem,
        receiver,
        watchdog,
        handover,
    } = board;
    power.started_by(told.reset);
    let (secret, start) = element.start().ok()?;
    let chip = CHIP.init(Mutex::new(BlockingAsync::new(software_element(secret, start)?)));
    let store =
        SharedStore(&*STORE.init(Mutex::new(FlashKeyValue::open(BlockingFlash(storage)).await.ok()?)));
    let wallet = Wallet::open(SharedElement::new(chip).await, KEY).await.ok()?;
    let flash = BootFlash::new(BlockingFlash(boot), memory::boot_layout()).ok()?;
    // Whoever is at the other end need not answer commands: what it sends is what counts.
    let can = CAN.init(Slcan::open(bus, Ticks, settings::BUS, Acknowledge::Never).await.ok()?);
    let wallet_of_phones = Wallet::open(SharedElement::new(chip).await, KEY).await.ok()?;
    let phones = {
        let mut opening = pin!(None);
        begin(opening.as_mut(), || phones::open(radio, wallet_of_phones, store, told));
        live(opening).await?
    };
    let [first, second] = plans;
    let parts = Parts {
        can,
        modem,
        receiver,
        store,
        queue: BlockingFlash(queue),
        plans: [first, second].map(|pages| PlanPages(BlockingFlash(pages))),
        boot: SLOTS.init(FlashBootControl::new(flash, trust::verifier()?, fuses, told.slot)),
        wallet,
        power,
        watchdog,
        observer: Console(console),
        gen1: (),
    };
    Some(Divided { parts, config: settings::config(told)?, phones, handover })
}

/// The key of the device and random numbers, from the secret of the factory and the number of this start: a chip has both of its own.
#[inline(never)]
fn software_element(secret: [u8; 32], start: u32) -> Option<SoftwareSecureElement> {
    let key = SoftwareKey::from_bytes(secret).ok()?;
    let mut entropy = [0; 36];
    entropy.iter_mut().zip(secret.iter().chain(&start.to_le_bytes())).for_each(|(to, from)| *to = *from);
    SoftwareSecureElement::new(keccak256(&entropy)).with_key(KEY, key).ok()
}
