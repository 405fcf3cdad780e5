//! [`MockPower`]: the power of a board that a test moves.

use core::time::Duration;

use crate::blocking::PowerManager;
use crate::power::Line;
use crate::power_manager::{
    Error, ErrorKind, ErrorType, Part, ResetCause, SleepDepth, Suspension, WakeSource, WakeSources, Woken,
};

/// A board whose battery, lines and stubborn parts are values.
///
/// [`sleep`](PowerManager::sleep) ends at once with what [`happen`](Self::happen)ed and is armed, and with the timer otherwise; where neither can end it, it fails, since a
/// blocking mock cannot wait.
#[derive(Clone, Debug)]
pub struct MockPower {
    battery_mv: Option<u32>,
    ignition: Line,
    has: WakeSources,
    armed: WakeSources,
    latched: WakeSources,
    stubborn: u8,
    asleep: u8,
    cut: u8,
    depth: Option<SleepDepth>,
    cycles: u32,
}

impl MockPower {
    /// A board with these wake sources, on a full battery.
    #[must_use]
    pub const fn new(has: WakeSources) -> Self {
        Self {
            battery_mv: Some(12_700),
            ignition: Line::Quiet,
            has,
            armed: WakeSources::NONE,
            latched: WakeSources::NONE,
            stubborn: 0,
            asleep: 0,
            cut: 0,
            depth: None,
            cycles: 0,
        }
    }

    /// The battery has so many mV; `None`: it cannot be measured.
    pub const fn set_battery(&mut self, mv: Option<u32>) {
        self.battery_mv = mv;
    }

    /// The ignition goes on or off; going on is an event.
    pub fn set_ignition(&mut self, line: Line) {
        if line == Line::Active && self.ignition == Line::Quiet {
            self.happen(WakeSource::Ignition);
        }
        self.ignition = line;
    }

    /// An event. It is latched if its source is armed.
    pub fn happen(&mut self, source: WakeSource) {
        self.latched = self.latched | self.armed.and(source.into());
    }

    /// This part never sleeps by itself.
    pub const fn stick(&mut self, part: Part) {
        self.stubborn |= 1 << part as u8;
    }

    /// Whether this part sleeps or has no power.
    #[must_use]
    pub const fn is_down(&self, part: Part) -> bool {
        (self.asleep | self.cut) & (1 << part as u8) != 0
    }

    /// Whether the power was taken from this part.
    #[must_use]
    pub const fn is_cut(&self, part: Part) -> bool {
        self.cut & (1 << part as u8) != 0
    }

    /// What is armed.
    #[must_use]
    pub const fn armed(&self) -> WakeSources {
        self.armed
    }

    /// How deep it slept last.
    #[must_use]
    pub const fn depth(&self) -> Option<SleepDepth> {
        self.depth
    }

    /// How often it was power-cycled.
    #[must_use]
    pub const fn cycles(&self) -> u32 {
        self.cycles
    }
}

impl ErrorType for MockPower {
    type Error = MockPowerError;
}

impl PowerManager for MockPower {
    fn reset_cause(&self) -> ResetCause {
        if self.cycles > 0 { ResetCause::PowerOn } else { ResetCause::Unknown }
    }

    fn battery_mv(&mut self) -> Result<u32, MockPowerError> {
        self.battery_mv.ok_or(MockPowerError(ErrorKind::Measurement))
    }

    fn ignition(&mut self) -> Result<Line, MockPowerError> {
        Ok(self.ignition)
    }

    fn arm(&mut self, sources: WakeSources) -> Result<WakeSources, MockPowerError> {
        self.armed = sources.and(self.has);
        Ok(self.armed)
    }

    fn suspend(&mut self, part: Part) -> Result<Suspension, MockPowerError> {
        if self.stubborn & (1 << part as u8) != 0 {
            return Ok(Suspension::Busy);
        }
        self.asleep |= 1 << part as u8;
        Ok(Suspension::Asleep)
    }

    fn cut_power(&mut self, part: Part) -> Result<(), MockPowerError> {
        self.cut |= 1 << part as u8;
        Ok(())
    }

    fn resume(&mut self, part: Part) -> Result<(), MockPowerError> {
        (self.asleep, self.cut) = (self.asleep & !(1 << part as u8), self.cut & !(1 << part as u8));
        Ok(())
    }

    fn sleep(&mut self, depth: SleepDepth, longest: Option<Duration>) -> Result<Woken, MockPowerError> {
        self.depth = Some(depth);
        let sources = core::mem::take(&mut self.latched);
        if !sources.is_empty() {
            return Ok(Woken { sources, slept: Duration::ZERO });
        }
        match longest {
            Some(slept) if self.armed.contains(WakeSource::Timer) => {
                Ok(Woken { sources: WakeSource::Timer.into(), slept })
            }
            _ => Err(MockPowerError(ErrorKind::Other)),
        }
    }

    fn power_cycle(&mut self) -> Result<(), MockPowerError> {
        self.cycles += 1;
        (self.armed, self.latched) = (WakeSources::NONE, WakeSources::NONE);
        (self.asleep, self.cut) = (0, 0);
        Ok(())
    }
}

/// Why a [`MockPower`] failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?}")]
#[expect(clippy::exhaustive_structs, reason = "a mock")]
pub struct MockPowerError(pub ErrorKind);

impl Error for MockPowerError {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}
