//! Where the vehicle is: [`Gnss`], a receiver of satellites.
//!
//! [`NmeaReceiver`] is one over any stream of NMEA 0183, which nearly every receiver speaks. [`Locator`] keeps the latest position that may be trusted, and sets the clock.

mod fix;
mod locator;
mod nmea;
mod receiver;

use crate::twin::error_type;

pub use fix::{Fix, FixQuality, GnssReport};
pub use locator::{Locator, LocatorPolicy};
pub use nmea::{NmeaCounters, NmeaReader};
pub use receiver::{NmeaError, NmeaReceiver};

error_type!("a receiver of satellites");

/// Why a receiver failed, as far as generic code cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The byte stream to it failed, or has ended.
    Io,
    /// It does not answer: it is off, starting, or stuck.
    Timeout,
    /// It cannot do this.
    Unsupported,
    /// Something else; the driver's error says what.
    Other,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Io, Self::Timeout, Self::Unsupported, Self::Other];
}

/// What a receiver does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GnssPower {
    /// It has no power; the next fix takes half a minute and more.
    Off,
    /// It keeps its clock and what it knows of the satellites; the next fix takes seconds.
    Standby,
    /// It reports.
    Tracking,
}

/// A receiver of satellites.
///
/// # Contract for makers
///
/// - Positions are those of WGS 84, as the receiver reports them: not smoothed, not snapped to a road, not predicted.
/// - What the receiver itself calls invalid, simulated or entered by hand is [`GnssReport::Searching`].
/// - A time of day without a date is no time: [`Fix::time`] is `None` then.
/// - It reports about once a second while it tracks, also while it has no fix.
///
/// # Contract for callers
///
/// - Cancel safety: a dropped [`next_report`](Self::next_report) loses at most one report.
/// - Anybody with a transmitter can make a receiver report any place and any time: what costs money or safety needs a second witness.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait Gnss: ErrorType {
    /// Switches it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] for what this board cannot do, [`ErrorKind::Io`].
    async fn set_power(&mut self, power: GnssPower) -> Result<(), Self::Error>;

    /// Waits for the next report.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`], [`ErrorKind::Timeout`].
    async fn next_report(&mut self) -> Result<GnssReport, Self::Error>;
}
