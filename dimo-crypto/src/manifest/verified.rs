//! What only verification makes: [`VerifiedManifest`], [`VerifiedDirective`], and both together, [`OrderedManifest`].

use core::ops::Deref;

use dimo_types::Timestamp;

use super::chunk::{CheckedChunk, ChunkError, ImageCheck};
use super::directive::Directive;
use super::installed::DirectorMark;
use super::part::ManifestHash;
use super::refusal::NotOrdered;
use super::release::Manifest;
use crate::merkle::{LeafHash, Proof, verify_proof};

/// A manifest that enough release keys signed and that this device may install.
///
/// It is a copy of what was verified: bytes that change in flash afterwards change nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VerifiedManifest {
    manifest: Manifest,
    hash: ManifestHash,
}

/// Whether a manifest is as new as it should be, by a clock that may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Freshness {
    /// It names no time, or the time has not come.
    Current,
    /// There should be a newer one: report it, ask again, and install it all the same if nothing newer comes.
    Stale,
}

impl VerifiedManifest {
    pub(super) const fn new(manifest: Manifest, hash: ManifestHash) -> Self {
        Self { manifest, hash }
    }

    /// The name of the manifest in a directive.
    #[must_use]
    pub const fn hash(&self) -> ManifestHash {
        self.hash
    }

    /// Whether there should be a newer one by now.
    #[must_use]
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        match self.manifest.not_after {
            Some(not_after) if not_after < now => Freshness::Stale,
            _ => Freshness::Current,
        }
    }

    /// How many chunks the payload has.
    #[must_use]
    pub const fn chunk_count(&self) -> u32 {
        self.manifest.chunk_size.count(self.manifest.payload_len)
    }

    /// Checks a chunk, which is to happen before it is written: what was not signed never reaches the flash, and a download that was cut off
    /// goes on with the next chunk.
    ///
    /// # Errors
    ///
    /// See [`ChunkError`]. Ask for the chunk again, from elsewhere.
    pub fn check_chunk<'c>(
        &self,
        index: u32,
        bytes: &'c [u8],
        proof: Proof<'_>,
    ) -> Result<CheckedChunk<'c>, ChunkError> {
        let Manifest { payload_len, chunk_size, chunk_root, .. } = self.manifest;
        let count = chunk_size.count(payload_len);
        if index >= count {
            return Err(ChunkError::NoSuchChunk { index, count });
        }
        let offset = index * chunk_size.bytes();
        let expected = chunk_size.bytes().min(payload_len - offset);
        if usize::try_from(expected) != Ok(bytes.len()) {
            return Err(ChunkError::Length { expected, got: bytes.len() });
        }
        verify_proof(&chunk_root, count, index, LeafHash::of(bytes), proof)?;
        Ok(CheckedChunk::new(offset, bytes))
    }

    /// Begins to check the whole image as it stands in the slot: read it again from flash, since writing may have failed.
    #[must_use]
    pub fn image_check(&self) -> ImageCheck {
        ImageCheck::new(&self.manifest)
    }
}

impl Deref for VerifiedManifest {
    type Target = Manifest;

    fn deref(&self) -> &Manifest {
        &self.manifest
    }
}

/// A directive that enough director keys signed, that is for this device, and that is not an old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VerifiedDirective {
    directive: Directive,
    mark: DirectorMark,
}

impl VerifiedDirective {
    pub(super) const fn new(directive: Directive, mark: DirectorMark) -> Self {
        Self { directive, mark }
    }

    /// What to persist before anything of the update is written, so that no older directive is taken again.
    #[must_use]
    pub const fn mark(&self) -> DirectorMark {
        self.mark
    }

    /// Takes a release that this directive orders.
    ///
    /// # Errors
    ///
    /// [`NotOrdered`] for any other release.
    pub fn order(&self, manifest: VerifiedManifest) -> Result<OrderedManifest, NotOrdered> {
        if self.directive.manifests.as_slice().contains(&manifest.hash) {
            Ok(OrderedManifest { manifest, mark: self.mark })
        } else {
            Err(NotOrdered { manifest: manifest.hash })
        }
    }

    /// The releases that are ordered and not among those held. As long as there are any, nothing is started: half of an update was
    /// never tested by anyone.
    pub fn missing<'s>(&'s self, held: &'s [OrderedManifest]) -> impl Iterator<Item = ManifestHash> + 's {
        let all = self.directive.manifests.as_slice().iter().copied();
        all.filter(|hash| !held.iter().any(|held| held.hash == *hash))
    }
}

impl Deref for VerifiedDirective {
    type Target = Directive;

    fn deref(&self) -> &Directive {
        &self.directive
    }
}

/// A verified manifest that a verified directive orders: what an updater takes, because nothing else can be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderedManifest {
    manifest: VerifiedManifest,
    mark: DirectorMark,
}

impl OrderedManifest {
    /// The directive that ordered it, see [`VerifiedDirective::mark`].
    #[must_use]
    pub const fn mark(&self) -> DirectorMark {
        self.mark
    }
}

impl Deref for OrderedManifest {
    type Target = VerifiedManifest;

    fn deref(&self) -> &VerifiedManifest {
        &self.manifest
    }
}
