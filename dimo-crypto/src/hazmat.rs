//! Entry points below the typed messages. **You almost certainly want something else.**
//!
//! A digest says nothing about what was hashed. Whoever lets a stranger choose one signs anything: a transfer of the
//! device, forged telemetry, a transaction. A device must never expose these functions to a radio, a phone or a server;
//! they are for tools, test vectors and the inside of a secure element's driver.

use k256::ecdsa::{RecoveryId, VerifyingKey};
use thiserror::Error;

use crate::message::{Message, sealed::Sealed};
use crate::personal::eip191;
use crate::{Digest, Gen1Telemetry, PublicKey, RecoverError, Signature};

/// Takes 32 bytes for a digest. They must be the output of a hash function, over something the caller knows.
#[must_use]
pub const fn digest(bytes: [u8; 32]) -> Digest {
    Digest::new(bytes)
}

/// The key that signed `digest`.
///
/// Every signature recovers to some key, and for a digest of one's own choice a stranger can make a signature of any key:
/// the answer proves nothing unless the digest was computed here.
///
/// # Errors
///
/// [`RecoverError::NoKey`] when no key at all can have made this signature.
pub fn recover_public_key(digest: &Digest, signature: &Signature) -> Result<PublicKey, RecoverError> {
    let unrecoverable = |_| RecoverError::NoKey;
    let recovery_id = RecoveryId::new(signature.v() == 28, false);
    let signature = k256::ecdsa::Signature::from_slice(&signature.r_and_s()).map_err(unrecoverable)?;
    VerifyingKey::recover_from_prehash(digest.as_bytes(), &signature, recovery_id)
        .map(|key| PublicKey::from_k256(key.into()))
        .map_err(unrecoverable)
}

/// Signs `digest` with a key in memory.
///
/// # Errors
///
/// As [`SoftwareKey`](crate::SoftwareKey) signs messages.
#[cfg(feature = "software-key")]
pub fn sign_digest(key: &crate::SoftwareKey, digest: &Digest) -> Result<Signature, crate::SoftwareSignError> {
    key.sign_digest(digest)
}

/// Any bytes as a personal message (EIP-191) that a wallet signs: for tools that do what their user types.
///
/// A device that signs bytes of somebody else this way signs their logins and attestations in its own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AnyPersonal<'a>(pub &'a [u8]);

impl Sealed for AnyPersonal<'_> {}

impl Message for AnyPersonal<'_> {
    fn digest(&self) -> Digest {
        eip191(self.0)
    }
}

/// Gen 1 `data` of an encoder other than that of `dimo-types`, for firmware that writes its JSON without a heap.
///
/// **The bytes must have been written by this device, whole.** Whoever else chose a part of them has it signed. Only an object
/// is taken, so that no typed message, login or transaction can be passed off as telemetry: those begin otherwise.
///
/// # Errors
///
/// [`NotAnObject`] when the bytes do not begin as an object does: a brace and then a quotation mark, the other brace or white
/// space. The rest is not read. (Transactions of one kind begin with the byte of a brace, and go on with one above 0xBF.)
///
/// # Example: a typed message in disguise
///
/// ```
/// use dimo_crypto::hazmat;
/// assert!(hazmat::gen1_telemetry(br#"{"timestamp":1709656316768}"#).is_ok());
/// let refused = hazmat::gen1_telemetry(b"\x19\x01...").unwrap_err();
/// assert_eq!(refused.first, Some(0x19));
/// assert!(hazmat::gen1_telemetry(b"{\xF8\x6B...").is_err());
/// ```
pub const fn gen1_telemetry(data: &[u8]) -> Result<Gen1Telemetry<'_>, NotAnObject> {
    match data {
        [b'{', b'"' | b'}' | b' ' | b'\t' | b'\r' | b'\n', ..] => Ok(Gen1Telemetry::from_bytes(data)),
        [first, ..] => Err(NotAnObject { first: Some(*first) }),
        [] => Err(NotAnObject { first: None }),
    }
}

/// The bytes given as `data` are no JSON object: they are no telemetry, and may be something else that has a meaning when signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("telemetry is a JSON object and begins with a brace and a name")]
#[non_exhaustive]
pub struct NotAnObject {
    /// What it begins with, if it has a first byte.
    pub first: Option<u8>,
}
