//! Leaves of a batch: each signal alone, the same from the device's encoder and from what the backend received.
#![cfg(feature = "proto")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use dimo_types::wire::{
    BatchEncoder, BatchHeader, DecodeLimits, DecodedBatch, EncoderMemory, SealError, decode_batch,
    decode_dictionary, dictionary_hash, encode_dictionary,
};
use dimo_types::{
    BatchParts, Raw, Reading, Scale, SignalInfo, SignalValue, TokenId, Unit, VehicleEvent, VehicleEventName,
};
use miniz_oxide::deflate::compress_to_vec_zlib;
use proptest::prelude::*;
use util::{ID, at, bits, device, reading};

fn signals() -> [SignalInfo<'static>; 4] {
    ["a", "b", "c", "d"].map(|name| SignalInfo { name, unit: Unit::None, scale: Scale::IDENTITY })
}

/// The leaves as the device writes them, and the batch as the backend gets it.
fn both(readings: &[Reading<'_>], parts: &BatchParts<'_>) -> (Vec<Vec<u8>>, DecodedBatch) {
    let vehicle = Some(TokenId::from(1337));
    let dictionary_hash = dictionary_hash(&signals());
    let header = BatchHeader { id: ID, device: device(), vehicle, dictionary_hash };
    let mut memory = EncoderMemory::<4, 60, 200>::new();
    let mut encoder = BatchEncoder::new(memory.as_mut(), 8192);
    for reading in readings {
        encoder.push(reading).unwrap();
    }
    let mut out = [0; 8192];
    let count = encoder.leaves(&header, parts);
    let leaves = (0..count).map(|index| encoder.leaf(index, &header, parts, &mut out).unwrap().to_vec());
    let leaves = leaves.collect();
    assert_eq!(encoder.leaf(count, &header, parts, &mut out), Ok(&[][..]));
    let message = encoder.seal(&header, parts, &mut out).unwrap();
    (leaves, decoded(message))
}

fn decoded(message: &[u8]) -> DecodedBatch {
    decode_batch(&compress_to_vec_zlib(message, 1), &DecodeLimits::default()).unwrap()
}

fn raw(micros: u64, signal: u16, raw: i64) -> Reading<'static> {
    reading(micros, signal, SignalValue::Scaled { raw: Raw::Signed(raw), scale: Scale::IDENTITY })
}

#[test]
fn a_leaf_is_a_batch_of_one_signal() {
    let readings = [raw(0, 0, 7), raw(0, 1, 1), raw(10, 0, 8), raw(10, 1, 2), raw(20, 1, 3), raw(30, 3, 9)];
    let event = [VehicleEvent::new(VehicleEventName::Collision, at(1))];
    let parts = BatchParts { events: &event, ..BatchParts::default() };
    let (leaves, batch) = both(&readings, &parts);
    assert_eq!(leaves.len(), 4);
    let dictionary = encode_dictionary(&signals());
    let dictionary = decode_dictionary(&dictionary, &DecodeLimits::default()).unwrap();
    for (leaf, signal) in leaves.iter().zip([0, 1, 3]) {
        let leaf = decoded(leaf);
        assert_eq!((leaf.id(), leaf.device(), leaf.vehicle()), (batch.id(), batch.device(), batch.vehicle()));
        let expected = readings.iter().filter(|reading| reading.signal.0 == signal).map(bits);
        let leaf = leaf.to_batch(&dictionary).unwrap();
        assert!(leaf.readings().iter().map(bits).eq(expected), "signal {signal}");
        assert!(leaf.parts().is_empty());
    }
    let last = decoded(&leaves[3]);
    let last = last.to_batch(&dictionary).unwrap();
    assert_eq!((last.readings().len(), last.events()), (0, event.as_slice()));
}

#[test]
fn a_seed_salts_every_leaf_and_is_no_part_of_any() {
    let readings = [raw(0, 0, 7), raw(0, 1, 7)];
    let (plain, _) = both(&readings, &BatchParts::default());
    let seed = [3; 16];
    let (salted, batch) = both(&readings, &BatchParts { leaf_seed: Some(seed), ..BatchParts::default() });
    // keccak256 of sixteen bytes 03 and four bytes of the index, by another implementation.
    let salts = ["2723c41e2eb9f8bc2c8a19c957badb40", "d97103d5254a76a5b6f28c87de3e6601"];
    for ((plain, salted), salt) in plain.iter().zip(&salted).zip(salts) {
        let (front, message) = salted.split_at(16);
        assert_eq!(message, plain);
        let hex: String = front.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, salt);
    }
    assert_eq!(batch.leaves().unwrap(), salted);
}

#[test]
fn a_buffer_too_small_for_a_leaf_is_told() {
    let mut memory = EncoderMemory::<4, 4, 8>::new();
    let mut encoder = BatchEncoder::new(memory.as_mut(), 8192);
    encoder.push(&raw(0, 0, 7)).unwrap();
    let header = BatchHeader { id: ID, device: device(), vehicle: None, dictionary_hash: [0; 32] };
    let mut short = [0; 20];
    let refused = encoder.leaf(0, &header, &BatchParts::default(), &mut short);
    let Err(SealError::BufferTooSmall { bytes }) = refused else { panic!("{refused:?}") };
    assert_eq!(encoder.leaf(0, &header, &BatchParts::default(), &mut vec![0; bytes]).unwrap().len(), bytes);
}

#[test]
fn leaves_of_what_is_not_all_known_are_not_guessed() {
    let (_, batch) = both(&[raw(0, 0, 7)], &BatchParts::default());
    assert!(batch.leaves().is_some());
    let (leaves, _) = both(&[raw(0, 0, 7)], &BatchParts::default());
    let later = [leaves[0].as_slice(), &[0x98, 0x06, 0x01]].concat();
    assert_eq!(decoded(&later).leaves(), None);
}

proptest! {
    #[test]
    fn the_backend_finds_the_leaves_that_the_device_hashed(
        readings in proptest::collection::vec((0u64..9, 0u16..4, prop_oneof![
            (-9i64..9).prop_map(|raw| SignalValue::Scaled { raw: Raw::Signed(raw), scale: Scale::IDENTITY }),
            any::<f64>().prop_filter("equal to itself", |value| !value.is_nan()).prop_map(SignalValue::Float),
            Just(SignalValue::Text("P0456")),
        ]), 0..60),
        seed in proptest::option::of(any::<[u8; 16]>()),
        event in any::<bool>(),
    ) {
        // Not in the order of their times.
        let readings: Vec<_> = readings.iter().map(|(time, signal, value)| reading(*time * 1000, *signal, *value)).collect();
        let events = [VehicleEvent::new(VehicleEventName::Collision, at(1))];
        let events = if event { &events[..] } else { &[] };
        let (leaves, batch) = both(&readings, &BatchParts { events, leaf_seed: seed, ..BatchParts::default() });
        prop_assert_eq!(batch.leaves().unwrap(), leaves);
    }
}
