//! [`Patience`]: how long the connection waits for what.

use core::time::Duration;

const MINUTE: u64 = 60;

/// The waits, as one value that a deployment fits to the service and to the cars it asks about.
///
/// What keeps a car from being held awake: a request for data goes out at most `grace` after a moment in which the car was
/// asleep or in use, and a parked car stays up longer than that anyway. Unless the service is in trouble or asks for more, no wait
/// between two looks at the car is longer than `grace`, so a car that wakes is not missed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Between two requests for data while the car drives.
    pub(crate) driving: Duration,
    /// The same while it charges.
    pub(crate) charging: Duration,
    /// The same while it stands, as long as `grace` lasts.
    pub(crate) idle: Duration,
    /// How long after its last use a car may still be asked for data.
    pub(crate) grace: Duration,
    /// Between two looks at a car that is left alone.
    pub(crate) alone: Duration,
    /// The first wait for a car that sleeps; it doubles up to `asleep_at_most`.
    pub(crate) asleep: Duration,
    pub(crate) asleep_at_most: Duration,
    /// The first wait after an error; it doubles up to `failure_at_most`.
    pub(crate) failure: Duration,
    pub(crate) failure_at_most: Duration,
    /// When the service says "too many requests" and not for how long.
    pub(crate) unstated_retry: Duration,
    /// However long the service says: after this, it is asked again.
    pub(crate) retry_at_most: Duration,
    /// A token that ends this soon is refreshed first.
    pub(crate) token_margin: Duration,
}

impl Patience {
    /// For a car that stays up ten minutes after its last use before it thinks of sleep.
    pub(crate) const CONSIDERATE: Self = Self {
        driving: Duration::from_secs(30),
        charging: Duration::from_secs(4 * MINUTE),
        idle: Duration::from_secs(MINUTE),
        grace: Duration::from_secs(5 * MINUTE),
        alone: Duration::from_secs(2 * MINUTE),
        asleep: Duration::from_secs(MINUTE),
        asleep_at_most: Duration::from_secs(4 * MINUTE),
        failure: Duration::from_secs(30),
        failure_at_most: Duration::from_secs(16 * MINUTE),
        unstated_retry: Duration::from_secs(15 * MINUTE),
        retry_at_most: Duration::from_secs(24 * 60 * MINUTE),
        token_margin: Duration::from_secs(MINUTE),
    };

    /// The wait after the car was found asleep `times` times in a row.
    pub(crate) fn while_asleep(&self, times: u32) -> Duration {
        doubled(self.asleep, times).min(self.asleep_at_most)
    }

    /// The wait after `times` errors in a row.
    pub(crate) fn after_failures(&self, times: u32) -> Duration {
        doubled(self.failure, times).min(self.failure_at_most)
    }

    /// What `Retry-After` asks for: seconds. A date or nonsense counts as nothing said.
    pub(crate) fn retry(&self, header: Option<&str>) -> Duration {
        let stated = header.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
        stated.unwrap_or(self.unstated_retry).min(self.retry_at_most)
    }
}

/// `first`, doubled with each of `times` but the first.
fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(1_u32.checked_shl(times.saturating_sub(1)).unwrap_or(u32::MAX))
}
