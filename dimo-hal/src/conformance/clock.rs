//! The suites of [`Monotonic`] and [`Clock`].

use core::time::Duration;

use dimo_types::Timestamp;
use thiserror::Error;

use crate::clock::{Clock, ClockRefusal, Monotonic, Trust, Uptime};

/// Checks that a counter never goes back and does move: reads it `readings` times, with `pause` between two that lasts a millisecond or more.
///
/// # Errors
///
/// The first [`ClockViolation`] found.
pub fn check_monotonic<M: Monotonic>(
    monotonic: &M,
    readings: u32,
    mut pause: impl FnMut(),
) -> Result<(), ClockViolation> {
    let in_sleep = monotonic.in_sleep();
    let mut latest = monotonic.uptime();
    for _ in 0..readings {
        pause();
        let now = monotonic.uptime();
        if now < latest {
            return Err(ClockViolation::WentBack { latest, now });
        }
        if now == latest {
            return Err(ClockViolation::StandsStill { at: now });
        }
        if monotonic.in_sleep() != in_sleep {
            return Err(ClockViolation::ChangesItsMind);
        }
        latest = now;
    }
    Ok(())
}

/// Checks the contract of [`Clock`] on a clock that was not set yet. `time` is any time it takes, such as that of now.
///
/// It sets the clock to `time` and around it, with [`Trust::Gnss`] in the end.
///
/// # Errors
///
/// The first [`ClockViolation`] found.
pub fn check_clock<C: Clock>(clock: &mut C, time: Timestamp) -> Result<(), ClockViolation> {
    use ClockViolation as V;
    if clock.wall().is_some() {
        return Err(V::KnowsWithoutBeingTold);
    }
    set(clock, time, Trust::Network)?;
    let better = time.checked_add_micros(3_600_000_000).unwrap_or(time);
    set(clock, better, Trust::Gnss)?;
    for lower in [Trust::Unset, Trust::Rtc, Trust::Network, Trust::Ntp] {
        match clock.set(time, lower) {
            Ok(_) => return Err(V::Overridden { held: Trust::Gnss, by: lower }),
            Err(ClockRefusal::LessTrusted { .. }) => {}
            Err(refusal) => return Err(V::Refused(refusal)),
        }
    }
    says(clock, better, Trust::Gnss)?;
    // The same source may correct itself, also back.
    set(clock, time, Trust::Gnss)
}

fn set<C: Clock>(clock: &mut C, time: Timestamp, trust: Trust) -> Result<(), ClockViolation> {
    let before = clock.uptime();
    let _ = clock.set(time, trust).map_err(ClockViolation::Refused)?;
    let after = clock.uptime();
    if after < before || after.since(before) > TOLERANCE {
        return Err(ClockViolation::SettingMovesTheCounter { before, after });
    }
    says(clock, time, trust)
}

/// What a check may take on a slow machine, in time.
const TOLERANCE: Duration = Duration::from_secs(2);

fn says<C: Clock>(clock: &C, time: Timestamp, trust: Trust) -> Result<(), ClockViolation> {
    let wall = clock.wall().ok_or(ClockViolation::Forgets)?;
    let off = wall.time.micros_since(time);
    if off < 0 || u128::from(off.unsigned_abs()) > TOLERANCE.as_micros() || wall.trust != trust {
        return Err(ClockViolation::SaysOtherwise { set: time, says: wall.time, trust: wall.trust });
    }
    Ok(())
}

/// How a counter or a clock breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClockViolation {
    /// The counter went back.
    #[error("the counter went back from {latest:?} to {now:?}")]
    WentBack {
        /// The reading before.
        latest: Uptime,
        /// The reading.
        now: Uptime,
    },
    /// The counter did not move in a pause.
    #[error("the counter stands still at {at:?}")]
    StandsStill {
        /// Where.
        at: Uptime,
    },
    /// What the counter does in sleep is not the same from one call to the next.
    #[error("what the counter does in sleep is not constant")]
    ChangesItsMind,
    /// A clock that nobody set yet knows the time.
    #[error("the clock knows the time before it was set")]
    KnowsWithoutBeingTold,
    /// A time was refused that must not be.
    #[error("a time was refused: {0}")]
    Refused(ClockRefusal),
    /// A source of lower trust overrode one of higher trust.
    #[error("a time of {held:?} was overridden by one of {by:?}")]
    Overridden {
        /// The higher trust.
        held: Trust,
        /// The lower trust.
        by: Trust,
    },
    /// The clock does not know the time after it was set.
    #[error("the clock forgot the time")]
    Forgets,
    /// The clock says another time, or another trust, than it was set to.
    #[error("set to {set}, the clock says {says} of trust {trust:?}")]
    SaysOtherwise {
        /// What it was set to.
        set: Timestamp,
        /// What it says.
        says: Timestamp,
        /// With which trust.
        trust: Trust,
    },
    /// Setting the clock moved the counter.
    #[error("setting the clock moved the counter from {before:?} to {after:?}")]
    SettingMovesTheCounter {
        /// The reading before.
        before: Uptime,
        /// The reading after.
        after: Uptime,
    },
}
