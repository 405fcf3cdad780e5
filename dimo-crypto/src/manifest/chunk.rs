//! A chunk that was checked, and the check of the whole image.

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::part::{ImageHash, ImageKind};
use super::release::Manifest;
use crate::merkle::ProofError;

/// Bytes that the release keys vouch for, and where they belong. What writes flash takes this and no loose bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CheckedChunk<'c> {
    offset: u32,
    bytes: &'c [u8],
}

impl<'c> CheckedChunk<'c> {
    pub(super) const fn new(offset: u32, bytes: &'c [u8]) -> Self {
        Self { offset, bytes }
    }

    /// Where it begins in the payload, in bytes.
    #[must_use]
    pub const fn offset(&self) -> u32 {
        self.offset
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &'c [u8] {
        self.bytes
    }
}

/// Hashes an image as it is read back from its slot.
#[derive(Clone, Debug)]
pub struct ImageCheck {
    hasher: Sha256,
    left: u32,
    wanted: VerifiedImage,
}

impl ImageCheck {
    pub(super) fn new(manifest: &Manifest) -> Self {
        let Manifest { kind, seq, image_hash, image_len, .. } = *manifest;
        Self { hasher: Sha256::new(), left: image_len, wanted: VerifiedImage { kind, seq, hash: image_hash } }
    }

    /// How many bytes of the image are left to read.
    #[must_use]
    pub const fn left(&self) -> u32 {
        self.left
    }

    /// The next bytes of the slot.
    ///
    /// # Errors
    ///
    /// [`ImageError::TooLong`]: these bytes reach beyond the image; nothing of them was taken.
    pub fn update(&mut self, bytes: &[u8]) -> Result<(), ImageError> {
        let left = u32::try_from(bytes.len()).ok().and_then(|len| self.left.checked_sub(len));
        self.left = left.ok_or(ImageError::TooLong { left: self.left })?;
        self.hasher.update(bytes);
        Ok(())
    }

    /// The image, if it is the one of the manifest.
    ///
    /// # Errors
    ///
    /// [`ImageError::TooShort`] before the end, [`ImageError::Hash`] when it is another image.
    pub fn finish(self) -> Result<VerifiedImage, ImageError> {
        if self.left > 0 {
            return Err(ImageError::TooShort { left: self.left });
        }
        let hash: [u8; 32] = self.hasher.finalize().into();
        if hash == self.wanted.hash.0 { Ok(self.wanted) } else { Err(ImageError::Hash) }
    }
}

/// An image that stands in its slot as the release keys signed it. Only [`ImageCheck`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VerifiedImage {
    kind: ImageKind,
    seq: u64,
    hash: ImageHash,
}

impl VerifiedImage {
    /// What it is for.
    #[must_use]
    pub const fn kind(&self) -> ImageKind {
        self.kind
    }

    /// The number that the security counter is raised to once the image has confirmed itself, and not earlier.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// Its hash.
    #[must_use]
    pub const fn hash(&self) -> ImageHash {
        self.hash
    }
}

/// Why a chunk must not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChunkError {
    /// The payload ends before this chunk: whoever sends goes on without end.
    #[error("no chunk {index} among {count}")]
    NoSuchChunk {
        /// The index.
        index: u32,
        /// How many there are.
        count: u32,
    },
    /// A chunk has the chunk size, the last one what is left.
    #[error("the chunk has {expected} bytes, not {got}")]
    Length {
        /// How many it has.
        expected: u32,
        /// How many there were.
        got: usize,
    },
    /// These are not the bytes that were signed, or the proof is of another chunk.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// Why an image must not be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ImageError {
    /// More bytes than the image has.
    #[error("only {left} bytes of the image are left")]
    TooLong {
        /// How many were left to read.
        left: u32,
    },
    /// Fewer bytes than the image has.
    #[error("{left} bytes of the image are missing")]
    TooShort {
        /// How many are missing.
        left: u32,
    },
    /// Another image: a write failed, bits rotted, or somebody wrote to the slot. Fetch it again.
    #[error("another image than the manifest names")]
    Hash,
}
