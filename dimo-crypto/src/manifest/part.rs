//! The small parts that manifests, directives and roots are made of.

use core::fmt;

use sha2::{Digest, Sha256};

use super::cbor::{BufferTooSmall, Reader, Writer};
use crate::digest::write_hex;

/// Bytes that name something, as hexadecimal in text.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            pub(super) fn read(reader: &mut Reader<'_>) -> Self {
                Self(reader.byte_array())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex(f, &self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

identifier! {
    /// Who makes the device, a UUID. A root and all that its keys sign belong to one vendor.
    VendorId, 16
}
identifier! {
    /// The class of hardware that an image runs on, a UUID: boards on which the same image works have the same one.
    ClassId, 16
}
identifier! {
    /// A group of devices that a director may order an update for at once, a UUID.
    GroupId, 16
}
identifier! {
    /// The key that a payload is encrypted with, and no other payload is: a hash of it, see `PayloadKey`.
    PayloadKeyId, 8
}
identifier! {
    /// What a device asks a director to answer: random, once. The answer cannot be an old one.
    Nonce, 16
}
identifier! {
    /// The SHA-256 of the encoded manifest, without its signatures. It names the manifest in a directive.
    ManifestHash, 32
}
identifier! {
    /// The SHA-256 of an image as it stands in its slot.
    ImageHash, 32
}

impl ManifestHash {
    /// The hash of an encoded manifest.
    #[must_use]
    pub fn of(manifest: &[u8]) -> Self {
        Self(Sha256::digest(manifest).into())
    }
}

impl ImageHash {
    /// The hash of an image that is in memory.
    #[must_use]
    pub fn of(image: &[u8]) -> Self {
        Self(Sha256::digest(image).into())
    }
}

/// What an image is for: one number for each thing of a device that is updated on its own. 0 is the application; the vendor
/// gives the others, up to 23.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageKind(u8);

/// A slot of flash that an image is linked for, 0 to 23.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u8);

macro_rules! small_number {
    ($name:ident, $most:literal) => {
        impl $name {
            /// `None` above 23, which one byte of CBOR does not hold.
            #[must_use]
            pub const fn new(number: u8) -> Option<Self> {
                if number > $most { None } else { Some(Self(number)) }
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> u8 {
                self.0
            }

            pub(super) fn read(reader: &mut Reader<'_>) -> Self {
                let start = reader.position();
                Self::new(reader.uint()).unwrap_or_else(|| {
                    reader.refuse(start);
                    Self(0)
                })
            }
        }
    };
}

small_number!(ImageKind, 23);
small_number!(Slot, 23);

impl ImageKind {
    /// The application.
    pub const APPLICATION: Self = Self(0);
}

/// What people call a release. Nothing is decided by it: the security sequence number decides what may replace what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Incompatible changes.
    pub major: u16,
    /// Additions.
    pub minor: u16,
    /// Corrections.
    pub patch: u16,
}

impl Version {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        reader.array(3, 3);
        Self { major: reader.uint(), minor: reader.uint(), patch: reader.uint() }
    }

    pub(super) fn write(self, writer: &mut Writer<'_>) -> Result<(), BufferTooSmall> {
        writer.array(3)?;
        [self.major, self.minor, self.patch].into_iter().try_for_each(|number| writer.uint(number))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The size of a chunk: a power of two from 256 bytes to 64 KiB.
///
/// A chunk is checked before it is written, so a device needs that much memory and never more; 4 KiB is a usual flash page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChunkSize(u8);

impl ChunkSize {
    /// 4 KiB.
    pub const FLASH_PAGE: Self = Self(12);

    /// The size of 2^`log2` bytes; `None` outside 8 to 16.
    #[must_use]
    pub const fn from_log2(log2: u8) -> Option<Self> {
        if 8 <= log2 && log2 <= 16 { Some(Self(log2)) } else { None }
    }

    /// The power of two.
    #[must_use]
    pub const fn log2(self) -> u8 {
        self.0
    }

    /// In bytes.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        1 << self.0
    }

    /// How many chunks a payload of `len` bytes has.
    #[must_use]
    pub const fn count(self, len: u32) -> u32 {
        len.div_ceil(self.bytes())
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let start = reader.position();
        Self::from_log2(reader.uint()).unwrap_or_else(|| {
            reader.refuse(start);
            Self::FLASH_PAGE
        })
    }
}

/// Another image that must be there, at least this new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dependency {
    /// Which image.
    pub kind: ImageKind,
    /// Its least security sequence number.
    pub min_seq: u64,
}

/// The images that an image needs, at most [`Self::MAX`], in ascending order of their kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dependencies {
    slots: [Option<Dependency>; Self::MAX],
}

impl Dependencies {
    /// The most of them.
    pub const MAX: usize = 3;
    /// None.
    pub const NONE: Self = Self { slots: [None; Self::MAX] };

    /// `None` when there are too many, or one kind is there twice or out of order.
    #[must_use]
    pub fn new(dependencies: &[Dependency]) -> Option<Self> {
        let mut slots = [None; Self::MAX];
        slots
            .get_mut(..dependencies.len())?
            .iter_mut()
            .zip(dependencies)
            .for_each(|(slot, d)| *slot = Some(*d));
        dependencies.is_sorted_by(|one, next| one.kind < next.kind).then_some(Self { slots })
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = Dependency> + '_ {
        self.slots.iter().flatten().copied()
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let start = reader.position();
        let count = reader.array(1, Self::MAX as u64);
        let mut dependencies = Self::NONE;
        let mut last = None;
        for (slot, _) in dependencies.slots.iter_mut().zip(0..count) {
            reader.array(2, 2);
            let dependency = Dependency { kind: ImageKind::read(reader), min_seq: reader.uint() };
            if last.is_some_and(|last| last >= dependency.kind) {
                reader.refuse(start);
            }
            last = Some(dependency.kind);
            *slot = Some(dependency);
        }
        dependencies
    }

    pub(super) fn write(&self, writer: &mut Writer<'_>) -> Result<(), BufferTooSmall> {
        writer.array(self.iter().count())?;
        self.iter().try_for_each(|Dependency { kind, min_seq }| {
            writer.array(2)?;
            writer.uint(kind.get())?;
            writer.uint(min_seq)
        })
    }
}
