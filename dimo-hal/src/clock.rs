//! Time: [`Monotonic`], which only counts, and [`Clock`], which knows what time it is and how far to trust it.
//!
//! A device has no clock that is right by itself. It hears the time from its RTC, its network, its satellites or a server, in any order,
//! and some of them lie. So a wall time never goes without its [`Trust`]; [`TrustedClock`] keeps both over any counter.
//!
//! Reading a counter neither fails nor waits, so these two traits are neither async nor in need of a blocking twin.

mod policy;
mod trust;
mod trusted_clock;
mod uptime;

use dimo_types::Timestamp;
use thiserror::Error;

pub use policy::{ClockPolicy, ClockPolicyError};
pub use trust::{Adjustment, Trust, WallTime};
pub use trusted_clock::{Slept, TrustedClock};
pub use uptime::{InSleep, Uptime};

/// A counter of microseconds since the start, on which intervals and deadlines are measured.
///
/// # Contract for makers
///
/// - It never goes back, not at a wrap of the hardware counter and not when the wall time is set.
/// - It ticks at least once a millisecond while the device is awake, and is read in constant time, in an interrupt too.
/// - [`in_sleep`](Self::in_sleep) says what happens to it while the core sleeps, and is the same for as long as the device runs.
/// - It begins anew at each reset.
///
/// # Contract for callers
///
/// An interval that spans a sleep is right only where the counter runs on; see [`TrustedClock::woke`].
pub trait Monotonic {
    /// The time since the start.
    fn uptime(&self) -> Uptime;

    /// What the counter does while the core sleeps.
    fn in_sleep(&self) -> InSleep;
}

impl<T: Monotonic + ?Sized> Monotonic for &T {
    fn uptime(&self) -> Uptime {
        (**self).uptime()
    }

    fn in_sleep(&self) -> InSleep {
        (**self).in_sleep()
    }
}

impl<T: Monotonic + ?Sized> Monotonic for &mut T {
    fn uptime(&self) -> Uptime {
        (**self).uptime()
    }

    fn in_sleep(&self) -> InSleep {
        (**self).in_sleep()
    }
}

/// A clock that knows the time of day, as far as somebody told it.
///
/// # Contract for makers
///
/// - Setting it never moves [`Monotonic::uptime`].
/// - A source of lower trust never overrides one of higher trust, unless that one is stale.
/// - A refused time changes nothing.
///
/// # Contract for callers
///
/// - The wall time may go back when it is set; measure intervals on the uptime.
/// - What needs a time that nobody on the radio could have chosen asks for [`Trust::Authenticated`].
///
/// # Power loss
///
/// Nothing survives. Who has an RTC sets the clock from it at the start, with [`Trust::Rtc`].
pub trait Clock: Monotonic {
    /// The time of day and how far to trust it; `None` until somebody set it.
    fn wall(&self) -> Option<WallTime>;

    /// It is `time`, says a source of this trust.
    ///
    /// # Errors
    ///
    /// [`ClockRefusal`]; the clock is as before.
    fn set(&mut self, time: Timestamp, trust: Trust) -> Result<Adjustment, ClockRefusal>;
}

impl<T: Clock + ?Sized> Clock for &mut T {
    fn wall(&self) -> Option<WallTime> {
        (**self).wall()
    }

    fn set(&mut self, time: Timestamp, trust: Trust) -> Result<Adjustment, ClockRefusal> {
        (**self).set(time, trust)
    }
}

/// Why a clock was not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClockRefusal {
    /// A source of higher trust set it, not long ago. Ignore the new time.
    #[error("a time of trust {offered:?} does not override one of {held:?}")]
    LessTrusted {
        /// The trust of the time it has.
        held: Trust,
        /// The trust of the time refused.
        offered: Trust,
    },
    /// Earlier than this firmware was built: an unset RTC, a network without a clock, a receiver of satellites after its weeks wrapped.
    #[error("{time} is before {not_before}, when this firmware was built")]
    BeforeBuild {
        /// The time refused.
        time: Timestamp,
        /// The earliest time it takes.
        not_before: Timestamp,
    },
    /// Somebody else keeps this clock, such as the operating system.
    #[error("this clock is kept by somebody else")]
    NotOurs,
}
