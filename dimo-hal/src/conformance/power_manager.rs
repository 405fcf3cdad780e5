//! The contract of [`PowerManager`].

use core::fmt::Debug;
use core::time::Duration;

use thiserror::Error;

use crate::power_manager::{Part, PowerManager, SleepDepth, Suspension, WakeSource, WakeSources};

/// Checks what a test at a bench can check: that a device on its supply measures it, arms what it says, and sleeps no longer than it was told. Nothing may wake it meanwhile.
///
/// `supply_mv` is what the bench gives, within 5 percent; `parts` are those of the board; `nap` is how long it sleeps, a second or so.
///
/// # Errors
///
/// The first [`PowerViolation`] found.
pub async fn check_power_manager<P: PowerManager>(
    manager: &mut P,
    supply_mv: u32,
    parts: &[Part],
    nap: Duration,
) -> Result<(), PowerViolation<P::Error>> {
    use PowerViolation as V;
    let mv = manager.battery_mv().await?;
    if mv.abs_diff(supply_mv) > supply_mv / 20 {
        return Err(V::Voltage { mv, supply_mv });
    }
    if !manager.arm(WakeSources::NONE).await?.is_empty() {
        return Err(V::ArmsMore);
    }
    let armed = manager.arm(WakeSources::ALL).await?;
    for source in armed.iter() {
        if manager.arm(source.into()).await? != source.into() {
            return Err(V::ArmsMore);
        }
    }
    if !armed.contains(WakeSource::Timer) {
        return Err(V::NoTimer);
    }
    let _ = manager.arm(WakeSource::Timer.into()).await?;
    let woken = manager.sleep(SleepDepth::Sleep, Some(nap)).await?;
    if woken.sources != WakeSource::Timer.into() {
        return Err(V::WokenBy { sources: woken.sources });
    }
    // A tenth, for the coarse counters of a sleeping core.
    if woken.slept > nap.saturating_add(nap / 10) || woken.slept < nap.saturating_sub(nap / 10) {
        return Err(V::Slept { nap, slept: woken.slept });
    }
    for part in parts {
        put_down(manager, *part).await?;
        manager.resume(*part).await?;
    }
    Ok(())
}

/// How often a part is asked before its power is taken.
const ASKED: u32 = 1000;

async fn put_down<P: PowerManager>(manager: &mut P, part: Part) -> Result<(), PowerViolation<P::Error>> {
    for _ in 0..ASKED {
        if manager.suspend(part).await? == Suspension::Asleep {
            return Ok(());
        }
    }
    match manager.cut_power(part).await {
        Ok(()) => Ok(()),
        Err(_) => Err(PowerViolation::NeverDown { part }),
    }
}

/// Checks that an event between arming and sleeping ends the sleep at once: `event` makes one of `source` happen, such as by a pin that is wired back.
///
/// # Errors
///
/// The first [`PowerViolation`] found.
pub async fn check_wake_race<P: PowerManager>(
    manager: &mut P,
    source: WakeSource,
    mut event: impl FnMut(&mut P),
) -> Result<(), PowerViolation<P::Error>> {
    let longest = Duration::from_secs(2);
    let wanted = source | WakeSource::Timer;
    if manager.arm(wanted).await? != wanted {
        return Err(PowerViolation::NoTimer);
    }
    event(manager);
    let woken = manager.sleep(SleepDepth::Sleep, Some(longest)).await?;
    if !woken.sources.contains(source) || woken.slept >= longest {
        return Err(PowerViolation::WakeLost { event: source });
    }
    let again = manager.sleep(SleepDepth::Sleep, Some(longest / 10)).await?;
    if again.sources.contains(source) { Err(PowerViolation::WakeStuck { event: source }) } else { Ok(()) }
}

/// How a power manager breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PowerViolation<E: Debug> {
    /// A call failed that must not.
    #[error("a call failed: {0:?}")]
    Failed(E),
    /// It measures another voltage.
    #[error("it measures {mv} mV of {supply_mv}")]
    Voltage {
        /// What it measures.
        mv: u32,
        /// What there is.
        supply_mv: u32,
    },
    /// It arms what it was not asked for.
    #[error("it arms what it was not asked for")]
    ArmsMore,
    /// It arms no timer, or not what it has.
    #[error("a source that is needed is not armed")]
    NoTimer,
    /// Something else than the timer woke it.
    #[error("woken by {sources:?}")]
    WokenBy {
        /// What it says.
        sources: WakeSources,
    },
    /// It slept too long, or too short, or does not know.
    #[error("told to sleep {nap:?}, it slept {slept:?}")]
    Slept {
        /// How long it was to sleep.
        nap: Duration,
        /// How long it did, it says.
        slept: Duration,
    },
    /// A part neither sleeps nor can be switched off.
    #[error("{part:?} never goes down")]
    NeverDown {
        /// Which.
        part: Part,
    },
    /// An event between arming and sleeping did not wake it.
    #[error("{event:?} was lost between arming and sleeping")]
    WakeLost {
        /// Of which source.
        event: WakeSource,
    },
    /// An event that was reported wakes it again.
    #[error("{event:?} is reported twice")]
    WakeStuck {
        /// Of which source.
        event: WakeSource,
    },
}

impl<E: crate::power_manager::Error> From<E> for PowerViolation<E> {
    fn from(error: E) -> Self {
        Self::Failed(error)
    }
}
