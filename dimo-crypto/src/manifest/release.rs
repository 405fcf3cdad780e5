//! [`Manifest`]: what a release says of one image.

use dimo_types::Timestamp;

use super::cbor::{CborError, CborProblem, Reader, Writer};
use super::envelope::{BuildError, Envelope};
use super::part::{
    ChunkSize, ClassId, Dependencies, ImageHash, ImageKind, ManifestHash, PayloadKeyId, Slot, VendorId,
    Version,
};
use crate::merkle::{LeafHash, RootBuilder, TreeError};

/// The one version of the three formats.
pub(super) const FORMAT: u64 = 1;

/// What a release says of one image. Its bytes stand in MANIFEST.md.
///
/// The *image* is what stands in the slot at the end; the *payload* is what is sent, in chunks. Without a delta and without encryption
/// they are the same bytes.
///
/// # Example: the manifest of a small image
///
/// ```
/// use dimo_crypto::manifest::{
///     ChunkSize, ClassId, Dependencies, ImageHash, ImageKind, Manifest, VendorId, Version, chunk_root,
/// };
/// let image = [0x55; 10_000];
/// let manifest = Manifest {
///     vendor: VendorId([1; 16]),
///     class: ClassId([2; 16]),
///     kind: ImageKind::APPLICATION,
///     slot: None,
///     seq: 7,
///     version: Version { major: 1, minor: 4, patch: 0 },
///     image_len: 10_000,
///     image_hash: ImageHash::of(&image),
///     payload_len: 10_000,
///     chunk_size: ChunkSize::FLASH_PAGE,
///     chunk_root: chunk_root(&image, ChunkSize::FLASH_PAGE)?,
///     min_boot_seq: 1,
///     dependencies: Dependencies::NONE,
///     epoch: 0,
///     not_after: None,
///     delta_base: None,
///     payload_key: None,
/// };
/// let mut buffer = [0; Manifest::MAX_LEN];
/// let bytes = manifest.encode(&mut buffer)?;
/// assert_eq!(Manifest::parse(bytes)?, manifest);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Manifest {
    /// Who makes the device.
    pub vendor: VendorId,
    /// The hardware that the image runs on.
    pub class: ClassId,
    /// What the image is for.
    pub kind: ImageKind,
    /// The slot that it is linked for; `None` when it runs in any.
    pub slot: Option<Slot>,
    /// The security sequence number: raised by a release that must not be undone. Releases of the same number may replace each other
    /// in both directions.
    pub seq: u64,
    /// What people call it.
    pub version: Version,
    /// The length of the image, in bytes, at least 1.
    pub image_len: u32,
    /// The hash of the whole image.
    pub image_hash: ImageHash,
    /// The length of the payload, in bytes: that of the image unless it is a delta or encrypted.
    pub payload_len: u32,
    /// The size of a chunk of the payload; the last one may be shorter.
    pub chunk_size: ChunkSize,
    /// The root over the chunks, [`chunk_root`].
    pub chunk_root: [u8; 32],
    /// The least security sequence number of the boot loader.
    pub min_boot_seq: u64,
    /// The other images that it needs.
    pub dependencies: Dependencies,
    /// The key epoch: that of the [`Root`](super::Root) whose keys signed it.
    pub epoch: u32,
    /// After this time there should be a newer one. Soft: a device with a wrong clock must not brick.
    pub not_after: Option<Timestamp>,
    /// For a delta: the image that it changes.
    pub delta_base: Option<ImageHash>,
    /// For an encrypted payload: its key. The chunks are those of the payload as it is sent.
    pub payload_key: Option<PayloadKeyId>,
}

impl Manifest {
    /// The longest manifest, in bytes: every optional field there and every number at its greatest.
    pub const MAX_LEN: usize = 254;

    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// [`CborError`] for anything but the one encoding of a manifest that means something.
    pub fn parse(bytes: &[u8]) -> Result<Self, CborError> {
        let mut reader = Reader::new(bytes);
        let mut map = reader.map();
        expect_format(map.required(1));
        let vendor = VendorId::read(map.required(2));
        let class = ClassId::read(map.required(3));
        let kind = ImageKind::read(map.required(4));
        let slot = map.optional(5).map(Slot::read);
        let seq = map.required(6).uint();
        let version = Version::read(map.required(7));
        let image_len = positive(map.required(8));
        let image_hash = ImageHash::read(map.required(9));
        let payload_len = map.optional(10).map(positive);
        let chunk_size = ChunkSize::read(map.required(11));
        let chunk_root = map.required(12).byte_array();
        let min_boot_seq = map.required(13).uint();
        let dependencies = map.optional(14).map(Dependencies::read).unwrap_or_default();
        let epoch = map.required(15).uint();
        let not_after = map.optional(16).map(timestamp);
        let delta_base = map.optional(17).map(ImageHash::read);
        let payload_key = map.optional(18).map(PayloadKeyId::read);
        map.end();
        reader.end()?;
        // One way to say that the payload is the image.
        let is_transformed = delta_base.is_some() || payload_key.is_some();
        let needs_itself = dependencies.iter().any(|dependency| dependency.kind == kind);
        if payload_len.is_some() != is_transformed || needs_itself {
            return Err(CborError { at: bytes.len(), problem: CborProblem::Value });
        }
        Ok(Self {
            vendor,
            class,
            kind,
            slot,
            seq,
            version,
            image_len,
            image_hash,
            payload_len: payload_len.unwrap_or(image_len),
            chunk_size,
            chunk_root,
            min_boot_seq,
            dependencies,
            epoch,
            not_after,
            delta_base,
            payload_key,
        })
    }

    /// Writes the manifest; [`Self::MAX_LEN`] bytes always suffice.
    ///
    /// # Errors
    ///
    /// [`BuildError`]: the buffer is too short, a length is 0, the payload is the image but has another length, or the image needs
    /// one of its own kind.
    pub fn encode<'b>(&self, out: &'b mut [u8]) -> Result<&'b [u8], BuildError> {
        let is_transformed = self.delta_base.is_some() || self.payload_key.is_some();
        let dependencies = (self.dependencies != Dependencies::NONE).then_some(self.dependencies);
        let optional = [
            self.slot.is_some(),
            is_transformed,
            dependencies.is_some(),
            self.not_after.is_some(),
            self.delta_base.is_some(),
            self.payload_key.is_some(),
        ];
        let mut writer = Writer::new(out);
        let w = &mut writer;
        w.map(12 + optional.into_iter().filter(|is_there| *is_there).count())?;
        w.field(1, |w| w.uint(FORMAT))?;
        w.field(2, |w| w.bytes(&self.vendor.0))?;
        w.field(3, |w| w.bytes(&self.class.0))?;
        w.field(4, |w| w.uint(self.kind.get()))?;
        w.optional(5, self.slot, |w, slot| w.uint(slot.get()))?;
        w.field(6, |w| w.uint(self.seq))?;
        w.field(7, |w| self.version.write(w))?;
        w.field(8, |w| w.uint(self.image_len))?;
        w.field(9, |w| w.bytes(&self.image_hash.0))?;
        w.optional(10, is_transformed.then_some(self.payload_len), |w, len| w.uint(len))?;
        w.field(11, |w| w.uint(self.chunk_size.log2()))?;
        w.field(12, |w| w.bytes(&self.chunk_root))?;
        w.field(13, |w| w.uint(self.min_boot_seq))?;
        w.optional(14, dependencies, |w, dependencies| dependencies.write(w))?;
        w.field(15, |w| w.uint(self.epoch))?;
        w.optional(16, self.not_after, |w, time| w.uint(time.as_micros()))?;
        w.optional(17, self.delta_base, |w, base| w.bytes(&base.0))?;
        w.optional(18, self.payload_key, |w, key| w.bytes(&key.0))?;
        let bytes = writer.finish();
        // What is read back otherwise cannot be written.
        if Self::parse(bytes)? == *self {
            Ok(bytes)
        } else {
            Err(BuildError::Form(CborError { at: bytes.len(), problem: CborProblem::Value }))
        }
    }
}

/// A manifest and its signatures, read but not yet verified: only [`TrustedRoot`](super::TrustedRoot) does that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedManifest<'a> {
    pub(super) envelope: Envelope<'a>,
    pub(super) manifest: Manifest,
}

impl<'a> SignedManifest<'a> {
    /// Reads an envelope and the manifest in it.
    ///
    /// # Errors
    ///
    /// [`CborError`] for any other bytes.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CborError> {
        let envelope = Envelope::parse(bytes)?;
        Ok(Self { envelope, manifest: Manifest::parse(envelope.payload())? })
    }

    /// What it claims. Nobody vouches for it yet: to show, or to choose what to fetch.
    #[must_use]
    pub const fn unverified(&self) -> &Manifest {
        &self.manifest
    }

    /// The name of the manifest in a directive.
    #[must_use]
    pub fn hash(&self) -> ManifestHash {
        ManifestHash::of(self.envelope.payload())
    }
}

/// The root over the chunks of a payload, for whoever builds a manifest.
///
/// # Errors
///
/// [`TreeError::Empty`] for an empty payload.
pub fn chunk_root(payload: &[u8], size: ChunkSize) -> Result<[u8; 32], TreeError> {
    let mut tree = RootBuilder::<32>::new();
    payload.chunks(size.bytes() as usize).try_for_each(|chunk| tree.push(LeafHash::of(chunk)))?;
    Ok(tree.finish()?.root)
}

pub(super) fn expect_format(reader: &mut Reader<'_>) {
    let start = reader.position();
    if reader.uint::<u64>() != FORMAT {
        reader.refuse(start);
    }
}

pub(super) fn timestamp(reader: &mut Reader<'_>) -> Timestamp {
    let start = reader.position();
    Timestamp::from_micros(reader.uint()).unwrap_or_else(|_| {
        reader.refuse(start);
        Timestamp::EPOCH
    })
}

fn positive(reader: &mut Reader<'_>) -> u32 {
    let start = reader.position();
    let number = reader.uint();
    if number == 0 {
        reader.refuse(start);
    }
    number
}
