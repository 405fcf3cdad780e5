//! What each fuzz target does with its bytes. The workspace `fuzz/` runs it under a fuzzer, `tests/fuzz_corpus.rs` over the
//! inputs that are kept.

mod session;
mod typed_data;

/// What a target does with its bytes.
pub(crate) type Body = fn(&[u8]);

/// The targets by name.
pub(crate) const TARGETS: &[(&str, Body)] = &[
    ("typed_data", typed_data::typed_data),
    ("session_open", session::open),
    ("session_record", session::record),
];
