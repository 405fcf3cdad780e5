//! What each fuzz target does with its bytes. The workspace `fuzz/` runs it under a fuzzer, `tests/fuzz_corpus.rs` over the
//! inputs that are kept.

mod avro;
mod cloud_event;
mod gen1;
mod telemetry;

/// What a target does with its bytes.
pub(crate) type Body = fn(&[u8]);

/// The targets by name.
pub(crate) const TARGETS: &[(&str, Body)] = &[
    ("avro_file", avro::avro_file),
    ("avro_object", avro::avro_object),
    ("avro_schema", avro::avro_schema),
    ("cloud_event", cloud_event::cloud_event),
    ("gen1_payload", gen1::gen1),
    ("telemetry_batch", telemetry::batch),
    ("telemetry_dictionary", telemetry::dictionary),
];
