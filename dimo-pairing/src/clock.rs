//! [`Clock`]: the time of day, when the device knows it.

use dimo_types::Timestamp;

use crate::UnixSeconds;

/// The time of day, counted on from when it was told by the clock that the machine is driven by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// What the machine's clock was then, and the time of day.
    told: Option<(Timestamp, Timestamp)>,
}

/// What a clock says of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Past,
    Ahead,
    /// The time of day is not known.
    Unknown,
}

impl Clock {
    /// A clock that was not set.
    pub(crate) const UNKNOWN: Self = Self { told: None };

    /// At `now` it is `unix`.
    pub(crate) fn set(&mut self, now: Timestamp, unix: Timestamp) {
        self.told = Some((now, unix));
    }

    /// The time of day at `now`, in Unix seconds.
    pub(crate) fn unix_secs(&self, now: Timestamp) -> Option<u64> {
        let (then, unix) = self.told?;
        let passed = now.as_micros().saturating_sub(then.as_micros());
        Some(unix.as_micros().saturating_add(passed) / 1_000_000)
    }

    /// Whether `moment` has passed at `now`.
    pub(crate) fn judge(&self, now: Timestamp, moment: UnixSeconds) -> Moment {
        match self.unix_secs(now) {
            None => Moment::Unknown,
            Some(unix) if moment.get() <= unix => Moment::Past,
            Some(_) => Moment::Ahead,
        }
    }
}
