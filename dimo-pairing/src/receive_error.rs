//! [`ReceiveError`]: why a device rejects a write.

use thiserror::Error;

use crate::{FragmentError, OpenError, PacketError};

/// Why bytes from the link were dropped without an answer. A device rejects the write with [`att_error`](Self::att_error).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The fragment was wrong, and its packet is dropped.
    #[error(transparent)]
    Fragment(#[from] FragmentError),
    /// The packet came whole, and its form is not known.
    #[error(transparent)]
    Packet(#[from] PacketError),
    /// A sealed packet without a session, or a handshake's message that is not due: begin a new handshake.
    #[error("the packet belongs to no session and no handshake")]
    NotDue,
    /// A sealed packet of another session, changed on its way, or shown again.
    #[error(transparent)]
    Seal(#[from] OpenError),
}

impl ReceiveError {
    /// The ATT application error with which a device rejects the write, 0x80 to 0x87 (SPEC.md, Errors without a message).
    #[must_use]
    pub const fn att_error(&self) -> u8 {
        match self {
            Self::Fragment(error) => error.att_error(),
            Self::Packet(_) => 0x85,
            Self::NotDue => 0x86,
            Self::Seal(_) => 0x87,
        }
    }
}
