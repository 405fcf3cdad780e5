//! Why a session does not start, seal or open.

use thiserror::Error;

use super::number::SequenceNumber;
use super::record::{SessionId, Stage};

/// Why a device cannot begin a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StartError {
    /// All 2^48 numbers of records are used. No device lives to see it; a damaged store of reservations may.
    #[error("no number is left for a record")]
    Exhausted,
    /// The server's key contributes nothing, so that everybody would know the secret. It is wrong; install the right one.
    #[error("the key of the server contributes nothing")]
    WeakServerKey,
}

/// An answer that a session did not ask for: a second one, or to another action than the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the session did not ask for this")]
pub struct SessionAnswerError;

/// Why a record was not sealed. Nothing was written, and no number was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SealError {
    /// The opening is not signed yet. Do what `poll_action` asks for.
    #[error("no session is open")]
    NotOpen,
    /// All reserved numbers are used. Do what `poll_action` asks for.
    #[error("no number is reserved")]
    NotReserved,
    /// All numbers of records are used.
    #[error("no number is left for a record")]
    Exhausted,
    /// The session has ended. The device opens another one.
    #[error("the session has ended")]
    Expired,
    /// The record does not fit.
    #[error("the record has {needed} bytes, and the buffer {len}")]
    BufferTooSmall {
        /// Bytes that the record needs, header and tag included.
        needed: usize,
        /// Bytes that there are.
        len: usize,
    },
    /// More than the cipher takes in one record, some 256 GB.
    #[error("{len} bytes are too many for one record")]
    TooLong {
        /// Bytes to be sealed.
        len: usize,
    },
}

/// Why a record was not opened. Nothing was written, and nothing in the session has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Fewer bytes than any record has.
    #[error("a record has at least 24 bytes, not {len}")]
    Truncated {
        /// How many there are.
        len: usize,
    },
    /// Of another session of this device: an earlier one, or one that this server does not have.
    #[error("the record is of session {}", .session.get())]
    OtherSession {
        /// The session named.
        session: SessionId,
    },
    /// No session is open here yet.
    #[error("no session is open")]
    NotOpen,
    /// The session has ended. The device opens another one.
    #[error("the session has ended")]
    Expired,
    /// A record of this number was opened before.
    #[error("record {} was received before", .sequence.get())]
    Replayed {
        /// The number of the record.
        sequence: SequenceNumber,
    },
    /// Overtaken by 64 or more numbers, so that it cannot be told from a repetition; or before the first of the session.
    #[error("record {} lies before {floor}, the earliest taken", .sequence.get())]
    TooOld {
        /// The number of the record.
        sequence: SequenceNumber,
        /// The lowest number that is taken.
        floor: u64,
    },
    /// More than [`MAX_SKIP`](super::MAX_SKIP) generations after the latest record: forged, or so many were lost that the session
    /// has to be opened again.
    #[error("record {} lies too far ahead", .sequence.get())]
    TooFarAhead {
        /// The number of the record.
        sequence: SequenceNumber,
    },
    /// The keys of that stage are not there: not yet, before a reply; or no longer, after it.
    #[error("no keys for a record of the stage {stage:?}")]
    NoKeys {
        /// The stage named.
        stage: Stage,
    },
    /// The tag is wrong: changed on the way, of another device, or made up.
    #[error("record {} is not from the other side of this session", .sequence.get())]
    Forged {
        /// The number named.
        sequence: SequenceNumber,
    },
}
