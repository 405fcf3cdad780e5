//! [`Directive`]: which devices are to install which releases, by the fleet's director.

use dimo_types::{Address, Timestamp};

use super::cbor::{CborError, Reader, Writer};
use super::envelope::{BuildError, Envelope};
use super::part::{GroupId, ManifestHash, Nonce};
use super::release::{FORMAT, expect_format, timestamp};

/// Whom a directive is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// One device, by the address of its wallet.
    Device(Address),
    /// A group of devices.
    Group(GroupId),
}

impl Target {
    /// The length tells which.
    fn read(reader: &mut Reader<'_>) -> Self {
        let start = *reader;
        match reader.bytes().try_into() {
            Ok(address) => Self::Device(Address::new(address)),
            Err(_) => {
                *reader = start;
                Self::Group(GroupId::read(reader))
            }
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Device(address) => address.as_bytes(),
            Self::Group(group) => &group.0,
        }
    }
}

/// The manifests of a directive, 1 to [`Self::MAX`], in the order in which to install them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ManifestList {
    hashes: [ManifestHash; Self::MAX],
    len: usize,
}

impl ManifestList {
    /// The most of them.
    pub const MAX: usize = 4;

    /// `None` without any, with too many, or with one twice.
    #[must_use]
    pub fn new(manifests: &[ManifestHash]) -> Option<Self> {
        let mut list = Self { hashes: [ManifestHash([0; 32]); Self::MAX], len: 0 };
        manifests.iter().try_for_each(|hash| list.push(*hash))?;
        (list.len > 0).then_some(list)
    }

    fn push(&mut self, hash: ManifestHash) -> Option<()> {
        if self.as_slice().contains(&hash) {
            return None;
        }
        *self.hashes.get_mut(self.len)? = hash;
        self.len += 1;
        Some(())
    }

    /// All of them.
    #[must_use]
    pub fn as_slice(&self) -> &[ManifestHash] {
        self.hashes.get(..self.len).unwrap_or_default()
    }

    fn read(reader: &mut Reader<'_>) -> Self {
        let start = reader.position();
        let count = reader.array(1, Self::MAX as u64);
        let mut list = Self { hashes: [ManifestHash([0; 32]); Self::MAX], len: 0 };
        for _ in 0..count {
            if list.push(ManifestHash::read(reader)).is_none() {
                reader.refuse(start);
            }
        }
        list
    }
}

/// An order of the fleet's director: this device, or this group, installs these releases.
///
/// A release alone installs nothing and an order alone installs nothing, so one stolen key is not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Directive {
    /// Whom it is for.
    pub target: Target,
    /// What to install; all of it, or nothing.
    pub manifests: ManifestList,
    /// Counts the orders of a key epoch; a device takes none that is older than the last one it took.
    pub seq: u64,
    /// The key epoch: that of the [`Root`](super::Root) whose director keys signed it.
    pub epoch: u32,
    /// The answer to what the device asked, if it did.
    pub nonce: Option<Nonce>,
    /// When it was made. Soft, as all time on a device is.
    pub issued: Option<Timestamp>,
}

impl Directive {
    /// The longest directive, in bytes.
    pub const MAX_LEN: usize = 207;

    /// Reads a directive.
    ///
    /// # Errors
    ///
    /// [`CborError`] for anything but its one encoding.
    pub fn parse(bytes: &[u8]) -> Result<Self, CborError> {
        let mut reader = Reader::new(bytes);
        let mut map = reader.map();
        expect_format(map.required(1));
        let directive = Self {
            target: Target::read(map.required(2)),
            manifests: ManifestList::read(map.required(3)),
            seq: map.required(4).uint(),
            epoch: map.required(5).uint(),
            nonce: map.optional(6).map(Nonce::read),
            issued: map.optional(7).map(timestamp),
        };
        map.end();
        reader.end().map(|()| directive)
    }

    /// Writes the directive; [`Self::MAX_LEN`] bytes always suffice.
    ///
    /// # Errors
    ///
    /// [`BuildError::Buffer`] when the buffer is too short.
    pub fn encode<'b>(&self, out: &'b mut [u8]) -> Result<&'b [u8], BuildError> {
        let mut writer = Writer::new(out);
        let w = &mut writer;
        w.map(5 + usize::from(self.nonce.is_some()) + usize::from(self.issued.is_some()))?;
        w.field(1, |w| w.uint(FORMAT))?;
        w.field(2, |w| w.bytes(self.target.bytes()))?;
        w.field(3, |w| {
            w.array(self.manifests.len)?;
            self.manifests.as_slice().iter().try_for_each(|hash| w.bytes(&hash.0))
        })?;
        w.field(4, |w| w.uint(self.seq))?;
        w.field(5, |w| w.uint(self.epoch))?;
        w.optional(6, self.nonce, |w, nonce| w.bytes(&nonce.0))?;
        w.optional(7, self.issued, |w, time| w.uint(time.as_micros()))?;
        Ok(writer.finish())
    }
}

/// A directive and its signatures, read but not yet verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedDirective<'a> {
    pub(super) envelope: Envelope<'a>,
    pub(super) directive: Directive,
}

impl<'a> SignedDirective<'a> {
    /// Reads an envelope and the directive in it.
    ///
    /// # Errors
    ///
    /// [`CborError`] for any other bytes.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CborError> {
        let envelope = Envelope::parse(bytes)?;
        Ok(Self { envelope, directive: Directive::parse(envelope.payload())? })
    }

    /// What it claims. Nobody vouches for it yet.
    #[must_use]
    pub const fn unverified(&self) -> &Directive {
        &self.directive
    }
}
