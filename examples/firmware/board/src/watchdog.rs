//! [`Watchdog`]: the timer that resets a program which hangs, CMSDK's.

use core::time::Duration;

use dimo_hal::watchdog;

use crate::uart::CLOCK;

/// Resets the board when it is not fed. The boot loader starts it with the image; nothing stops it.
#[derive(Debug)]
pub struct Watchdog(());

const BASE: usize = 0x4000_8000;
const LOAD: usize = 0x000;
const CONTROL: usize = 0x008;
const CLEAR: usize = 0x00C;
const LOCK: usize = 0xC00;

/// What opens the registers to writes.
const KEY: u32 = 0x1ACC_E551;
/// Of `CONTROL`: count, and reset.
const COUNT_AND_RESET: u32 = 0b11;

/// It counts this down twice, first to an interrupt that nobody takes notice of, then to the reset.
const SECONDS: u32 = 4;

impl Watchdog {
    /// After this time without food it resets the board.
    pub const PATIENCE: Duration = Duration::from_secs(2 * SECONDS as u64);

    pub(crate) const fn new() -> Self {
        Self(())
    }

    /// Begins to count.
    pub(crate) fn start(&mut self) {
        self.unlocked(|| {
            store(LOAD, SECONDS * CLOCK);
            store(CONTROL, COUNT_AND_RESET);
        });
    }

    /// Begins to count anew.
    pub fn feed(&mut self) {
        self.unlocked(|| store(CLEAR, 1));
    }

    /// A program that has gone astray does not find the key.
    fn unlocked(&mut self, write: impl FnOnce()) {
        store(LOCK, KEY);
        write();
        store(LOCK, 0);
    }
}

#[expect(unsafe_code, reason = "registers at fixed addresses")]
fn store(register: usize, value: u32) {
    // SAFETY: a register of the watchdog of this machine; none makes it write to memory.
    unsafe { core::ptr::write_volatile((BASE + register) as *mut u32, value) }
}

/// The boot loader has started it with [`Watchdog::PATIENCE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the watchdog runs already")]
pub struct Running;

impl watchdog::Error for Running {
    fn kind(&self) -> watchdog::ErrorKind {
        watchdog::ErrorKind::Running
    }
}

impl watchdog::ErrorType for Watchdog {
    type Error = Running;
}

impl dimo_hal::Watchdog for Watchdog {
    async fn start(&mut self, _timeout: Duration) -> Result<Duration, Running> {
        Err(Running)
    }

    async fn feed(&mut self) -> Result<(), Running> {
        Self::feed(self);
        Ok(())
    }
}
