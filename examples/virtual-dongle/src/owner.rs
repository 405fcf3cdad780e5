//! The owner: a phone that claims the device and pairs it with a vehicle, over a link in memory.

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::{Claim, Pair, Registry, Signature, SoftwareKey, verify};
use dimo_pairing::{
    Device, Event, Identity, Limits, Link, Mtu, Phone, Presence, SignRequest, SigningFailed, Text, Versions,
};
use dimo_types::{Address, Timestamp, TokenId};

use crate::error::TripError;
use crate::factory::{DeviceWallet, FIRMWARE, HARDWARE, SERIAL};

/// The test network: what a laptop signs has no business on the main one.
const REGISTRY: Registry = Registry::AMOY;
/// The device's and the vehicle's tokens on it.
const DEVICE_NODE: u64 = 42;
const VEHICLE_NODE: u64 = 1337;
/// What a recent phone negotiates, in bytes.
const PHONE_MTU: u16 = 185;
/// A key that everybody can read, as in [`crate::factory`].
const OWNER_KEY: [u8; 32] = *b"the owner of one virtual vehicle";

/// The outcome of claim and pairing: what goes to the registry, and who now owns what.
#[derive(Debug)]
pub(crate) struct Paired {
    pub(crate) owner: Address,
    pub(crate) device_node: TokenId,
    pub(crate) vehicle: TokenId,
    /// Over the same claim, by the owner and by the device: the registry asks for both.
    pub(crate) claim_signatures: [Signature; 2],
    pub(crate) fragments: u32,
}

/// Claims the device and pairs it, as an app does after scanning the address on the label.
pub(crate) fn claim_and_pair(wallet: &mut DeviceWallet, now: Timestamp) -> Result<Paired, TripError> {
    let address = wallet.address();
    let mut owner = SoftwareKey::from_bytes(OWNER_KEY).map_err(failed)?;
    let (device_node, vehicle) = (TokenId::from(DEVICE_NODE), TokenId::from(VEHICLE_NODE));
    let claim = Claim { registry: REGISTRY, device_node, owner: owner.address() };
    let pair = Pair { registry: REGISTRY, device_node, vehicle_node: vehicle };

    let mtu = Mtu::new(PHONE_MTU).unwrap_or(Mtu::MIN);
    let mut link = Link::new(
        Device::new(identity(address)?, Limits::SPEC),
        Phone::new(address, Limits::PHONE_WAIT),
        mtu,
    );
    link.device.open_window(now, Presence::PluggedIn);
    let mut sign = |request: &SignRequest| request.sign_blocking(wallet).map_err(|_| SigningFailed);

    link.phone.claim(now, claim).map_err(failed)?;
    let by_device = match link.run(now, &mut sign) {
        (_, Some(Event::Claimed(_, signature))) => signature,
        (_, other) => return Err(failed(format!("the claim ended in {other:?}"))),
    };
    let by_owner = owner.sign(&claim).map_err(failed)?;
    verify(claim, &by_owner, owner.address()).map_err(failed)?;

    link.phone.pair(now, pair).map_err(failed)?;
    match link.run(now, &mut sign) {
        (_, Some(Event::Paired(..))) => {}
        (_, other) => return Err(failed(format!("the pairing ended in {other:?}"))),
    }
    let fragments = link.fragments();
    Ok(Paired {
        owner: owner.address(),
        device_node,
        vehicle,
        claim_signatures: [by_owner, by_device],
        fragments,
    })
}

fn identity(address: Address) -> Result<Identity, TripError> {
    Ok(Identity {
        address,
        serial: Text::new(SERIAL).map_err(failed)?,
        hardware: Text::new(HARDWARE).map_err(failed)?,
        firmware: Text::new(FIRMWARE).map_err(failed)?,
        versions: Versions::SUPPORTED,
    })
}

fn failed(reason: impl std::fmt::Display) -> TripError {
    TripError::part("the pairing")(&reason)
}
