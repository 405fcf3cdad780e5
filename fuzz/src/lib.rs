//! The fuzz targets of every crate by name.

#[path = "../../dimo-dbc/tests/fuzz/mod.rs"]
mod dbc;

/// Gives `bytes` to the target of that name.
pub fn run(target: &str, bytes: &[u8]) {
    let (_, body) = dbc::TARGETS.iter().find(|(name, _)| *name == target).expect("a target of that name");
    body(bytes);
}
