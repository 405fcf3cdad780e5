//! What each fuzz target does with its bytes. The workspace `fuzz/` runs it under a fuzzer, `tests/fuzz_corpus.rs` over the
//! inputs that are kept.

mod device;
mod pair;
mod parsers;
mod parts;

/// What a target does with its bytes.
pub(crate) type Body = fn(&[u8]);

/// The targets by name.
pub(crate) const TARGETS: &[(&str, Body)] = &[
    ("pairing_advertising", parsers::advertising),
    ("pairing_answer", parsers::answer),
    ("pairing_device", device::device),
    ("pairing_fragments", parsers::fragments),
    ("pairing_label", parsers::label),
    ("pairing_pair", pair::pair),
    ("pairing_record", parsers::record),
    ("pairing_request", parsers::request),
];
