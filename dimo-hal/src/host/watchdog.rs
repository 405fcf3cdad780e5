//! [`FileWatchdog`]: the watchdog of a Linux gateway.

use core::time::Duration;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;

use crate::blocking::Watchdog;
use crate::watchdog::{Error, ErrorKind, ErrorType};

/// `/dev/watchdog`, with the file that says its timeout in seconds, such as `/sys/class/watchdog/watchdog0/timeout`. How long it is, is set where the driver is loaded.
/// It is never closed with the letter that stops it, so a program that ends is one that is stuck.
#[derive(Debug)]
pub struct FileWatchdog {
    device: PathBuf,
    timeout: PathBuf,
    open: Option<File>,
}

impl FileWatchdog {
    /// Over these files; nothing is opened yet.
    #[must_use]
    pub const fn new(device: PathBuf, timeout: PathBuf) -> Self {
        Self { device, timeout, open: None }
    }
}

impl ErrorType for FileWatchdog {
    type Error = FileWatchdogError;
}

impl Watchdog for FileWatchdog {
    fn start(&mut self, timeout: Duration) -> Result<Duration, FileWatchdogError> {
        if self.open.is_some() {
            return Err(FileWatchdogError::Running);
        }
        let seconds: u64 =
            fs::read_to_string(&self.timeout)?.trim().parse().map_err(|_| FileWatchdogError::Malformed)?;
        let real = Duration::from_secs(seconds);
        if real < timeout {
            return Err(FileWatchdogError::TooShort { real });
        }
        self.open = Some(OpenOptions::new().write(true).open(&self.device)?);
        Ok(real)
    }

    fn feed(&mut self) -> Result<(), FileWatchdogError> {
        if let Some(file) = &mut self.open {
            file.write_all(&[0])?;
            file.flush()?;
        }
        Ok(())
    }
}

/// Why a watchdog was not started or fed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileWatchdogError {
    /// A file cannot be read or written.
    #[error("the watchdog's file: {0}")]
    Io(#[from] io::Error),
    /// The file of its timeout holds no number.
    #[error("the file of its timeout holds no number")]
    Malformed,
    /// It bites earlier than it was asked to. Set its timeout where the driver is loaded.
    #[error("it bites after {real:?}")]
    TooShort {
        /// When.
        real: Duration,
    },
    /// It runs already.
    #[error("it runs already")]
    Running,
}

impl Error for FileWatchdogError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Io(_) | Self::Malformed => ErrorKind::Bus,
            Self::TooShort { .. } => ErrorKind::Range,
            Self::Running => ErrorKind::Running,
        }
    }
}
