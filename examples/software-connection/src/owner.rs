//! [`Owner`]: what the owner of the vehicle signs, each for one purpose.

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::{
    BurnSynthetic, HeldSharing, K256Verifier, MintSynthetic, MintVehicleWithDeviceDefinition, SharingConsent,
    Signature, SoftwareKey,
};
use dimo_types::{Address, Grant, Privilege, PrivilegeSet, SharingPolicy, Timestamp, TokenId};

use crate::registry::REGISTRY;
use crate::report::{Checked, reason};

/// Everybody can read these keys, so they protect nothing; in return every run is the same.
const OWNER_KEY: [u8; 32] = *b"the owner of one connected car..";
const STRANGER_KEY: [u8; 32] = *b"somebody who owns no part of it.";

/// The NFT of the car's manufacturer.
const MANUFACTURER: u64 = 7;

/// Who may see the readings.
pub(crate) const RECIPIENT: Address = Address::new([0xBE; 20]);

/// A person with a wallet: the owner, or somebody who is not.
pub(crate) struct Owner {
    key: SoftwareKey,
}

impl Owner {
    /// The owner of the vehicle.
    pub(crate) fn of_the_vehicle() -> Checked<Self> {
        Ok(Self { key: SoftwareKey::from_bytes(OWNER_KEY).map_err(reason)? })
    }

    /// Somebody else.
    pub(crate) fn stranger() -> Checked<Self> {
        Ok(Self { key: SoftwareKey::from_bytes(STRANGER_KEY).map_err(reason)? })
    }

    pub(crate) fn address(&self) -> Address {
        self.key.address()
    }

    /// The vehicle that the owner has minted.
    pub(crate) fn vehicle(&self) -> MintVehicleWithDeviceDefinition<'static> {
        MintVehicleWithDeviceDefinition {
            registry: REGISTRY,
            manufacturer_node: TokenId::from(MANUFACTURER),
            owner: self.address(),
            device_definition: "example_electric_2025",
            attributes: &[("Make", "Example"), ("Model", "Electric"), ("Year", "2025")],
        }
    }

    pub(crate) fn sign_vehicle(
        &mut self,
        vehicle: &MintVehicleWithDeviceDefinition<'_>,
    ) -> Checked<Signature> {
        self.key.sign(vehicle).map_err(reason)
    }

    pub(crate) fn sign_mint(&mut self, mint: &MintSynthetic) -> Checked<Signature> {
        self.key.sign(mint).map_err(reason)
    }

    pub(crate) fn sign_burn(&mut self, burn: &BurnSynthetic) -> Checked<Signature> {
        self.key.sign(burn).map_err(reason)
    }

    pub(crate) fn sign_consent(&mut self, consent: &SharingConsent<'_>) -> Checked<Signature> {
        self.key.sign(consent).map_err(reason)
    }
}

/// What the owner grants: everything but the VIN, commands and raw data, to one recipient, for a month from `now`.
pub(crate) fn grants(now: Timestamp) -> [Grant; 1] {
    let until = crate::clock::after(now, core::time::Duration::from_secs(30 * 86_400));
    let privileges = PrivilegeSet::EMPTY.with(Privilege::NonLocationData).with(Privilege::AllTimeLocation);
    [Grant { recipient: RECIPIENT, privileges, from: now, until }]
}

/// The policy in `grants` for the connection `device`, if `signature` is the owner's: it is checked as a device does.
pub(crate) fn accept<'g>(
    vehicle: TokenId,
    device: Address,
    owner: Address,
    policy: SharingPolicy<'g>,
    signature: &Signature,
) -> Checked<SharingPolicy<'g>> {
    let mut held = HeldSharing::new(REGISTRY, vehicle, device, owner);
    let consent = SharingConsent { registry: REGISTRY, device, policy };
    let verified = held.check(&K256Verifier, consent, signature).map_err(reason)?;
    held.hold(&verified).map_err(reason)?;
    Ok(policy)
}
