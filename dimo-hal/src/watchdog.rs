//! What starts a stuck device anew: [`Watchdog`].

use core::time::Duration;

use crate::twin::error_type;

error_type!("a watchdog");

/// Why a watchdog failed, as far as generic code cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// It cannot count so far, or not so short.
    Range,
    /// It runs already, and cannot be set anew.
    Running,
    /// It does not answer.
    Bus,
    /// Something else; the driver's error says what.
    Other,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Range, Self::Running, Self::Bus, Self::Other];
}

/// A watchdog: once started, it starts the device anew unless it is fed in time.
///
/// # Contract for makers
///
/// - Nothing stops it once it runs: not the firmware, not a debugger that forgot it, not a sleep of less than the timeout. If it stands still while the core sleeps, its timeout counts
///   time awake, and the documentation of the implementation says so.
/// - [`start`](Self::start) takes at least the time it was asked for, and says how long it really is.
///
/// # Contract for callers
///
/// - Feed it from one place only, and only when every task has shown a sign of life: a watchdog that a timer interrupt feeds guards nothing.
/// - Cancel safety: a dropped future has fed it or not.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait Watchdog: ErrorType {
    /// Starts it, with at least this much time between two feedings, and says how much it is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Range`], [`ErrorKind::Running`]; then it is as before.
    async fn start(&mut self, timeout: Duration) -> Result<Duration, Self::Error>;

    /// Feeds it. Before it is started, this does nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Bus`].
    async fn feed(&mut self) -> Result<(), Self::Error>;
}

/// Feeds a watchdog when every task has shown a sign of life since it was fed last: up to 32 tasks, by number.
///
/// # Example: a task that hangs starves it
///
/// ```
/// # #[cfg(feature = "dev")] {
/// use dimo_hal::mock::MockWatchdog;
/// use dimo_hal::watchdog::{Feeder, Watchdog};
/// use dimo_hal::{BlockingAsync, wait};
///
/// let mut feeder = Feeder::new(BlockingAsync::new(MockWatchdog::default()), 2);
/// feeder.alive(0);
/// assert!(!wait(feeder.feed())?, "task 1 is silent");
/// feeder.alive(1);
/// assert!(wait(feeder.feed())?);
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Feeder<W> {
    watchdog: W,
    all: u32,
    seen: u32,
}

impl<W: Watchdog> Feeder<W> {
    /// For so many tasks, 32 at most.
    pub const fn new(watchdog: W, tasks: u8) -> Self {
        let all = if tasks >= 32 { u32::MAX } else { (1 << tasks) - 1 };
        Self { watchdog, all, seen: 0 }
    }

    /// This task lives. A number that no task has counts for nothing.
    pub const fn alive(&mut self, task: u8) {
        if task < 32 {
            self.seen |= 1 << task;
        }
    }

    /// Feeds the watchdog if all tasks live, and says whether it did.
    ///
    /// # Errors
    ///
    /// Those of [`Watchdog::feed`]; then every sign of life still counts.
    pub async fn feed(&mut self) -> Result<bool, W::Error> {
        if self.seen & self.all != self.all {
            return Ok(false);
        }
        self.watchdog.feed().await?;
        self.seen = 0;
        Ok(true)
    }

    /// The numbers of the tasks that were silent, a bit for each.
    #[must_use]
    pub const fn silent(&self) -> u32 {
        self.all & !self.seen
    }
}
