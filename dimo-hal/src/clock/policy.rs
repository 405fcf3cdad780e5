//! [`ClockPolicy`]: what a clock believes.

use core::time::Duration;

use dimo_types::Timestamp;
use thiserror::Error;

/// What a [`TrustedClock`](super::TrustedClock) believes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockPolicy {
    not_before: Timestamp,
    stale_after: Duration,
    jump: Duration,
}

impl ClockPolicy {
    /// For a firmware built at `not_before`, before which it can never be: a time counts as stale after 24 h, in which a crystal of
    /// 50 ppm drifts 4.3 s, and a correction of 1 s or more is a jump.
    #[must_use]
    pub const fn new(not_before: Timestamp) -> Self {
        Self { not_before, stale_after: Duration::from_secs(24 * 3600), jump: Duration::from_secs(1) }
    }

    /// The same with another age at which any source may override the time.
    ///
    /// # Errors
    ///
    /// [`ClockPolicyError::Zero`]: then trust would mean nothing.
    pub const fn with_stale_after(self, stale_after: Duration) -> Result<Self, ClockPolicyError> {
        if stale_after.is_zero() { Err(ClockPolicyError::Zero) } else { Ok(Self { stale_after, ..self }) }
    }

    /// The same with another size from which a correction is a jump.
    ///
    /// # Errors
    ///
    /// [`ClockPolicyError::Zero`]: then every correction would be one.
    pub const fn with_jump(self, jump: Duration) -> Result<Self, ClockPolicyError> {
        if jump.is_zero() { Err(ClockPolicyError::Zero) } else { Ok(Self { jump, ..self }) }
    }

    /// The earliest time it takes.
    #[must_use]
    pub const fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The age at which any source may override the time.
    #[must_use]
    pub const fn stale_after(&self) -> Duration {
        self.stale_after
    }

    /// The size from which a correction is a jump.
    #[must_use]
    pub const fn jump(&self) -> Duration {
        self.jump
    }
}

/// Why a value is no part of a [`ClockPolicy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClockPolicyError {
    /// A duration of nothing.
    #[error("a duration of zero")]
    Zero,
}
