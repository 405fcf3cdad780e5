//! [`MockWatchdog`]: a watchdog whose time a test moves.

use core::time::Duration;

use crate::blocking::Watchdog;
use crate::watchdog::{Error, ErrorKind, ErrorType};

/// A watchdog that counts in steps of 125 ms from 1 s to 60 s, as many chips do in others.
#[derive(Clone, Debug, Default)]
pub struct MockWatchdog {
    timeout: Option<Duration>,
    hungry: Duration,
    bitten: bool,
}

impl MockWatchdog {
    /// Time passes.
    pub fn advance(&mut self, time: Duration) {
        if let Some(timeout) = self.timeout {
            self.hungry = self.hungry.saturating_add(time);
            self.bitten |= self.hungry > timeout;
        }
    }

    /// Whether it has started the device anew.
    #[must_use]
    pub const fn has_bitten(&self) -> bool {
        self.bitten
    }
}

impl ErrorType for MockWatchdog {
    type Error = MockWatchdogError;
}

impl Watchdog for MockWatchdog {
    fn start(&mut self, timeout: Duration) -> Result<Duration, MockWatchdogError> {
        if self.timeout.is_some() {
            return Err(MockWatchdogError(ErrorKind::Running));
        }
        if timeout > Duration::from_secs(60) {
            return Err(MockWatchdogError(ErrorKind::Range));
        }
        let steps = timeout.max(Duration::from_secs(1)).as_millis().div_ceil(125);
        let real = Duration::from_millis(u64::try_from(steps * 125).unwrap_or(u64::MAX));
        self.timeout = Some(real);
        Ok(real)
    }

    fn feed(&mut self) -> Result<(), MockWatchdogError> {
        self.hungry = Duration::ZERO;
        Ok(())
    }
}

/// Why a [`MockWatchdog`] refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?}")]
#[expect(clippy::exhaustive_structs, reason = "a mock")]
pub struct MockWatchdogError(pub ErrorKind);

impl Error for MockWatchdogError {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}
