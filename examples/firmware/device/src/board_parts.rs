//! [`divide`]: the parts of QEMU's board, as the application takes them.

use core::fmt;

use application::{Config, Hardware, Parts, PlanFlash};
use blueprint::{Handover, Reset, memory, trust};
use board::{Board, Flash, Fuses, HandoverMemory, Port, Power, Uart, Watchdog};
use dimo_crypto::{SoftwareKey, keccak256};
use dimo_hal::boot::{BootFlash, FlashBootControl};
use dimo_hal::clock::{InSleep, Monotonic, Uptime};
use dimo_hal::flash::BlockingFlash;
use dimo_hal::key_value::FlashKeyValue;
use dimo_hal::slcan::{Acknowledge, Slcan, SlcanBitRate};
use dimo_hal::{BlockingAsync, KeySlot, SoftwareSecureElement, Wallet};
use dimo_pairing::Presence;
use dimo_types::Address;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use embassy_time::Instant;
use embedded_storage_async::nor_flash::{ErrorType, NorFlash, ReadNorFlash};
use radio::{Firmware, Radio, SharedElement, SharedStore};
use static_cell::{ConstStaticCell, StaticCell};

use crate::phones::RadioPhones;
use crate::{factory, settings};

/// QEMU's board.
pub(crate) struct Qemu;

impl Hardware for Qemu {
    type Can = Slcan<Port, Ticks>;
    type Modem = Port;
    type Receiver = Port;
    type Store = Store;
    type Queue = BlockingFlash<Flash>;
    type Plans = PlanPages;
    type Boot = FlashBootControl<'static, BlockingFlash<Flash>, trust::Ed25519, Fuses>;
    type Element = SharedParts;
    type Power = Power;
    type Watchdog = Watchdog;
    type Console = Console;
}

/// The longest that all values of the store together may be, in bytes.
const STORED: usize = 1280;
type Values = FlashKeyValue<BlockingFlash<Flash>, STORED>;
type Chip = BlockingAsync<SoftwareSecureElement>;
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

/// The pages of a plan.
pub(crate) struct PlanPages(BlockingFlash<Flash>);

impl ErrorType for PlanPages {
    type Error = board::FlashError;
}

impl ReadNorFlash for PlanPages {
    const READ_SIZE: usize = <BlockingFlash<Flash> as ReadNorFlash>::READ_SIZE;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.read(offset, bytes).await
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl NorFlash for PlanPages {
    const WRITE_SIZE: usize = <BlockingFlash<Flash> as NorFlash>::WRITE_SIZE;
    const ERASE_SIZE: usize = <BlockingFlash<Flash> as NorFlash>::ERASE_SIZE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        self.0.erase(from, to).await
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0.write(offset, bytes).await
    }
}

impl PlanFlash for PlanPages {
    fn memory(&self) -> &[u8] {
        self.0.0.memory()
    }

    fn into_memory(self) -> &'static [u8] {
        self.0.0.into_memory()
    }
}

/// The console, each line of the application marked as such.
pub(crate) struct Console {
    uart: Uart,
    is_new_line: bool,
}

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if core::mem::take(&mut self.is_new_line) {
            self.uart.write_str("app\t")?;
        }
        self.is_new_line = text.ends_with('\n');
        self.uart.write_str(text)
    }
}

/// The board as the application takes it.
pub(crate) struct Divided {
    pub(crate) parts: Parts<Qemu>,
    pub(crate) config: Config<'static, trust::Ed25519>,
    pub(crate) phones: RadioPhones,
    /// What a restart needs.
    pub(crate) handover: HandoverMemory,
}

// What parts have in common lives as long as the program does, and is not moved.
static STORE: StaticCell<Mutex<NoopRawMutex, Values>> = StaticCell::new();
static CHIP: StaticCell<Mutex<NoopRawMutex, Chip>> = StaticCell::new();
static RADIO: StaticCell<Radio> = StaticCell::new();
static FIRMWARE: ConstStaticCell<Firmware> = ConstStaticCell::new(Firmware::new());

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
        radio: radio_port,
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
    let can = Slcan::open(bus, Ticks, SlcanBitRate::Kilo500, Acknowledge::Never).await.ok()?;
    let radio = RADIO.init(radio(store, wallet.address()).await?);
    if told.reset == Reset::PowerOn {
        radio.open_window(Presence::PluggedIn);
    }
    let phones = RadioPhones {
        radio,
        port: radio_port,
        wallet: Wallet::open(SharedElement::new(chip).await, KEY).await.ok()?,
        storage: store,
        firmware: FIRMWARE.take(),
    };
    let [first, second] = plans;
    let parts = Parts {
        can,
        modem,
        receiver,
        store,
        queue: BlockingFlash(queue),
        plans: [first, second].map(|pages| PlanPages(BlockingFlash(pages))),
        boot: FlashBootControl::new(flash, trust::verifier()?, fuses, told.slot),
        wallet,
        power,
        watchdog,
        console: Console { uart: console, is_new_line: true },
    };
    Some(Divided { parts, config: settings::config(told)?, phones, handover })
}

/// The device as phones see it, with what it remembers of them.
async fn radio(mut store: Store, address: Address) -> Option<Radio> {
    let memory = radio::load(&mut store).await.ok()?;
    Some(Radio::new(factory::setup(address)?, memory, factory::hint(&address)))
}

/// The key of the device and random numbers, from the secret of the factory and the number of this start: a chip has both of its own.
fn software_element(secret: [u8; 32], start: u32) -> Option<SoftwareSecureElement> {
    let key = SoftwareKey::from_bytes(secret).ok()?;
    let mut entropy = [0; 36];
    entropy.iter_mut().zip(secret.iter().chain(&start.to_le_bytes())).for_each(|(to, from)| *to = *from);
    SoftwareSecureElement::new(keccak256(&entropy)).with_key(KEY, key).ok()
}
