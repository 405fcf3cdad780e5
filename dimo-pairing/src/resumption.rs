//! [`Resumption`]: what a phone keeps of a device that knows it.

use dimo_crypto::pairing::Role;
use dimo_types::Address;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{PreSharedKey, PublicKey, Slot, SlotSecret, UnixSeconds};

/// What a phone keeps, so that the next session needs no label, no wallet and one round trip. It is a secret: store it as one.
/// Wiped on drop, and not shown.
#[derive(Clone)]
pub struct Resumption {
    pub(crate) device: PublicKey,
    pub(crate) secret: SlotSecret,
    pub(crate) slot: Slot,
    address: Address,
    role: Role,
    expires: UnixSeconds,
}

/// Bytes of a [`Resumption`].
pub const RESUMPTION_LEN: usize = 1 + 32 + 32 + 1 + 20 + 1 + 8;

const FORMAT: u8 = 1;

impl Resumption {
    pub(crate) const fn new(
        device: PublicKey,
        secret: SlotSecret,
        slot: Slot,
        address: Address,
        role: Role,
        expires: UnixSeconds,
    ) -> Self {
        Self { device, secret, slot, address, role, expires }
    }

    /// The device that knows the phone.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// What the phone may do.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Until when.
    #[must_use]
    pub const fn expires(&self) -> UnixSeconds {
        self.expires
    }

    pub(crate) fn pre_shared_key(&self) -> PreSharedKey {
        PreSharedKey::from_bytes(*self.secret.as_bytes())
    }

    /// As bytes to store, where the app keeps its keys:
    /// format 1, device key 32, secret 32, slot 1, address 20, role 1, expires 8.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; RESUMPTION_LEN]> {
        let fields: [&[u8]; 7] = [
            &[FORMAT],
            self.device.as_bytes(),
            self.secret.as_bytes(),
            &[self.slot.number()],
            self.address.as_bytes(),
            &[self.role.number()],
            &self.expires.get().to_be_bytes(),
        ];
        let mut bytes = Zeroizing::new([0; RESUMPTION_LEN]);
        let places = bytes.iter_mut();
        for (place, byte) in places.zip(fields.into_iter().flatten()) {
            *place = *byte;
        }
        bytes
    }

    /// From stored bytes.
    ///
    /// # Errors
    ///
    /// [`NoResumption`] for bytes that [`to_bytes`](Self::to_bytes) did not write. Pair anew then.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoResumption> {
        let mut fields = bytes;
        let mut resumption = || -> Option<Self> {
            (take(&mut fields)? == [FORMAT]).then_some(())?;
            Some(Self {
                device: PublicKey::new(take(&mut fields)?),
                secret: SlotSecret::from_bytes(take(&mut fields)?),
                slot: Slot::new(take::<1>(&mut fields)?[0]),
                address: Address::new(take(&mut fields)?),
                role: Role::try_from(take::<1>(&mut fields)?[0]).ok()?,
                expires: UnixSeconds::new(u64::from_be_bytes(take(&mut fields)?)),
            })
        };
        let resumption = resumption().ok_or(NoResumption)?;
        if fields.is_empty() { Ok(resumption) } else { Err(NoResumption) }
    }
}

fn take<const N: usize>(fields: &mut &[u8]) -> Option<[u8; N]> {
    let (field, left) = fields.split_first_chunk::<N>()?;
    *fields = left;
    Some(*field)
}

impl core::fmt::Debug for Resumption {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Resumption")
            .field("slot", &self.slot)
            .field("address", &self.address)
            .field("role", &self.role)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// The bytes are of no [`Resumption`], or of one of another version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the bytes are of no resumption")]
pub struct NoResumption;
