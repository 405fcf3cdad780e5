//! The traits of the `signature` crate, for backends whose code is generic over signers and verifiers.

use ::signature::hazmat::PrehashVerifier;
use ::signature::{Error, SignatureEncoding};

use crate::{Digest, PublicKey, Signature, SignatureError, hazmat};

/// 32 bytes that somebody else hashed: see the warning at [`hazmat`].
fn prehash(bytes: &[u8]) -> Result<Digest, Error> {
    bytes.try_into().map(hazmat::digest).map_err(|_| Error::new())
}

/// Checks a signature over 32 bytes that somebody else hashed: see the warning at [`hazmat`]. v is checked too.
impl PrehashVerifier<Signature> for PublicKey {
    fn verify_prehash(&self, bytes: &[u8], signature: &Signature) -> Result<(), Error> {
        match hazmat::recover_public_key(&prehash(bytes)?, signature) {
            Ok(key) if key == *self => Ok(()),
            _ => Err(Error::new()),
        }
    }
}

/// Signs 32 bytes that somebody else hashed: see the warning at [`hazmat`].
#[cfg(feature = "software-key")]
impl ::signature::hazmat::PrehashSigner<Signature> for crate::SoftwareKey {
    fn sign_prehash(&self, bytes: &[u8]) -> Result<Signature, Error> {
        hazmat::sign_digest(self, &prehash(bytes)?).map_err(|_| Error::new())
    }
}

#[cfg(feature = "software-key")]
impl ::signature::Keypair for crate::SoftwareKey {
    type VerifyingKey = PublicKey;

    fn verifying_key(&self) -> PublicKey {
        self.public_key()
    }
}

/// r, s and v.
impl SignatureEncoding for Signature {
    type Repr = [u8; Self::LEN];
}

impl TryFrom<&[u8]> for Signature {
    type Error = SignatureError;

    fn try_from(bytes: &[u8]) -> Result<Self, SignatureError> {
        Self::from_bytes(bytes)
    }
}

impl From<Signature> for [u8; Signature::LEN] {
    fn from(signature: Signature) -> Self {
        signature.to_bytes()
    }
}
