//! What was received, by columns and by readings: the same, in any order in which columns may come.
#![cfg(feature = "proto")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use dimo_types::wire::{
    BatchColumn, ColumnValues, DecodeLimits, DecodedBatch, Dictionary, batch_message, decode_dictionary,
    decode_message, dictionary_hash, encode_dictionary, v1,
};
use dimo_types::{Batch, Raw, Reading, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit};
use proptest::prelude::*;
use prost::Message;
use util::{ID, START_US, assert_same, at, device, position, reading};

const SIGNALS: u16 = 5;

fn signals() -> Vec<SignalInfo<'static>> {
    ["a", "b", "c", "d", "e"]
        .map(|name| SignalInfo { name, unit: Unit::None, scale: Scale::IDENTITY })
        .to_vec()
}

fn received(message: &[u8]) -> (DecodedBatch, Dictionary) {
    let limits = DecodeLimits::default();
    let dictionary = decode_dictionary(&encode_dictionary(&signals()), &limits).unwrap();
    (decode_message(message, &limits).unwrap(), dictionary)
}

fn raw(value: i64) -> SignalValue<'static> {
    SignalValue::Scaled { raw: Raw::Signed(value), scale: Scale::IDENTITY }
}

/// The readings of a column, one by one.
fn readings<'a>(column: BatchColumn<'a>) -> Vec<Reading<'a>> {
    let scale = Scale::IDENTITY;
    let values: Vec<SignalValue<'a>> = match column.values() {
        ColumnValues::Raw(raws) => raws.iter().copied().map(raw).collect(),
        ColumnValues::UnsignedRaw(raws) => {
            raws.iter().map(|raw| SignalValue::Scaled { raw: Raw::Unsigned(*raw), scale }).collect()
        }
        ColumnValues::Float(values) => values.iter().copied().map(SignalValue::Float).collect(),
        ColumnValues::Text(texts) => texts.iter().map(|text| SignalValue::Text(text)).collect(),
        ColumnValues::State(states) => states.iter().copied().map(SignalValue::Bool).collect(),
        ColumnValues::Location(places) => places.iter().copied().map(SignalValue::Location).collect(),
        _ => panic!("a kind that is not known here"),
    };
    assert_eq!(column.times().len(), values.len());
    let pairs = column.times().iter().zip(values);
    pairs.map(|(time, value)| Reading { time: *time, signal: column.signal(), value }).collect()
}

/// A batch of what the columns hold, sorted here, in the plainest way.
fn of_columns<'a>(decoded: &'a DecodedBatch) -> Batch<'a> {
    let readings = decoded.columns().flat_map(readings).collect();
    Batch::new(ID, device(), None, signals(), readings).unwrap()
}

fn value() -> impl Strategy<Value = SignalValue<'static>> {
    prop_oneof![
        any::<i64>().prop_map(raw),
        any::<u64>()
            .prop_map(|value| SignalValue::Scaled { raw: Raw::Unsigned(value), scale: Scale::IDENTITY }),
        any::<f64>().prop_map(SignalValue::Float),
        any::<bool>().prop_map(SignalValue::Bool),
        Just(SignalValue::Text("on")),
        Just(SignalValue::Location(position(52.5, 13.4))),
    ]
}

proptest! {
    #[test]
    fn columns_and_readings_are_those_of_the_batch(
        drawn in prop::collection::vec((0..6u64, 0..SIGNALS, value()), 0..60)
    ) {
        let drawn = drawn.into_iter().map(|(micros, signal, value)| reading(micros, signal, value));
        let batch = Batch::new(ID, device(), None, signals(), drawn.collect::<Vec<_>>()).unwrap();
        let message = batch_message(&batch);
        let (decoded, dictionary) = received(&message);
        assert_same(&decoded.to_batch(&dictionary).unwrap(), &batch);
        assert_same(&of_columns(&decoded), &batch);
    }

    /// What other encoders may write: times that run back, any order of columns, some shorter than their timeline.
    #[test]
    fn columns_of_any_shape_become_readings_in_canonical_order(
        timelines in prop::collection::vec(prop::collection::vec(0..6i64, 1..8), 1..4),
        columns in prop::collection::vec((0..SIGNALS, any::<prop::sample::Index>(), 0..7usize), 0..8),
    ) {
        let message = foreign(&timelines, &columns);
        let (decoded, dictionary) = received(&message.encode_to_vec());
        assert_same(&decoded.to_batch(&dictionary).unwrap(), &of_columns(&decoded));
    }
}

fn foreign(timelines: &[Vec<i64>], columns: &[(u16, prop::sample::Index, usize)]) -> v1::TelemetryBatch {
    let mut message = v1::TelemetryBatch {
        id: ID.as_bytes().to_vec(),
        device: device().as_bytes().to_vec(),
        dictionary_hash: dictionary_hash(&signals()).to_vec(),
        start_us: START_US,
        ..v1::TelemetryBatch::default()
    };
    for times in timelines {
        message.timeline_lengths.push(times.len() as u64);
        message.timeline_firsts_us.push(times[0]);
        let mut distance = 0;
        for pair in times.windows(2) {
            message.timeline_steps_us.push(pair[1] - pair[0] - distance);
            distance = pair[1] - pair[0];
        }
    }
    let (mut signal, mut timeline, mut raws) = (0, 0, 0);
    for (own, line, lacks) in columns {
        let line = line.index(timelines.len());
        let len = timelines[line].len();
        let lacks = (*lacks).min(len - 1);
        message.column_signals.push(i32::from(*own) - signal);
        signal = i32::from(*own) + 1;
        message.column_timelines.push(line as i64 - timeline);
        timeline = line as i64;
        message.column_kinds.push(v1::Kind::Raw.into());
        message.column_shorts.push(lacks as u64);
        message.raw_firsts.push(raws);
        message.raw_steps.extend(vec![1; len - lacks - 1]);
        raws += 100;
    }
    message
}

#[test]
fn a_backend_gets_each_signal_of_a_frame_with_the_same_times() {
    let times = [0, 10_000, 20_000];
    let frames = times.iter().flat_map(|micros| [(*micros, 1, 7), (*micros, 2, -7)]);
    let readings = frames.map(|(micros, signal, value)| reading(micros, signal, raw(value)));
    let batch = Batch::new(ID, device(), None, signals(), readings.collect::<Vec<_>>()).unwrap();
    let message = batch_message(&batch);
    let (decoded, _) = received(&message);
    let columns: Vec<_> = decoded.columns().collect();
    let expected: Vec<Timestamp> = times.into_iter().map(at).collect();
    assert_eq!(columns.iter().map(BatchColumn::signal).collect::<Vec<_>>(), [SignalIndex(1), SignalIndex(2)]);
    assert!(columns.iter().all(|column| column.times() == expected));
    assert_eq!(columns[1].values(), ColumnValues::Raw(&[-7; 3]));
}
