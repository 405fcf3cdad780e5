//! Entry points below the typed messages. **You almost certainly want something else.**
//!
//! A digest says nothing about what was hashed. Whoever lets a stranger choose one signs anything: a transfer of the
//! device, forged telemetry, a transaction. A device must never expose these functions to a radio, a phone or a server;
//! they are for tools, test vectors and the inside of a secure element's driver.

use k256::ecdsa::{RecoveryId, VerifyingKey};

use crate::{Digest, PublicKey, RecoverError, Signature};

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
