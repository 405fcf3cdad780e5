//! A million readings through an encoder of a device and back: the process stays small.
#![cfg(feature = "proto")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use dimo_types::wire::{
    BatchEncoder, BatchHeader, DecodeLimits, EncoderMemory, PushError, decode_batch, decode_dictionary,
    dictionary_hash, encode_dictionary,
};
use dimo_types::{BatchParts, Raw, Reading, Scale, SignalIndex, SignalInfo, SignalValue, Unit};
use miniz_oxide::deflate::compress_to_vec_zlib;
use util::{ID, at, device, peak_is_at_most};

const SIGNALS: usize = 20;
const READINGS: u64 = 1_000_000;
/// The longest message, in bytes.
const BUDGET: usize = 4096;
/// The most memory that the process has at any time: the program, its threads, one message and its batch of readings.
const PEAK: usize = 8 << 20;

/// Twenty signals, seventy columns, the rest for values and times: what a device sets aside.
type Memory = EncoderMemory<SIGNALS, 70, 275>;

/// Nothing of a reading is constant: fifteen counters, three noisy floats, a state, and a text now and then.
fn a_reading(number: u64) -> Reading<'static> {
    let signal = number % SIGNALS as u64;
    let value = match signal {
        0..=14 => {
            let raw = (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (44 + signal)) as i64;
            SignalValue::Scaled { raw: Raw::Signed(raw), scale: Scale::IDENTITY }
        }
        15..=17 => SignalValue::Float((number as f64).sin()),
        18 => SignalValue::Bool(number.is_multiple_of(3)),
        _ => SignalValue::Text(if number.is_multiple_of(7) { "P0456" } else { "" }),
    };
    Reading { time: at(number / SIGNALS as u64 * 10_000), signal: SignalIndex(signal as u16), value }
}

#[test]
fn a_million_readings_go_through_sixteen_kilobytes_and_come_back_in_bounded_memory() {
    assert!(size_of::<Memory>() <= 16 << 10, "{}", size_of::<Memory>());
    let info = |name| SignalInfo { name, unit: Unit::None, scale: Scale::IDENTITY };
    let signals = [info("a signal"); SIGNALS];
    let header =
        BatchHeader { id: ID, device: device(), vehicle: None, dictionary_hash: dictionary_hash(&signals) };
    let limits = DecodeLimits::default();
    let dictionary = decode_dictionary(&encode_dictionary(&signals), &limits).unwrap();
    let mut memory = Memory::new();
    let mut encoder = BatchEncoder::new(memory.as_mut(), BUDGET);
    let mut out = [0; BUDGET];
    let (mut next, mut messages, mut bytes) = (0, 0, 0);
    let mut back = |message: &[u8]| {
        assert!(message.len() <= BUDGET);
        (messages, bytes) = (messages + 1, bytes + message.len());
        let decoded = decode_batch(&compress_to_vec_zlib(message, 1), &limits).unwrap();
        let batch = decoded.to_batch(&dictionary).unwrap();
        // In the order in which they went in: by time, then by signal.
        for reading in batch.readings() {
            assert_eq!(*reading, a_reading(next));
            next += 1;
        }
    };
    for number in 0..READINGS {
        let reading = a_reading(number);
        if let Err(refused) = encoder.push(&reading) {
            assert!(matches!(refused, PushError::Full { readings: 1.. }), "{refused}");
            back(encoder.seal(&header, &BatchParts::default(), &mut out).unwrap());
            encoder.push(&reading).unwrap();
        }
    }
    back(encoder.seal(&header, &BatchParts::default(), &mut out).unwrap());
    println!("{messages} messages, {bytes} bytes");
    assert_eq!(next, READINGS);
    peak_is_at_most(PEAK);
}
