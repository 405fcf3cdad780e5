//! [`Action`]: what a device needs done by others, and how it names it.

use thiserror::Error;

use crate::SignRequest;

/// What a [`Device`](crate::Device) needs done. Its result goes back with the same [`JobId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "the phone waits for it"]
pub enum Action {
    /// Have the wallet sign; then [`Device::handle_signature`](crate::Device::handle_signature).
    Sign {
        /// Goes back with the signature.
        job: JobId,
        /// What to sign.
        request: SignRequest,
    },
    /// Ask the vehicle for its VIN, freshly; then [`Device::handle_vin`](crate::Device::handle_vin).
    ReadVin {
        /// Goes back with the VIN.
        job: JobId,
    },
}

/// Names one [`Action`] until it is done, so that a late result is never taken for another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JobId(pub(crate) u32);

/// What ended because its time had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Expiry {
    /// A half-received packet was dropped.
    HalfReceived,
    /// The wallet or the vehicle took too long; the phone is told so.
    Job(JobId),
    /// The presence window closed.
    Window,
}

/// The wallet did not sign. Why is its maker's matter and not the phone's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the wallet did not sign")]
pub struct SigningFailed;

/// A result that nobody waits for: its job timed out, its phone is gone, or it was another kind of job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("nobody waits for the result of {job:?}")]
pub struct StaleJob {
    /// The job that was named.
    pub job: JobId,
}
