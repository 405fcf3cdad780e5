//! [`Guardian`]: the system's watchdog, where one was set.

use core::time::Duration;

use dimo_hal::blocking::Watchdog as _;
use dimo_hal::host::{FileWatchdog, FileWatchdogError};
use dimo_hal::watchdog::{ErrorType, Watchdog};
use gateway::Failed;

use crate::settings::WatchdogSettings;

/// From one feeding to the next it has at least so long.
const LEAST: Duration = Duration::from_secs(5);

/// A watchdog that runs, or none.
pub(crate) struct Guardian(Option<FileWatchdog>);

impl Guardian {
    /// Starts it: from now on the device has to live.
    pub(crate) fn start(settings: Option<&WatchdogSettings>) -> Result<Self, Failed> {
        let Some(settings) = settings else { return Ok(Self(None)) };
        let mut watchdog = FileWatchdog::new(settings.device.clone(), settings.timeout.clone());
        watchdog.start(LEAST).map_err(|error| Failed::at("the watchdog", error))?;
        Ok(Self(Some(watchdog)))
    }
}

impl ErrorType for Guardian {
    type Error = FileWatchdogError;
}

impl Watchdog for Guardian {
    /// It runs since the program began.
    async fn start(&mut self, _: Duration) -> Result<Duration, FileWatchdogError> {
        Err(FileWatchdogError::Running)
    }

    async fn feed(&mut self) -> Result<(), FileWatchdogError> {
        self.0.as_mut().map_or(Ok(()), |watchdog| watchdog.feed())
    }
}
