//! [`UploadedConsent`]: with whom data may be shared, as a phone uploads it (SPEC.md, Uploads).

use dimo_crypto::{Registry, SharingConsent, Signature};
use dimo_types::{
    Address, Grant, PrivilegeSet, SharingPolicy, SharingPolicyError, Timestamp, TimestampError, TokenId,
};
use thiserror::Error;

use super::fields::{put_node, put_registry, read_address, read_node, read_registry, read_signature};
use crate::MessageError;
use crate::bytes::{Reader, Writer};

/// A sharing consent with the owner's signature, as the file that a phone uploads: [`UploadKind::SharingConsent`](crate::UploadKind).
///
/// Reading it checks its form alone. Whether it is the owner's, for this device and newer than the one held is for
/// [`HeldSharing::check`](dimo_crypto::HeldSharing::check), with the verifier.
///
/// # Example: from the owner's phone to the device
///
/// ```
/// use dimo_crypto::blocking::DeviceSigner;
/// use dimo_crypto::{HeldSharing, K256Verifier, Registry, SharingConsent, SoftwareKey};
/// use dimo_pairing::UploadedConsent;
/// use dimo_types::{Address, Grant, Privilege, PrivilegeSet, SharingPolicy};
/// # let mut owner = SoftwareKey::from_bytes([9; 32])?;
/// let (vehicle, device) = (1337.into(), Address::new([7; 20]));
/// let grants = [Grant {
///     recipient: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse()?,
///     privileges: PrivilegeSet::EMPTY.with(Privilege::NonLocationData),
///     from: "2026-01-01T00:00:00Z".parse()?,
///     until: "2026-02-01T00:00:00Z".parse()?,
/// }];
/// let consent = SharingConsent { registry: Registry::POLYGON, device, policy: SharingPolicy::new(vehicle, 1, &grants)? };
/// let signature = owner.sign(&consent)?;
/// let mut buffer = [0; 256];
/// let file = UploadedConsent { consent, signature }.write(&mut buffer)?;
///
/// // On the device, when all of it has come:
/// let mut room = [grants[0]; 8];
/// let uploaded = UploadedConsent::parse(file, device, &mut room)?;
/// let held = HeldSharing::new(Registry::POLYGON, vehicle, device, owner.address());
/// held.check(&K256Verifier, uploaded.consent, &uploaded.signature)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what is signed, and the signature")]
pub struct UploadedConsent<'a> {
    /// What the owner consents to. Its device is the one that it is uploaded to.
    pub consent: SharingConsent<'a>,
    /// The owner's signature over it.
    pub signature: Signature,
}

/// Bytes of one grant.
const GRANT_LEN: usize = 44;

impl<'a> UploadedConsent<'a> {
    /// Reads the file that came to `device`; its grants go to the beginning of `room`.
    ///
    /// # Errors
    ///
    /// [`ConsentError`]; refuse the upload then ([`Refusal::Rejected`](crate::Refusal::Rejected)).
    pub fn parse(file: &[u8], device: Address, room: &'a mut [Grant]) -> Result<Self, ConsentError> {
        let mut fields = Reader::new(file);
        let registry: Registry = read_registry(&mut fields)?;
        let vehicle: TokenId = read_node(&mut fields)?;
        let version = fields.u64()?;
        let count = usize::from(fields.byte()?);
        let given = room.len();
        let grants = room.get_mut(..count).ok_or(ConsentError::TooMany { count, room: given })?;
        for grant in &mut *grants {
            *grant = read_grant(&mut fields)?;
        }
        let signature = read_signature(&mut fields)?;
        fields.finish()?;
        let policy = SharingPolicy::new(vehicle, version, grants)?;
        Ok(Self { consent: SharingConsent { registry, device, policy }, signature })
    }

    /// Writes the file to the beginning of `buffer`: 134 bytes and 44 for each grant.
    ///
    /// # Errors
    ///
    /// [`ConsentError::TooMany`] for more than 255 grants, or more than `buffer` has room for.
    pub fn write<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], ConsentError> {
        let policy = &self.consent.policy;
        let grants = policy.grants();
        let room = buffer.len().saturating_sub(Self::LEN_WITHOUT_GRANTS) / GRANT_LEN;
        let too_many = ConsentError::TooMany { count: grants.len(), room: room.min(usize::from(u8::MAX)) };
        let count = u8::try_from(grants.len()).map_err(|_| too_many)?;
        if buffer.len() < Self::LEN_WITHOUT_GRANTS || grants.len() > room {
            return Err(too_many);
        }
        let mut writer = Writer::new(buffer);
        put_registry(&mut writer, &self.consent.registry);
        put_node(&mut writer, &policy.vehicle());
        writer.put(&policy.version().to_be_bytes());
        writer.put(&[count]);
        for grant in grants {
            put_grant(&mut writer, grant);
        }
        writer.put(self.signature.as_bytes());
        Ok(writer.finish())
    }

    /// Bytes of a file without grants.
    const LEN_WITHOUT_GRANTS: usize = 28 + 32 + 8 + 1 + Signature::LEN;
}

fn read_grant(fields: &mut Reader<'_>) -> Result<Grant, ConsentError> {
    let recipient = read_address(fields)?;
    let word = fields.u64()?;
    let privileges = u32::try_from(word).ok().map(PrivilegeSet::from_sacd);
    // A permission that this version does not know would be signed for, and dropped.
    let privileges = privileges
        .filter(|privileges| u64::from(privileges.to_sacd()) == word)
        .ok_or(ConsentError::Permissions { word })?;
    let mut time = || Ok::<_, ConsentError>(Timestamp::from_micros(fields.u64()?)?);
    Ok(Grant { recipient, privileges, from: time()?, until: time()? })
}

fn put_grant(writer: &mut Writer<'_>, grant: &Grant) {
    writer.put(grant.recipient.as_bytes());
    writer.put(&u64::from(grant.privileges.to_sacd()).to_be_bytes());
    writer.put(&grant.from.as_micros().to_be_bytes());
    writer.put(&grant.until.as_micros().to_be_bytes());
}

/// Why a file is no sharing consent, or was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConsentError {
    /// Its fields are not those of a consent.
    #[error(transparent)]
    Fields(#[from] MessageError),
    /// More grants than there is room for. Nothing is taken of them.
    #[error("{count} grants, and room for {room}")]
    TooMany {
        /// The grants there are.
        count: usize,
        /// How many fit.
        room: usize,
    },
    /// Permissions of a later version, or half a permission.
    #[error("permissions {word:#x} are not known")]
    Permissions {
        /// The word of them.
        word: u64,
    },
    /// A time beyond the calendar.
    #[error(transparent)]
    Time(#[from] TimestampError),
    /// The grants make no policy.
    #[error(transparent)]
    Policy(#[from] SharingPolicyError),
}
