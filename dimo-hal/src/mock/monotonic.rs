//! [`MockMonotonic`]: a counter that moves when it is told to.

use core::cell::Cell;
use core::time::Duration;

use crate::clock::{InSleep, Monotonic, Uptime};

/// A counter that moves when it is told to. Parts of a test share it by reference.
#[derive(Debug)]
pub struct MockMonotonic {
    now: Cell<Uptime>,
    in_sleep: InSleep,
}

impl MockMonotonic {
    /// A counter at the start.
    #[must_use]
    pub const fn new(in_sleep: InSleep) -> Self {
        Self { now: Cell::new(Uptime::START), in_sleep }
    }

    /// Awake for `duration`.
    pub fn advance(&self, duration: Duration) {
        self.now.set(self.now.get().after(duration));
    }

    /// Asleep for `duration`: the counter moves only if it counts in sleep.
    pub fn sleep(&self, duration: Duration) {
        if self.in_sleep == InSleep::Counts {
            self.advance(duration);
        }
    }
}

impl Monotonic for MockMonotonic {
    fn uptime(&self) -> Uptime {
        self.now.get()
    }

    fn in_sleep(&self) -> InSleep {
        self.in_sleep
    }
}
