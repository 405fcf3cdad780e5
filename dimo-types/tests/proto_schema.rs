//! The checked-in messages are the schema of record, field by field.
#![cfg(feature = "proto")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use dimo_types::wire::v1;
use prost::Message;
use protox::prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, ReflectMessage, Value};

fn schema() -> DescriptorPool {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/proto");
    let files = protox::compile(["dimo/v1/telemetry.proto"], [root]).expect("the schema compiles");
    DescriptorPool::from_file_descriptor_set(files).unwrap()
}

/// Reads `message` by the schema: every field the schema has must be there, no other, and writing it again by the
/// schema gives the same bytes.
#[track_caller]
fn assert_equal_to_schema<M: Message + Default + PartialEq + core::fmt::Debug>(
    name: &str,
    message: &M,
    left_out: &[&str],
) {
    let descriptor = schema().get_message_by_name(name).expect("the schema has the message");
    let bytes = message.encode_to_vec();
    let dynamic = DynamicMessage::decode(descriptor.clone(), bytes.as_slice()).unwrap();
    assert_whole(&dynamic, left_out);
    assert_eq!(dynamic.encode_to_vec(), bytes, "{name}: the same bytes from the schema");
    assert_eq!(&M::decode(bytes.as_slice()).unwrap(), message);
}

#[track_caller]
fn assert_whole(message: &DynamicMessage, left_out: &[&str]) {
    let descriptor: MessageDescriptor = message.descriptor();
    assert_eq!(
        message.unknown_fields().count(),
        0,
        "{} has a field the schema lacks",
        descriptor.full_name()
    );
    for field in descriptor.fields().filter(|field| !left_out.contains(&field.name())) {
        assert!(message.has_field(&field), "{} is not written", field.full_name());
        let value = message.get_field(&field);
        let single = value.as_message().into_iter();
        for inner in single.chain(value.as_list().unwrap_or_default().iter().filter_map(Value::as_message)) {
            assert_whole(inner, left_out);
        }
    }
}

#[test]
fn the_batch_message_is_the_schema_s() {
    let location = v1::Location {
        latitude: Some(0.0),
        longitude: Some(-0.0),
        altitude: Some(1.0),
        hdop: Some(2.0),
        heading: Some(3.0),
    };
    // Negative numbers tell zigzag from plain integers, two entries tell packed lists from single fields.
    let message = v1::TelemetryBatch {
        id: vec![1; 20],
        device: vec![2; 20],
        vehicle: Some(vec![]),
        dictionary_hash: vec![3; 32],
        start_us: u64::MAX,
        timeline_lengths: vec![u64::MAX, 0],
        timeline_firsts_us: vec![-1, 1],
        timeline_steps_us: vec![-1, 1],
        column_signals: vec![-1, 1],
        column_timelines: vec![i64::MIN, 1],
        column_kinds: (0..=6).collect(),
        raw_firsts: vec![-1, i64::MAX],
        raw_steps: vec![-1, i64::MIN],
        floats: vec![1.5, f64::INFINITY],
        texts: vec!["a".into(), String::new()],
        states: vec![true, false],
        locations: vec![location, v1::Location { latitude: Some(1.0), ..location }],
        events: vec![v1::Event {
            name: "n".into(),
            time_us: u64::MAX,
            duration_ns: Some(0),
            metadata: Some(String::new()),
            tags: vec!["a".into(), String::new()],
        }],
        trouble_codes: vec![v1::TroubleReport { time_us: u64::MAX, codes: vec![1, 2] }],
        fingerprint: Some(v1::Fingerprint {
            time_us: u64::MAX,
            vehicle_number: "v".into(),
            protocol: Some(0),
            odometer_km: Some(0.0),
            software_version: "s".into(),
        }),
        column_shorts: vec![0, u64::MAX],
        leaf_seed: Some(vec![]),
    };
    assert_equal_to_schema("dimo.v1.TelemetryBatch", &message, &[]);
}

#[test]
fn the_kinds_are_the_schema_s() {
    let kinds = schema().get_enum_by_name("dimo.v1.Kind").expect("the schema has the kinds");
    let names: Vec<_> = kinds.values().map(|kind| (kind.number(), kind.name().replace('_', ""))).collect();
    let ours: Vec<_> = (0..)
        .map_while(|number| v1::Kind::try_from(number).ok())
        .map(|kind| (kind as i32, format!("KIND{kind:?}").to_uppercase()))
        .collect();
    assert_eq!(ours, names);
}

#[test]
fn the_dictionary_message_is_the_schema_s() {
    let signal =
        v1::Signal { name: "n".into(), unit: "u".into(), factor: Some(0.0), offset: Some(f64::MIN_POSITIVE) };
    assert_equal_to_schema("dimo.v1.Dictionary", &v1::Dictionary { signals: vec![signal] }, &[]);
}

#[test]
fn the_signed_message_is_the_schema_s() {
    let signature = vec![9; 65];
    let batch = v1::SignedMessage { body: Some(v1::Body::Batch(vec![1])), signature: signature.clone() };
    assert_equal_to_schema("dimo.v1.SignedMessage", &batch, &["dictionary"]);
    let dictionary = v1::SignedMessage { body: Some(v1::Body::Dictionary(vec![])), signature };
    assert_equal_to_schema("dimo.v1.SignedMessage", &dictionary, &["batch"]);
}

#[test]
fn the_stream_message_is_the_schema_s() {
    let bodies = [
        ("batch", v1::StreamBody::Batch(vec![1])),
        ("dictionary", v1::StreamBody::Dictionary(vec![1])),
        ("plain_batch", v1::StreamBody::PlainBatch(vec![1])),
        ("dictionary_request", v1::StreamBody::DictionaryRequest(vec![1])),
    ];
    let names = bodies.clone().map(|(name, _)| name);
    for (name, body) in bodies {
        let message = v1::StreamMessage { body: Some(body), root_signature: vec![9; 65] };
        let others: Vec<_> = names.into_iter().filter(|other| *other != name).collect();
        assert_equal_to_schema("dimo.v1.StreamMessage", &message, &others);
    }
}

#[test]
fn every_message_of_the_schema_is_compared() {
    let names: Vec<_> = schema().all_messages().map(|message| message.name().to_owned()).collect();
    // Nested ones are compared inside those that hold them.
    assert_eq!(
        names,
        [
            "SignedMessage",
            "StreamMessage",
            "TelemetryBatch",
            "Location",
            "Event",
            "TroubleReport",
            "Fingerprint",
            "Dictionary",
            "Signal",
        ]
    );
}
