//! What each fuzz target does with its bytes. The workspace `fuzz/` runs it under a fuzzer, `tests/fuzz_corpus.rs` over the
//! inputs that are kept.

mod at_modem;
mod delta;
mod nmea;
mod se05x;

/// What a target does with its bytes.
pub(crate) type Body = fn(&[u8]);

/// The targets by name.
pub(crate) const TARGETS: &[(&str, Body)] = &[
    ("at_modem", at_modem::at_modem),
    ("delta", delta::delta),
    ("nmea", nmea::nmea),
    ("se05x", se05x::se05x),
];
