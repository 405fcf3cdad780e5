//! The world of the tests: the keys and ids that the published vectors were made with.
#![allow(clippy::unwrap_used, reason = "the world is made of constants; a wrong one fails the test")]
#![allow(dead_code, reason = "each test file uses its part of the world")]

use dimo_crypto::{Address, Claim, Pair, Registry, Signature, SoftwareKey, Unpair};
use dimo_types::TokenId;

/// Account 0 of the Hardhat test network.
pub(crate) fn device() -> SoftwareKey {
    key("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
}

/// Account 1 of the Hardhat test network.
pub(crate) fn owner() -> SoftwareKey {
    key("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d")
}

#[track_caller]
pub(crate) fn key(hex: &str) -> SoftwareKey {
    SoftwareKey::from_bytes(bytes(hex)).unwrap()
}

/// Bytes from hexadecimal digits without `0x`.
#[track_caller]
pub(crate) fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    let mut bytes = [0; N];
    assert_eq!(base16ct::lower::decode(hex, &mut bytes).unwrap().len(), N);
    bytes
}

#[track_caller]
pub(crate) fn address(text: &str) -> Address {
    text.parse().unwrap()
}

#[track_caller]
pub(crate) fn signature(text: &str) -> Signature {
    text.parse().unwrap()
}

pub(crate) fn claim(registry: Registry) -> Claim {
    Claim { registry, device_node: TokenId::from(42), owner: owner().address() }
}

pub(crate) fn pair(registry: Registry) -> Pair {
    Pair { registry, device_node: TokenId::from(42), vehicle_node: TokenId::from(1337) }
}

pub(crate) fn unpair(registry: Registry) -> Unpair {
    Unpair { registry, device_node: TokenId::from(42), vehicle_node: TokenId::from(1337) }
}
