//! The world of the tests: one device with its maker and its wallet, one owner, one vehicle, one phone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part of the world")]

#[cfg(feature = "dev")]
pub mod raw;

#[cfg(feature = "dev")]
use std::collections::BTreeMap;

#[cfg(feature = "dev")]
use dimo_crypto::Signature;
use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::pairing::Role;
use dimo_crypto::{Claim, Pair, Registry, SoftwareKey, Unpair};
#[cfg(feature = "dev")]
use dimo_pairing::{
    Answer, Event, Link, Maker, Mtu, Refusal, Request, Resumption, SignRequest, SigningFailed,
};
use dimo_pairing::{
    Device, GrantForm, Identity, LabelSecret, Limits, Memory, NoiseKey, Opening, Phone, Presence,
    PresentedGrant, Setup, Text, UnixSeconds,
};
use dimo_types::{Address, Timestamp};

/// Public test key (the first account of the Hardhat tool); its signatures below were computed by an independent implementation.
pub const DEVICE_KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/// The second one.
pub const OWNER_KEY: &str = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
/// The device's signature of [`claim`] for Polygon.
pub const CLAIM_SIGNATURE: &str = "0x82a9441b724d50c8f1192a0ce41ecd2f961b703ed252afa51b57fa05a320036719dfc8782f0e6d8bc9279af5483862df016c879e4a3c30c71848ebf8bc44dee31b";
/// The device's signature of [`pair`] for Polygon.
pub const PAIR_SIGNATURE: &str = "0x58985f1d026e0300e33bc37456b477bd915a6095c56fe54b7c040d79964c9dda0f10f6b4b2ad819ff80b92df5893ea0454e82ced4d7a431c3c3618785539c7f71c";
/// What the vehicle tells.
pub const VIN: &str = "WVWZZZ1JZXW000001";
/// Noon of a day.
pub const NOW_UNIX: u64 = 1_800_000_000;

pub fn unhex<const N: usize>(text: &str) -> [u8; N] {
    assert_eq!(text.len(), 2 * N);
    core::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn wallet() -> SoftwareKey {
    SoftwareKey::from_bytes(unhex(DEVICE_KEY)).unwrap()
}

pub fn device_address() -> Address {
    "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266".parse().unwrap()
}

pub fn owner_wallet() -> SoftwareKey {
    SoftwareKey::from_bytes(unhex(OWNER_KEY)).unwrap()
}

pub fn owner() -> Address {
    "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse().unwrap()
}

pub fn stranger() -> SoftwareKey {
    SoftwareKey::from_bytes([9; 32]).unwrap()
}

pub fn claim() -> Claim {
    Claim { registry: Registry::POLYGON, device_node: 42.into(), owner: owner() }
}

pub fn pair() -> Pair {
    Pair { registry: Registry::POLYGON, device_node: 42.into(), vehicle_node: 1337.into() }
}

pub fn unpair() -> Unpair {
    Unpair { registry: Registry::POLYGON, device_node: 42.into(), vehicle_node: 1337.into() }
}

pub fn identity() -> Identity {
    Identity {
        address: device_address(),
        serial: Text::new("60d4af69-86e8-b790-02d3-c0a9dc4d6c8a").unwrap(),
        hardware: Text::new("7.0").unwrap(),
        firmware: Text::new("1.22.8").unwrap(),
    }
}

pub fn label() -> LabelSecret {
    LabelSecret::new([0x5A; 16])
}

pub fn setup() -> Setup {
    Setup::new(identity(), NoiseKey::from_bytes([3; 32])).with_label(&label())
}

/// A device that nobody owns, which knows the time, with somebody present.
pub fn device() -> Device {
    started(Memory::new())
}

/// A device that has just started with what it stored, which knows the time, with somebody present.
pub fn started(memory: Memory) -> Device {
    let mut device = Device::new(setup(), memory, Limits::SPEC);
    device.handle_clock(at(0), unix(NOW_UNIX));
    device.open_window(at(0), Presence::PluggedIn);
    device
}

pub fn phone() -> Phone {
    phone_of(7)
}

/// Another phone for each number.
pub fn phone_of(number: u8) -> Phone {
    Phone::new(NoiseKey::from_bytes([number; 32]), Some(device_address()))
}

pub fn by_label() -> Opening {
    Opening::Label(by_label_key())
}

pub fn by_label_key() -> dimo_pairing::PreSharedKey {
    label().pre_shared_key(&device_address())
}

/// The owner's grant for the session of this hash.
pub fn grant_for(wallet: &mut SoftwareKey, hash: &[u8; 32], role: Role, expires: u64) -> PresentedGrant {
    let (owner, device) = (wallet.address(), device_address());
    let grant = dimo_crypto::pairing::PairingGrant { handshake_hash: *hash, device, owner, expires, role };
    let (signature, expires) = (wallet.sign(&grant).unwrap(), UnixSeconds::new(expires));
    PresentedGrant { form: GrantForm::Owner, owner, expires, role, signature }
}

/// `secs` seconds after the device woke up.
pub fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(1_000 + secs).unwrap()
}

pub fn unix(secs: u64) -> Timestamp {
    Timestamp::from_secs(secs).unwrap()
}

#[cfg(feature = "dev")]
/// A maker whose parts work, unless a test breaks them.
#[derive(Clone, Debug, Default)]
pub struct Workshop {
    pub stored: BTreeMap<u8, Vec<u8>>,
    pub signed: Vec<SignRequest>,
    /// What was asked for, by its kind.
    pub performed: Vec<u8>,
    pub uploaded: Vec<u8>,
    pub wallet_broken: bool,
    pub storage_broken: bool,
    pub refuses: Option<Refusal>,
}

#[cfg(feature = "dev")]
impl Workshop {
    /// What a device finds when it starts anew.
    pub fn memory(&self) -> Memory {
        let mut memory = Memory::new();
        for key in dimo_pairing::RecordKey::ALL {
            if let Some(bytes) = self.stored.get(&key.number()) {
                memory.load(key, bytes).unwrap();
            }
        }
        memory
    }
}

#[cfg(feature = "dev")]
impl Maker for Workshop {
    fn sign(&mut self, request: &SignRequest) -> Result<Signature, SigningFailed> {
        if self.wallet_broken {
            return Err(SigningFailed);
        }
        self.signed.push(*request);
        request.sign_blocking(&mut wallet()).map_err(|_| SigningFailed)
    }

    fn store(&mut self, record: &dimo_pairing::Record) -> Result<(), dimo_pairing::StorageFailed> {
        if self.storage_broken {
            return Err(dimo_pairing::StorageFailed);
        }
        self.stored.insert(record.key().number(), record.bytes().to_vec());
        Ok(())
    }

    fn perform(&mut self, request: &Request<'_>) -> Answer<'_> {
        self.performed.push(request.kind());
        if let Some(refusal) = self.refuses {
            return Answer::Refused(refusal);
        }
        match request {
            Request::ReadVin(source) => Answer::Vin {
                source: *source,
                age: dimo_pairing::VinAge::seconds(if *source == dimo_pairing::VinSource::Vehicle {
                    0
                } else {
                    60
                }),
                number: dimo_types::VehicleNumber::as_reported(VIN).unwrap(),
            },
            Request::ClearTroubleCodes => Answer::TroubleCodesCleared,
            Request::BeginUpload(_) => {
                self.uploaded.clear();
                Answer::UploadBegun { next: 0 }
            }
            Request::UploadChunk { offset, bytes } => {
                assert_eq!(usize::try_from(*offset).unwrap(), self.uploaded.len());
                self.uploaded.extend_from_slice(bytes.bytes());
                Answer::ChunkTaken { next: 0 }
            }
            Request::FinishUpload => Answer::Uploaded,
            Request::FactoryReset => Answer::Reset,
            Request::HoldAwake { seconds } => {
                Answer::HeldAwake(dimo_pairing::SleepHold::for_request(*seconds))
            }
            _ => Answer::Refused(Refusal::Unavailable),
        }
    }
}

#[cfg(feature = "dev")]
pub fn link() -> Link<Workshop> {
    Link::new(device(), phone(), Workshop::default(), Mtu::new(247).unwrap())
}

/// The owner's grant for the session of `phone`.
pub fn grant(phone: &Phone, role: Role, expires: u64) -> PresentedGrant {
    grant_by(&mut owner_wallet(), phone, role, expires)
}

pub fn grant_by(wallet: &mut SoftwareKey, phone: &Phone, role: Role, expires: u64) -> PresentedGrant {
    let (owner, expires) = (wallet.address(), UnixSeconds::new(expires));
    let grant = phone.grant_to_sign(owner, role, expires).unwrap();
    let signature = wallet.sign(&grant).unwrap();
    PresentedGrant { form: GrantForm::Owner, owner, expires, role, signature }
}

/// Two months from now.
pub const FAR: u64 = NOW_UNIX + 60 * 24 * 3_600;
/// An hour from now.
pub const SOON: u64 = NOW_UNIX + 3_600;

#[cfg(feature = "dev")]
/// Brings a phone in by the label, as owner: the resumption.
pub fn pair_up<F: FnMut(u32) -> dimo_pairing::Fault>(
    link: &mut Link<Workshop, F>,
    now: Timestamp,
) -> Resumption {
    link.connect(now, by_label());
    let now = link.run(now);
    match link.phone.poll_event() {
        Some(Event::Proven { device }) => assert_eq!(device, device_address()),
        other => panic!("{other:?}"),
    }
    let presented = grant(&link.phone, Role::Owner, SOON);
    link.phone.grant(now, presented).unwrap();
    link.run(now);
    match link.phone.poll_event() {
        Some(Event::Granted(resumption)) => resumption,
        other => panic!("{other:?}"),
    }
}

#[cfg(feature = "dev")]
/// Asks and gives what became of it, as text.
pub fn ask<F: FnMut(u32) -> dimo_pairing::Fault>(
    link: &mut Link<Workshop, F>,
    now: Timestamp,
    request: &Request<'_>,
) -> String {
    link.phone.request(now, request).unwrap();
    link.run(now);
    format!("{:?}", link.phone.poll_event().unwrap())
}
