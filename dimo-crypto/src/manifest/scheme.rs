//! [`SignatureScheme`]: how signatures of firmware are checked, as a value, so that a boot loader links one scheme and no other.

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::cbor::{BufferTooSmall, Major, Reader, Writer};
use crate::signature::{HALF_ORDER, in_scalar_range};

/// The order of the base point of Ed25519, little-endian (RFC 8032, section 5.1).
const ED25519_ORDER: [u8; 32] = [
    0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A signature algorithm, by its number in COSE (RFC 9053, RFC 8812).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// Ed25519 (RFC 8032), COSE -8. Keys have 32 bytes.
    Ed25519,
    /// ECDSA over secp256k1 with SHA-256, COSE -47. Keys have 33 bytes, compressed.
    Es256k,
}

impl Algorithm {
    /// Its number in COSE.
    #[must_use]
    pub const fn cose(self) -> i8 {
        match self {
            Self::Ed25519 => -8,
            Self::Es256k => -47,
        }
    }

    /// The length of its public keys, in bytes.
    #[must_use]
    pub const fn key_len(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::Es256k => 33,
        }
    }

    /// Whether nobody but the signer can have made this form of a signature: S of Ed25519 below the order, s of ECDSA in its lower half.
    #[must_use]
    pub fn is_canonical(self, signature: &[u8; 64]) -> bool {
        let (_, s) = signature.split_at(32);
        match self {
            // Little-endian.
            Self::Ed25519 => s.iter().rev().lt(ED25519_ORDER.iter().rev()),
            Self::Es256k => s.first_chunk().is_some_and(|s| in_scalar_range(s) && *s <= HALF_ORDER),
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let start = reader.position();
        match reader.negative() {
            7 => Self::Ed25519,
            46 => Self::Es256k,
            _ => {
                reader.refuse(start);
                Self::Ed25519
            }
        }
    }

    pub(super) fn write(self, writer: &mut Writer<'_>) -> Result<(), BufferTooSmall> {
        writer.head(Major::Negative, u64::from((-1 - self.cose()).unsigned_abs()))
    }
}

/// Which key of a [`Root`](super::Root) signed: the first eight bytes of the SHA-256 of the public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 8]);

impl KeyId {
    /// The id of a public key, in the form in which a root holds it.
    #[must_use]
    pub fn of(key: &[u8]) -> Self {
        let hash: [u8; 32] = Sha256::digest(key).into();
        Self(hash.first_chunk().copied().unwrap_or_default())
    }
}

/// Checks signatures. Passed by value: a boot loader brings the scheme that it can afford, and links no other.
///
/// A tuple of two schemes knows the algorithms of both.
///
/// # For implementors
///
/// A second form of a signature is refused before a scheme is asked ([`Algorithm::is_canonical`]), because not every library does.
/// Keys come from a root that is trusted, so a key of small order need not be looked for.
pub trait SignatureScheme {
    /// Checks one signature.
    ///
    /// # Errors
    ///
    /// See [`SchemeError`].
    fn verify(
        &self,
        algorithm: Algorithm,
        key: &[u8],
        message: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), SchemeError>;
}

impl<S: SignatureScheme + ?Sized> SignatureScheme for &S {
    fn verify(
        &self,
        algorithm: Algorithm,
        key: &[u8],
        message: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), SchemeError> {
        (**self).verify(algorithm, key, message, signature)
    }
}

impl<A: SignatureScheme, B: SignatureScheme> SignatureScheme for (A, B) {
    fn verify(
        &self,
        algorithm: Algorithm,
        key: &[u8],
        message: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), SchemeError> {
        match self.0.verify(algorithm, key, message, signature) {
            Err(SchemeError::Unsupported) => self.1.verify(algorithm, key, message, signature),
            result => result,
        }
    }
}

/// Ed25519 by `ed25519-dalek`, in its strict form: no second form of a signature, no key of small order.
#[cfg(feature = "ed25519")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Ed25519;

#[cfg(feature = "ed25519")]
impl SignatureScheme for Ed25519 {
    fn verify(
        &self,
        algorithm: Algorithm,
        key: &[u8],
        message: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), SchemeError> {
        if algorithm != Algorithm::Ed25519 {
            return Err(SchemeError::Unsupported);
        }
        let key = key.try_into().map_err(|_| SchemeError::Key)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(key).map_err(|_| SchemeError::Key)?;
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        key.verify_strict(message, &signature).map_err(|_| SchemeError::Signature)
    }
}

/// ECDSA over secp256k1 with SHA-256, low s only: costs no flash where the wallet is linked anyway.
#[derive(Clone, Copy, Debug, Default)]
pub struct Es256k;

impl SignatureScheme for Es256k {
    fn verify(
        &self,
        algorithm: Algorithm,
        key: &[u8],
        message: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), SchemeError> {
        use k256::ecdsa::signature::hazmat::PrehashVerifier;

        if algorithm != Algorithm::Es256k {
            return Err(SchemeError::Unsupported);
        }
        let is_compressed = key.len() == algorithm.key_len();
        let key = is_compressed.then(|| k256::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()).flatten();
        let key = key.ok_or(SchemeError::Key)?;
        if !algorithm.is_canonical(signature) {
            return Err(SchemeError::Signature);
        }
        let signature = k256::ecdsa::Signature::from_slice(signature).map_err(|_| SchemeError::Signature)?;
        let digest: [u8; 32] = Sha256::digest(message).into();
        key.verify_prehash(&digest, &signature).map_err(|_| SchemeError::Signature)
    }
}

/// Why a signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SchemeError {
    /// The scheme does not know the algorithm: the firmware links another one than the root asks for.
    #[error("an algorithm that this scheme does not have")]
    Unsupported,
    /// The key is no public key of the algorithm: the root was made wrongly.
    #[error("not a public key of the algorithm")]
    Key,
    /// Another key signed, or other bytes were signed.
    #[error("not a signature of this key over these bytes")]
    Signature,
}
