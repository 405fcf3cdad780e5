//! [`Trust`]: who says what time it is.

use dimo_types::Timestamp;

use super::Uptime;

/// Who says what time it is, the least trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Trust {
    /// Nobody of note: a guess, such as the time of the newest record in flash.
    Unset,
    /// A real-time clock that was kept through the reset, of unknown drift.
    Rtc,
    /// The cellular network (NITZ): any base station can say anything.
    Network,
    /// A time server, unauthenticated.
    Ntp,
    /// Satellites: exact, and open to a transmitter nearby.
    Gnss,
    /// A server that proved who it is, such as the backend in a sealed session.
    Authenticated,
}

/// A time of day with its trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WallTime {
    /// The time.
    pub time: Timestamp,
    /// Who said so.
    pub trust: Trust,
    /// When they said so.
    pub set_at: Uptime,
}

impl WallTime {
    /// A time, who said so, and when.
    #[must_use]
    pub const fn new(time: Timestamp, trust: Trust, set_at: Uptime) -> Self {
        Self { time, trust, set_at }
    }
}

/// What setting a clock did to it.
#[must_use = "whoever schedules by the time of day needs to know that it jumped"]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Adjustment {
    /// It knows the time now, and did not before.
    First,
    /// It was corrected by less than a jump.
    Fine {
        /// Microseconds, positive when the clock was late.
        micros: i64,
    },
    /// It jumped: times of day noted before are off by this much.
    Jump {
        /// Microseconds, positive when the clock was late.
        micros: i64,
    },
}
