//! [`Transport`]: sealed messages after a handshake.

use thiserror::Error;
use zeroize::Zeroize as _;

use super::suite::{ChaChaPoly, Secret};
use super::{PublicKey, SEAL_LEN};

/// Messages sealed for the other side of a handshake and opened from it, each once and in the order of their numbers.
///
/// A number stands in clear beside each message, so that one that was lost with a link does not end the session.
pub struct Transport {
    sending: Secret,
    receiving: Secret,
    /// The number of the next message sealed; 2^32 when all are used.
    next_sent: u64,
    /// The lowest number that is still opened.
    next_received: u64,
    hash: [u8; 32],
    peer: PublicKey,
}

impl Transport {
    pub(super) const fn new(sending: Secret, receiving: Secret, hash: [u8; 32], peer: PublicKey) -> Self {
        Self { sending, receiving, next_sent: 0, next_received: 0, hash, peer }
    }

    /// The hash of all that was said in the handshake: the same on both sides, and on nobody else's. What both sign to prove
    /// themselves for this session.
    #[must_use]
    pub const fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The key by which the other side is known again.
    #[must_use]
    pub const fn peer(&self) -> PublicKey {
        self.peer
    }

    /// Seals `message` to the beginning of `out`, [`SEAL_LEN`] bytes longer than it is, and gives its number.
    ///
    /// # Errors
    ///
    /// [`SealError`]; nothing is sealed then.
    pub fn seal<'o>(&mut self, message: &[u8], out: &'o mut [u8]) -> Result<(u32, &'o [u8]), SealError> {
        let number = u32::try_from(self.next_sent).map_err(|_| SealError::Over)?;
        let room = message.len().checked_add(SEAL_LEN).ok_or(SealError::Room)?;
        let (text, tag) = out
            .get_mut(..room)
            .and_then(|out| out.split_last_chunk_mut::<SEAL_LEN>())
            .ok_or(SealError::Room)?;
        text.copy_from_slice(message);
        *tag = ChaChaPoly::seal(&self.sending, number.into(), &[], text).map_err(|_| SealError::Over)?.into();
        self.next_sent += 1;
        Ok((number, out.get(..room).unwrap_or_default()))
    }

    /// Opens the message of this `number` to the beginning of `out`.
    ///
    /// # Errors
    ///
    /// [`OpenError`]. Nothing has changed then, and the message due can still be opened.
    pub fn open<'o>(&mut self, number: u32, sealed: &[u8], out: &'o mut [u8]) -> Result<&'o [u8], OpenError> {
        if u64::from(number) < self.next_received {
            return Err(OpenError::Seen { number });
        }
        let (text, tag) = sealed.split_last_chunk::<SEAL_LEN>().ok_or(OpenError::Forged)?;
        let out = out.get_mut(..text.len()).ok_or(OpenError::Forged)?;
        out.copy_from_slice(text);
        if ChaChaPoly::open(&self.receiving, number.into(), &[], out, *tag).is_err() {
            out.zeroize();
            return Err(OpenError::Forged);
        }
        self.next_received = u64::from(number) + 1;
        Ok(out)
    }
}

impl core::fmt::Debug for Transport {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Transport").field("peer", &self.peer).finish_non_exhaustive()
    }
}

/// Why nothing was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SealError {
    /// The buffer is too small.
    #[error("there is too little room")]
    Room,
    /// All 2^32 numbers are used: begin another handshake.
    #[error("the session has carried all it may")]
    Over,
}

/// Why a sealed message was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// It, or a later one, was opened before: it is shown again.
    #[error("the message {number} is shown again")]
    Seen {
        /// Its number.
        number: u32,
    },
    /// It was not sealed by the other side in this session, or was changed on its way.
    #[error("the message is not of this session")]
    Forged,
}
