//! [`Root`]: the public keys of each role, and how one root hands over to the next.

use super::cbor::{BufferTooSmall, CborError, CborProblem, Reader, Writer};
use super::envelope::{BuildError, Envelope};
use super::part::{ImageKind, VendorId};
use super::release::{FORMAT, expect_format};
use super::scheme::{Algorithm, KeyId};

const MAX_FLOORS: usize = 4;

type Floors = [Option<Floor>; MAX_FLOORS];

/// The keys of one role and how many of them have to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySet<'a> {
    threshold: u8,
    /// As encoded: a head of two bytes before each.
    keys: &'a [u8],
    key_len: usize,
}

impl<'a> KeySet<'a> {
    /// The most keys of a role.
    pub const MAX: usize = 8;

    /// How many of the keys have to sign.
    #[must_use]
    pub const fn threshold(&self) -> u8 {
        self.threshold
    }

    /// The public keys, in ascending order.
    pub fn keys(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        // The head of a string of 32 or 33 bytes.
        self.keys.chunks_exact(2 + self.key_len).filter_map(|key| key.get(2..))
    }

    pub(super) fn find(&self, id: KeyId) -> Option<&'a [u8]> {
        self.keys().find(|key| KeyId::of(key) == id)
    }

    fn shares_a_key_with(&self, other: &Self) -> bool {
        self.keys().any(|key| other.keys().any(|its| secret_of(its) == secret_of(key)))
    }

    fn read(reader: &mut Reader<'a>, key_len: usize) -> Self {
        let start = reader.position();
        reader.array(2, 2);
        let threshold = reader.uint();
        let count = reader.array(1, Self::MAX as u64);
        let first_key = reader.position();
        let mut last: &[u8] = &[];
        for _ in 0..count {
            let key = reader.bytes();
            // Ascending, so that no key is there twice and counts twice.
            if key.len() != key_len || secret_of(key) <= secret_of(last) {
                reader.refuse(start);
            }
            last = key;
        }
        if !(1..=count).contains(&u64::from(threshold)) {
            reader.refuse(start);
        }
        Self { threshold, keys: reader.since(first_key), key_len }
    }
}

/// What tells one secret from another: a compressed point of secp256k1 without its first byte, because a point and its
/// negative have one secret between them.
fn secret_of(key: &[u8]) -> &[u8] {
    match key {
        [_, x @ ..] if x.len() == 32 => x,
        _ => key,
    }
}

/// The least security sequence number of one kind of image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Floor {
    /// Which image.
    pub kind: ImageKind,
    /// The least number.
    pub min_seq: u64,
}

/// The public keys of a vendor for one key epoch: who may sign roots, releases and directives, and how many must.
///
/// It borrows the bytes that it was read from. Reading proves nothing; [`TrustedRoot`](super::TrustedRoot) is made of one that was
/// provisioned, or that the one before handed over to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Root<'a> {
    /// The vendor.
    pub vendor: VendorId,
    /// The key epoch; each root counts one more than the one before.
    pub epoch: u32,
    /// The algorithm of all keys.
    pub algorithm: Algorithm,
    /// Who signs the next root.
    pub root: KeySet<'a>,
    /// Who signs manifests. Kept offline.
    pub release: KeySet<'a>,
    /// Who signs directives. Online; a key of this set is in no other.
    pub director: KeySet<'a>,
    floors: Floors,
}

impl<'a> Root<'a> {
    /// The most kinds of image with a floor.
    pub const MAX_FLOORS: usize = MAX_FLOORS;
    /// The longest root, in bytes.
    pub const MAX_LEN: usize = 928;

    /// Reads a root.
    ///
    /// # Errors
    ///
    /// [`CborError`] for anything but the one encoding of a root whose thresholds can be met and whose roles share no key.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CborError> {
        let mut reader = Reader::new(bytes);
        let mut map = reader.map();
        expect_format(map.required(1));
        let vendor = VendorId::read(map.required(2));
        let epoch = map.required(3).uint();
        let algorithm = Algorithm::read(map.required(4));
        let key_len = algorithm.key_len();
        let root = KeySet::read(map.required(5), key_len);
        let release = KeySet::read(map.required(6), key_len);
        let director = KeySet::read(map.required(7), key_len);
        let floors = map.optional(8).map(read_floors).unwrap_or_default();
        map.end();
        reader.end()?;
        // Or one stolen key would be two.
        let is_shared = root.shares_a_key_with(&release)
            || root.shares_a_key_with(&director)
            || release.shares_a_key_with(&director);
        if is_shared {
            return Err(CborError { at: bytes.len(), problem: CborProblem::Value });
        }
        Ok(Self { vendor, epoch, algorithm, root, release, director, floors })
    }

    /// The least security sequence number of an image of this kind, 0 when the root has none: what is known to be broken cannot be
    /// installed even on a device that never had anything newer, and a jump in the numbers is counted from here.
    #[must_use]
    pub fn floor(&self, kind: ImageKind) -> u64 {
        self.floors().find(|floor| floor.kind == kind).map_or(0, |floor| floor.min_seq)
    }

    /// All floors, in ascending order of their kinds.
    pub fn floors(&self) -> impl Iterator<Item = Floor> + '_ {
        self.floors.iter().flatten().copied()
    }
}

fn read_floors(reader: &mut Reader<'_>) -> Floors {
    let start = reader.position();
    let count = reader.array(1, MAX_FLOORS as u64);
    let mut floors = [None; MAX_FLOORS];
    let mut last = None;
    for (slot, _) in floors.iter_mut().zip(0..count) {
        reader.array(2, 2);
        let floor = Floor { kind: ImageKind::read(reader), min_seq: reader.uint() };
        if last.is_some_and(|last| last >= floor.kind) {
            reader.refuse(start);
        }
        last = Some(floor.kind);
        *slot = Some(floor);
    }
    floors
}

/// The keys of a role, to build a root from.
#[derive(Clone, Copy, Debug)]
pub struct RoleKeys<'a> {
    /// How many of them have to sign.
    pub threshold: u8,
    /// The public keys, in ascending order.
    pub keys: &'a [&'a [u8]],
}

/// What to build a root from.
#[derive(Clone, Copy, Debug)]
pub struct RootPlan<'a> {
    /// The vendor.
    pub vendor: VendorId,
    /// The key epoch.
    pub epoch: u32,
    /// The algorithm of all keys.
    pub algorithm: Algorithm,
    /// Who signs the next root.
    pub root: RoleKeys<'a>,
    /// Who signs manifests.
    pub release: RoleKeys<'a>,
    /// Who signs directives.
    pub director: RoleKeys<'a>,
    /// The least security sequence numbers, in ascending order of their kinds.
    pub floors: &'a [Floor],
}

impl RootPlan<'_> {
    /// Writes the root; [`Root::MAX_LEN`] bytes always suffice.
    ///
    /// # Errors
    ///
    /// [`BuildError`] when the buffer is too short, or [`Root::parse`] would refuse it.
    pub fn encode<'b>(&self, out: &'b mut [u8]) -> Result<&'b [u8], BuildError> {
        let mut writer = Writer::new(out);
        let w = &mut writer;
        w.map(7 + usize::from(!self.floors.is_empty()))?;
        w.field(1, |w| w.uint(FORMAT))?;
        w.field(2, |w| w.bytes(&self.vendor.0))?;
        w.field(3, |w| w.uint(self.epoch))?;
        w.field(4, |w| self.algorithm.write(w))?;
        w.field(5, |w| self.root.write(w))?;
        w.field(6, |w| self.release.write(w))?;
        w.field(7, |w| self.director.write(w))?;
        w.optional(8, (!self.floors.is_empty()).then_some(self.floors), write_floors)?;
        let bytes = writer.finish();
        Root::parse(bytes)?;
        Ok(bytes)
    }
}

impl RoleKeys<'_> {
    fn write(&self, writer: &mut Writer<'_>) -> Result<(), BufferTooSmall> {
        writer.array(2)?;
        writer.uint(self.threshold)?;
        writer.array(self.keys.len())?;
        self.keys.iter().try_for_each(|key| writer.bytes(key))
    }
}

fn write_floors(writer: &mut Writer<'_>, floors: &[Floor]) -> Result<(), BufferTooSmall> {
    writer.array(floors.len())?;
    floors.iter().try_for_each(|Floor { kind, min_seq }| {
        writer.array(2)?;
        writer.uint(kind.get())?;
        writer.uint(*min_seq)
    })
}

/// A root and its signatures, read but not yet verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedRoot<'a> {
    pub(super) envelope: Envelope<'a>,
    pub(super) root: Root<'a>,
}

impl<'a> SignedRoot<'a> {
    /// Reads an envelope and the root in it.
    ///
    /// # Errors
    ///
    /// [`CborError`] for any other bytes.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CborError> {
        let envelope = Envelope::parse(bytes)?;
        Ok(Self { envelope, root: Root::parse(envelope.payload())? })
    }

    /// The encoded root, to store once it is verified.
    #[must_use]
    pub const fn encoded(&self) -> &'a [u8] {
        self.envelope.payload()
    }

    /// What it claims. Nobody vouches for it yet.
    #[must_use]
    pub const fn unverified(&self) -> &Root<'a> {
        &self.root
    }
}
