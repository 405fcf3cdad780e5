//! What each fuzz target does with its bytes. The workspace `fuzz/` runs it under a fuzzer, `tests/fuzz_corpus.rs` over the
//! inputs that are kept.

mod signatures;

/// What a target does with its bytes.
pub(crate) type Body = fn(&[u8]);

/// The targets by name; each begins with `crypto_`.
pub(crate) const TARGETS: &[(&str, Body)] = &[
    ("crypto_signature", signatures::signature),
    ("crypto_signature_text", signatures::text),
    ("crypto_der", signatures::der),
    ("crypto_chip_signature", signatures::chip),
    ("crypto_public_key", signatures::public_key),
];
