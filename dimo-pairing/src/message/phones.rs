//! [`PhoneEntries`]: the phones that a device knows.

use core::fmt;

use dimo_crypto::pairing::Role;
use sha2::{Digest, Sha256};

use super::fields::read_role;
use super::{PageBuffer, Slot, UnixSeconds};
use crate::bytes::{Reader, Writer};
use crate::{MessageError, PublicKey};

/// A phone that a device knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PhoneEntry {
    /// Where the device keeps it.
    pub slot: Slot,
    /// What it may do.
    pub role: Role,
    /// When that ends.
    pub expires: UnixSeconds,
    /// Which phone it is.
    pub key: KeyFingerprint,
}

/// The first 8 bytes of the SHA-256 of a phone's public key: enough for a person's phones, not for proving anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyFingerprint([u8; 8]);

impl KeyFingerprint {
    /// The fingerprint of a key.
    #[must_use]
    pub fn of(key: &PublicKey) -> Self {
        let hash: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        Self(hash.first_chunk().copied().unwrap_or_default())
    }

    /// A fingerprint from its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

impl PhoneEntry {
    fn read(body: &mut Reader<'_>) -> Result<Self, MessageError> {
        Ok(Self {
            slot: Slot::new(body.byte()?),
            role: read_role(body)?,
            expires: UnixSeconds::new(body.u64()?),
            key: KeyFingerprint(body.array()?),
        })
    }
}

/// The phones that a device knows, at most 11 of them.
///
/// # Example: a device that knows one phone
///
/// ```
/// use dimo_crypto::pairing::Role;
/// use dimo_pairing::{KeyFingerprint, PageBuffer, PhoneEntries, PhoneEntry, Slot, UnixSeconds};
/// let key = KeyFingerprint::from_bytes([7; 8]);
/// let phone =
///     PhoneEntry { slot: Slot::new(0), role: Role::Owner, expires: UnixSeconds::new(1_800_000_000), key };
/// let mut buffer: PageBuffer = [0; _];
/// let phones = PhoneEntries::of([phone], &mut buffer);
/// assert_eq!(phones.iter().next(), Some(phone));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PhoneEntries<'a>(&'a [u8]);

impl<'a> PhoneEntries<'a> {
    /// Bytes of one entry.
    const ENTRY: usize = 18;

    /// A list of `phones`, as many as fit: 11.
    pub fn of(phones: impl IntoIterator<Item = PhoneEntry>, buffer: &'a mut PageBuffer) -> Self {
        let mut writer = Writer::new(buffer);
        for phone in phones {
            if writer.room() < Self::ENTRY {
                break;
            }
            writer.put(&[phone.slot.number(), phone.role.number()]);
            writer.put(&phone.expires.get().to_be_bytes());
            writer.put(phone.key.as_bytes());
        }
        Self(writer.finish())
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = PhoneEntry> + 'a {
        let mut left = Reader::new(self.0);
        // All of them were read once already, so the first that cannot be read is the end.
        core::iter::from_fn(move || PhoneEntry::read(&mut left).ok())
    }

    pub(super) fn read(body: &mut Reader<'a>) -> Result<Self, MessageError> {
        let mut list = body.clone();
        while !list.is_empty() {
            PhoneEntry::read(&mut list)?;
        }
        Ok(Self(body.rest()))
    }

    pub(super) const fn as_bytes(&self) -> &[u8] {
        self.0
    }
}

impl fmt::Debug for PhoneEntries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
