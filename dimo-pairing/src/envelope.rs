//! [`Envelope`]: the first byte of a packet says how the rest is protected.

use thiserror::Error;

/// A packet by its protection.
///
/// Today there is one kind, the open one. The kinds of the handshake and of the session have their numbers already, so that a
/// device which knows them and one which does not tell each other so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Envelope<'a> {
    /// A message as it is, readable and changeable by whoever holds the link.
    Open(&'a [u8]),
}

impl<'a> Envelope<'a> {
    /// The first byte of an open packet.
    pub const OPEN: u8 = 0x00;
    /// The first byte of a handshake message. Reserved: no version has it yet.
    pub const HANDSHAKE: u8 = 0x01;
    /// The first byte of a message sealed by a session. Reserved: no version has it yet.
    pub const SEALED: u8 = 0x02;

    /// Reads the first byte of `packet`.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`] for an empty packet, or a protection this version has not.
    pub fn parse(packet: &'a [u8]) -> Result<Self, EnvelopeError> {
        match packet.split_first() {
            None => Err(EnvelopeError::Empty),
            Some((&Self::OPEN, message)) => Ok(Self::Open(message)),
            Some((&kind, _)) => Err(EnvelopeError::Unsupported { kind }),
        }
    }
}

/// Why a packet was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// It has no bytes.
    #[error("an empty packet")]
    Empty,
    /// The other side protects its messages in a way this side does not know. Update this side, or talk to it openly.
    #[error("packets of kind {kind} are not supported")]
    Unsupported {
        /// The first byte.
        kind: u8,
    },
}
