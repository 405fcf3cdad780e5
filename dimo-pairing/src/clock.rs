//! [`Clock`]: the time of day, when the device knows it.

use dimo_types::Timestamp;

/// How far the time of day is ahead of the clock that the machine is driven by.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    ahead_micros: Option<i64>,
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
    /// At `now` it is `unix`.
    pub(crate) fn set(&mut self, now: Timestamp, unix: Timestamp) {
        self.ahead_micros = unix.as_micros().checked_sub(now.as_micros());
    }

    /// The time of day at `now`, in Unix seconds.
    pub(crate) fn unix_secs(&self, now: Timestamp) -> Option<u64> {
        let micros = now.as_micros().checked_add(self.ahead_micros?)?;
        u64::try_from(micros / 1_000_000).ok()
    }

    /// Whether `moment`, in Unix seconds, has passed at `now`.
    pub(crate) fn judge(&self, now: Timestamp, moment: u64) -> Moment {
        match self.unix_secs(now) {
            None => Moment::Unknown,
            Some(unix) if moment <= unix => Moment::Past,
            Some(_) => Moment::Ahead,
        }
    }
}
