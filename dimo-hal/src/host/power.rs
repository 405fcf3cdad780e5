//! [`SysfsPower`]: the power of a Linux gateway, as far as it can be read from files.

use alloc::string::String;
use core::time::Duration;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use crate::blocking::PowerManager;
use crate::power::Line;
use crate::power_manager::{
    Error, ErrorKind, ErrorType, Part, ResetCause, SleepDepth, Suspension, WakeSource, WakeSources, Woken,
};

/// How often the ignition is looked at while it sleeps.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A gateway whose battery and ignition are files, as those below `/sys/class/power_supply` and `/sys/class/gpio`. It sleeps by doing nothing: what else runs on the
/// computer goes on. It wakes by its timer and its ignition, and has no parts of its own.
#[derive(Debug)]
pub struct SysfsPower {
    /// In microvolts, in decimal digits.
    voltage: PathBuf,
    /// `0` or `1`.
    ignition: Option<PathBuf>,
    armed: WakeSources,
    /// What the line was when it was armed.
    seen: Line,
}

impl SysfsPower {
    /// With a file of microvolts, and one of the ignition where there is one.
    #[must_use]
    pub fn new(voltage: PathBuf, ignition: Option<PathBuf>) -> Self {
        Self { voltage, ignition, armed: WakeSources::NONE, seen: Line::Quiet }
    }

    fn has(&self) -> WakeSources {
        let timer = WakeSources::from(WakeSource::Timer);
        if self.ignition.is_some() { timer | WakeSource::Ignition } else { timer }
    }
}

impl ErrorType for SysfsPower {
    type Error = SysfsError;
}

impl PowerManager for SysfsPower {
    fn reset_cause(&self) -> ResetCause {
        ResetCause::Unknown
    }

    fn battery_mv(&mut self) -> Result<u32, SysfsError> {
        let microvolts: u64 = read(&self.voltage)?.parse().map_err(|_| SysfsError::Malformed)?;
        u32::try_from(microvolts / 1000).map_err(|_| SysfsError::Malformed)
    }

    fn ignition(&mut self) -> Result<Line, SysfsError> {
        let Some(path) = &self.ignition else { return Ok(Line::Quiet) };
        match read(path)?.as_str() {
            "0" => Ok(Line::Quiet),
            "1" => Ok(Line::Active),
            _ => Err(SysfsError::Malformed),
        }
    }

    fn arm(&mut self, sources: WakeSources) -> Result<WakeSources, SysfsError> {
        self.armed = sources.and(self.has());
        self.seen = self.ignition()?;
        Ok(self.armed)
    }

    fn suspend(&mut self, _: Part) -> Result<Suspension, SysfsError> {
        Ok(Suspension::Asleep)
    }

    fn cut_power(&mut self, _: Part) -> Result<(), SysfsError> {
        Err(SysfsError::NoSwitch)
    }

    fn resume(&mut self, _: Part) -> Result<(), SysfsError> {
        Ok(())
    }

    fn sleep(&mut self, _: SleepDepth, longest: Option<Duration>) -> Result<Woken, SysfsError> {
        let start = Instant::now();
        let longest = longest.filter(|_| self.armed.contains(WakeSource::Timer));
        loop {
            let slept = start.elapsed();
            let line = self.ignition()?;
            let went_on = line == Line::Active && self.seen == Line::Quiet;
            self.seen = line;
            if went_on && self.armed.contains(WakeSource::Ignition) {
                return Ok(Woken { sources: WakeSource::Ignition.into(), slept });
            }
            let left = longest.map(|longest| longest.saturating_sub(slept));
            if left == Some(Duration::ZERO) {
                return Ok(Woken { sources: WakeSource::Timer.into(), slept });
            }
            thread::sleep(left.unwrap_or(LOOK_EVERY).min(LOOK_EVERY));
        }
    }

    fn power_cycle(&mut self) -> Result<(), SysfsError> {
        Err(SysfsError::NoSwitch)
    }
}

fn read(path: &PathBuf) -> Result<String, SysfsError> {
    Ok(String::from(fs::read_to_string(path)?.trim()))
}

/// Why a file of the power supply was of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SysfsError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// What stands in it is no number of its kind.
    #[error("the file holds no number of its kind")]
    Malformed,
    /// Nothing can be switched off.
    #[error("nothing can be switched off")]
    NoSwitch,
}

impl Error for SysfsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Io(_) | Self::Malformed => ErrorKind::Measurement,
            Self::NoSwitch => ErrorKind::NoSuchPart,
        }
    }
}
