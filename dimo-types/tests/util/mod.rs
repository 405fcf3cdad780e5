//! A small named world: one device, one vehicle, two signals, three readings each.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "each test binary uses its part; helpers say what they expect"
)]

pub(crate) mod any_batch;
pub(crate) mod any_beside;

use dimo_types::{
    Address, Batch, Location, Raw, Reading, RecordId, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp,
    TokenId, Unit,
};

/// The signer of the parse vector in model-garage.
pub(crate) const DEVICE: &str = "0x2A82163EB20f272efEa5cdAE000D87fEf79590eE";
pub(crate) const ID: RecordId = RecordId::from_bytes([7; 20]);
pub(crate) const START_US: u64 = 1_700_000_000_000_000;
pub(crate) const QUARTER: Scale = Scale { factor: 0.25, offset: 0.0 };

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digit = |c: u8| u8::try_from((c as char).to_digit(16).unwrap()).unwrap();
    text.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

pub(crate) fn device() -> Address {
    DEVICE.parse().unwrap()
}

pub(crate) fn at(micros: u64) -> Timestamp {
    Timestamp::from_micros(START_US + micros).unwrap()
}

pub(crate) fn reading(micros: u64, signal: u16, value: SignalValue<'_>) -> Reading<'_> {
    Reading { time: at(micros), signal: SignalIndex(signal), value }
}

pub(crate) fn rpm(micros: u64, raw: i64) -> Reading<'static> {
    reading(micros, 0, SignalValue::Scaled { raw: Raw::Signed(raw), scale: QUARTER })
}

pub(crate) fn speed(micros: u64, value: f64) -> Reading<'static> {
    reading(micros, 1, SignalValue::Float(value))
}

pub(crate) fn dictionary() -> Vec<SignalInfo<'static>> {
    vec![
        SignalInfo { name: "Engine.Rpm", unit: Unit::RevolutionPerMinute, scale: QUARTER },
        SignalInfo { name: "speed", unit: Unit::KilometrePerHour, scale: Scale::IDENTITY },
    ]
}

pub(crate) fn batch_of(readings: Vec<Reading<'_>>) -> Batch<'_> {
    Batch::new(ID, device(), Some(TokenId::from(1337)), dictionary(), readings).unwrap()
}

/// Three times, shared by both signals.
pub(crate) fn tiny() -> Batch<'static> {
    batch_of(vec![
        rpm(0, 4094),
        rpm(10_000, 4098),
        rpm(20_100, 4090),
        speed(0, 50.5),
        speed(10_000, 50.5),
        speed(20_100, -0.0),
    ])
}

pub(crate) fn position(latitude: f64, longitude: f64) -> Location {
    Location::new(latitude, longitude).unwrap()
}

/// What distinguishes two readings, floats to the bit.
pub(crate) fn bits(reading: &Reading<'_>) -> (Timestamp, SignalIndex, String, Vec<Option<u64>>) {
    let (text, floats) = match reading.value {
        SignalValue::Scaled { raw, scale } => {
            (format!("{raw:?}"), vec![Some(scale.factor), Some(scale.offset)])
        }
        SignalValue::Float(value) => ("float".to_owned(), vec![Some(value)]),
        SignalValue::Location(place) => {
            return (reading.time, reading.signal, "location".to_owned(), place_bits(&place));
        }
        ref other => (format!("{other:?}"), vec![]),
    };
    (reading.time, reading.signal, text, floats.into_iter().map(|f| f.map(f64::to_bits)).collect())
}

pub(crate) fn place_bits(place: &Location) -> Vec<Option<u64>> {
    let floats = [Some(place.latitude), Some(place.longitude), place.altitude, place.hdop, place.heading];
    floats.map(|float| float.map(f64::to_bits)).into()
}

#[track_caller]
pub(crate) fn assert_same(a: &Batch<'_>, b: &Batch<'_>) {
    assert_eq!((a.id(), a.device(), a.vehicle()), (b.id(), b.device(), b.vehicle()));
    let entry = |s: &SignalInfo<'_>| {
        (s.name.to_owned(), s.unit.symbol().to_owned(), s.scale.factor.to_bits(), s.scale.offset.to_bits())
    };
    assert!(a.dictionary().iter().map(entry).eq(b.dictionary().iter().map(entry)));
    any_beside::assert_same_parts(a.parts(), b.parts());
    let (a, b): (Vec<_>, Vec<_>) =
        (a.readings().iter().map(bits).collect(), b.readings().iter().map(bits).collect());
    assert_eq!(a, b);
}

/// The process has not had more than `bytes` of memory at any time so far, by Linux's word. For a file with one test, since
/// the number is that of the process.
#[track_caller]
pub(crate) fn peak_is_at_most(bytes: usize) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let Some(line) = status.lines().find_map(|line| line.strip_prefix("VmHWM:")) else {
        eprintln!("not run: needs /proc/self/status with VmHWM, as Linux has it");
        return;
    };
    let kib: usize = line.trim().strip_suffix("kB").unwrap().trim().parse().unwrap();
    println!("{kib} KiB at most");
    assert!(kib << 10 <= bytes, "{kib} KiB, {} allowed", bytes >> 10);
}
