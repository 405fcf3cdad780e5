//! The owner: a phone that scans the label, claims the device and pairs it with a vehicle, over a link in memory.

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::pairing::Role;
use dimo_crypto::{Claim, Pair, Registry, Signature, SoftwareKey, verify};
use dimo_pairing::{
    Answer, Device, Event, GrantForm, Identity, Label, LabelSecret, Limits, Link, Maker, Memory, Mtu,
    NoiseKey, Opening, Phone, Presence, PresentedGrant, Record, Refusal, Request, Setup, SignRequest,
    SigningFailed, StorageFailed, Text, UnixSeconds, VinAge, VinSource,
};
use dimo_types::{Address, Timestamp, TokenId, VehicleNumber};

use crate::error::TripError;
use crate::factory::{DeviceWallet, FIRMWARE, HARDWARE, SERIAL};

/// The test network: what a laptop signs has no business on the main one.
const REGISTRY: Registry = Registry::AMOY;
/// The device's and the vehicle's tokens on it.
const DEVICE_NODE: u64 = 42;
const VEHICLE_NODE: u64 = 1337;
/// What a recent phone negotiates, in bytes.
const PHONE_MTU: u16 = 185;
/// How long the owner lets this phone in, in seconds.
const GRANTED_FOR: u64 = 3_600;
/// Keys that everybody can read, as in [`crate::factory`]: the owner's wallet, the phone, the device, and what its label says.
const OWNER_KEY: [u8; 32] = *b"the owner of one virtual vehicle";
const PHONE_KEY: [u8; 32] = *b"the phone in that owner's pocket";
const DEVICE_KEY: [u8; 32] = *b"a virtual dongle's own Noise key";
const LABEL_SECRET: [u8; 16] = *b"label of one car";
/// What the vehicle says of itself. No maker has this name.
const VIN: &str = "ZZZVRTZ7XZZ000001";

/// The outcome of claim and pairing: what goes to the registry, and who now owns what.
#[derive(Debug)]
pub(crate) struct Paired {
    pub(crate) owner: Address,
    pub(crate) device_node: TokenId,
    pub(crate) vehicle: TokenId,
    /// What the vehicle says of itself.
    pub(crate) vin: VehicleNumber,
    /// Over the same claim, by the owner and by the device: the registry asks for both.
    pub(crate) claim_signatures: [Signature; 2],
    pub(crate) fragments: u32,
}

/// Claims the device and pairs it, as an app does after scanning the label.
pub(crate) fn claim_and_pair(wallet: &mut DeviceWallet, now: Timestamp) -> Result<Paired, TripError> {
    let mut owner = SoftwareKey::from_bytes(OWNER_KEY).map_err(failed)?;
    let (device_node, vehicle) = (TokenId::from(DEVICE_NODE), TokenId::from(VEHICLE_NODE));
    let claim = Claim { registry: REGISTRY, device_node, owner: owner.address() };
    let pair = Pair { registry: REGISTRY, device_node, vehicle_node: vehicle };

    let address = wallet.address();
    let printed = Label { address, secret: LabelSecret::new(LABEL_SECRET) }.to_text();
    let setup = Setup::new(identity(address)?, NoiseKey::from_bytes(DEVICE_KEY));
    let mut device =
        Device::new(setup.with_label(&LabelSecret::new(LABEL_SECRET)), Memory::new(), Limits::SPEC);
    device.handle_clock(now, now);
    device.open_window(now, Presence::PluggedIn);

    let label = Label::parse(printed.as_str()).map_err(failed)?;
    let phone = Phone::new(NoiseKey::from_bytes(PHONE_KEY), Some(label.address));
    let mtu = Mtu::new(PHONE_MTU).unwrap_or(Mtu::MIN);
    let mut link = Link::new(device, phone, Dongle { wallet }, mtu);
    enter(&mut link, now, &label, &mut owner)?;

    let Answered::Signed(by_device) = ask(&mut link, now, &Request::Claim(claim))? else {
        return Err(failed("the claim was answered by something else"));
    };
    let by_owner = owner.sign(&claim).map_err(failed)?;
    verify(claim, &by_owner, owner.address()).map_err(failed)?;
    ask(&mut link, now, &Request::Pair(pair))?;
    let Answered::Vin(vin) = ask(&mut link, now, &Request::ReadVin(VinSource::Vehicle))? else {
        return Err(failed("the VIN was answered by something else"));
    };
    Ok(Paired {
        owner: owner.address(),
        device_node,
        vehicle,
        vin,
        claim_signatures: [by_owner, by_device],
        fragments: link.fragments(),
    })
}

/// The handshake by the label, the device's proof, and the owner's grant for this phone.
fn enter(
    link: &mut Link<Dongle<'_>>,
    now: Timestamp,
    label: &Label,
    owner: &mut SoftwareKey,
) -> Result<(), TripError> {
    link.connect(now, Opening::Label(label.secret.pre_shared_key(&label.address)));
    link.run(now);
    match link.phone.poll_event() {
        Some(Event::Proven { .. }) => {}
        other => return Err(failed(format!("the handshake ended in {other:?}"))),
    }
    let seconds = now.as_secs().saturating_add(GRANTED_FOR);
    let (expires, role) = (UnixSeconds::new(seconds), Role::Owner);
    let grant = link.phone.grant_to_sign(owner.address(), role, expires);
    let grant = grant.ok_or_else(|| failed("there is no handshake to grant"))?;
    let signature = owner.sign(&grant).map_err(failed)?;
    let presented =
        PresentedGrant { form: GrantForm::Owner, owner: owner.address(), expires, role, signature };
    link.phone.grant(now, presented).map_err(failed)?;
    link.run(now);
    match link.phone.poll_event() {
        Some(Event::Granted(_)) => Ok(()),
        other => Err(failed(format!("the grant ended in {other:?}"))),
    }
}

/// What a request of the owner's leads to.
enum Answered {
    /// The device's signature, which the phone has checked.
    Signed(Signature),
    Vin(VehicleNumber),
}

fn ask(link: &mut Link<Dongle<'_>>, now: Timestamp, request: &Request<'_>) -> Result<Answered, TripError> {
    link.phone.request(now, request).map_err(failed)?;
    link.run(now);
    match link.phone.poll_event() {
        Some(Event::Answered(_, Answer::ClaimProof(signature) | Answer::PairProof(signature))) => {
            Ok(Answered::Signed(signature))
        }
        Some(Event::Answered(_, Answer::Vin { number, .. })) => Ok(Answered::Vin(number)),
        other => Err(failed(format!("a request ended in {other:?}"))),
    }
}

/// The rest of the device: its wallet, and a vehicle that tells its VIN. It lives for one trip, so it stores nothing.
#[derive(Debug)]
struct Dongle<'w> {
    wallet: &'w mut DeviceWallet,
}

impl Maker for Dongle<'_> {
    fn sign(&mut self, request: &SignRequest) -> Result<Signature, SigningFailed> {
        request.sign_blocking(self.wallet).map_err(|_| SigningFailed)
    }

    fn store(&mut self, _: &Record) -> Result<(), StorageFailed> {
        Ok(())
    }

    fn perform(&mut self, request: &Request<'_>) -> Answer<'_> {
        match (request, VehicleNumber::as_reported(VIN)) {
            (Request::ReadVin(VinSource::Vehicle), Ok(number)) => {
                Answer::Vin { source: VinSource::Vehicle, age: VinAge::NOW, number }
            }
            _ => Answer::Refused(Refusal::Unavailable),
        }
    }
}

fn identity(address: Address) -> Result<Identity, TripError> {
    Ok(Identity {
        address,
        serial: Text::new(SERIAL).map_err(failed)?,
        hardware: Text::new(HARDWARE).map_err(failed)?,
        firmware: Text::new(FIRMWARE).map_err(failed)?,
    })
}

fn failed(reason: impl std::fmt::Display) -> TripError {
    TripError::part("the pairing")(&reason)
}
