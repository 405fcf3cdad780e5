//! Rows and columns hold what [`Plan::decode`] gives, bit for bit.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use std::collections::BTreeMap;

use dimo_dbc::{ColumnDecoder, Columns, Mapping, Plan, RowDecoder, Selection, compile, import};
use dimo_types::{CanId, Frame, SignalIndex, Timestamp};
use proptest::prelude::*;

use util::{WORLD, blob, plan, standard};

/// Signals and the bits of their values, in the order in which they came; and the time of the frame.
type Values = Vec<(u64, u16, u64)>;

fn samples(plan: &Plan<'_>, frames: &[Frame]) -> Values {
    let of_frame = |frame: &Frame| {
        let time = frame.time().as_micros();
        let samples: Vec<_> = plan.decode(frame).into_iter().flatten().collect();
        samples.into_iter().map(move |sample| (time, sample.signal.0, sample.physical().to_bits()))
    };
    frames.iter().flat_map(of_frame).collect()
}

fn rows(plan: &Plan<'_>, frames: &[Frame]) -> Values {
    let decoder = RowDecoder::new(*plan);
    let (mut buffer, mut values) = (decoder.buffer(), Vec::new());
    for frame in frames {
        let row = decoder.decode(frame, &mut buffer);
        assert_eq!(row.is_some(), plan.decode(frame).is_some());
        let Some(row) = row else { continue };
        assert_eq!(row.signals().len(), row.values().len());
        let behind = row.eights().as_flattened().iter().skip(row.values().len());
        assert!(behind.clone().count() < 8 && behind.clone().all(|value| value.to_bits() == 0));
        values
            .extend(row.iter().map(|(signal, value)| (frame.time().as_micros(), signal.0, value.to_bits())));
    }
    let mut of_each = Vec::new();
    decoder.decode_each(frames, &mut buffer, |frame, row| {
        of_each
            .extend(row.iter().map(|(signal, value)| (frame.time().as_micros(), signal.0, value.to_bits())));
    });
    assert_eq!(of_each, values);
    values
}

fn values(columns: &Columns) -> Values {
    let mut values = Vec::new();
    for table in columns.tables() {
        assert_eq!(table.signals().len(), table.columns().len());
        assert!(table.times().is_sorted());
        for (signal, column) in table.signals().iter().zip(table.columns()) {
            assert_eq!(column.values().len(), table.times().len());
            assert!(column.missing().is_sorted_by(|one, next| one < next));
            for (row, (time, value)) in table.times().iter().zip(column.values()).enumerate() {
                if column.missing().binary_search(&(row as u32)).is_err() {
                    values.push((time.as_micros(), signal.0, value.to_bits()));
                } else {
                    assert!(value.is_nan());
                }
            }
        }
    }
    // The time of a frame is its number, and the signals of a frame come in DBC order.
    values.sort_unstable();
    values
}

/// The last time in tables; the least one where there are none.
fn last_time(columns: &Columns) -> Option<Timestamp> {
    columns.tables().filter_map(|table| table.times().last().copied()).max()
}

#[track_caller]
fn assert_all_agree(plan: &Plan<'_>, frames: &[Frame]) {
    let expected = samples(plan, frames);
    assert_eq!(rows(plan, frames), expected);
    let decoder = ColumnDecoder::new(*plan);
    let mut columns = decoder.columns();
    let known = frames.iter().filter(|frame| plan.decode(frame).is_some()).count();
    assert_eq!(decoder.decode(frames, &mut columns), known);
    assert_eq!(values(&columns), expected);
    columns.clear();
    assert_eq!(columns.tables().count(), 0);
    // In two halves, into memory used before.
    let (one, other) = frames.split_at(frames.len() / 2);
    decoder.decode(one, &mut columns);
    decoder.decode(other, &mut columns);
    assert_eq!(values(&columns), expected);
    for threads in [1, 3] {
        let mut columns = vec![decoder.columns(); threads];
        assert_eq!(decoder.decode_parallel(frames, &mut columns), known);
        let mut of_all: Values = columns.iter().flat_map(values).collect();
        // Each thread has a run of the frames.
        assert!(columns.iter().filter_map(last_time).is_sorted());
        of_all.sort_unstable();
        assert_eq!(of_all, expected);
    }
    assert_eq!(decoder.decode_parallel(frames, &mut []), 0);
}

fn frame(number: usize, id: CanId, data: &[u8]) -> Frame {
    let time = Timestamp::from_micros(number as u64).unwrap();
    if data.len() <= 8 { Frame::classic(time, id, data) } else { Frame::fd(time, id, data) }.unwrap()
}

/// Frames of any length a bus allows; small bytes are more likely, so that switches select something.
fn any_data() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![4 => Just(8), 2 => 0usize..=8, 1 => Just(12), 1 => Just(32), 3 => Just(64)];
    let byte = prop_oneof![1 => 0u8..16, 2 => any::<u8>()];
    length.prop_flat_map(move |length| prop::collection::vec(byte.clone(), length))
}

/// One `SG_` line; `place` is how it is multiplexed.
fn any_signal(place: String) -> impl Strategy<Value = (String, u8)> {
    let shape = (0u16..512, 1u16..=64, any::<bool>(), any::<bool>(), 0u8..10);
    let scale =
        prop_oneof![Just("(1,0)"), Just("(0.1,-40)"), Just("(-0.25,1e6)"), Just("(0,3)"), Just("(1,-0.0)")];
    (shape, scale).prop_filter_map("in the frame", move |((start, size, intel, signed, kind), scale)| {
        // One in five is a float or a double.
        let size = [size, 32, 64][usize::from(kind.saturating_sub(7)).min(2)];
        let float = kind.saturating_sub(7).min(2);
        let start = if kind % 3 == 0 { start } else { start % 64 };
        let first = if intel { start } else { start / 8 * 8 + 7 - start % 8 };
        let fits = first + size <= 512;
        let (order, sign) = (u8::from(intel), if signed || float > 0 { '-' } else { '+' });
        fits.then(|| (format!(" {place}: {start}|{size}@{order}{sign} {scale} [0|0] \"\" X\n"), float))
    })
}

/// A DBC file with a plain message, a multiplexed one and one with nested switches.
fn any_dbc() -> impl Strategy<Value = String> {
    let plain = prop::collection::vec(any_signal(String::new()), 0..20);
    let muxed = (0u16..6).prop_flat_map(|groups| {
        let signals = (0..groups * 3).map(|at| any_signal(format!("m{} ", at / 3 * 2)));
        signals.collect::<Vec<_>>()
    });
    let nested =
        ["m1 ", "m3 ", "m1 "].map(|place| any_signal(place.to_owned())).into_iter().collect::<Vec<_>>();
    (plain, muxed, nested, 0u8..2).prop_map(|(plain, muxed, nested, extended)| {
        let mut text = String::from("BO_ 1 A: 64 X\n");
        let mut kinds = String::new();
        let mut add = |text: &mut String, id: u32, signals: &[(String, u8)]| {
            for (at, (line, float)) in signals.iter().enumerate() {
                *text += &format!(" SG_ S{at}{line}");
                if *float > 0 {
                    kinds += &format!("SIG_VALTYPE_ {id} S{at} : {float};\n");
                }
            }
        };
        add(&mut text, 1, &plain);
        text += "BO_ 2 B: 64 X\n SG_ Switch M : 3|5@1+ (1,0) [0|0] \"\" X\n";
        add(&mut text, 2, &muxed);
        let id = if extended > 0 { 0x8000_0003 } else { 3 };
        text += &format!("BO_ {id} C: 64 X\n SG_ Outer M : 0|4@1+ (1,0) [0|0] \"\" X\n");
        text += " SG_ Inner m1M : 15|4@0+ (1,0) [0|0] \"\" X\n";
        add(&mut text, id, &nested);
        text += &kinds;
        text += &format!("SG_MUL_VAL_ {id} Inner Outer 1-1, 4-9;\nSG_MUL_VAL_ {id} S0 Inner 0-3, 9-9;\n");
        text += &format!("SG_MUL_VAL_ {id} S1 Outer 3-15;\nSG_MUL_VAL_ {id} S2 Inner 2-12;\n");
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn rows_and_columns_are_the_samples_of_any_dbc_file(
        text in any_dbc(),
        data in prop::collection::vec((0u32..4, any_data()), 1..60),
    ) {
        let blob = compile(&import(text.as_bytes()).unwrap(), &Selection::all(), None).unwrap();
        let plan = plan(&blob);
        let ids: Vec<_> = plan.ids().chain([standard(9)]).collect();
        let frames: Vec<_> = data
            .iter()
            .enumerate()
            .map(|(number, (id, data))| frame(number, ids[*id as usize % ids.len()], data))
            .collect();
        assert_all_agree(&plan, &frames);
    }
}

#[test]
fn the_world_agrees_at_every_length_and_switch_value() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let mut frames = Vec::new();
    for id in plan.ids() {
        for length in [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 32, 48, 64] {
            for first in 0..=255u8 {
                let data: Vec<_> = (0..length)
                    .map(|at: u8| if at == 0 { first } else { first.wrapping_mul(at) ^ 3 })
                    .collect();
                frames.push(frame(frames.len(), id, &data));
            }
        }
    }
    assert_all_agree(&plan, &frames);
}

#[test]
fn messages_with_too_many_switches_to_flatten_agree() {
    let mut text = String::from("BO_ 5 Many: 64 X\n");
    for at in 0..20 {
        let outer = if at == 0 { String::new() } else { String::from("m1") };
        text += &format!(" SG_ Switch{at} {outer}M : {}|1@1+ (1,0) [0|0] \"\" X\n", at * 3);
    }
    for at in 1..20 {
        text += &format!("SG_MUL_VAL_ 5 Switch{at} Switch{} 1-1;\n", at - 1);
    }
    let blob = blob(&text);
    let frames: Vec<_> = (0..200u64)
        .map(|number| {
            let bits = u64::MAX >> (number % 64);
            let length = if number % 3 == 0 { 4 } else { 8 };
            frame(number as usize, standard(5), &bits.to_le_bytes()[..length])
        })
        .collect();
    assert_all_agree(&plan(&blob), &frames);
}

#[test]
fn values_that_a_mapping_does_not_list_are_missing() {
    let text =
        "BO_ 7 Gear: 8 X\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" X\n SG_ Lever : 8|4@1+ (1,0) [0|0] \"\" X\n";
    let mapping = "[[signal]]\ndbc = \"Lever\"\nvss = \"powertrainTransmissionSelectedGear\"\nvalues = { 0 = 126, 1 = -1 }\n";
    let (database, mapping) = (import(text.as_bytes()).unwrap(), Mapping::parse(mapping).unwrap());
    let blob = compile(&database, &Selection::all(), Some(&mapping)).unwrap();
    let frames: Vec<_> = (0..8).map(|at| frame(at.into(), standard(7), &[9, at])).collect();
    assert_all_agree(&plan(&blob), &frames);
    let decoder = ColumnDecoder::new(plan(&blob));
    let mut columns = decoder.columns();
    decoder.decode(&frames, &mut columns);
    let table = columns.tables().next().unwrap();
    assert_eq!(table.signals(), [SignalIndex(0), SignalIndex(1)]);
    assert_eq!(table.columns()[1].values()[..2], [126.0, -1.0]);
    assert_eq!(table.columns()[1].missing(), [2, 3, 4, 5, 6, 7]);
}

#[test]
fn remote_and_error_frames_are_not_decoded() {
    let blob = blob(WORLD);
    let frames = [
        Frame::remote(Timestamp::EPOCH, standard(291), 8).unwrap(),
        Frame::error(Timestamp::EPOCH, standard(291), &[0; 8]).unwrap(),
    ];
    assert_all_agree(&plan(&blob), &frames);
}

#[test]
fn many_extended_identifiers_are_all_found() {
    let text: String = (0..300u32)
        .map(|at| {
            format!(
                "BO_ {} M{at}: 8 X\n SG_ S : 0|16@1+ ({at},1) [0|0] \"\" X\n",
                0x8000_0000 | (at * 0x10000)
            )
        })
        .collect();
    let blob = blob(&text);
    let plan = plan(&blob);
    let frames: Vec<_> = plan.ids().enumerate().map(|(at, id)| frame(at, id, &[1, at as u8])).collect();
    assert_eq!(frames.len(), 300);
    assert_all_agree(&plan, &frames);
    let unknown = frame(0, CanId::extended(77).unwrap(), &[1, 2]);
    assert_all_agree(&plan, &[unknown]);
}

#[test]
fn a_block_ends_and_the_next_one_begins_without_a_gap() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let ids: BTreeMap<usize, CanId> = plan.ids().enumerate().collect();
    let frames: Vec<_> =
        (0..70_000usize).map(|at| frame(at, ids[&(at % ids.len())], &(at as u64).to_le_bytes())).collect();
    assert_all_agree(&plan, &frames);
}

#[test]
fn short_frames_among_many_lose_only_what_they_do_not_hold() {
    let blob = blob(
        "BO_ 1 A: 8 E\n SG_ X : 0|16@1+ (1,0) [0|0] \"\" E\n SG_ Y : 55|8@0- (0.5,1) [0|0] \"\" E\nBO_ 2 B: 2 E\n SG_ Z : 0|9@1+ (1,0) [0|0] \"\" E\n",
    );
    let plan = plan(&blob);
    let whole: Vec<_> = (0..300usize)
        .map(|at| {
            frame(
                at,
                CanId::standard(1 + at as u16 % 3).unwrap(),
                &(at as u64 * 0x0101_0101_0101).to_le_bytes(),
            )
        })
        .collect();
    assert_all_agree(&plan, &whole);
    let mut one_short = whole;
    one_short[150] = frame(150, CanId::standard(1).unwrap(), &[7, 7, 7]);
    one_short[299] = frame(299, CanId::standard(2).unwrap(), &[]);
    assert_all_agree(&plan, &one_short);
}
