//! The device and the phone that the targets play with.

use std::sync::OnceLock;

use dimo_crypto::SoftwareKey;
use dimo_pairing::{
    Device, Identity, LabelSecret, Limits, Memory, NoiseKey, Opening, PIN_RECORD_LEN, Phone, Pin,
    PinParameters, PinRecord, Setup, Text,
};
use dimo_types::{Address, Timestamp};

pub(super) const LABEL: [u8; 16] = [0x5A; 16];
/// When the device woke up; what time of day it is then.
pub(super) const START: u64 = 1_000;
pub(super) const NOON: u64 = 1_800_000_000;

pub(super) fn wallet() -> SoftwareKey {
    SoftwareKey::from_bytes([7; 32]).unwrap()
}

pub(super) fn owner() -> SoftwareKey {
    SoftwareKey::from_bytes([8; 32]).unwrap()
}

pub(super) fn address() -> Address {
    static ADDRESS: OnceLock<Address> = OnceLock::new();
    *ADDRESS.get_or_init(|| wallet().address())
}

pub(super) fn secs(secs: u64) -> Timestamp {
    Timestamp::from_secs(secs).unwrap()
}

/// A device with a label and a PIN.
pub(super) fn device(memory: Memory) -> Device {
    let identity = Identity {
        address: address(),
        serial: Text::new("1").unwrap(),
        hardware: Text::new("7.0").unwrap(),
        firmware: Text::new("1.0").unwrap(),
    };
    let setup = Setup::new(identity, NoiseKey::from_bytes([3; 32])).with_label(&LabelSecret::new(LABEL));
    Device::new(setup.with_pin(PinRecord::from_bytes(pin_record()).unwrap()), memory, Limits::SPEC)
}

pub(super) fn phone() -> Phone {
    Phone::new(NoiseKey::from_bytes([4; 32]), Some(address()))
}

pub(super) fn by_label() -> Opening {
    Opening::Label(LabelSecret::new(LABEL).pre_shared_key(&address()))
}

/// To enrol a PIN is made slow on purpose, so it is done once.
pub(super) fn pin_record() -> &'static [u8; PIN_RECORD_LEN] {
    static RECORD: OnceLock<[u8; PIN_RECORD_LEN]> = OnceLock::new();
    RECORD.get_or_init(|| {
        let pin: Pin = "31415926".parse().unwrap();
        let parameters = PinParameters::new([6; 16], *PinParameters::ITERATIONS.start()).unwrap();
        *PinRecord::enrol(&pin, parameters).to_bytes()
    })
}
