//! [`TrustedClock`]: the time of day over any counter.

use core::time::Duration;

use dimo_types::Timestamp;

use super::{Adjustment, Clock, ClockPolicy, ClockRefusal, InSleep, Monotonic, Trust, Uptime, WallTime};

/// The time of day as a counter and an offset, with the trust of whoever gave the offset.
///
/// # Example: a base station with a wrong clock, after the satellites
///
/// ```
/// use dimo_hal::clock::{Clock, ClockPolicy, ClockRefusal, Trust, TrustedClock, Uptime, Monotonic, InSleep};
/// use dimo_types::Timestamp;
/// struct Ticks;
/// impl Monotonic for Ticks {
///     fn uptime(&self) -> Uptime {
///         Uptime::from_micros(5_000_000)
///     }
///     fn in_sleep(&self) -> InSleep {
///         InSleep::Counts
///     }
/// }
/// let built: Timestamp = "2026-11-01T00:00:00Z".parse()?;
/// let mut clock = TrustedClock::new(Ticks, ClockPolicy::new(built));
/// assert_eq!(clock.wall(), None);
/// let _ = clock.set("2026-11-23T08:00:00Z".parse()?, Trust::Gnss)?;
/// let wrong = clock.set("2031-01-01T00:00:00Z".parse()?, Trust::Network);
/// assert_eq!(wrong, Err(ClockRefusal::LessTrusted { held: Trust::Gnss, offered: Trust::Network }));
/// assert_eq!(clock.wall().map(|wall| wall.time), Some("2026-11-23T08:00:00Z".parse()?));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TrustedClock<M> {
    monotonic: M,
    policy: ClockPolicy,
    held: Option<Held>,
}

/// That it was `time` at `at`.
#[derive(Clone, Copy, Debug)]
struct Held {
    at: Uptime,
    time: Timestamp,
    trust: Trust,
    /// How long the counter stood still since then.
    missed: Duration,
}

impl Held {
    fn time_at(&self, now: Uptime) -> Timestamp {
        let micros = i128::from(now.as_micros()) - i128::from(self.at.as_micros());
        let micros = i64::try_from(micros).unwrap_or(i64::MAX);
        self.time.checked_add_micros(micros).unwrap_or(if micros < 0 {
            Timestamp::EPOCH
        } else {
            Timestamp::MAX
        })
    }

    fn age(&self, now: Uptime) -> Duration {
        self.missed.saturating_add(now.since(self.at))
    }
}

/// How long a counter stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Slept {
    /// For this long, by a timer that ran on.
    For(Duration),
    /// Nobody knows.
    Unknown,
}

impl<M: Monotonic> TrustedClock<M> {
    /// A clock that does not know the time yet.
    #[must_use]
    pub const fn new(monotonic: M, policy: ClockPolicy) -> Self {
        Self { monotonic, policy, held: None }
    }

    /// The counter under it.
    #[must_use]
    pub const fn monotonic(&self) -> &M {
        &self.monotonic
    }

    /// What time it was or will be at `at`, for what was stamped with the counter; `None` until somebody set the clock.
    #[must_use]
    pub fn wall_at(&self, at: Uptime) -> Option<Timestamp> {
        self.held.map(|held| held.time_at(at))
    }

    /// Whether any source may override the time it has.
    #[must_use]
    pub fn may_be_set_by(&self, trust: Trust) -> bool {
        self.held
            .is_none_or(|held| trust >= held.trust || held.age(self.uptime()) >= self.policy.stale_after())
    }

    /// The device woke up. Where the counter runs on in sleep this does nothing.
    ///
    /// After a sleep of unknown length the clock does not know the time any more.
    pub fn woke(&mut self, slept: Slept) {
        if self.monotonic.in_sleep() == InSleep::Counts {
            return;
        }
        self.held = match (self.held, slept) {
            (Some(held), Slept::For(duration)) => {
                let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
                let time = held.time.checked_add_micros(micros);
                time.map(|time| Held { time, missed: held.missed.saturating_add(duration), ..held })
            }
            _ => None,
        };
    }

    fn adjustment(&self, now: Uptime, time: Timestamp) -> Adjustment {
        let Some(held) = self.held else { return Adjustment::First };
        let micros = time.micros_since(held.time_at(now));
        if u128::from(micros.unsigned_abs()) < self.policy.jump().as_micros() {
            Adjustment::Fine { micros }
        } else {
            Adjustment::Jump { micros }
        }
    }
}

impl<M: Monotonic> Monotonic for TrustedClock<M> {
    fn uptime(&self) -> Uptime {
        self.monotonic.uptime()
    }

    fn in_sleep(&self) -> InSleep {
        self.monotonic.in_sleep()
    }
}

impl<M: Monotonic> Clock for TrustedClock<M> {
    fn wall(&self) -> Option<WallTime> {
        let now = self.uptime();
        self.held.map(|held| WallTime::new(held.time_at(now), held.trust, held.at))
    }

    fn set(&mut self, time: Timestamp, trust: Trust) -> Result<Adjustment, ClockRefusal> {
        let not_before = self.policy.not_before();
        if time < not_before {
            return Err(ClockRefusal::BeforeBuild { time, not_before });
        }
        if let Some(held) = self.held.filter(|_| !self.may_be_set_by(trust)) {
            return Err(ClockRefusal::LessTrusted { held: held.trust, offered: trust });
        }
        let now = self.uptime();
        let adjustment = self.adjustment(now, time);
        self.held = Some(Held { at: now, time, trust, missed: Duration::ZERO });
        Ok(adjustment)
    }
}
