//! [`SoftwareKey`]: a wallet key in memory.

use core::fmt;

use dimo_types::Address;
use k256::ecdsa::SigningKey;
use thiserror::Error;
use zeroize::Zeroize;

use crate::signature::YParity;
use crate::{Digest, Message, PublicKey, Signature};

/// A wallet key in memory, for tests, software connections and development boards.
///
/// **It is no DIP-4 hardware wallet**, whose key is made inside a secure element and never leaves it: whoever reads this
/// process's memory has the key. Signatures follow RFC 6979 without added entropy, so equal messages have equal signatures.
/// `Debug` shows the address only, and the key is wiped when the value is dropped.
///
/// # Example: a key nobody can have
///
/// ```
/// use dimo_crypto::{SoftwareKey, SoftwareKeyError, blocking::DeviceSigner};
/// let key = SoftwareKey::from_bytes([7; 32])?;
/// assert_eq!(key.address().to_string(), "0x4a62316623ad457F02cDC5D997deD67a383EC569");
/// assert_eq!(SoftwareKey::from_bytes([0xFF; 32]).unwrap_err(), SoftwareKeyError::OutOfRange);
/// # Ok::<(), SoftwareKeyError>(())
/// ```
#[derive(Clone)]
pub struct SoftwareKey {
    // Wipes itself on drop.
    key: SigningKey,
    address: Address,
}

impl SoftwareKey {
    /// A key from its 32 bytes, which must come from a cryptographic random source. The argument is wiped.
    ///
    /// # Errors
    ///
    /// [`SoftwareKeyError::OutOfRange`]; of random bytes, one in 2^128 is.
    pub fn from_bytes(mut bytes: [u8; 32]) -> Result<Self, SoftwareKeyError> {
        let key = SigningKey::from_slice(&bytes);
        bytes.zeroize();
        let key = key.map_err(|_| SoftwareKeyError::OutOfRange)?;
        let address = PublicKey::from_k256(key.verifying_key().into()).address();
        Ok(Self { key, address })
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey::from_k256(self.key.verifying_key().into())
    }

    /// The account of the key.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    pub(crate) fn sign_digest(&self, digest: &Digest) -> Result<Signature, SoftwareSignError> {
        let (signature, recovery_id) = self.key.sign_prehash_recoverable(digest.as_bytes());
        if recovery_id.is_x_reduced() {
            return Err(SoftwareSignError::NoRecoveryId);
        }
        let parity = if recovery_id.is_y_odd() { YParity::Odd } else { YParity::Even };
        Ok(Signature::from_parts(&signature.to_bytes().into(), parity))
    }
}

impl crate::blocking::DeviceSigner for SoftwareKey {
    type Error = SoftwareSignError;

    fn address(&self) -> Address {
        self.address
    }

    fn sign<M: Message + ?Sized>(&mut self, message: &M) -> Result<Signature, Self::Error> {
        self.sign_digest(&message.digest())
    }
}

impl crate::DeviceSigner for SoftwareKey {
    type Error = SoftwareSignError;

    fn address(&self) -> Address {
        self.address
    }

    async fn sign<M: Message + ?Sized>(&mut self, message: &M) -> Result<Signature, Self::Error> {
        self.sign_digest(&message.digest())
    }
}

/// The address, never the key.
impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftwareKey").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Why bytes are no [`SoftwareKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SoftwareKeyError {
    /// Zero, or not below the order of the curve. Draw again.
    #[error("a key is a number in 1..n")]
    OutOfRange,
}

/// Why a [`SoftwareKey`] did not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SoftwareSignError {
    /// The point of the signature has an x not below n, for which there is no v of 27 or 28.
    /// One in 2^128 messages is such; change the message.
    #[error("this signature has no recovery id of 27 or 28")]
    NoRecoveryId,
}
