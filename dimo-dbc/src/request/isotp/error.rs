//! How an exchange ends when it does not succeed.

use thiserror::Error;

/// Why bytes make no message that a [`super::Sender`] can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MessageError {
    /// It has no bytes. A message has at least one.
    #[error("an empty message cannot be sent")]
    Empty,
    /// It is longer than a first frame can state.
    #[error("a message has up to 4294967295 bytes, not {len}")]
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// It needs flow control, and nobody in particular is addressed. Send it to one control unit.
    #[error("{len} bytes do not fit the single frame of a functional address, {capacity} do")]
    Functional {
        /// Its length in bytes.
        len: usize,
        /// What fits, in bytes.
        capacity: usize,
    },
}

/// Why a message was not sent whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SendError {
    /// No flow control came in time (N_Bs). The other side is away, or listens to another address.
    #[error("no flow control after {sent} bytes")]
    Timeout {
        /// The bytes sent so far.
        sent: usize,
    },
    /// The receiver has no room for it. Ask for less at once.
    #[error("the receiver has no room for {len} bytes")]
    Overflow {
        /// The length of the message in bytes.
        len: usize,
    },
    /// A flow control frame with a status that ISO 15765-2 reserves. The other side is broken or speaks something else.
    #[error("flow control with the reserved status {status}")]
    FlowStatus {
        /// The status, 3 to 15.
        status: u8,
    },
    /// It was told to wait once too often. Try later.
    #[error("told to wait more than {limit} times")]
    Waits {
        /// How often it may be told.
        limit: u8,
    },
}

/// Why a message was not received whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The next frame did not come in time (N_Cr). A frame was lost, or the sender went away: ask again.
    #[error("nothing more after {received} of {length} bytes")]
    Timeout {
        /// The bytes received.
        received: usize,
        /// The length of the message in bytes.
        length: usize,
    },
    /// A frame was lost, repeated, or came out of order. Ask again.
    #[error("consecutive frame {found} where {expected} comes next")]
    Sequence {
        /// The number that comes next, 0 to 15.
        expected: u8,
        /// The number that came.
        found: u8,
    },
    /// It does not fit the receiver's buffer; the sender was told. Make `N` larger.
    #[error("a message of {length} bytes, there is room for {capacity}")]
    TooLong {
        /// The length that the first frame states, in bytes.
        length: u32,
        /// The size of the buffer in bytes.
        capacity: usize,
    },
}
