//! The plan loader, and the three ways to decode a frame.

use std::fmt::Write as _;

use dimo_dbc::{ColumnDecoder, IdMatching, Plan, RawSample, RowDecoder, Selection, compile, import};
use dimo_types::{CanId, Frame, SignalDictionary, SignalIndex, Timestamp};

use super::source::Source;

/// The bytes as a plan, and once more with right checksums, as someone hostile would write them.
pub(crate) fn loader(bytes: &[u8]) {
    if let Ok(plan) = Plan::from_bytes(bytes) {
        exercise(&plan);
    }
    let mut sealed = bytes.to_vec();
    if seal(&mut sealed).is_some()
        && let Ok(plan) = Plan::from_bytes(&sealed)
    {
        exercise(&plan);
        // What was accepted whole is accepted without its names.
        let device = Plan::from_bytes(&sealed[..plan.device_bytes()]).unwrap();
        assert_eq!((device.signal_count(), device.names_bytes()), (plan.signal_count(), 0));
    }
}

/// Makes lengths and checksums right; `None` when there is no header.
fn seal(blob: &mut [u8]) -> Option<()> {
    let device = u32::from_le_bytes(blob.get(8..12)?.try_into().ok()?) as usize;
    if device < 36 || device > blob.len() {
        return None;
    }
    let (device, names) = blob.split_at_mut(device);
    let checksum = crc32(&[&device[..12], &device[16..]]);
    device[12..16].copy_from_slice(&checksum.to_le_bytes());
    if names.len() >= 24 {
        names[16..20].copy_from_slice(&checksum.to_le_bytes());
        let checksum = crc32(&[&names[..12], &names[16..]]);
        names[12..16].copy_from_slice(&checksum.to_le_bytes());
    }
    Some(())
}

fn crc32(parts: &[&[u8]]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize()
}

/// Asks a plan for everything it offers.
pub(crate) fn exercise(plan: &Plan<'_>) {
    for index in (0..=u16::MAX).take(plan.signal_count() + 1).map(SignalIndex) {
        let named = plan.signal_name(index).map(|name| [name.full, name.message, name.signal]);
        let _ = (named, plan.signal_unit(index), plan.limits(index), plan.signal(index));
    }
    let j1939 = plan.with_matching(IdMatching::J1939);
    for id in plan.ids() {
        let signals = plan.signals_of(id).unwrap().count();
        let _ = (plan.message_name(id), plan.declared_bytes(id), j1939.decode_bytes(id, &[0; 8]));
        for data in [&[][..], &[1; 3], &[0xFF; 8], &[0x5A; 64], &[2; 70]] {
            decode_bytes(plan, id, data, signals);
        }
    }
}

fn decode_bytes(plan: &Plan<'_>, id: CanId, data: &[u8], signals: usize) {
    let samples = plan.decode_bytes(id, data).unwrap();
    let missing = samples.missing().map_or(0, |missing| usize::from(missing.signals));
    assert!(missing + samples.clone().count() <= signals);
    for sample in samples {
        let _ = (sample.value(), sample.physical(), sample.reading(Timestamp::EPOCH));
        if let RawSample::Integer(raw) = sample.raw {
            let _ = plan.label(sample.signal, raw);
        }
    }
}

/// A DBC file made of the bytes, and frames made of the rest: samples, rows and columns hold the same.
pub(crate) fn decode(bytes: &[u8]) {
    let mut source = Source::new(bytes);
    let text = dbc(&mut source);
    let database = import(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let blob = compile(&database, &Selection::all(), None).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let matching = source.pick(&[IdMatching::Exact, IdMatching::J1939]);
    let plan = Plan::from_bytes(&blob).unwrap().with_matching(matching);
    let frames = frames(&mut source);
    let expected = samples(&plan, &frames);
    assert_eq!(rows(plan, &frames), expected, "rows of\n{text}");
    assert_eq!(columns(plan, &frames), expected, "columns of\n{text}");
}

/// Standard and extended identifiers of the same number, and two of the same J1939 group.
const IDS: [u32; 6] = [0, 0x7FF, 0x8000_0000, 0x8000_07FF, 0x98FE_F100, 0x98FE_F117];
const SCALES: [&str; 6] = ["(1,0)", "(0.1,-40)", "(-0.25,1e6)", "(0,3)", "(1,-0.0)", "(1e300,1)"];

fn dbc(source: &mut Source<'_>) -> String {
    let (mut messages, mut floats) = (String::new(), String::new());
    let first = source.below(6);
    for message in 0..1 + source.below(4) {
        let id = IDS[usize::from((first + message) % 6)];
        let length = source.pick(&[8, 8, 3, 0, 12, 64]);
        writeln!(messages, "BO_ {id} M{message}: {length} X").unwrap();
        let switches = source.below(3);
        for signal in 0..source.below(9) {
            let multiplexing = match (switches, signal) {
                (0, _) => String::new(),
                (_, 0) => "M ".into(),
                (2, 1) => format!("m{}M ", source.below(4)),
                _ if source.byte() < 0xC0 => format!("m{} ", source.below(4)),
                _ => String::new(),
            };
            let is_switch = multiplexing.contains('M');
            let float = if is_switch { 0 } else { source.below(8).saturating_sub(5) };
            let size = match float {
                0 if is_switch => 1 + source.below(8),
                0 => 1 + source.below(64),
                float => 32 * float,
            };
            let (start, order) = place(source, size);
            let sign = if float > 0 { "-" } else { source.pick(&["+", "-"]) };
            let scale = source.pick(&SCALES);
            writeln!(
                messages,
                " SG_ S{signal} {multiplexing}: {start}|{size}@{order}{sign} {scale} [0|0] \"\" X"
            )
            .unwrap();
            if float > 0 {
                writeln!(floats, "SIG_VALTYPE_ {id} S{signal} : {float};").unwrap();
            }
        }
    }
    messages + &floats
}

/// A start bit and a byte order with which `size` bits lie in 64 bytes, more often in the first 8.
fn place(source: &mut Source<'_>, size: u16) -> (u16, u8) {
    let room = if source.byte() < 0xC0 { 64 } else { 512 };
    let first = source.below(room - size + 1);
    let order = source.byte() & 1;
    // Motorola counts the bits of a byte down, and starts at the most significant one.
    if order == 1 { (first, order) } else { (first / 8 * 8 + 7 - first % 8, order) }
}

fn frames(source: &mut Source<'_>) -> Vec<Frame> {
    let mut frames = Vec::new();
    while !source.is_empty() && frames.len() < 64 {
        let time = Timestamp::from_micros(frames.len() as u64).unwrap();
        let id = CanId::from_packed(source.pick(&IDS)).unwrap();
        let length = source.pick(&[8, 8, 0, 1, 3, 7, 12, 20, 64]);
        let mut data = vec![source.pick(&[0, 0, 0xFF, 0x55]); length];
        let given = source.bytes(length);
        data[..given.len()].copy_from_slice(given);
        let frame = match source.below(16) {
            0 => Frame::remote(time, id, 8),
            1 => Frame::error(time, id, &data[..length.min(8)]),
            _ if length > 8 => Frame::fd(time, id, &data),
            _ => Frame::classic(time, id, &data),
        };
        frames.push(frame.unwrap());
    }
    frames
}

/// Number of the frame, signal, and bits of the value.
type Values = Vec<(u64, u16, u64)>;

fn samples(plan: &Plan<'_>, frames: &[Frame]) -> Values {
    let mut values = Values::new();
    for frame in frames {
        for sample in plan.decode(frame).into_iter().flatten() {
            values.push((frame.time().as_micros(), sample.signal.0, sample.physical().to_bits()));
        }
    }
    values
}

fn rows(plan: Plan<'_>, frames: &[Frame]) -> Values {
    let decoder = RowDecoder::new(plan);
    let (mut buffer, mut values) = (decoder.buffer(), Values::new());
    for frame in frames {
        let Some(row) = decoder.decode(frame, &mut buffer) else { continue };
        let time = frame.time().as_micros();
        values.extend(row.iter().map(|(signal, value)| (time, signal.0, value.to_bits())));
    }
    values
}

fn columns(plan: Plan<'_>, frames: &[Frame]) -> Values {
    let decoder = ColumnDecoder::new(plan);
    let mut columns = decoder.columns();
    // In two parts, since tables go on where they stopped.
    let (one, other) = frames.split_at(frames.len() / 2);
    decoder.decode(one, &mut columns);
    decoder.decode(other, &mut columns);
    let mut values = Values::new();
    for table in columns.tables() {
        for (signal, column) in table.signals().iter().zip(table.columns()) {
            for (row, (time, value)) in (0..).zip(table.times().iter().zip(column.values())) {
                if column.missing().binary_search(&row).is_err() {
                    values.push((time.as_micros(), signal.0, value.to_bits()));
                }
            }
        }
    }
    values.sort_unstable();
    values
}
