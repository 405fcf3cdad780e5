//! Record batches hold what [`Plan::decode`] gives, bit for bit, and say what their columns are.
#![cfg(all(feature = "arrow", feature = "import"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use std::collections::BTreeMap;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMicrosecondType};
use arrow_schema::{DataType, TimeUnit};
use dimo_dbc::{BatchDecoder, IdMatching, Mapping, Plan, Selection, compile, import};
use dimo_types::{CanId, Frame, SignalIndex, Timestamp};

use util::{WORLD, blob, plan, standard};

/// Where a value stands: the time of its frame and its `Message.Signal`. And the bits of it.
type Values = BTreeMap<(u64, String), u64>;

fn samples(plan: &Plan<'_>, frames: &[Frame]) -> Values {
    let of_frame = |frame: &Frame| {
        let time = frame.time().as_micros();
        let samples: Vec<_> = plan.decode(frame).into_iter().flatten().collect();
        samples.into_iter().map(move |sample| {
            let name = plan.signal_name(sample.signal).unwrap().full.to_owned();
            ((time, name), sample.physical().to_bits())
        })
    };
    frames.iter().flat_map(of_frame).collect()
}

fn times(batch: &RecordBatch) -> Vec<i64> {
    batch.column(0).as_primitive::<TimestampMicrosecondType>().values().to_vec()
}

fn column(batch: &RecordBatch, name: &str) -> Vec<Option<f64>> {
    batch.column_by_name(name).unwrap().as_primitive::<Float64Type>().iter().collect()
}

/// What is not null.
fn values(batch: &RecordBatch) -> Values {
    let (schema, times) = (batch.schema(), times(batch));
    let mut values = Values::new();
    for (field, column) in schema.fields().iter().zip(batch.columns()).skip(1) {
        let name = field.metadata()["signal"].clone();
        for (time, value) in times.iter().zip(column.as_primitive::<Float64Type>().iter()) {
            if let Some(value) = value {
                values.insert((*time as u64, name.clone()), value.to_bits());
            }
        }
    }
    values
}

fn frame(micros: u64, id: CanId, data: &[u8]) -> Frame {
    let time = Timestamp::from_micros(micros).unwrap();
    if data.len() <= 8 { Frame::classic(time, id, data) } else { Frame::fd(time, id, data) }.unwrap()
}

/// Every message of the world at every length, with every value of its first byte; each frame at its own time.
fn world_frames(plan: &Plan<'_>) -> Vec<Frame> {
    let mut frames = Vec::new();
    for first in 0..=255u8 {
        for length in [0, 1, 2, 5, 8, 32, 64] {
            for id in plan.ids() {
                let data: Vec<_> = (0..length)
                    .map(|at: u8| if at == 0 { first } else { first.wrapping_mul(at) ^ 3 })
                    .collect();
                frames.push(frame(frames.len() as u64, id, &data));
            }
        }
    }
    frames
}

#[test]
fn a_batch_has_every_sample_and_a_row_for_each_frame() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let frames = world_frames(&plan);
    let mut decoder = BatchDecoder::new(plan);
    assert_eq!(decoder.decode(&frames), frames.len());
    let batches = decoder.take().unwrap();
    let ids: Vec<_> = batches.iter().map(|message| message.id).collect();
    assert_eq!(ids, plan.ids().collect::<Vec<_>>());
    let mut found = Values::new();
    for message in &batches {
        let expected: Vec<_> = frames.iter().filter(|frame| frame.id() == message.id).collect();
        let at = |frame: &&Frame| frame.time().as_micros() as i64;
        assert_eq!(times(&message.batch), expected.iter().map(at).collect::<Vec<_>>());
        found.extend(values(&message.batch));
    }
    assert_eq!(found, samples(&plan, &frames));
    assert!(decoder.take().unwrap().is_empty(), "taken once");
}

#[test]
fn batches_of_the_same_message_have_the_same_schema_whatever_came() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let mut decoder = BatchDecoder::new(plan);
    let schemas: BTreeMap<_, _> = decoder.schemas().map(|(id, schema)| (id, schema.clone())).collect();
    assert_eq!(schemas.len(), plan.message_count());
    let page = standard(296);
    for data in [&[0, 1, 2, 3][..], &[1, 1, 2, 3], &[7], &[]] {
        decoder.decode(&[frame(1, page, data)]);
        let [message] = &decoder.take().unwrap()[..] else { panic!("one message") };
        assert_eq!(message.batch.schema(), schemas[&page]);
    }
}

#[test]
fn what_a_switch_does_not_select_is_null_and_rows_are_in_order_of_time() {
    let blob = blob(WORLD);
    let mut decoder = BatchDecoder::new(plan(&blob));
    let page = |micros, data: &[u8]| frame(micros, standard(296), data);
    decoder.decode(&[
        page(10, &[1, 1, 0, 5, 0, 0, 0, 7]),
        page(20, &[0, 2, 0, 0, 0, 0, 0, 8]),
        page(30, &[9, 3, 0]),
        page(40, &[1, 4]),
    ]);
    let [message] = &decoder.take().unwrap()[..] else { panic!("one message") };
    let batch = &message.batch;
    assert_eq!(times(batch), [10, 20, 30, 40]);
    assert_eq!(column(batch, "Selector"), [Some(1.0), Some(0.0), Some(9.0), Some(1.0)]);
    assert_eq!(column(batch, "Always"), [Some(7.0), Some(8.0), None, None]);
    assert_eq!(column(batch, "Cell0"), [None, Some(0.002), None, None]);
    assert_eq!(column(batch, "Cell1"), [Some(0.001), None, None, None]);
    assert_eq!(column(batch, "Temperature"), [Some(5.0), None, None, None]);
}

#[test]
fn metadata_says_message_identifier_signal_unit_and_vss_name() {
    let mapping = "[[signal]]\ndbc = \"Drive.Speed\"\nvss = \"speed\"\n";
    let mapping = Mapping::parse(mapping).unwrap();
    let blob = compile(&import(WORLD.as_bytes()).unwrap(), &Selection::all(), Some(&mapping)).unwrap();
    let decoder = BatchDecoder::new(plan(&blob));
    let (_, schema) = decoder.schemas().find(|(id, _)| *id == standard(291)).unwrap();
    assert_eq!((schema.metadata()["message"].as_str(), schema.metadata()["id"].as_str()), ("Drive", "123"));
    let time = schema.field(0);
    assert_eq!(time.data_type(), &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
    assert!(!time.is_nullable());
    let speed = schema.field_with_name("Speed").unwrap();
    assert_eq!((speed.data_type(), speed.is_nullable()), (&DataType::Float64, true));
    let said: Vec<_> = speed.metadata().iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(said, [("signal", "Drive.Speed"), ("unit", "km/h"), ("vss", "speed")]);
    let gear = schema.field_with_name("Gear").unwrap().metadata();
    assert_eq!((gear.len(), gear["signal"].as_str()), (1, "Drive.Gear"));
}

#[test]
fn columns_have_different_names() {
    let text = "BO_ 5 M: 8 X\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" X\n SG_ time : 8|8@1+ (1,0) [0|0] \"\" X\n\
                 SG_ A : 16|8@1+ (1,0) [0|0] \"\" X\n SG_ A_2 : 24|8@1+ (1,0) [0|0] \"\" X\n";
    let blob = blob(text);
    let whole = plan(&blob);
    let names = |plan: Plan<'_>| {
        let decoder = BatchDecoder::new(plan);
        let (_, schema) = decoder.schemas().next().unwrap();
        schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(whole), ["time", "A", "time_2", "A_2", "A_2_2"]);
    let without_names = plan(&blob[..whole.device_bytes()]);
    assert_eq!(names(without_names), ["time", "signal_0", "signal_1", "signal_2", "signal_3"]);
}

#[test]
fn groups_of_j1939_are_batches_whoever_sends_them() {
    let text = "BO_ 2364540158 EEC1: 8 X\n SG_ Speed : 24|16@1+ (0.125,0) [0|0] \"rpm\" X\n";
    let blob = blob(text);
    let mut decoder = BatchDecoder::new(plan(&blob).with_matching(IdMatching::J1939));
    let from = |sender: u32| CanId::extended(0x0CF0_0400 | sender).unwrap();
    decoder.decode(&[
        frame(1, from(0), &[0, 0, 0, 0x68, 0x13]),
        frame(2, from(7), &[0, 0, 0, 8, 0]),
        frame(2, standard(5), &[]),
    ]);
    let [message] = &decoder.take().unwrap()[..] else { panic!("one message") };
    assert_eq!((message.id, column(&message.batch, "Speed")), (from(0xFE), vec![Some(621.0), Some(1.0)]));
    let name = plan(&blob).signal_name(SignalIndex(0)).unwrap();
    assert_eq!(message.batch.schema().metadata()["message"], name.message);
}
