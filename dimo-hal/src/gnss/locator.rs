//! [`Locator`]: the latest position that may be trusted.

use core::time::Duration;

use super::fix::{Fix, FixQuality, GnssReport};
use crate::clock::{Clock, Trust, Uptime};

/// What makes a position good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "settings of a maker")]
pub struct LocatorPolicy {
    /// The worst quality taken.
    pub quality: FixQuality,
    /// The worst dilution of precision taken, in hundredths; a report without one is taken.
    pub hdop_x100: u16,
    /// How long a position holds.
    pub longest: Duration,
}

impl LocatorPolicy {
    /// From satellites, with a dilution of at most 10, for two minutes.
    pub const USUAL: Self =
        Self { quality: FixQuality::TwoD, hdop_x100: 1_000, longest: Duration::from_secs(120) };
}

/// Keeps the latest position that is good enough, and tells a clock the time.
///
/// # Example: a position is gone when it is old
///
/// ```
/// # #[cfg(feature = "dev")] {
/// use core::time::Duration;
/// use dimo_hal::clock::{Clock, ClockPolicy, InSleep, TrustedClock, Trust, Uptime};
/// use dimo_hal::gnss::{Locator, LocatorPolicy, NmeaReader};
/// use dimo_hal::mock::MockMonotonic;
///
/// let counter = MockMonotonic::new(InSleep::Counts);
/// let mut clock = TrustedClock::new(&counter, ClockPolicy::new("2026-01-01T00:00:00Z".parse()?));
/// let mut locator = Locator::new(LocatorPolicy::USUAL);
/// let lines = b"$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*76\r\n\
///               $GPRMC,092750.000,A,5321.6802,N,00630.3372,W,0.02,31.66,280526,,,A*47\r\n";
/// let mut reader = NmeaReader::default();
/// for report in lines.iter().filter_map(|byte| reader.push(*byte)) {
///     locator.handle(&report, &mut clock);
/// }
/// assert_eq!(clock.wall().unwrap().trust, Trust::Gnss);
/// let now = Uptime::START.after(Duration::from_secs(120));
/// assert_eq!(locator.position(now).unwrap().latitude_e7, 533_613_367);
/// assert_eq!(locator.position(now.after(Duration::from_secs(1))), None);
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Locator {
    policy: LocatorPolicy,
    latest: Option<(Fix, Uptime)>,
}

impl Locator {
    /// Without a position.
    #[must_use]
    pub const fn new(policy: LocatorPolicy) -> Self {
        Self { policy, latest: None }
    }

    /// Takes a report. A time that comes with a position from satellites is told to the clock, which may refuse it.
    pub fn handle<C: Clock>(&mut self, report: &GnssReport, clock: &mut C) {
        let GnssReport::Fix(fix) = report else { return };
        if fix.quality < self.policy.quality || fix.hdop_x100.is_some_and(|hdop| hdop > self.policy.hdop_x100)
        {
            return;
        }
        self.latest = Some((*fix, clock.uptime()));
        if let Some(time) = fix.time.filter(|_| fix.quality > FixQuality::DeadReckoning) {
            // A better source may have set it; then it stays.
            let _ = clock.set(time, Trust::Gnss);
        }
    }

    /// The position, unless it is too old.
    #[must_use]
    pub fn position(&self, now: Uptime) -> Option<&Fix> {
        let (fix, at) = self.latest.as_ref()?;
        (now.since(*at) <= self.policy.longest).then_some(fix)
    }
}
