//! [`Action`]: what a device needs done by others, and how it names it.

use thiserror::Error;

use crate::{Record, Request, SignRequest};

/// What a [`Device`](crate::Device) needs done. Its result goes back with the same [`JobId`].
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "the phone waits for it"]
pub enum Action<'a> {
    /// Have the wallet sign; then [`Device::handle_signature`](crate::Device::handle_signature).
    Sign {
        /// Goes back with the signature.
        job: JobId,
        /// What to sign.
        request: SignRequest,
    },
    /// Store the record so that it is there after a reset; then [`Device::handle_stored`](crate::Device::handle_stored).
    Store {
        /// Goes back with the outcome.
        job: JobId,
        /// What to store, and under which name.
        record: Record,
    },
    /// Do what the phone asks for, which it may; then [`Device::handle_answer`](crate::Device::handle_answer). What takes longer
    /// than a few seconds tells how it goes by [`Device::handle_progress`](crate::Device::handle_progress). A result that comes after the
    /// job has timed out is lost and the phone asks again: what is done must bear being done twice.
    Perform {
        /// Goes back with the answer.
        job: JobId,
        /// What is asked for: anything but what the device answers by itself.
        request: Request<'a>,
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
    /// A handshake was not finished in time.
    Handshake,
    /// A session ended: it was never granted anything, was idle too long, or its grant has expired.
    Session,
    /// The link has had neither a handshake nor a session for too long: take it down, so that others can connect.
    Link,
    /// The wallet, the storage or the maker's part took too long; the phone is told so.
    Job(JobId),
    /// The presence window closed.
    Window,
}

/// The wallet did not sign. Why is its maker's matter and not the phone's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the wallet did not sign")]
pub struct SigningFailed;

/// Why the result of a job was not taken. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JobError {
    /// Nobody waits for it: the job timed out or was called off, or it was another kind of job. Nothing is to be done.
    #[error("nobody waits for the result of {job:?}")]
    Stale {
        /// The job that was named.
        job: JobId,
    },
    /// The answer does not belong to the request. The job still waits for one that does.
    #[error("an answer to another request than that of {job:?}")]
    WrongAnswer {
        /// The job that was named.
        job: JobId,
    },
}
