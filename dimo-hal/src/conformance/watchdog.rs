//! The contract of [`Watchdog`].

use core::fmt::Debug;
use core::time::Duration;

use thiserror::Error;

use crate::watchdog::Watchdog;

/// Checks what can be checked without being bitten: that it starts once, for at least as long as it was asked to, and takes its food.
///
/// That it bites is seen by a board that starts anew with [`ResetCause::Watchdog`](crate::power_manager::ResetCause::Watchdog).
///
/// # Errors
///
/// The first [`WatchdogViolation`] found. The watchdog runs afterwards.
pub async fn check_watchdog<W: Watchdog>(
    watchdog: &mut W,
    timeout: Duration,
) -> Result<Duration, WatchdogViolation<W::Error>> {
    watchdog.feed().await?;
    let real = watchdog.start(timeout).await?;
    if real < timeout {
        return Err(WatchdogViolation::TooShort { timeout, real });
    }
    watchdog.feed().await?;
    match watchdog.start(timeout / 2).await {
        Ok(other) if other < real => Err(WatchdogViolation::SetAnew),
        _ => Ok(real),
    }
}

/// How a watchdog breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WatchdogViolation<E: Debug> {
    /// A call failed that must not.
    #[error("a call failed: {0:?}")]
    Failed(E),
    /// It bites earlier than it was asked to.
    #[error("asked for {timeout:?}, it bites after {real:?}")]
    TooShort {
        /// What it was asked for.
        timeout: Duration,
        /// What it says.
        real: Duration,
    },
    /// Once started, it was set to another time.
    #[error("it was set to another time while it ran")]
    SetAnew,
}

impl<E: crate::watchdog::Error> From<E> for WatchdogViolation<E> {
    fn from(error: E) -> Self {
        Self::Failed(error)
    }
}
