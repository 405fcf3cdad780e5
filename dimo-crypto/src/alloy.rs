//! Signatures, keys and digests as backends have them that speak to a chain with alloy.

use alloy_primitives::{B256, B512, U256};

use crate::{Digest, PublicKey, PublicKeyError, Signature, SignatureError};

impl From<Signature> for alloy_primitives::Signature {
    fn from(signature: Signature) -> Self {
        let number = |bytes: [u8; 32]| U256::from_be_bytes(bytes);
        Self::new(number(signature.r()), number(signature.s()), signature.v() == 28)
    }
}

/// alloy also holds what contracts refuse: such a signature is none here.
impl TryFrom<alloy_primitives::Signature> for Signature {
    type Error = SignatureError;

    fn try_from(signature: alloy_primitives::Signature) -> Result<Self, SignatureError> {
        Self::from_bytes(&signature.as_bytes())
    }
}

/// x‖y.
impl From<PublicKey> for B512 {
    fn from(key: PublicKey) -> Self {
        key.to_bytes().into()
    }
}

/// x‖y.
impl TryFrom<B512> for PublicKey {
    type Error = PublicKeyError;

    fn try_from(key: B512) -> Result<Self, PublicKeyError> {
        Self::from_bytes(&key)
    }
}

/// The other way is [`hazmat::digest`](crate::hazmat::digest), with its warning.
impl From<Digest> for B256 {
    fn from(digest: Digest) -> Self {
        (*digest.as_bytes()).into()
    }
}
