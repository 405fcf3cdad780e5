//! The fuzz targets of every crate by name.

#[path = "../../dimo-crypto/tests/fuzz/mod.rs"]
mod crypto;
#[path = "../../dimo-dbc/tests/fuzz/mod.rs"]
mod dbc;

/// Gives `bytes` to the target of that name.
pub fn run(target: &str, bytes: &[u8]) {
    let mut targets = dbc::TARGETS.iter().chain(crypto::TARGETS);
    let (_, body) = targets.find(|(name, _)| *name == target).expect("a target of that name");
    body(bytes);
}
