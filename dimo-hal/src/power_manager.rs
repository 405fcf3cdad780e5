//! What a board does about power: [`PowerManager`].
//!
//! [`PowerMachine`](crate::power::PowerMachine) decides when a device sleeps; [`PowerDriver`](crate::power::PowerDriver) carries it out over this trait.

mod source;

use core::time::Duration;

use crate::power::Line;
use crate::twin::error_type;

pub use source::{WakeSource, WakeSources};

error_type!("a power manager");

/// Why a power manager failed, as far as generic code cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The measurement failed, or is not to be believed. Take the voltage for unknown.
    Measurement,
    /// The power controller does not answer.
    Bus,
    /// There is no such part on this board.
    NoSuchPart,
    /// It cannot do this.
    Unsupported,
    /// Something else; the driver's error says what.
    Other,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Measurement, Self::Bus, Self::NoSuchPart, Self::Unsupported, Self::Other];
}

/// A part that draws current of its own and can be put to sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Part {
    /// The transceivers of the vehicle's buses.
    Transceivers = 0,
    /// The cellular modem.
    Modem = 1,
    /// The receiver of satellites.
    Gnss = 2,
    /// The Bluetooth controller, where it is a chip of its own.
    Bluetooth = 3,
    /// External flash.
    Storage = 4,
    /// Whatever else the board has.
    Other = 5,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 6] =
        [Self::Transceivers, Self::Modem, Self::Gnss, Self::Bluetooth, Self::Storage, Self::Other];
}

/// What became of the request to sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Suspension {
    /// It sleeps.
    Asleep,
    /// It is on its way. Ask again.
    Busy,
}

/// How deep the device sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SleepDepth {
    /// Memory is kept, everything that can wake is armed.
    Sleep,
    /// The least the board can draw while it still watches the voltage and the ignition.
    Hibernate,
}

/// How a sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "an answer of the maker's board")]
pub struct Woken {
    /// What woke it, and what else happened meanwhile. The timer alone: nothing happened.
    pub sources: WakeSources,
    /// How long it slept, on a clock that nobody sets.
    pub slept: Duration,
}

/// Why the device started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResetCause {
    /// It got power.
    PowerOn,
    /// Its supply fell too low, as when the engine is cranked.
    BrownOut,
    /// It was not fed in time.
    Watchdog,
    /// It started itself anew.
    Software,
    /// Somebody pressed the button.
    Pin,
    /// It comes out of a sleep that kept no memory.
    Wake,
    /// The board cannot tell.
    Unknown,
}

/// The power of a board.
///
/// # Contract for makers
///
/// - **No wake is lost.** An event of an armed source that happens after [`arm`](Self::arm), also before [`sleep`](Self::sleep) or between its first instruction and the last one before
///   the core stops, ends the sleep at once. Sources are latched until `sleep` has reported them.
/// - [`arm`](Self::arm) says what is armed as read back from the hardware, not what was written to it.
/// - [`sleep`](Self::sleep) never lasts longer than it was told to, if the timer is armed.
/// - [`cut_power`](Self::cut_power) works without the part's help: a load switch, a reset line, a regulator's enable.
/// - The battery is measured at the connector, before any diode, with dips of less than 100 ms left in: the machine takes care of them.
///
/// # Contract for callers
///
/// - Cancel safety: a dropped `sleep` leaves the device awake with its sources armed; a dropped `suspend` leaves the part awake, asleep or on its way.
/// - Power loss: nothing survives but what the power controller keeps; arm again after each start.
/// - Ask for [`reset_cause`](Self::reset_cause) first of all: some chips forget it at the next one.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait PowerManager: ErrorType {
    /// Why the device started.
    fn reset_cause(&self) -> ResetCause;

    /// The voltage of the vehicle's battery, in mV.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Measurement`], [`ErrorKind::Bus`].
    async fn battery_mv(&mut self) -> Result<u32, Self::Error>;

    /// The ignition line; [`Line::Quiet`] on a board without one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Bus`].
    async fn ignition(&mut self) -> Result<Line, Self::Error>;

    /// Arms these sources and no others, and says which are armed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Bus`]; then nothing is known of what is armed. A source that the board has not is no error: it is not among those armed.
    async fn arm(&mut self, sources: WakeSources) -> Result<WakeSources, Self::Error>;

    /// Asks a part to sleep, and does not wait until it does. A board without the part says that it sleeps.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Bus`], [`ErrorKind::Unsupported`].
    async fn suspend(&mut self, part: Part) -> Result<Suspension, Self::Error>;

    /// Takes the power from a part, whatever it is doing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchPart`] where there is no switch, [`ErrorKind::Bus`].
    async fn cut_power(&mut self, part: Part) -> Result<(), Self::Error>;

    /// Wakes a part, or gives it its power back.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Bus`].
    async fn resume(&mut self, part: Part) -> Result<(), Self::Error>;

    /// Sleeps until an armed source wakes it, at most for `longest`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] for a depth that the board has not, [`ErrorKind::Bus`]; then it has not slept.
    async fn sleep(&mut self, depth: SleepDepth, longest: Option<Duration>) -> Result<Woken, Self::Error>;

    /// Takes the power from everything and gives it back: the last remedy for a device that is stuck.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] where nothing outside the core can do it. It does not return otherwise, but on a mock.
    async fn power_cycle(&mut self) -> Result<(), Self::Error>;
}
