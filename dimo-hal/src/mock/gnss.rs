//! [`MockGnss`]: a receiver that drives in a straight line.

use crate::blocking::Gnss;
use crate::gnss::{Error, ErrorKind, ErrorType, Fix, GnssPower, GnssReport};

/// A receiver that reports once a second, and moves by the same step each time. It searches for as many reports as it is told to.
#[derive(Clone, Copy, Debug)]
pub struct MockGnss {
    power: GnssPower,
    fix: Fix,
    step_e7: (i32, i32),
    searching: u32,
}

impl MockGnss {
    /// From this place on, after so many reports without a fix, by this much latitude and longitude (1e-7 degrees) a second.
    #[must_use]
    pub const fn new(start: Fix, searching: u32, step_e7: (i32, i32)) -> Self {
        Self { power: GnssPower::Off, fix: start, step_e7, searching }
    }
}

impl ErrorType for MockGnss {
    type Error = MockGnssError;
}

impl Gnss for MockGnss {
    fn set_power(&mut self, power: GnssPower) -> Result<(), MockGnssError> {
        self.power = power;
        Ok(())
    }

    fn next_report(&mut self) -> Result<GnssReport, MockGnssError> {
        if self.power != GnssPower::Tracking {
            return Err(MockGnssError(ErrorKind::Timeout));
        }
        if let Some(left) = self.searching.checked_sub(1) {
            self.searching = left;
            return Ok(GnssReport::Searching { satellites: Some(0) });
        }
        let report = GnssReport::Fix(self.fix);
        let fix = &mut self.fix;
        fix.latitude_e7 = fix.latitude_e7.saturating_add(self.step_e7.0).clamp(-900_000_000, 900_000_000);
        fix.longitude_e7 =
            fix.longitude_e7.saturating_add(self.step_e7.1).clamp(-1_800_000_000, 1_800_000_000);
        fix.time = fix.time.and_then(|time| time.checked_add_micros(1_000_000));
        Ok(report)
    }
}

/// Why a [`MockGnss`] failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?}")]
#[expect(clippy::exhaustive_structs, reason = "a mock")]
pub struct MockGnssError(pub ErrorKind);

impl Error for MockGnssError {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}
