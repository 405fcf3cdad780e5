//! The fuzz targets of every crate by name.

#[path = "../../dimo-crypto/tests/fuzz/mod.rs"]
mod crypto;
#[path = "../../dimo-dbc/tests/fuzz/mod.rs"]
mod dbc;
#[path = "../../dimo-hal/tests/fuzz/mod.rs"]
mod hal;
#[path = "../../dimo-pairing/tests/fuzz/mod.rs"]
mod pairing;
#[path = "../../dimo-types/tests/fuzz/mod.rs"]
mod types;

/// Gives `bytes` to the target of that name.
pub fn run(target: &str, bytes: &[u8]) {
    let dbc = dbc::TARGETS.iter().copied();
    let types = types::TARGETS.iter().copied();
    let (crypto, hal) = (crypto::TARGETS.iter().copied(), hal::TARGETS.iter().copied());
    let mut targets = dbc.chain(crypto).chain(hal).chain(pairing::TARGETS.iter().copied()).chain(types);
    let (_, body) = targets.find(|(name, _)| *name == target).expect("a target of that name");
    body(bytes);
}
