//! The two hashes of a tree: of a leaf and of a node.

use core::fmt;

use sha2::{Digest, Sha256};

use crate::digest::write_hex;

/// The hash of a leaf: SHA-256 of a byte 0 and the leaf.
///
/// A device that keeps these 32 bytes for each piece can prove any of them without reading the pieces again.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeafHash([u8; 32]);

impl LeafHash {
    /// The hash of a leaf that is in memory.
    #[must_use]
    pub fn of(leaf: &[u8]) -> Self {
        let mut hasher = LeafHasher::new();
        hasher.update(leaf);
        hasher.finish()
    }

    /// A hash that was kept. Only hashes of leaves may be given: a tree over hashes of nodes proves nothing.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// `0x` and 64 lower-case hexadecimal digits.
impl fmt::Debug for LeafHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LeafHash(")?;
        write_hex(f, &self.0)?;
        f.write_str(")")
    }
}

/// Hashes a leaf that comes in pieces, such as a chunk read from flash.
#[derive(Clone, Debug)]
pub struct LeafHasher(Sha256);

impl LeafHasher {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Sha256::new().chain_update([0]))
    }

    /// The next bytes of the leaf.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all of them.
    #[must_use]
    pub fn finish(self) -> LeafHash {
        LeafHash(self.0.finalize().into())
    }
}

impl Default for LeafHasher {
    fn default() -> Self {
        Self::new()
    }
}

/// The hash of a node: SHA-256 of a byte 1 and the hashes below it.
pub(super) fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}
