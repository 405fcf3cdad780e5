//! Batches through Avro and back, and what its readers refuse.
#![cfg(feature = "avro")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use apache_avro::Schema;
use apache_avro::rabin::Rabin;
use dimo_types::wire::{
    AVRO_BATCH_SCHEMA, AVRO_DICTIONARY_SCHEMA, AvroFingerprint, AvroReadError, AvroReader, AvroWriteError,
    AvroWriter, DecodeError, DecodeLimits, decode_avro_batch, decode_avro_dictionary, encode_avro_batch,
    encode_avro_dictionary,
};
use dimo_types::{
    Batch, CanProtocol, Fingerprint, MovementEvidence, ServingCell, Tags, Timestamp, TokenId, TroubleReport,
    VehicleEvent, VehicleEventName,
};
use proptest::prelude::*;
use util::any_batch::{Parts, any_parts};
use util::{ID, assert_same, at, batch_of, device, dictionary, hex, rpm, speed, tiny};

// Written by fastavro, with the fingerprints that it computes.
const BATCH_HEX: &str = "c301401f5c63f1dcb6f307070707070707070707070707070707070707072a82163eb20f272efea5cdae000d87fef79590ee02040539af8a59a40da4d11ec4f2933ebb462efb7e70a87ba3ac6f4aee6594df0b4d23f78080f2818389850602060002000004a09c01c8010004000000040000000402060002fc3f0004080f000600000000004049400000000000404940000000000000008000000000000000000000";
const DICTIONARY_HEX: &str =
    "c3015c896618dcd9fd540414456e67696e652e52706d0672706d02000000000000d03f000a7370656564086b6d2f68000000";

const MARKER: [u8; 16] = [0x5A; 16];

fn limits() -> DecodeLimits {
    DecodeLimits::default()
}

fn file_of(batches: &[Batch<'_>]) -> Vec<u8> {
    let mut file = AvroWriter::new(Vec::new(), batches[0].dictionary(), MARKER).unwrap();
    batches.iter().for_each(|batch| file.push(batch).unwrap());
    file.finish().unwrap()
}

#[track_caller]
fn assert_round_trip(batch: &Batch<'_>) {
    let dictionary = encode_avro_dictionary(batch.dictionary()).unwrap();
    let dictionary = decode_avro_dictionary(&dictionary, &limits()).unwrap();
    let decoded = decode_avro_batch(&encode_avro_batch(batch).unwrap(), &limits()).unwrap();
    assert_same(&decoded.to_batch(&dictionary).unwrap(), batch);

    let bytes = file_of(&[batch.clone(), batch.clone()]);
    let mut file = AvroReader::new(bytes.as_slice(), limits()).unwrap();
    for _ in 0..2 {
        let decoded = file.next().unwrap().unwrap();
        assert_same(&decoded.to_batch(file.dictionary()).unwrap(), batch);
    }
    assert!(file.next().is_none());
}

#[test]
fn a_tiny_batch_has_exactly_the_bytes_that_fastavro_writes() {
    assert_eq!(encode_avro_batch(&tiny()).unwrap(), hex(BATCH_HEX));
    assert_eq!(encode_avro_dictionary(&dictionary()).unwrap(), hex(DICTIONARY_HEX));
}

#[test]
fn what_fastavro_wrote_is_read() {
    let dictionary = decode_avro_dictionary(&hex(DICTIONARY_HEX), &limits()).unwrap();
    let decoded = decode_avro_batch(&hex(BATCH_HEX), &limits()).unwrap();
    assert_same(&decoded.to_batch(&dictionary).unwrap(), &tiny());
}

#[test]
fn the_fingerprints_are_those_of_the_schemas() {
    for (json, fingerprint) in
        [(AVRO_BATCH_SCHEMA, AvroFingerprint::BATCH), (AVRO_DICTIONARY_SCHEMA, AvroFingerprint::DICTIONARY)]
    {
        let schema = Schema::parse_str(json).unwrap();
        assert_eq!(schema.fingerprint::<Rabin>().bytes, fingerprint.0);
        assert_eq!(schema.fingerprint::<Rabin>().to_string(), fingerprint.to_string());
    }
}

#[test]
fn every_field_and_type_of_the_schemas_is_documented() {
    fn look(schema: &Schema) {
        match schema {
            Schema::Record(record) => {
                assert!(record.doc.is_some(), "{}", record.name);
                for field in &record.fields {
                    assert!(field.doc.as_ref().is_some_and(|doc| !doc.is_empty()), "{}", field.name);
                    look(&field.schema);
                }
            }
            Schema::Array(list) => look(&list.items),
            Schema::Union(union) => union.variants().iter().for_each(look),
            _ => {}
        }
    }
    look(&Schema::parse_str(AVRO_BATCH_SCHEMA).unwrap());
    look(&Schema::parse_str(AVRO_DICTIONARY_SCHEMA).unwrap());
}

#[test]
fn the_fields_are_those_of_the_protobuf_schema_in_its_order() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/proto");
    let files = protox::compile(["dimo/v1/telemetry.proto"], [root]).unwrap();
    let pool = protox::prost_reflect::DescriptorPool::from_file_descriptor_set(files).unwrap();
    fn compare(schema: &Schema, pool: &protox::prost_reflect::DescriptorPool) {
        let Schema::Record(record) = schema else { return };
        let message = pool.get_message_by_name(&record.name.fullname(None)).expect("a message of that name");
        let theirs: Vec<_> = message.fields().map(|field| field.name().to_owned()).collect();
        let ours: Vec<_> = record.fields.iter().map(|field| field.name.clone()).collect();
        assert_eq!(ours, theirs, "{}", record.name);
        for field in &record.fields {
            match &field.schema {
                Schema::Array(list) => compare(&list.items, pool),
                Schema::Union(union) => union.variants().iter().for_each(|schema| compare(schema, pool)),
                _ => {}
            }
        }
    }
    compare(&Schema::parse_str(AVRO_BATCH_SCHEMA).unwrap(), &pool);
    compare(&Schema::parse_str(AVRO_DICTIONARY_SCHEMA).unwrap(), &pool);
}

#[test]
fn a_file_has_exactly_the_bytes_of_the_format() {
    let bytes = file_of(&[tiny()]);
    let schema =
        [&hex("166176726f2e736368656d61"), &long(AVRO_BATCH_SCHEMA.len())[..], AVRO_BATCH_SCHEMA.as_bytes()];
    let codec = hex("146176726f2e636f6465630e6465666c617465");
    let begin =
        [b"Obj\x01\x06", schema.concat().as_slice(), codec.as_slice(), b"\x1edimo.dictionary"].concat();
    assert_eq!(&bytes[..begin.len()], begin);
    // One record, then its deflated bytes with their length, and the marker.
    let record = miniz_oxide::deflate::compress_to_vec(&hex(BATCH_HEX)[10..], 9);
    let block = [&[2][..], &long(record.len()), &record, &MARKER].concat();
    let end = [&[0][..], &MARKER, &block].concat();
    assert_eq!(&bytes[bytes.len() - end.len()..], end);
}

/// A length as Avro writes it.
fn long(value: usize) -> Vec<u8> {
    let (mut left, mut bytes) = (value * 2, Vec::new());
    while left >= 0x80 {
        bytes.push((left & 0x7F) as u8 | 0x80);
        left >>= 7;
    }
    bytes.push(left as u8);
    bytes
}

#[test]
fn a_batch_without_readings_comes_back() {
    assert_round_trip(&Batch::new(ID, device(), None, [], vec![]).unwrap());
    assert_round_trip(&batch_of(vec![]));
}

#[test]
fn token_ids_come_back() {
    for vehicle in [None, Some(TokenId::from(0)), Some(TokenId::from_be_bytes([0xFF; 32]))] {
        assert_round_trip(&Batch::new(ID, device(), vehicle, dictionary(), vec![rpm(0, i64::MIN)]).unwrap());
    }
}

#[test]
fn events_trouble_codes_and_the_fingerprint_come_back() {
    let codes = ["P0456", "U0100"].map(|code| code.parse().unwrap());
    let event = VehicleEvent {
        duration_ns: Some(u64::MAX),
        metadata: Some("{}"),
        tags: Tags::from(&["city", ""]),
        ..VehicleEvent::new(VehicleEventName::Collision, at(1))
    };
    let plain = VehicleEvent::new(VehicleEventName::EngineBlock, Timestamp::EPOCH);
    let reports =
        [TroubleReport { time: at(2), codes: &codes }, TroubleReport { time: Timestamp::MAX, codes: &[] }];
    let fingerprint = Fingerprint {
        time: at(3),
        vehicle: "1HGBH41JXMN109186".parse().unwrap(),
        protocol: Some(CanProtocol::Can29Bit250),
        odometer_km: Some(-0.0),
        software_version: "1.0.0",
    };
    let batch = tiny().with_events([event, plain]).with_trouble_codes(reports);
    assert_round_trip(&batch);
    assert_round_trip(&batch.clone().with_fingerprint(fingerprint));
    let unknown = Fingerprint { protocol: None, odometer_km: None, ..fingerprint };
    assert_round_trip(&batch.with_fingerprint(unknown).with_leaf_seed([9; 16]));
}

#[test]
fn movement_evidence_of_nothing_and_none_come_back_apart() {
    let batch = tiny().with_movement(MovementEvidence::default());
    assert_round_trip(&batch);
    assert_ne!(batch, tiny());
}

#[test]
fn movement_evidence_that_is_not_whole_is_refused_as_in_protobuf() {
    let cells = [ServingCell { time: Timestamp::EPOCH, mcc: 999, mnc: 1, area: 2, cell: u64::MAX }];
    let evidence = MovementEvidence { cells: &cells, ..MovementEvidence::default() };
    let mut bytes = encode_avro_batch(&tiny().with_movement(evidence)).unwrap();
    // Present; three empty lists; one cell of 999 and 1 in area 2, the last of all numbers; no more.
    let end = hex("02000000 02 00 ce0f 02 04 01 00".replace(' ', "").as_str());
    assert!(bytes.ends_with(&end));
    let code = bytes.len() - 6;
    let fault = DecodeError::Movement { list: "cells", position: 0 };
    // The country's code is 2^16 now.
    bytes.splice(code..code + 2, hex("808008"));
    assert_eq!(decode_avro_batch(&bytes, &limits()), Err(AvroReadError::Content(fault)));
    // And now it is none of 32 bits.
    bytes.splice(code..code + 3, hex("01"));
    let fault = DecodeError::Malformed { reason: "a number is not from 0 to 2^32".into() };
    assert_eq!(decode_avro_batch(&bytes, &limits()), Err(AvroReadError::Content(fault)));
}

#[test]
fn a_signal_that_fell_silent_comes_back() {
    assert_round_trip(&batch_of(vec![rpm(0, 1), speed(0, 1.0), rpm(7, 2), speed(7, 2.0), rpm(9, 3)]));
}

#[test]
fn a_file_keeps_to_one_dictionary() {
    let mut file = AvroWriter::new(Vec::new(), &[], MARKER).unwrap();
    assert_eq!(file.push(&tiny()), Err(AvroWriteError::OtherDictionary));
    let empty = file.finish().unwrap();
    assert_eq!(AvroReader::new(empty.as_slice(), limits()).unwrap().count(), 0);
}

#[test]
fn an_output_that_fails_is_told() {
    #[derive(Debug)]
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let kind = std::io::ErrorKind::StorageFull;
    assert_eq!(AvroWriter::new(Full, &[], MARKER).unwrap_err(), AvroWriteError::Output { kind });
}

#[test]
fn an_object_of_another_schema_is_named() {
    let mut bytes = hex(BATCH_HEX);
    bytes[2] = 0xFF;
    let mut fingerprint = AvroFingerprint::BATCH;
    fingerprint.0[0] = 0xFF;
    let error = AvroReadError::UnknownSchema { fingerprint };
    let rest = &AvroFingerprint::BATCH.to_string()[2..];
    assert_eq!(error.to_string(), format!("an object of the unknown schema ff{rest}"));
    assert_eq!(decode_avro_batch(&bytes, &limits()), Err(error));
    // A dictionary is none either.
    let fingerprint = AvroFingerprint::DICTIONARY;
    let refused = decode_avro_batch(&hex(DICTIONARY_HEX), &limits());
    assert_eq!(refused, Err(AvroReadError::UnknownSchema { fingerprint }));
}

#[test]
fn damage_to_an_object_is_noticed() {
    let bytes = hex(BATCH_HEX);
    for len in 0..bytes.len() {
        assert!(decode_avro_batch(&bytes[..len], &limits()).is_err(), "{len} bytes");
    }
    let longer = [bytes, vec![0]].concat();
    assert!(matches!(
        decode_avro_batch(&longer, &limits()),
        Err(AvroReadError::Content(DecodeError::Malformed { .. }))
    ));
    assert_eq!(decode_avro_batch(b"\xC3\x01\0\0\0\0\0\0\0", &limits()), Err(AvroReadError::NotAnObject));
}

#[test]
fn a_record_that_is_no_batch_is_refused_as_in_protobuf() {
    // The length of the timeline, 3, becomes 2. It stands behind the end of the start.
    let mut bytes = hex(BATCH_HEX);
    let lengths = bytes.windows(4).position(|window| window == [0x06, 0x02, 0x06, 0x00]).unwrap() + 1;
    bytes[lengths + 1] = 4;
    let fault = DecodeError::ListLength { list: "timeline_steps_us", len: 2, expected: 1 };
    assert_eq!(decode_avro_batch(&bytes, &limits()), Err(AvroReadError::Content(fault)));
}

proptest! {
    #[test]
    fn every_batch_comes_back_to_the_bit(parts in any_parts()) {
        parts.with_batch(|batch| assert_round_trip(batch));
    }

    #[test]
    fn no_object_panics(
        position in 0..BATCH_HEX.len() / 2,
        byte in any::<u8>(),
        tail in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut bytes = hex(BATCH_HEX);
        bytes[position] = byte;
        bytes.truncate(bytes.len() - tail.len().min(30));
        bytes.extend(tail);
        let dictionary = decode_avro_dictionary(&hex(DICTIONARY_HEX), &limits()).unwrap();
        if let Ok(decoded) = decode_avro_batch(&bytes, &limits())
            && let Ok(batch) = decoded.to_batch(&dictionary)
        {
            prop_assert_eq!(batch.readings().len(), decoded.readings());
        }
    }
}

#[test]
fn the_parts_hold_every_kind_of_value() {
    // The strategy above is a list of kinds; one that it forgets would not be tested.
    let kinds = Parts::one_of_each();
    kinds.with_batch(|batch| {
        assert_eq!(batch.readings().len(), 6);
        assert!(batch.movement().is_some());
        assert_round_trip(batch);
    });
}
