//! The encoder without a heap: what it writes, what it refuses, and what it keeps when it refuses.
#![cfg(feature = "proto")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use dimo_types::wire::{
    BatchEncoder, BatchHeader, DecodeLimits, EncoderMemory, PushError, SealError, batch_message,
    decode_batch, decode_dictionary, dictionary_hash, encode_dictionary, v1,
};
use dimo_types::{
    BatchParts, Raw, Reading, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, TokenId, Unit,
    VehicleEvent, VehicleEventName,
};
use miniz_oxide::deflate::compress_to_vec_zlib;
use proptest::prelude::*;
use prost::Message;
use util::{ID, at, batch_of, bits, device, dictionary, position, reading, rpm, speed, tiny};

const SIGNALS: usize = 6;

fn six_signals() -> [SignalInfo<'static>; SIGNALS] {
    ["a", "b", "c", "d", "e", "f"].map(|name| SignalInfo { name, unit: Unit::None, scale: Scale::IDENTITY })
}

fn header(dictionary: &[SignalInfo<'_>]) -> BatchHeader {
    let vehicle = Some(TokenId::from(1337));
    BatchHeader { id: ID, device: device(), vehicle, dictionary_hash: dictionary_hash(dictionary) }
}

fn raw(micros: u64, signal: u16, raw: i64) -> Reading<'static> {
    reading(micros, signal, SignalValue::Scaled { raw: Raw::Signed(raw), scale: Scale::IDENTITY })
}

/// The message of these readings, pushed in this order.
fn message(readings: &[Reading<'_>]) -> v1::TelemetryBatch {
    let mut memory = EncoderMemory::<SIGNALS, 60, 400>::new();
    let mut encoder = BatchEncoder::new(memory.as_mut(), 8192);
    for reading in readings {
        encoder.push(reading).unwrap();
    }
    let mut out = [0; 8192];
    v1::TelemetryBatch::decode(
        encoder.seal(&header(&six_signals()), &BatchParts::default(), &mut out).unwrap(),
    )
    .unwrap()
}

/// The readings in `message`, in canonical order.
fn read(
    message: &[u8],
    dictionary: &[SignalInfo<'_>],
) -> Vec<(Timestamp, SignalIndex, String, Vec<Option<u64>>)> {
    let limits = DecodeLimits::default();
    let dictionary = decode_dictionary(&encode_dictionary(dictionary), &limits).unwrap();
    let decoded = decode_batch(&compress_to_vec_zlib(message, 1), &limits).unwrap();
    decoded.to_batch(&dictionary).unwrap().readings().iter().map(bits).collect()
}

#[test]
fn a_device_writes_the_message_that_a_host_writes() {
    let mut memory = EncoderMemory::<2, 2, 8>::new();
    let mut encoder = BatchEncoder::new(memory.as_mut(), 1024);
    for reading in tiny().readings() {
        encoder.push(reading).unwrap();
    }
    let event = [VehicleEvent::new(VehicleEventName::Collision, at(1))];
    let parts = BatchParts { events: &event, ..BatchParts::default() };
    let mut out = [0; 512];
    let written = encoder.seal(&header(&dictionary()), &parts, &mut out).unwrap();
    assert_eq!(written, batch_message(&tiny().with_events(event)));
    assert!(encoder.is_empty());
}

#[test]
fn a_signal_that_falls_silent_still_shares_its_times() {
    let message = message(&[raw(0, 0, 1), raw(0, 1, 1), raw(5, 0, 2), raw(5, 1, 2), raw(9, 0, 3)]);
    assert_eq!((message.timeline_lengths, message.column_shorts), (vec![3], vec![0, 1]));
}

#[test]
fn a_signal_that_skips_a_time_leaves_with_the_others_that_do() {
    let readings = [
        raw(0, 0, 1),
        raw(0, 1, 1),
        raw(0, 2, 1),
        raw(5, 0, 2), // the others skip this one
        raw(9, 0, 3),
        raw(9, 1, 2),
        raw(9, 2, 2),
    ];
    let message = message(&readings);
    assert_eq!(message.timeline_lengths, [3, 2]);
    assert_eq!(message.column_timelines, [0, 1, 0]);
    assert!(message.column_shorts.is_empty());
}

#[test]
fn two_that_leave_at_one_time_from_different_places_do_not_share() {
    // Signal 1 has 0, 7, 7; signal 2 has 0, 5, 7.
    let readings = [
        raw(0, 0, 1),
        raw(0, 1, 1),
        raw(0, 2, 1),
        raw(5, 0, 2),
        raw(5, 2, 2),
        raw(6, 0, 3),
        raw(7, 1, 2),
        raw(7, 1, 3),
        raw(7, 2, 3),
    ];
    let mut expected: Vec<_> = readings.iter().map(bits).collect();
    expected.sort_by_key(|(time, signal, ..)| (*time, *signal));
    assert_eq!(read(&message(&readings).encode_to_vec(), &six_signals()), expected);
}

#[test]
fn a_reading_of_no_entry_is_refused() {
    let mut memory = EncoderMemory::<2, 2, 8>::new();
    let mut encoder = BatchEncoder::new(memory.as_mut(), 1024);
    let refused = encoder.push(&raw(0, 2, 1));
    assert_eq!(refused, Err(PushError::UnknownSignal { signal: SignalIndex(2), entries: 2 }));
    assert!(encoder.is_empty());
}

#[test]
fn a_text_larger_than_the_budget_or_the_memory_is_refused_by_an_empty_encoder() {
    let long = "x".repeat(2000);
    for budget in [1000, 10_000] {
        let mut memory = EncoderMemory::<2, 2, 8>::new();
        let mut encoder = BatchEncoder::new(memory.as_mut(), budget);
        let text = reading(0, 0, SignalValue::Text(&long));
        assert_eq!(encoder.push(&text), Err(PushError::Full { readings: 0 }), "{budget}");
        encoder.push(&rpm(0, 1)).unwrap();
    }
}

/// Two signals at a hundred uneven times, then one of them alone, then a long text of the other at a time of its own.
fn a_text_that_leaves(text: &str) -> Vec<Reading<'_>> {
    let time = |i: u64| i * 1_000_000 + i * i * 37 % 900_001;
    let mut readings = Vec::new();
    for i in 0..100 {
        readings.push(raw(time(i), 0, i as i64 * 31));
        readings.push(reading(time(i), 1, SignalValue::Text("")));
    }
    readings.extend([
        raw(time(100), 0, 5),
        raw(time(101), 0, 5),
        reading(time(102), 1, SignalValue::Text(text)),
    ]);
    readings
}

/// Whether so many blocks take these readings; what they took is whole.
fn takes<const BLOCKS: usize>(readings: &[Reading<'_>]) -> bool {
    let dictionary = &six_signals()[..2];
    let mut memory = EncoderMemory::<2, 4, BLOCKS>::new();
    let mut encoder = BatchEncoder::new(memory.as_mut(), 8192);
    let all = readings.iter().try_for_each(|reading| encoder.push(reading)).is_ok();
    let expected: Vec<_> = readings.iter().take(encoder.len() as usize).map(bits).collect();
    let mut out = [0; 8192];
    let message = encoder.seal(&header(dictionary), &BatchParts::default(), &mut out).unwrap();
    assert_eq!(read(message, dictionary), expected, "{BLOCKS} blocks");
    all
}

#[test]
fn a_long_text_at_a_time_of_its_own_is_whole_or_refused_whatever_memory_there_is() {
    let text = "x".repeat(300);
    let readings = a_text_that_leaves(&text);
    let taken = [
        takes::<20>(&readings),
        takes::<28>(&readings),
        takes::<34>(&readings),
        takes::<36>(&readings),
        takes::<38>(&readings),
        takes::<40>(&readings),
        takes::<42>(&readings),
        takes::<44>(&readings),
        takes::<46>(&readings),
        takes::<50>(&readings),
        takes::<60>(&readings),
    ];
    assert!(!taken[0] && taken[10], "{taken:?}");
    for len in (100..900).step_by(50) {
        let text = "x".repeat(len);
        let readings = a_text_that_leaves(&text);
        let raw = |reading: &Reading<'_>| bits(reading);
        let dictionary = six_signals()[..2].to_vec();
        let batch = dimo_types::Batch::new(ID, device(), None, dictionary.clone(), readings.clone()).unwrap();
        assert!(
            read(&batch_message(&batch), &dictionary).iter().cloned().eq(readings.iter().map(raw)),
            "{len}"
        );
    }
}

#[test]
fn a_clock_that_falls_back_does_not_break_the_budget() {
    for budget in 1000..1600 {
        let mut memory = EncoderMemory::<100, 100, 200>::new();
        let mut encoder = BatchEncoder::new(memory.as_mut(), budget);
        let forward = (0..100).map(|i| raw(u64::from(i) * 1000, i, 1));
        let back = Reading { time: Timestamp::EPOCH, ..raw(0, 0, 1) };
        for reading in forward.chain([back]) {
            let _full = encoder.push(&reading);
        }
        let mut out = [0; 1600];
        let header = header(&six_signals());
        assert!(encoder.seal(&header, &BatchParts::default(), &mut out[..budget]).is_ok(), "{budget}");
    }
}

/// Pushes until nothing more is taken, and seals into no more than the budget. The length of the message.
fn filled(budget: usize, readings: impl Iterator<Item = Reading<'static>>) -> usize {
    let mut memory = EncoderMemory::<100, 100, 1000>::new();
    let mut encoder = BatchEncoder::new(memory.as_mut(), budget);
    let refused = readings.map(|reading| encoder.push(&reading)).find(Result::is_err);
    assert!(refused.is_some(), "{budget}: it never was full");
    let mut out = [0; 8192];
    let header = header(&six_signals());
    encoder.seal(&header, &BatchParts::default(), &mut out[..budget]).expect("within the budget").len()
}

#[test]
fn the_longest_numbers_do_not_break_the_budget() {
    for budget in 400..2000 {
        // Each value and each step of the time is as far from the one before as can be.
        let far = (0u64..1000).map(|i| {
            let time = (i / 3).min(100) / 2 * (1 << 50) + i;
            raw(time, (i % 3) as u16, if i / 3 % 2 == 0 { i64::MIN } else { i64::MAX })
        });
        let len = filled(budget, far);
        assert!(budget - len < 250, "{budget} has {len} bytes only");
    }
}

#[test]
fn counts_that_grow_by_a_byte_do_not_break_the_budget_and_it_is_nearly_full() {
    for (signals, budget) in
        [1, 7, 60, 100].into_iter().flat_map(|n| (1200..6000).step_by(13).map(move |b| (n, b)))
    {
        let steady = (0u64..).map(|i| raw(i / signals * 1000, (i % signals) as u16, 1));
        let len = filled(budget, steady);
        // The bound takes each column for six bytes and the header for 208; half of that is not needed.
        assert!(
            budget - len < 250 + 6 * signals as usize,
            "{budget} has {len} bytes only, {signals} signals"
        );
    }
}

#[test]
fn the_smallest_budget_has_room_for_a_reading() {
    for (budget, taken) in [(BatchEncoder::MIN_BUDGET, true), (BatchEncoder::MIN_BUDGET - 20, false)] {
        for value in [SignalValue::Float(1.0), SignalValue::Location(position(1.0, 2.0))] {
            let mut memory = EncoderMemory::<SIGNALS, 1, 4>::new();
            let mut encoder = BatchEncoder::new(memory.as_mut(), budget);
            assert_eq!(encoder.push(&reading(0, 0, value)).is_ok(), taken, "{budget} {value:?}");
        }
    }
}

#[test]
fn a_buffer_that_is_too_small_leaves_the_batch_in_the_encoder() {
    let mut memory = EncoderMemory::<2, 2, 8>::new();
    let mut encoder = BatchEncoder::new(memory.as_mut(), 1024);
    encoder.push(&rpm(0, 4094)).unwrap();
    encoder.push(&speed(0, 50.5)).unwrap();
    let header = header(&dictionary());
    let expected = batch_message(&batch_of(vec![rpm(0, 4094), speed(0, 50.5)]));
    let mut out = [0; 512];
    for len in 0..expected.len() {
        let refused = encoder.seal(&header, &BatchParts::default(), &mut out[..len]);
        assert_eq!(refused, Err(SealError::BufferTooSmall { bytes: expected.len() }), "{len}");
        assert_eq!(encoder.len(), 2);
    }
    assert_eq!(encoder.seal(&header, &BatchParts::default(), &mut out).unwrap(), expected);
}

#[test]
fn memory_costs_what_the_documentation_says() {
    let size = |signals: usize, columns: usize, blocks: usize| 8 * signals + 104 * columns + 32 * blocks;
    assert_eq!(size_of::<EncoderMemory<0, 0, 0>>(), 0);
    assert_eq!(size_of::<EncoderMemory<100, 80, 300>>(), size(100, 80, 300));
}

fn any_value() -> impl Strategy<Value = SignalValue<'static>> {
    prop_oneof![
        8 => (-3i64..300).prop_map(|raw| SignalValue::Scaled { raw: Raw::Signed(raw), scale: Scale::IDENTITY }),
        1 => any::<i64>().prop_map(|raw| SignalValue::Scaled { raw: Raw::Signed(raw), scale: Scale::IDENTITY }),
        1 => any::<u64>().prop_map(|raw| SignalValue::Scaled { raw: Raw::Unsigned(raw), scale: Scale::IDENTITY }),
        1 => any::<f64>().prop_map(SignalValue::Float),
        1 => any::<bool>().prop_map(SignalValue::Bool),
        1 => prop_oneof![Just(""), Just("P0456"), Just("a text of more than twenty-eight bytes")]
            .prop_map(SignalValue::Text),
        1 => (-90.0..90.0, -180.0..180.0).prop_map(|(lat, lon)| SignalValue::Location(position(lat, lon))),
    ]
}

proptest! {
    #[test]
    fn whatever_is_pushed_in_whatever_order_comes_back_and_no_message_is_larger_than_foretold(
        readings in proptest::collection::vec((0u64..12, 0u16..6, any_value()), 0..300),
        budget in 400usize..3000,
        sorted in any::<bool>(),
    ) {
        let mut readings: Vec<_> = readings.iter().map(|(time, signal, value)| reading(*time * 1000, *signal, *value)).collect();
        if sorted {
            readings.sort_by_key(|reading| (reading.time, reading.signal));
        }
        let dictionary = six_signals();
        let mut memory = EncoderMemory::<SIGNALS, 20, 60>::new();
        let mut encoder = BatchEncoder::new(memory.as_mut(), budget);
        let mut out = [0; 4000];
        let mut batch = Vec::new();
        for reading in readings.iter().map(Some).chain([None]) {
            if let Some(reading) = reading {
                let bound = encoder.size_bound();
                match encoder.push(reading) {
                    Ok(()) => { batch.push(bits(reading)); continue; }
                    Err(refused) => prop_assert_eq!(refused, PushError::Full { readings: batch.len() as u32 }),
                }
                prop_assert_eq!(encoder.size_bound(), bound);
            }
            let bound = encoder.size_bound();
            prop_assert!(bound <= budget);
            let message = encoder.seal(&header(&dictionary), &BatchParts::default(), &mut out).unwrap();
            prop_assert!(message.len() <= bound, "{} > {}", message.len(), bound);
            batch.sort_by_key(|(time, signal, ..)| (*time, *signal));
            prop_assert_eq!(read(message, &dictionary), std::mem::take(&mut batch));
            if let Some(reading) = reading {
                encoder.push(reading).unwrap();
                batch.push(bits(reading));
            }
        }
    }

    #[test]
    fn signals_with_the_same_times_always_share_them(
        times in proptest::collection::vec(proptest::collection::btree_set(0u64..8, 1..8), 1..6),
    ) {
        let mut readings: Vec<_> = (0u16..).zip(&times).flat_map(|(signal, times)| {
            times.iter().map(move |time| raw(*time * 1000, signal, 7))
        }).collect();
        readings.sort_by_key(|reading| (reading.time, reading.signal));
        let message = message(&readings);
        // A sequence that another one begins with needs no timeline of its own.
        let mut needed: Vec<Vec<u64>> = times.iter().map(|times| times.iter().copied().collect()).collect();
        needed.sort();
        needed.dedup();
        let whole = needed.iter().filter(|a| !needed.iter().any(|b| b.len() > a.len() && b.starts_with(a)));
        prop_assert_eq!(message.timeline_lengths.len(), whole.count());
    }

    #[test]
    fn a_batch_of_any_size_is_what_the_encoder_writes(count in 0usize..3000, texts in any::<bool>()) {
        let readings: Vec<_> = (0..count as u64).map(|i| {
            let value = if texts { SignalValue::Text("a text") } else { SignalValue::Float(i as f64) };
            reading(i * 100, (i % 2) as u16, value)
        }).collect();
        let batch = batch_of(readings);
        prop_assert_eq!(read(&batch_message(&batch), &dictionary()).len(), batch.readings().len());
    }
}
