//! What each fuzz target does with its bytes. The workspace `fuzz/` runs it under a fuzzer, `tests/fuzz_corpus.rs` over the
//! inputs that are kept.

mod gen1;
mod import;
mod logs;
mod plan;
mod request;
mod source;

/// What a target does with its bytes.
pub(crate) type Body = fn(&[u8]);

/// The targets by name.
pub(crate) const TARGETS: &[(&str, Body)] = &[
    ("plan_loader", plan::loader),
    ("frame_decode", plan::decode),
    ("import", import::import),
    ("mapping", import::mapping),
    ("log_candump", logs::candump),
    ("log_asc", logs::asc),
    ("log_savvycan", logs::savvycan),
    ("log_pcan", logs::pcan),
    ("isotp", request::isotp),
    ("request", request::request),
    ("gen1_formula", gen1::formula),
    ("gen1_dbc_text", gen1::dbc_text),
    ("gen1_config", gen1::config),
];
