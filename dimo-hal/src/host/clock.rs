//! [`StdMonotonic`] and [`StdClock`].

use dimo_types::Timestamp;
use std::time::{Instant, SystemTime};

use crate::clock::{Adjustment, Clock, ClockRefusal, InSleep, Monotonic, Trust, Uptime, WallTime};

/// A counter over [`Instant`], from its creation on. It is taken to stand still while the computer is suspended, as it does on Linux.
#[derive(Clone, Copy, Debug)]
pub struct StdMonotonic {
    start: Instant,
}

impl StdMonotonic {
    /// A counter that starts now.
    #[must_use]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for StdMonotonic {
    fn default() -> Self {
        Self::new()
    }
}

impl Monotonic for StdMonotonic {
    fn uptime(&self) -> Uptime {
        Uptime::START.after(self.start.elapsed())
    }

    fn in_sleep(&self) -> InSleep {
        InSleep::Stops
    }
}

/// The clock of the operating system, which somebody else sets: [`Clock::set`] is always refused.
///
/// A gateway that sets its time itself uses [`TrustedClock`](crate::clock::TrustedClock) over a [`StdMonotonic`].
#[derive(Clone, Copy, Debug)]
pub struct StdClock {
    monotonic: StdMonotonic,
    trust: Trust,
}

impl StdClock {
    /// The system's clock, trusted this far; [`Trust::Ntp`] where a time service keeps it.
    #[must_use]
    pub fn new(trust: Trust) -> Self {
        Self { monotonic: StdMonotonic::new(), trust }
    }
}

impl Monotonic for StdClock {
    fn uptime(&self) -> Uptime {
        self.monotonic.uptime()
    }

    fn in_sleep(&self) -> InSleep {
        self.monotonic.in_sleep()
    }
}

impl Clock for StdClock {
    /// `None` while the system believes to be before 1970.
    fn wall(&self) -> Option<WallTime> {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
        let time = Timestamp::from_micros(u64::try_from(since.as_micros()).ok()?).ok()?;
        Some(WallTime::new(time, self.trust, self.uptime()))
    }

    fn set(&mut self, _: Timestamp, _: Trust) -> Result<Adjustment, ClockRefusal> {
        Err(ClockRefusal::NotOurs)
    }
}
