//! Keccak-256, the one hash function of Ethereum, and an incremental hasher over it.

use sha3::{Digest as _, Keccak256};

use crate::Digest;

/// The Keccak-256 hash of `bytes`. This is Ethereum's hash, not SHA3-256, whose padding differs.
///
/// # Example: the hash of nothing
///
/// ```
/// let hash = dimo_crypto::keccak256(b"");
/// assert_eq!(hash[..4], [0xc5, 0xd2, 0x46, 0x01]);
/// ```
#[must_use]
pub fn keccak256(bytes: &[u8]) -> [u8; 32] {
    Hasher::new().chain(bytes).finish()
}

/// Hashes pieces without joining them first: messages need no buffer.
pub(crate) struct Hasher(Keccak256);

impl Hasher {
    pub(crate) fn new() -> Self {
        Self(Keccak256::new())
    }

    pub(crate) fn chain(mut self, bytes: &[u8]) -> Self {
        self.0.update(bytes);
        self
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }

    pub(crate) fn finish_digest(self) -> Digest {
        Digest::new(self.finish())
    }
}
