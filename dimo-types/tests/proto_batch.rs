//! Batches through `dimo.v1` and back, and what a decoder refuses.
#![cfg(feature = "proto")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use dimo_types::wire::{
    BindError, ColumnFault, DecodeError, DecodeLimits, DecodedBatch, SignedMessage, SignedMessageError,
    decode_batch, decode_dictionary, dictionary_hash, encode_batch, encode_dictionary, v1,
};
use dimo_types::{
    Address, Batch, BusSpeed, CanProtocol, Fingerprint, GnssFix, Location, MotionSummary, MovementEvidence,
    Raw, Reading, RecordId, Scale, ServingCell, SignalIndex, SignalInfo, SignalValue, Tags, Timestamp,
    TokenId, TroubleReport, Unit, VehicleEvent, VehicleEventName,
};
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib;
use proptest::prelude::*;
use prost::Message;
use util::any_batch::any_parts;
use util::{
    ID, START_US, assert_same, at, batch_of, device, dictionary, position, reading, rpm, speed, tiny,
};

// Written by hand after the schema, in Python, with the hash and the zlib streams of its own making.
const DICTIONARY_HEX: &str =
    "0a1a0a0a456e67696e652e52706d120372706d19000000000000d03f0a0d0a05737065656412046b6d2f68";
const DICTIONARY_HASH: &str = "af8a59a40da4d11ec4f2933ebb462efb7e70a87ba3ac6f4aee6594df0b4d23f7";
const DICTIONARY_ZLIB: &str =
    "789ce392e2e272cd4bcfcc4bd50b2ac815622e2ac8956400830bf65cbc5cacc505a9a929422cd9b9fa1900da430a34";
const BATCH_HEX: &str = "0a14070707070707070707070707070707070707070712142a82163eb20f272efea5cdae000d87fef79590ee1a0205392220af8a59a40da4d11ec4f2933ebb462efb7e70a87ba3ac6f4aee6594df0b4d23f7288080f9c0c1c482033201033a01004205a09c01c8014a020000520200005a0201036202fc3f6a02080f7218000000000040494000000000004049400000000000000080";
const BATCH_ZLIB: &str = "789ce31261c7028444b49ac4ec36f1abebfd5b7a761d036ffbbfef5327bc936262b5545258df15b98477c945b9239f26dbed76d3fb5d57b0a27af19a7caf77a953ee73fb2a7fd76868f879e0e09126662346662b460627d60573184f307a3131300401711413237312d31ffb2c260efe2209061070f07440a119181a00fef0297c";

fn hex(text: &str) -> Vec<u8> {
    let digit = |c: u8| u8::try_from((c as char).to_digit(16).unwrap()).unwrap();
    text.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

fn limits() -> DecodeLimits {
    DecodeLimits::default()
}

#[track_caller]
fn assert_round_trip(batch: &Batch<'_>) {
    let dictionary = decode_dictionary(&encode_dictionary(batch.dictionary()), &limits()).unwrap();
    let decoded = decode_batch(&encode_batch(batch), &limits()).unwrap();
    assert_eq!(decoded.readings(), batch.readings().len());
    assert_same(&decoded.to_batch(&dictionary).unwrap(), batch);
}

#[test]
fn a_tiny_batch_has_exactly_the_bytes_of_the_schema() {
    let encoded = decompress_to_vec_zlib(&encode_batch(&tiny())).unwrap();
    assert_eq!(encoded, hex(BATCH_HEX));
    let encoded = decompress_to_vec_zlib(&encode_dictionary(&dictionary())).unwrap();
    assert_eq!(encoded, hex(DICTIONARY_HEX));
    assert_eq!(dictionary_hash(&dictionary()).as_slice(), hex(DICTIONARY_HASH));
}

#[test]
fn what_another_encoder_wrote_is_read() {
    let dictionary = decode_dictionary(&hex(DICTIONARY_ZLIB), &limits()).unwrap();
    let decoded = decode_batch(&hex(BATCH_ZLIB), &limits()).unwrap();
    assert_eq!(
        (decoded.id(), decoded.device(), decoded.vehicle()),
        (ID, device(), Some(TokenId::from(1337)))
    );
    assert_same(&decoded.to_batch(&dictionary).unwrap(), &tiny());
}

#[test]
fn a_batch_without_readings_comes_back() {
    assert_round_trip(&Batch::new(ID, device(), None, [], vec![]).unwrap());
    assert_round_trip(&batch_of(vec![]));
}

#[test]
fn a_signal_whose_kind_of_value_changes_keeps_its_order_at_one_time() {
    // The second stretch of signal 0 shares its time with a column that comes earlier.
    let raw = |raw| SignalValue::Scaled { raw, scale: Scale::IDENTITY };
    let readings = vec![
        reading(5, 0, SignalValue::Bool(true)),
        reading(3, 1, SignalValue::Text("a")),
        reading(5, 1, SignalValue::Text("b")),
        reading(5, 1, SignalValue::Float(1.0)),
        reading(5, 1, raw(Raw::Unsigned(u64::MAX))),
        reading(5, 1, raw(Raw::Signed(i64::MIN))),
        reading(5, 1, SignalValue::Text("b")),
    ];
    assert_round_trip(&batch_of(readings));
}

#[test]
fn extremes_of_integers_times_and_ids_come_back() {
    let raw = |raw| SignalValue::Scaled { raw, scale: Scale::IDENTITY };
    let mut readings = Vec::new();
    for (time, signed, unsigned) in [
        (Timestamp::EPOCH, i64::MIN, u64::MAX),
        (Timestamp::MAX, i64::MAX, 0),
        (Timestamp::EPOCH, i64::MIN, 1 << 63),
        (Timestamp::MAX, -1, u64::MAX),
    ] {
        readings.push(Reading { time, signal: SignalIndex(0), value: raw(Raw::Signed(signed)) });
        readings.push(Reading { time, signal: SignalIndex(1), value: raw(Raw::Unsigned(unsigned)) });
    }
    let entry = SignalInfo { name: "", unit: Unit::None, scale: Scale::IDENTITY };
    for vehicle in [None, Some(TokenId::from(0)), Some(TokenId::from_be_bytes([0xFF; 32]))] {
        let batch =
            Batch::new(RecordId::from_bytes([0; 20]), Address::ZERO, vehicle, [entry; 2], readings.clone());
        assert_round_trip(&batch.unwrap());
    }
}

#[test]
fn signals_of_one_message_share_their_times() {
    let two_messages = batch_of(vec![rpm(0, 1), speed(0, 1.0), rpm(7, 2), speed(9, 2.0)]);
    let lengths = |batch: &Batch<'_>| {
        let encoded = decompress_to_vec_zlib(&encode_batch(batch)).unwrap();
        v1::TelemetryBatch::decode(encoded.as_slice()).unwrap().timeline_lengths
    };
    assert_eq!(lengths(&tiny()), [3]);
    assert_eq!(lengths(&two_messages), [2, 2]);
}

#[test]
fn a_regular_signal_costs_a_small_part_of_a_byte() {
    let readings: Vec<_> =
        (0..20_000).flat_map(|i| [rpm(i * 10_000, 4000 + i as i64), speed(i * 10_000, 50.0)]).collect();
    let batch = batch_of(readings);
    let bytes = encode_batch(&batch).len();
    assert!(bytes < 500, "{bytes} bytes for {} readings", batch.readings().len());
    assert_round_trip(&batch);
}

/// The tiny batch as a message, changed by `change`, and what the decoder says to it.
fn decode_changed(change: impl FnOnce(&mut v1::TelemetryBatch)) -> Result<usize, DecodeError> {
    changed(change).map(|batch| batch.readings())
}

fn changed(change: impl FnOnce(&mut v1::TelemetryBatch)) -> Result<DecodedBatch, DecodeError> {
    let mut message = v1::TelemetryBatch::decode(hex(BATCH_HEX).as_slice()).unwrap();
    change(&mut message);
    decode_batch(&compress_to_vec_zlib(&message.encode_to_vec(), 6), &limits())
}

#[test]
fn fields_of_a_wrong_length_are_refused() {
    let length = |field, len| Err(DecodeError::FieldLength { field, len });
    assert_eq!(decode_changed(|m| m.id.truncate(19)), length("id", 19));
    assert_eq!(decode_changed(|m| m.device.push(0)), length("device", 21));
    assert_eq!(decode_changed(|m| m.dictionary_hash.clear()), length("dictionary_hash", 0));
    assert_eq!(decode_changed(|m| m.vehicle = Some(vec![1; 33])), length("vehicle", 33));
}

#[test]
fn times_outside_the_calendar_are_refused() {
    let micros = Timestamp::MAX.as_micros() + 1;
    assert_eq!(decode_changed(|m| m.start_us = micros), Err(DecodeError::Start { micros }));
    for (first, steps) in
        [(-(START_US as i64) - 1, [0, 0]), (i64::MAX, [0, 0]), (0, [i64::MAX, i64::MAX]), (0, [1, i64::MIN])]
    {
        let refused = decode_changed(|m| {
            m.timeline_firsts_us = vec![first];
            m.timeline_steps_us = steps.to_vec();
        });
        assert_eq!(refused, Err(DecodeError::Timeline { timeline: 0 }), "{first} {steps:?}");
    }
}

#[test]
fn timelines_that_are_empty_or_have_not_their_times_are_refused() {
    let list = |list, len, expected| Err(DecodeError::ListLength { list, len, expected });
    assert_eq!(decode_changed(|m| m.timeline_firsts_us.push(0)), list("timeline_firsts_us", 2, 1));
    assert_eq!(decode_changed(|m| m.timeline_steps_us.push(0)), list("timeline_steps_us", 3, 2));
    assert_eq!(
        decode_changed(|m| m.timeline_lengths = vec![u64::MAX]),
        list("timeline_steps_us", 2, usize::MAX - 1)
    );
    let empty = decode_changed(|m| {
        m.timeline_lengths = vec![3, 0];
        m.timeline_firsts_us = vec![0, 0];
    });
    assert_eq!(empty, Err(DecodeError::Timeline { timeline: 1 }));
    let wraps = decode_changed(|m| {
        m.timeline_lengths = vec![u64::MAX, u64::MAX, 3];
        m.timeline_firsts_us = vec![0; 3];
    });
    assert_eq!(wraps, list("timeline_steps_us", 2, usize::MAX));
}

#[test]
fn columns_that_name_what_there_is_not_are_refused() {
    let fault = |column, fault| Err(DecodeError::Column { column, fault });
    assert_eq!(
        decode_changed(|m| m.column_signals[0] = 65_536),
        fault(0, ColumnFault::Signal { signal: 65_536 })
    );
    assert_eq!(decode_changed(|m| m.column_signals[1] = -2), fault(1, ColumnFault::Signal { signal: -1 }));
    assert_eq!(
        decode_changed(|m| m.column_timelines[1] = 1),
        fault(1, ColumnFault::Timeline { timeline: 1 })
    );
    assert_eq!(
        decode_changed(|m| m.column_timelines[1] = -1),
        fault(1, ColumnFault::Timeline { timeline: -1 })
    );
}

#[test]
fn a_column_may_lack_the_last_times_of_its_timeline_but_not_all_of_them() {
    let fewer = |m: &mut v1::TelemetryBatch| {
        m.column_shorts = vec![0, 2];
        m.floats.truncate(1);
    };
    assert_eq!(decode_changed(fewer), Ok(4));
    assert_eq!(
        decode_changed(|m| m.column_shorts = vec![0, 3]),
        Err(DecodeError::Column { column: 1, fault: ColumnFault::Short { lacks: 3, times: 3 } })
    );
    let list = DecodeError::ListLength { list: "column_shorts", len: 1, expected: 2 };
    assert_eq!(decode_changed(|m| m.column_shorts = vec![0]), Err(list));
}

#[test]
fn a_column_of_a_kind_that_a_later_version_added_is_left_out_and_reported() {
    for kind in [0, 7, -1] {
        let decoded = changed(|m| {
            m.column_kinds[1] = kind;
            m.floats.clear();
        })
        .unwrap();
        assert_eq!((decoded.readings(), decoded.unknown().kinds.as_slice()), (3, [kind].as_slice()));
    }
}

#[test]
fn columns_that_have_not_one_value_for_each_time_are_refused() {
    let list = |list, len, expected| Err(DecodeError::ListLength { list, len, expected });
    assert_eq!(decode_changed(|m| m.column_timelines.push(0)), list("column_timelines", 3, 2));
    assert_eq!(decode_changed(|m| m.column_kinds.truncate(1)), list("column_kinds", 1, 2));
    assert_eq!(decode_changed(|m| m.raw_firsts.clear()), list("raw_firsts", 0, 1));
    assert_eq!(decode_changed(|m| m.raw_steps.push(0)), list("raw_steps", 3, 2));
    assert_eq!(decode_changed(|m| m.floats.push(0.0)), list("floats", 4, 3));
    assert_eq!(decode_changed(|m| m.texts.push(String::new())), list("texts", 1, 0));
    assert_eq!(decode_changed(|m| m.states.push(true)), list("states", 1, 0));
    assert_eq!(decode_changed(|m| m.locations.push(v1::Location::default())), list("locations", 1, 0));
    let nowhere = v1::Location { latitude: Some(1.0), ..Default::default() };
    let partial = decode_changed(|m| {
        m.column_kinds[1] = v1::Kind::Location.into();
        m.floats.clear();
        m.locations = vec![nowhere; 3];
    });
    assert_eq!(partial, Err(DecodeError::Coordinates { position: 0 }));
}

#[test]
fn a_batch_is_bound_only_to_the_dictionary_it_names() {
    let decoded = decode_batch(&encode_batch(&tiny()), &limits()).unwrap();
    let mut other = dictionary();
    other[0].scale.offset = 1.0;
    let other = decode_dictionary(&encode_dictionary(&other), &limits()).unwrap();
    let named = dictionary_hash(&dictionary());
    assert_eq!(
        decoded.to_batch(&other).unwrap_err(),
        BindError::OtherDictionary { named, given: *other.hash() }
    );
}

#[test]
fn a_signal_that_the_named_dictionary_lacks_is_refused() {
    let mut message = v1::TelemetryBatch::decode(hex(BATCH_HEX).as_slice()).unwrap();
    message.column_signals[1] = 1;
    let decoded = decode_batch(&compress_to_vec_zlib(&message.encode_to_vec(), 6), &limits()).unwrap();
    let dictionary = decode_dictionary(&hex(DICTIONARY_ZLIB), &limits()).unwrap();
    assert_eq!(
        decoded.to_batch(&dictionary).unwrap_err(),
        BindError::UnknownSignal { signal: SignalIndex(2), entries: 2 }
    );
}

#[test]
fn damage_to_the_stream_is_noticed() {
    let bytes = encode_batch(&tiny());
    for len in 0..bytes.len() {
        assert_eq!(decode_batch(&bytes[..len], &limits()), Err(DecodeError::NotZlib), "{len} bytes");
    }
    // A message cut between two fields is a message too, with fewer readings; the checksum and the signature notice that.
    let message = hex(BATCH_HEX);
    for len in 1..message.len() {
        let cut = compress_to_vec_zlib(&message[..len], 1);
        let whole = decode_batch(&cut, &limits()).is_ok_and(|batch| batch.readings() == 6);
        assert!(!whole, "{len} bytes of the message");
    }
}

#[test]
fn a_decompression_bomb_ends_at_the_limit() {
    let bomb = compress_to_vec_zlib(&vec![0; 16 << 20], 1);
    assert!(bomb.len() < 200_000);
    let limit = limits().inflated_bytes;
    assert_eq!(decode_batch(&bomb, &limits()), Err(DecodeError::TooLarge { limit }));
    assert_eq!(decode_dictionary(&bomb, &limits()), Err(DecodeError::TooLarge { limit }));
}

#[test]
fn the_longest_message_is_the_limit() {
    let bytes = encode_batch(&tiny());
    let len = hex(BATCH_HEX).len();
    let with = |inflated_bytes| decode_batch(&bytes, &DecodeLimits { inflated_bytes, ..limits() });
    assert!(with(len).is_ok());
    assert_eq!(with(len - 1), Err(DecodeError::TooLarge { limit: len - 1 }));
}

#[test]
fn what_is_small_on_the_wire_and_large_in_memory_is_refused() {
    let limit = 1 << 20;
    let limits = DecodeLimits { memory_bytes: limit, ..limits() };
    let too_much = |message: v1::TelemetryBatch| {
        let bytes = message.encode_to_vec();
        assert!(bytes.len() < limit / 20, "{} bytes", bytes.len());
        let refused = decode_batch(&compress_to_vec_zlib(&bytes, 1), &limits);
        assert_eq!(refused, Err(DecodeError::TooMuchMemory { limit }));
    };
    let of = v1::TelemetryBatch::default;
    too_much(v1::TelemetryBatch { timeline_lengths: vec![0; 40_000], ..of() });
    too_much(v1::TelemetryBatch { timeline_steps_us: vec![0; 40_000], ..of() });
    too_much(v1::TelemetryBatch { column_signals: vec![0; 30_000], ..of() });
    too_much(v1::TelemetryBatch { raw_steps: vec![0; 10_000], ..of() });
    too_much(v1::TelemetryBatch { states: vec![true; 10_000], ..of() });
    too_much(v1::TelemetryBatch { floats: vec![0.0; 6_000], ..of() });
    too_much(v1::TelemetryBatch { texts: vec![String::new(); 5_000], ..of() });
    let tags = vec![String::new(); 10_000];
    too_much(v1::TelemetryBatch { events: vec![v1::Event { tags, ..Default::default() }], ..of() });
    too_much(v1::TelemetryBatch { trouble_codes: vec![v1::TroubleReport::default(); 15_000], ..of() });
    let movement = Some(v1::Movement { fixes: vec![v1::Fix::default(); 15_000], ..Default::default() });
    too_much(v1::TelemetryBatch { movement, ..of() });
    too_much(v1::TelemetryBatch { column_shorts: vec![0; 50_000], ..of() });
    too_much(v1::TelemetryBatch { locations: vec![v1::Location::default(); 3_000], ..of() });
}

#[test]
fn a_dictionary_has_at_most_as_many_entries_as_there_are_indexes() {
    let with = |entries: usize| {
        decode_dictionary(&compress_to_vec_zlib(&[0x0a, 0x00].repeat(entries), 1), &limits())
    };
    assert_eq!(with(65_536).map(|dictionary| dictionary.len()), Ok(65_536));
    assert_eq!(with(65_537), Err(DecodeError::TooManySignals));
}

#[test]
fn a_full_bus_for_twenty_seconds_is_within_the_default_limits() {
    let entry = SignalInfo { name: "a", unit: Unit::None, scale: Scale::IDENTITY };
    let value = |raw| SignalValue::Scaled { raw: Raw::Signed(raw), scale: Scale::IDENTITY };
    let readings =
        (0..640_000).map(|i| reading(i / 8 * 250, (i % 8) as u16, value((i % 251) as i64))).collect();
    assert_round_trip(&Batch::new(ID, device(), None, [entry; 8], readings).unwrap());
}

#[test]
fn unknown_fields_of_a_later_version_are_passed_over() {
    // Field 99 as a varint, fixed64, bytes and fixed32.
    let later = hex("980601990600000000000000009a0602abcd9d0600000000");
    let bytes = compress_to_vec_zlib(&[later.clone(), hex(BATCH_HEX), later].concat(), 6);
    let decoded = decode_batch(&bytes, &limits()).unwrap();
    assert_eq!((decoded.readings(), decoded.unknown().fields.as_slice()), (6, [99].as_slice()));
    assert!(!decoded.unknown().is_empty());
    assert_eq!(decoded.leaves(), None);
    assert!(decode_batch(&encode_batch(&tiny()), &limits()).unwrap().unknown().is_empty());
}

#[test]
fn a_field_more_in_a_message_of_the_batch_is_reported() {
    // Field 9 of an event, of a position, of a fix and of a position of a fix.
    let within = |number: u8, inner: &[u8]| {
        let key = [number << 3 & 0x7F | 0x82, number >> 4];
        [&key[..], &[inner.len() as u8], inner].concat()
    };
    let more = [0x48, 0x01];
    let event = [&b"\x0a\x10safety.collision"[..], &more].concat();
    let place = [&[9; 1][..], &[0; 8], &[0x11], &[0; 8], &more].concat();
    let fix = |place: &[u8], more: &[u8]| [&[0x12, place.len() as u8][..], place, more].concat();
    let in_movement = |fix: Vec<u8>| [&[0x0a, fix.len() as u8][..], &fix].concat();
    for (number, inner) in [
        (18, event),
        (23, in_movement(fix(&place, &[]))),
        (23, in_movement(fix(&place[..18], &more))),
        (23, more.to_vec()),
    ] {
        let bytes = [hex(BATCH_HEX), within(number, &inner)].concat();
        let decoded = decode_batch(&compress_to_vec_zlib(&bytes, 6), &limits()).unwrap();
        assert_eq!(decoded.unknown().fields_with_more, [u64::from(number)], "{inner:?}");
        assert_eq!(decoded.leaves(), None);
    }
}

#[test]
fn events_trouble_codes_and_the_fingerprint_come_back() {
    let codes = ["P0456", "U0100"].map(|code| code.parse().unwrap());
    let event = VehicleEvent {
        duration_ns: Some(0),
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
    assert_round_trip(&batch.with_fingerprint(Fingerprint {
        protocol: None,
        odometer_km: None,
        ..fingerprint
    }));
    let alone = Batch::new(ID, device(), None, [], vec![]).unwrap().with_events([plain]);
    assert_round_trip(&alone);
}

#[test]
fn movement_evidence_comes_back() {
    let location = Location { heading: Some(90.0), ..position(52.5, 13.4) };
    let fix = GnssFix { time: at(5), location, speed_m_s: Some(-0.0), satellites: Some(255) };
    let fixes = [fix, GnssFix { time: at(1), speed_m_s: None, satellites: None, ..fix }];
    let bus_speeds = [BusSpeed { time: Timestamp::MAX, speed_km_h: -3.5 }];
    let motion = [MotionSummary { from: at(9), until: at(2), mean_m_s2: 0.0, peak_m_s2: 9.8, samples: 0 }];
    let cells = [ServingCell { time: at(0), mcc: 262, mnc: 1, area: u32::MAX, cell: u64::MAX }];
    let evidence =
        MovementEvidence { fixes: &fixes, bus_speeds: &bus_speeds, motion: &motion, cells: &cells };
    assert_round_trip(&tiny().with_movement(evidence));
    assert_round_trip(&tiny().with_movement(MovementEvidence::default()).with_leaf_seed([5; 16]));
}

#[test]
fn movement_evidence_that_is_not_whole_is_refused() {
    let location = Some(v1::Location { latitude: Some(1.0), longitude: Some(2.0), ..Default::default() });
    let fix = v1::Fix { step_us: 1, location, speed_m_s: None, satellites: None };
    let refused = |movement: v1::Movement| decode_changed(|m| m.movement = Some(movement));
    let with = |fix| v1::Movement {
        fixes: vec![v1::Fix { location, ..Default::default() }, fix],
        ..Default::default()
    };
    assert!(refused(with(fix)).is_ok());
    for fix in [
        v1::Fix { step_us: -1, ..fix },
        v1::Fix { step_us: i64::MAX, ..fix },
        v1::Fix { location: None, ..fix },
        v1::Fix { location: Some(v1::Location::default()), ..fix },
        v1::Fix { satellites: Some(256), ..fix },
    ] {
        assert_eq!(refused(with(fix)), Err(DecodeError::Movement { list: "fixes", position: 1 }), "{fix:?}");
    }
    let list = |list| Err(DecodeError::Movement { list, position: 0 });
    let speeds = vec![v1::BusSpeed::default()];
    assert_eq!(refused(v1::Movement { bus_speeds: speeds, ..Default::default() }), list("bus_speeds"));
    let motion = v1::Motion { mean_m_s2: Some(1.0), peak_m_s2: Some(1.0), ..Default::default() };
    for motion in [
        v1::Motion { mean_m_s2: None, ..motion },
        v1::Motion { peak_m_s2: None, ..motion },
        v1::Motion { span_us: -1, ..motion },
    ] {
        assert_eq!(refused(v1::Movement { motion: vec![motion], ..Default::default() }), list("motion"));
    }
    for cell in
        [v1::Cell { mcc: 1 << 16, ..Default::default() }, v1::Cell { mnc: 1 << 16, ..Default::default() }]
    {
        assert_eq!(refused(v1::Movement { cells: vec![cell], ..Default::default() }), list("cells"));
    }
    assert_eq!(
        decode_changed(|m| m.leaf_seed = Some(vec![1; 15])),
        Err(DecodeError::FieldLength { field: "leaf_seed", len: 15 })
    );
}

#[test]
fn events_and_protocols_of_a_later_version_are_reported_and_the_rest_is_read() {
    let decoded = changed(|m| {
        let event = |name: &str| v1::Event { name: name.into(), ..v1::Event::default() };
        m.events = vec![event("behavior.sneezed"), event("safety.collision"), event("behavior.sneezed")];
        let vehicle_number = "1HGBH41JXMN109186".into();
        m.fingerprint = Some(v1::Fingerprint { vehicle_number, protocol: Some(300), ..Default::default() });
    });
    let decoded = decoded.unwrap();
    assert_eq!(decoded.unknown().events, ["behavior.sneezed"]);
    assert_eq!(decoded.unknown().protocol, Some(300));
    let dictionary = decode_dictionary(&hex(DICTIONARY_ZLIB), &limits()).unwrap();
    let batch = decoded.to_batch(&dictionary).unwrap();
    assert_eq!(batch.events(), [VehicleEvent::new(VehicleEventName::Collision, Timestamp::EPOCH)]);
    assert_eq!(batch.fingerprint().unwrap().protocol, None);
}

#[test]
fn parts_that_cannot_be_are_refused() {
    let micros = Timestamp::MAX.as_micros() + 1;
    let late = |field| Err(DecodeError::PartTime { field, position: 0, micros });
    let event = v1::Event { name: "safety.collision".into(), time_us: micros, ..Default::default() };
    assert_eq!(decode_changed(|m| m.events = vec![event]), late("events"));
    let report = |time_us, codes: &[u8]| v1::TroubleReport { time_us, codes: codes.to_vec() };
    assert_eq!(decode_changed(|m| m.trouble_codes = vec![report(micros, &[])]), late("trouble_codes"));
    for codes in [&[1][..], &[1, 2, 3], &[0, 0], &[1, 2, 0, 0]] {
        let refused = decode_changed(|m| m.trouble_codes = vec![report(0, &[]), report(0, codes)]);
        assert_eq!(refused, Err(DecodeError::TroubleCodes { position: 1 }), "{codes:?}");
    }
    let nameless = v1::Fingerprint::default();
    assert_eq!(decode_changed(|m| m.fingerprint = Some(nameless)), Err(DecodeError::VehicleNumber));
}

#[test]
fn a_signed_message_is_what_the_schema_says() {
    let batch = SignedMessage::Batch { payload: vec![1, 2], signature: [9; 65] };
    assert_eq!(batch.encode(), [&hex("0a0201021a41")[..], &[9; 65]].concat());
    let dictionary = SignedMessage::Dictionary { payload: vec![3] };
    assert_eq!(dictionary.encode(), hex("120103"));
    for message in [batch, dictionary] {
        assert_eq!(SignedMessage::decode(&message.encode()), Ok(message));
    }
}

#[test]
fn a_signed_message_without_its_parts_is_refused() {
    let decode = |text: &str| SignedMessage::decode(&hex(text));
    assert_eq!(decode(""), Err(SignedMessageError::NoBody));
    assert_eq!(decode("0a0101"), Err(SignedMessageError::SignatureLength { len: 0 }));
    assert_eq!(decode("0a01011a0101"), Err(SignedMessageError::SignatureLength { len: 1 }));
    assert_eq!(decode("1201011a0101"), Err(SignedMessageError::SignatureLength { len: 1 }));
    assert!(matches!(decode("0aff"), Err(SignedMessageError::Malformed { .. })));
}

proptest! {
    #[test]
    fn every_batch_comes_back_to_the_bit(parts in any_parts()) {
        parts.with_batch(|batch| assert_round_trip(batch));
    }

    #[test]
    fn no_message_panics(
        position in 0..BATCH_HEX.len() / 2,
        byte in any::<u8>(),
        tail in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let dictionary = decode_dictionary(&hex(DICTIONARY_ZLIB), &limits()).unwrap();
        let mut message = hex(BATCH_HEX);
        message[position] = byte;
        message.extend(tail);
        if let Ok(decoded) = decode_batch(&compress_to_vec_zlib(&message, 1), &limits())
            && let Ok(batch) = decoded.to_batch(&dictionary)
        {
            prop_assert_eq!(batch.readings().len(), decoded.readings());
        }
    }
}
