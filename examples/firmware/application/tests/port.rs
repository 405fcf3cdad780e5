//! What a maker writes to bring the application to a board, as `docs/porting.md` shows it. It compiles and composes here, so that the guide cannot rot.
//!
//! What answers [`NotYet`] is left to the maker.
#![expect(dead_code, reason = "that it compiles for every chip is what is shown")]

use core::marker::PhantomData;
use core::ops::Range;
use core::time::Duration;

use application::{Config, Ended, Hardware, Memory, NoPhones, Observer, Parts, PlanFlash, run};
use blueprint::memory as places;
use dimo_crypto::manifest::SignatureScheme;
use dimo_hal::boot::{BootFlash, FlashBootControl, SecurityCounter, Verifier};
use dimo_hal::can::{self, BusMode, BusStatus, Filter, Filtering};
use dimo_hal::flash::{BlockingFlash, Region};
use dimo_hal::key_value::{FlashKeyValue, Key};
use dimo_hal::mock::{MockFlash, Supply};
use dimo_hal::power::Line;
use dimo_hal::power_manager::{
    self, Part, ResetCause, SleepDepth, Suspension, WakeSource, WakeSources, Woken,
};
use dimo_hal::queue::{Plain, Queue};
use dimo_hal::{
    CanReceiver, CanTransmitter, KeySlot, PowerManager, Se05x, Wallet, Watchdog, conformance, wait, watchdog,
};
use dimo_types::{CanId, Frame, Priority, Timestamp};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;
use embedded_hal_async::spi::SpiDevice;
use embedded_io_async::{Read, Write};
use embedded_storage_async::nor_flash::NorFlash;

/// What the packages of a chip's maker bring along.
trait Chip {
    /// Serial ports with buffers behind an interrupt.
    type Uart: Read + Write;
    /// To the secure element.
    type I2c: I2c;
    /// To the CAN controller.
    type Spi: SpiDevice;
    /// Waits.
    type Delay: DelayNs;
    /// All of the flash; each user gets a handle of its own.
    type Flash: NorFlash + 'static;
    /// Pages of flash that the core can read as memory.
    type Plans: PlanFlash;
    /// Fuses, or a counter of the secure element.
    type Fuses: SecurityCounter;
    /// How signatures of firmware are verified.
    type Scheme: SignatureScheme + 'static;
    /// A log for people.
    type Observer: Observer;
}

// The guide has what stands between the two lines, word for word.
// --- guide
struct MyBoard<C>(PhantomData<C>);

impl<C: Chip> Hardware for MyBoard<C> {
    type Can = MyCan<C::Spi>; // yours
    type Modem = C::Uart;
    type Receiver = C::Uart;
    type Store = FlashKeyValue<Region<C::Flash>, 1280>;
    type Queue = Region<C::Flash>;
    type Plans = C::Plans; // yours
    type Boot = FlashBootControl<'static, Region<C::Flash>, C::Scheme, C::Fuses>;
    type Element = Se05x<C::I2c, C::Delay>;
    type Power = MyPower; // yours
    type Watchdog = MyWatchdog; // yours
    type Observer = C::Observer;
    type Gen1 = (); // sealed records alone
}
// --- guide

/// A place where the maker's code belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the maker has not written this yet")]
struct NotYet;

/// A CAN controller behind SPI, an MCP2515 for one.
struct MyCan<S> {
    _spi: S,
    status: BusStatus,
}

impl<S> MyCan<S> {
    /// A driver starts in listen-only mode.
    const fn new(spi: S) -> Self {
        Self { _spi: spi, status: BusStatus::new(BusMode::ListenOnly) }
    }
}

impl can::Error for NotYet {
    fn kind(&self) -> can::ErrorKind {
        can::ErrorKind::Unsupported
    }
}

/// What a controller that only listens says to whoever wants to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum CanFault {
    #[error(transparent)]
    NotYet(NotYet),
    #[error("the controller listens only")]
    ListenOnly,
}

impl can::Error for CanFault {
    fn kind(&self) -> can::ErrorKind {
        match self {
            Self::NotYet(fault) => can::Error::kind(fault),
            Self::ListenOnly => can::ErrorKind::ListenOnly,
        }
    }
}

impl<S> can::ErrorType for MyCan<S> {
    type Error = CanFault;
}

impl<S> CanReceiver for MyCan<S> {
    async fn receive(&mut self) -> Result<Frame, CanFault> {
        Err(CanFault::NotYet(NotYet))
    }

    async fn set_filters(&mut self, _filters: &[Filter]) -> Result<Filtering, CanFault> {
        Ok(Filtering::Off)
    }

    async fn set_mode(&mut self, mode: BusMode) -> Result<(), CanFault> {
        if mode == self.status.mode { Ok(()) } else { Err(CanFault::NotYet(NotYet)) }
    }

    async fn status(&mut self) -> Result<BusStatus, CanFault> {
        Ok(self.status)
    }
}

impl<S> CanTransmitter for MyCan<S> {
    async fn transmit(&mut self, _frame: &Frame) -> Result<(), CanFault> {
        match self.status.mode {
            BusMode::ListenOnly => Err(CanFault::ListenOnly),
            _ => Err(CanFault::NotYet(NotYet)),
        }
    }

    async fn recover(&mut self) -> Result<(), CanFault> {
        Ok(())
    }
}

/// The battery, the ignition, and how the board sleeps.
struct MyPower {
    armed: WakeSources,
}

impl power_manager::Error for NotYet {
    fn kind(&self) -> power_manager::ErrorKind {
        power_manager::ErrorKind::Unsupported
    }
}

impl power_manager::ErrorType for MyPower {
    type Error = NotYet;
}

impl PowerManager for MyPower {
    fn reset_cause(&self) -> ResetCause {
        ResetCause::Unknown
    }

    async fn battery_mv(&mut self) -> Result<u32, NotYet> {
        Err(NotYet)
    }

    async fn ignition(&mut self) -> Result<Line, NotYet> {
        Ok(Line::Quiet)
    }

    async fn arm(&mut self, sources: WakeSources) -> Result<WakeSources, NotYet> {
        self.armed = sources.and(WakeSource::Timer | WakeSource::Can);
        Ok(self.armed)
    }

    async fn suspend(&mut self, _part: Part) -> Result<Suspension, NotYet> {
        Ok(Suspension::Asleep)
    }

    async fn cut_power(&mut self, _part: Part) -> Result<(), NotYet> {
        Err(NotYet)
    }

    async fn resume(&mut self, _part: Part) -> Result<(), NotYet> {
        Ok(())
    }

    async fn sleep(&mut self, _depth: SleepDepth, _longest: Option<Duration>) -> Result<Woken, NotYet> {
        Err(NotYet)
    }

    async fn power_cycle(&mut self) -> Result<(), NotYet> {
        Err(NotYet)
    }
}

/// The watchdog that the boot loader has started.
struct MyWatchdog;

impl watchdog::Error for NotYet {
    fn kind(&self) -> watchdog::ErrorKind {
        watchdog::ErrorKind::Running
    }
}

impl watchdog::ErrorType for MyWatchdog {
    type Error = NotYet;
}

impl Watchdog for MyWatchdog {
    async fn start(&mut self, _timeout: Duration) -> Result<Duration, NotYet> {
        Err(NotYet)
    }

    async fn feed(&mut self) -> Result<(), NotYet> {
        Err(NotYet)
    }
}

/// What a chip hands over at its start.
struct Given<C: Chip> {
    uarts: [C::Uart; 2],
    i2c: C::I2c,
    spi: C::Spi,
    delay: C::Delay,
    /// For the store, the queue and the boot loader's pages.
    flash: [C::Flash; 3],
    plans: [C::Plans; 2],
    fuses: C::Fuses,
    observer: C::Observer,
}

fn pages<F: NorFlash>(flash: F, range: &Range<u32>) -> Option<Region<F>> {
    Region::new(flash, range.start, range.end - range.start)
}

/// The object of the wallet's key in the secure element, and the first of its counters.
const KEY: KeySlot = KeySlot(0x00D1_1000);
const COUNTERS: u32 = 0x00D1_0000;

/// Gives the board to the application; `None` when it is not what it should be.
async fn start<C: Chip>(
    given: Given<C>,
    verifier: Verifier<'static, C::Scheme>,
    config: &Config<'_, C::Scheme>,
    memory: &mut Memory,
) -> Option<Ended> {
    let Given {
        uarts: [modem, receiver],
        i2c,
        spi,
        delay,
        flash: [store, queue, boot],
        plans,
        fuses,
        observer,
    } = given;
    let mut element = Se05x::new(i2c, delay).with_counters(COUNTERS, 2);
    element.start().await.ok()?;
    let boot = BootFlash::new(Region::new(boot, 0, places::RECORD.end)?, places::boot_layout()).ok()?;
    let parts = Parts::<MyBoard<C>> {
        can: MyCan::new(spi),
        modem,
        receiver,
        store: FlashKeyValue::open(pages(store, &places::STORAGE)?).await.ok()?,
        queue: pages(queue, &places::QUEUE)?,
        plans,
        boot: FlashBootControl::new(boot, verifier, fuses, config.slot),
        wallet: Wallet::open(element, KEY).await.ok()?,
        power: MyPower { armed: WakeSources::NONE },
        watchdog: MyWatchdog,
        observer,
        gen1: (),
    };
    Some(run(parts, config, memory, NoPhones).await)
}

#[test]
fn the_guide_shows_what_compiles_here() {
    let (here, guide) = (include_str!("port.rs"), include_str!("../../../../docs/porting.md"));
    let shown = here.split("// --- guide\n").nth(1).unwrap_or_default();
    assert!(shown.contains("impl<C: Chip> Hardware for MyBoard<C>"), "the lines around it are gone");
    assert!(guide.contains(shown), "docs/porting.md shows something else");
}

#[test]
fn a_controller_that_is_not_finished_starts_in_silence_and_sends_nothing()
-> Result<(), Box<dyn core::error::Error>> {
    let mut can = MyCan::new(());
    assert_eq!(can.status.mode, BusMode::ListenOnly);
    let id = CanId::standard(0x7DF).ok_or("an identifier")?;
    let frame = Frame::classic(Timestamp::EPOCH, id, &[2, 1, 0])?;
    Ok(wait(conformance::check_listen_only(&mut can, &frame))?)
}

#[test]
fn what_a_device_keeps_is_kept_in_flash_of_every_word_that_the_guide_names()
-> Result<(), Box<dyn core::error::Error>> {
    keeps::<4>()?;
    keeps::<16>()?;
    keeps::<32>()
}

/// Values and the queue, over words of this length.
fn keeps<const WORD: usize>() -> Result<(), Box<dyn core::error::Error>> {
    let supply = Supply::new(1);
    let mut store =
        wait(FlashKeyValue::<_, 1280>::open(BlockingFlash(MockFlash::<WORD, 4096>::new(4, &supply))))?;
    wait(conformance::check_key_value(&mut store, [Key::new(1, 1), Key::new(2, 1)]))?;
    let flash = BlockingFlash(MockFlash::<WORD, 4096>::new(23, &supply));
    let mut queue = wait(Queue::<_, Plain, 24, 1536>::open(flash, Plain))?;
    wait(queue.push(Priority::Routine, b"a batch"))?;
    Ok(())
}
