//! [`Uptime`]: a point on a counter.

use core::time::Duration;

use dimo_types::Timestamp;

/// Microseconds since the start of the device. Two of them from two starts have nothing to do with each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uptime(u64);

impl Uptime {
    /// The moment of the start.
    pub const START: Self = Self(0);

    /// A point this many microseconds after the start.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the start.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Whole milliseconds since the start, floored.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0 / 1000
    }

    /// How long ago `earlier` was; nothing when it is the later one.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// The point `duration` later; the last there is, half a million years on, where it would be later still.
    #[must_use]
    pub const fn after(self, duration: Duration) -> Self {
        let micros = duration.as_micros();
        Self(if micros > u64::MAX as u128 { u64::MAX } else { self.0.saturating_add(micros as u64) })
    }

    /// The form that machines take as `now` when any clock will do that does not run backwards.
    #[must_use]
    pub fn as_timestamp(self) -> Timestamp {
        Timestamp::from_micros(self.0).unwrap_or(Timestamp::MAX)
    }
}

/// What a counter does while the core sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InSleep {
    /// It runs on.
    Counts,
    /// It stands still.
    Stops,
}
