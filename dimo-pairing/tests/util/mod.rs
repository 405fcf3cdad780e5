//! The world of the tests: one device, one owner, one vehicle, and the wallet behind the device.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part of the world")]

use dimo_crypto::{Claim, Pair, Registry, Signature, SoftwareKey};
use dimo_pairing::{Device, Identity, Limits, Phone, SignRequest, SigningFailed, Text, Versions};
use dimo_types::{Address, Timestamp};

/// Public test key (the first account of the Hardhat tool); its signatures below were computed by an independent implementation.
pub const DEVICE_KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/// The device's signature of [`claim`] for Polygon.
pub const CLAIM_SIGNATURE: &str = "0x82a9441b724d50c8f1192a0ce41ecd2f961b703ed252afa51b57fa05a320036719dfc8782f0e6d8bc9279af5483862df016c879e4a3c30c71848ebf8bc44dee31b";
/// The device's signature of [`pair`] for Polygon.
pub const PAIR_SIGNATURE: &str = "0x58985f1d026e0300e33bc37456b477bd915a6095c56fe54b7c040d79964c9dda0f10f6b4b2ad819ff80b92df5893ea0454e82ced4d7a431c3c3618785539c7f71c";

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

pub fn owner() -> Address {
    "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse().unwrap()
}

pub fn claim() -> Claim {
    Claim { registry: Registry::POLYGON, device_node: 42.into(), owner: owner() }
}

pub fn pair() -> Pair {
    Pair { registry: Registry::POLYGON, device_node: 42.into(), vehicle_node: 1337.into() }
}

pub fn identity() -> Identity {
    Identity {
        address: device_address(),
        serial: Text::new("60d4af69-86e8-b790-02d3-c0a9dc4d6c8a").unwrap(),
        hardware: Text::new("7.0").unwrap(),
        firmware: Text::new("1.22.8").unwrap(),
        versions: Versions::SUPPORTED,
    }
}

pub fn device() -> Device {
    Device::new(identity(), Limits::SPEC)
}

pub fn phone() -> Phone {
    Phone::new(device_address(), Limits::PHONE_WAIT)
}

/// The device's wallet at work.
pub fn sign(request: &SignRequest) -> Result<Signature, SigningFailed> {
    request.sign_blocking(&mut wallet()).map_err(|_| SigningFailed)
}

/// The wallet of somebody else.
pub fn forge(request: &SignRequest) -> Result<Signature, SigningFailed> {
    request.sign_blocking(&mut stranger()).map_err(|_| SigningFailed)
}

pub fn stranger() -> SoftwareKey {
    SoftwareKey::from_bytes([9; 32]).unwrap()
}

pub fn stranger_address() -> Address {
    stranger().address()
}

/// `secs` seconds after the device woke up.
pub fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(1_000 + secs).unwrap()
}
