//! Files of Avro that someone made to harm their reader, and files of other versions.
#![cfg(feature = "avro")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value;
use apache_avro::writer::datum::GenericDatumWriter;
use apache_avro::{Schema, from_value};
use dimo_types::wire::{
    AVRO_BATCH_SCHEMA, AvroFilePlace, AvroReadError, AvroReader, AvroSchemaFault, AvroWriter, DecodeError,
    DecodeLimits, DecodedBatch, decode_avro_batch, encode_avro_batch,
};
use miniz_oxide::deflate::compress_to_vec;
use proptest::prelude::*;
use util::{assert_same, dictionary, tiny};

const MARKER: [u8; 16] = [0x5A; 16];
const LIMIT: usize = 1 << 20;

fn limits() -> DecodeLimits {
    DecodeLimits { inflated_bytes: LIMIT, memory_bytes: LIMIT }
}

fn long(value: i64) -> Vec<u8> {
    let mut left = ((value << 1) ^ (value >> 63)) as u64;
    let mut bytes = Vec::new();
    while left >= 0x80 {
        bytes.push(left as u8 | 0x80);
        left >>= 7;
    }
    bytes.push(left as u8);
    bytes
}

fn text(bytes: &[u8]) -> Vec<u8> {
    [&long(bytes.len() as i64)[..], bytes].concat()
}

/// The dictionary as this crate puts it into a file.
fn dictionary_text() -> Vec<u8> {
    let file = AvroWriter::new(Vec::new(), &dictionary(), MARKER).unwrap().finish().unwrap();
    let key = b"dimo.dictionary";
    let place = file.windows(key.len()).position(|window| window == key).unwrap() + key.len();
    // A length of two bytes stands before it, a zero and the marker behind it.
    file[place + 2..file.len() - 17].to_vec()
}

/// A file with this schema, codec and blocks of one record.
fn file_of(schema: &str, codec: &[u8], blocks: &[Vec<u8>]) -> Vec<u8> {
    let metadata = [
        (b"avro.schema".as_slice(), schema.as_bytes()),
        (b"avro.codec", codec),
        (b"dimo.dictionary", &dictionary_text()),
    ];
    let metadata: Vec<_> =
        metadata.iter().flat_map(|(key, value)| [text(key), text(value)].concat()).collect();
    let mut file = [b"Obj\x01".as_slice(), &long(3), &metadata, &long(0), &MARKER].concat();
    for block in blocks {
        file.extend([long(1), text(block), MARKER.to_vec()].concat());
    }
    file
}

fn plain(schema: &str, record: &[u8]) -> Vec<u8> {
    file_of(schema, b"null", &[record.to_vec()])
}

fn first(file: &[u8]) -> Result<DecodedBatch, AvroReadError> {
    AvroReader::new(file, limits())?.next().expect("a batch or an error")
}

fn record() -> Vec<u8> {
    encode_avro_batch(&tiny()).unwrap()[10..].to_vec()
}

#[track_caller]
fn assert_tiny(file: &[u8]) {
    let mut file = AvroReader::new(file, limits()).unwrap();
    let decoded = file.next().unwrap().unwrap();
    assert_same(&decoded.to_batch(file.dictionary()).unwrap(), &tiny());
}

#[test]
fn a_file_without_compression_is_read() {
    assert_tiny(&plain(AVRO_BATCH_SCHEMA, &record()));
}

#[test]
fn a_block_of_several_records_is_read() {
    let schema = AVRO_BATCH_SCHEMA;
    let block = compress_to_vec(&record().repeat(3), 6);
    let mut file = file_of(schema, b"deflate", &[]);
    file.extend([long(3), text(&block), MARKER.to_vec(), long(0), text(&[3, 0]), MARKER.to_vec()].concat());
    let batches: Result<Vec<_>, _> = AvroReader::new(file.as_slice(), limits()).unwrap().collect();
    assert_eq!(batches.unwrap().len(), 3);
}

/// The schema of a later version: another comment, and more fields, in the middle too.
fn later_schema() -> String {
    let field =
        r#"{ "name": "mood", "type": ["null", { "type": "map", "values": "string" }], "default": null },"#;
    let nested =
        r#"{ "name": "speed", "type": { "type": "enum", "name": "Gait", "symbols": ["walk", "trot"] } },"#;
    let last = r#"{ "name": "later", "type": { "type": "array", "items": "Location" }, "default": [] }, "#;
    let schema = AVRO_BATCH_SCHEMA.replacen("Id of the batch", "Name of the batch", 1);
    let insert = |schema: String, before: &str, text: &str| {
        let name = schema.find(before).unwrap();
        let brace = schema[..name].rfind('{').unwrap();
        format!("{}{}{}", &schema[..brace], text, &schema[brace..])
    };
    let schema = insert(schema, "\"timeline_firsts_us\"", field);
    let schema = insert(schema, "\"latitude\"", nested);
    let end = schema.trim_end().strip_suffix('}').unwrap().trim_end().strip_suffix(']').unwrap().trim_end();
    format!("{end}, {}]}}", last.trim_end().trim_end_matches(','))
}

/// The tiny batch with something in every field of that schema.
fn later_record(schema: &str) -> Vec<u8> {
    let later = Schema::parse_str(schema).unwrap();
    let own = Schema::parse_str(AVRO_BATCH_SCHEMA).unwrap();
    let reader = GenericDatumReader::builder(&own).build().unwrap();
    let Value::Record(mut fields) = reader.read_value(&mut record().as_slice()).unwrap() else { panic!() };
    let mood = [("a".to_owned(), Value::String("b".to_owned()))].into_iter().collect();
    fields.push(("mood".to_owned(), Value::Union(1, Box::new(Value::Map(mood)))));
    let place = |name: &str| (name.to_owned(), Value::Union(1, Box::new(Value::Double(1.0))));
    let mut location: Vec<_> = ["latitude", "longitude", "altitude", "hdop", "heading"].map(place).into();
    location.push(("speed".to_owned(), Value::Enum(1, "trot".to_owned())));
    fields.push(("later".to_owned(), Value::Array(vec![Value::Record(location); 2])));
    let writer = GenericDatumWriter::builder(&later).build().unwrap();
    writer.write_value_to_vec(Value::Record(fields)).unwrap()
}

#[test]
fn fields_that_a_later_version_adds_are_left_out() {
    let schema = later_schema();
    let written = later_record(&schema);
    assert_ne!(written, record());
    let file = plain(&schema, &written);
    assert_tiny(&file);
    // And the reader is told.
    let file = AvroReader::new(file.as_slice(), limits()).unwrap();
    assert_eq!(file.unknown_fields().collect::<Vec<_>>(), ["mood", "later"]);
    let own = plain(AVRO_BATCH_SCHEMA, &record());
    assert_eq!(AvroReader::new(own.as_slice(), limits()).unwrap().unknown_fields().count(), 0);
}

proptest! {
    #[test]
    fn no_file_panics(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let schema = later_schema();
        let mut file = plain(&schema, &later_record(&schema));
        for (place, byte) in changes {
            let place = place.index(file.len());
            file[place] = byte;
        }
        if let Ok(batches) = AvroReader::new(file.as_slice(), limits()) {
            // One batch, and perhaps an error behind it.
            prop_assert!(batches.count() <= 2);
        }
    }
}

#[test]
fn fields_that_an_earlier_version_lacks_have_their_defaults() {
    // Without the last field, of which the tiny batch has no entry.
    let name = AVRO_BATCH_SCHEMA.find("\"movement\"").unwrap();
    let end = AVRO_BATCH_SCHEMA[..name].rfind(',').unwrap();
    let schema = format!("{}]}}", &AVRO_BATCH_SCHEMA[..end]);
    let record = record();
    assert_tiny(&plain(&schema, &record[..record.len() - 1]));
}

#[test]
fn what_is_no_file_of_batches_is_refused() {
    let refused = |file: &[u8]| AvroReader::new(file, limits()).map(drop);
    let file = plain(AVRO_BATCH_SCHEMA, &record());
    assert_eq!(refused(b""), Err(AvroReadError::NotAFile));
    assert_eq!(refused(b"Obj\x02"), Err(AvroReadError::NotAFile));
    let header = AvroReadError::Damaged { place: AvroFilePlace::Header };
    for len in (4..400).chain([file.len() - record().len() - 60]) {
        assert_eq!(refused(&file[..len]), Err(header.clone()), "{len} bytes");
    }
    let without = [b"Obj\x01".as_slice(), &long(0), &MARKER].concat();
    assert_eq!(refused(&without), Err(AvroReadError::NoDictionary));
    assert_eq!(refused(&file_of(AVRO_BATCH_SCHEMA, b"snappy", &[])), Err(AvroReadError::Codec));
    let schema = |json: &str| refused(&file_of(json, b"null", &[]));
    let fault = |fault| Err(AvroReadError::Schema { fault });
    assert_eq!(schema("\"long\""), fault(AvroSchemaFault::OtherName));
    assert_eq!(
        schema(r#"{ "type": "record", "name": "dimo.v2.TelemetryBatch", "fields": [] }"#),
        fault(AvroSchemaFault::OtherName)
    );
    assert_eq!(schema("{"), fault(AvroSchemaFault::Unreadable));
    assert_eq!(schema(&"[".repeat(10_000)), fault(AvroSchemaFault::Unreadable));
    assert_eq!(schema(&" ".repeat(40_000)), fault(AvroSchemaFault::TooLong));
    let mut missing = file;
    missing[4 + 2] = b'x'; // the first letter of the key
    assert_eq!(refused(&missing), fault(AvroSchemaFault::Missing));
}

#[test]
fn an_input_that_fails_is_told_wherever_it_does() {
    struct Failing<'a>(&'a [u8]);
    impl std::io::Read for Failing<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0.is_empty() {
                return Err(std::io::ErrorKind::TimedOut.into());
            }
            self.0.read(buffer)
        }
    }
    let file = plain(AVRO_BATCH_SCHEMA, &record());
    let failed = AvroReadError::Input { kind: std::io::ErrorKind::TimedOut };
    for len in (0..file.len()).step_by(7).chain([file.len() - 1]) {
        let reader = AvroReader::new(Failing(&file[..len]), limits());
        let error = reader.and_then(|mut file| file.next().expect("an error")).unwrap_err();
        assert_eq!(error, failed, "after {len} bytes");
    }
    let mut whole = AvroReader::new(Failing(&file), limits()).unwrap();
    assert!(whole.next().unwrap().is_ok());
    assert_eq!(whole.next(), Some(Err(failed)));
}

#[test]
fn damage_to_a_block_is_noticed_and_ends_the_file() {
    let file = file_of(AVRO_BATCH_SCHEMA, b"deflate", &[compress_to_vec(&record(), 6)]);
    let header = file_of(AVRO_BATCH_SCHEMA, b"deflate", &[]).len();
    let block = AvroReadError::Damaged { place: AvroFilePlace::Block { block: 0 } };
    for len in header + 1..file.len() {
        assert_eq!(first(&file[..len]), Err(block.clone()), "{len} bytes");
    }
    let mut other_marker = [file.clone(), file[header..].to_vec()].concat();
    let last = other_marker.len() - 1;
    other_marker[last] ^= 1;
    let mut batches = AvroReader::new(other_marker.as_slice(), limits()).unwrap();
    assert!(batches.next().unwrap().is_ok());
    let block = AvroReadError::Damaged { place: AvroFilePlace::Block { block: 1 } };
    assert_eq!(batches.next(), Some(Err(block)));
    assert_eq!(batches.next(), None);
}

#[test]
fn counts_and_lengths_that_cannot_be_are_refused_before_anything_is_allocated() {
    let header = file_of(AVRO_BATCH_SCHEMA, b"null", &[]);
    let block = |count: i64, len: i64| first(&[header.clone(), long(count), long(len)].concat());
    let damaged = Err(AvroReadError::Damaged { place: AvroFilePlace::Block { block: 0 } });
    assert_eq!(block(1, i64::from(u16::MAX)), damaged);
    assert_eq!(block(-1, 1), damaged);
    assert_eq!(block(1, -1), damaged);
    assert_eq!(block(i64::MIN, 1), damaged);
    let too_large = Err(AvroReadError::Content(DecodeError::TooLarge { limit: LIMIT }));
    assert_eq!(block(1, i64::MAX), too_large);
    assert_eq!(block(1, LIMIT as i64 + 1), too_large);
    // More records than the block has.
    let mut file = header;
    file.extend([long(i64::MAX), text(&record()), MARKER.to_vec()].concat());
    let batches: Vec<_> = AvroReader::new(file.as_slice(), limits()).unwrap().collect();
    assert_eq!(batches.len(), 2);
    assert!(matches!(batches[1], Err(AvroReadError::Content(DecodeError::Malformed { .. }))));
}

#[test]
fn a_decompression_bomb_ends_at_the_limit() {
    let bomb = compress_to_vec(&vec![0; 16 << 20], 1);
    assert!(bomb.len() < 200_000);
    let too_large = Err(AvroReadError::Content(DecodeError::TooLarge { limit: LIMIT }));
    assert_eq!(first(&file_of(AVRO_BATCH_SCHEMA, b"deflate", &[bomb])), too_large);
}

const TOO_MUCH: Result<DecodedBatch, AvroReadError> =
    Err(AvroReadError::Content(DecodeError::TooMuchMemory { limit: LIMIT }));

/// A schema of the right name whose first field is of this type.
fn schema_with(first: &str) -> String {
    format!(
        r#"{{ "type": "record", "name": "TelemetryBatch", "namespace": "dimo.v1",
              "fields": [{{ "name": "first", "type": {first} }}] }}"#
    )
}

#[test]
fn lists_that_take_no_bytes_are_counted() {
    for count in [1 << 40, i64::MAX, 100_000] {
        let list = schema_with(r#"{ "type": "array", "items": "null" }"#);
        assert_eq!(first(&plain(&list, &long(count))), TOO_MUCH);
        // A negative count has the length of the block behind it.
        assert_eq!(first(&plain(&list, &[long(-count), long(0)].concat())), TOO_MUCH);
        let map = schema_with(r#"{ "type": "map", "values": "null" }"#);
        assert_eq!(first(&plain(&map, &long(count))), TOO_MUCH);
    }
    let list = schema_with(r#"{ "type": "array", "items": "null" }"#);
    assert_eq!(first(&plain(&list, &[long(i64::MIN), long(0)].concat())), TOO_MUCH);
}

#[test]
fn the_same_holds_of_our_own_schema_in_a_single_object() {
    let limits = limits();
    let states = vec![1; 20_000];
    let mut object = encode_avro_batch(&tiny()).unwrap();
    // The end of the tiny batch: behind the texts, eight empty lists and absent parts.
    object.truncate(object.len() - 8);
    object.extend([long(20_000), states, long(0), long(0)].concat());
    let refused = decode_avro_batch(&object, &limits);
    assert_eq!(refused, TOO_MUCH);
}

#[test]
fn movement_evidence_is_counted() {
    // Fixes of four bytes each, without a place: a zero and three times nothing.
    let object = |count: usize| {
        let mut object = encode_avro_batch(&tiny()).unwrap();
        object.truncate(object.len() - 1);
        let fixes = [long(count as i64), vec![0; 4 * count], long(0)].concat();
        object.extend([long(1), fixes, long(0), long(0), long(0)].concat());
        object
    };
    let fault = DecodeError::Movement { list: "fixes", position: 0 };
    assert_eq!(decode_avro_batch(&object(10), &limits()), Err(AvroReadError::Content(fault)));
    assert_eq!(decode_avro_batch(&object(2_000), &limits()), TOO_MUCH);
}

#[test]
fn records_that_multiply_are_counted() {
    // Each type holds the one before it eight times: 8^12 values of no bytes at all.
    let fields = |inner: &str, named: &str| {
        let again: String = (1..8).map(|i| format!(r#", {{ "name": "f{i}", "type": "{named}" }}"#)).collect();
        format!(r#"[{{ "name": "f0", "type": {inner} }}{again}]"#)
    };
    let mut schema = r#"{ "type": "record", "name": "T0", "fields": [] }"#.to_owned();
    for level in 1..=12 {
        let fields = fields(&schema, &format!("T{}", level - 1));
        schema = format!(r#"{{ "type": "record", "name": "T{level}", "fields": {fields} }}"#);
    }
    assert_eq!(first(&plain(&schema_with(&schema), &[])), TOO_MUCH);
}

#[test]
fn records_inside_of_themselves_end() {
    let schema = schema_with(
        r#"{ "type": "record", "name": "Node", "fields": [{ "name": "next", "type": "Node" }] }"#,
    );
    assert!(matches!(
        first(&plain(&schema, &[])),
        Err(AvroReadError::Content(DecodeError::Malformed { .. }))
    ));
    let list = schema_with(
        r#"{ "type": "record", "name": "Node", "fields": [{ "name": "next", "type": ["null", "Node"] }] }"#,
    );
    assert!(matches!(
        first(&plain(&list, &[2].repeat(100_000))),
        Err(AvroReadError::Content(DecodeError::Malformed { .. }))
    ));
}

#[test]
fn fixed_types_are_as_long_as_they_say() {
    let schema = schema_with(r#"{ "type": "fixed", "name": "Long", "size": 4611686018427387904 }"#);
    assert!(matches!(
        first(&plain(&schema, &[0; 100])),
        Err(AvroReadError::Content(DecodeError::Malformed { .. }))
    ));
}

#[test]
fn logical_types_that_the_library_interprets_are_refused() {
    for inner in [
        r#"{ "type": "bytes", "logicalType": "decimal", "precision": 4 }"#,
        r#"{ "type": "bytes", "logicalType": "big-decimal" }"#,
        r#"{ "type": "string", "logicalType": "uuid" }"#,
        r#"{ "type": "fixed", "name": "D", "size": 12, "logicalType": "duration" }"#,
    ] {
        let refused = first(&plain(&schema_with(inner), &[0; 40]));
        let reason = "a logical type of bytes, fixed or string".to_owned();
        assert_eq!(refused, Err(AvroReadError::Content(DecodeError::Malformed { reason })), "{inner}");
    }
}

#[test]
fn a_schema_of_other_types_is_refused() {
    // The vehicle, behind two times 20 bytes, is a number.
    let ours = AVRO_BATCH_SCHEMA.replacen(r#"["null", "bytes"]"#, r#""int""#, 1);
    let ours = ours.replacen(r#""default": null"#, r#""default": 0"#, 1);
    let record = [&record()[..40], &[2], &record()[44..]].concat();
    assert!(matches!(
        first(&plain(&ours, &record)),
        Err(AvroReadError::Content(DecodeError::Malformed { .. }))
    ));
    // Our fields are missing.
    let schema = schema_with("\"null\"");
    assert!(matches!(
        first(&plain(&schema, &[])),
        Err(AvroReadError::Content(DecodeError::Malformed { .. }))
    ));
}

#[test]
fn no_error_quotes_what_was_received() {
    let marker = "SECRET";
    let schema = schema_with(r#"{ "type": "enum", "name": "SECRET", "symbols": ["SECRET"] }"#);
    let error = first(&plain(&schema, &[0])).unwrap_err();
    assert!(!error.to_string().contains(marker) && !format!("{error:?}").contains(marker));
}

#[test]
fn the_library_can_read_a_file_alone() {
    let mut file = AvroWriter::new(Vec::new(), &dictionary(), MARKER).unwrap();
    file.push(&tiny()).unwrap();
    let bytes = file.finish().unwrap();
    let records = apache_avro::Reader::new(bytes.as_slice()).unwrap();
    let records: Vec<_> = records.map(Result::unwrap).collect();
    assert_eq!(records.len(), 1);
    #[derive(serde::Deserialize)]
    struct Part {
        floats: Vec<f64>,
        raw_steps: Vec<i64>,
    }
    let part: Part = from_value(&records[0]).unwrap();
    assert_eq!((part.floats, part.raw_steps), (vec![50.5, 50.5, -0.0], vec![4, -8]));
}
