//! [`Ticks`]: the clock of the executor.

use dimo_hal::clock::{InSleep, Monotonic, Uptime};
use embassy_time::Instant;

/// The time since the program began.
pub(crate) struct Ticks;

/// The same, for threads.
pub(crate) fn uptime() -> Uptime {
    Uptime::from_micros(Instant::now().as_micros())
}

impl Monotonic for Ticks {
    fn uptime(&self) -> Uptime {
        uptime()
    }

    fn in_sleep(&self) -> InSleep {
        InSleep::Stops
    }
}
