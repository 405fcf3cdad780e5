//! What each fuzz target does with its bytes. The workspace `fuzz/` runs it under a fuzzer, `tests/fuzz_corpus.rs` over the
//! inputs that are kept.

mod login_challenge;
mod manifest;
mod merkle_proof;
mod session;
mod signatures;
mod typed_data;

/// What a target does with its bytes.
pub(crate) type Body = fn(&[u8]);

/// The targets by name.
pub(crate) const TARGETS: &[(&str, Body)] = &[
    ("login_challenge", login_challenge::login_challenge),
    ("manifest", manifest::manifest),
    ("merkle_proof", merkle_proof::merkle_proof),
    ("session_open", session::open),
    ("session_record", session::record),
    ("typed_data", typed_data::typed_data),
    ("signature", signatures::signature),
    ("signature_text", signatures::text),
    ("der", signatures::der),
    ("chip_signature", signatures::chip),
    ("public_key", signatures::public_key),
];
