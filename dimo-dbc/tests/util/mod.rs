//! The world of the tests: a DBC file of our own, and ways to look at what comes out.

#![allow(dead_code, reason = "each test file uses some of it")]

use std::collections::HashMap;
use std::path::PathBuf;

use dimo_dbc::{Database, Plan, RawBits, RawSample, Samples, Selection, compile, import};
use dimo_types::{CanId, Raw};

pub(crate) const WORLD: &str = include_str!("../data/world.dbc");

#[track_caller]
pub(crate) fn database(text: &str) -> Database {
    import(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
pub(crate) fn blob(text: &str) -> Vec<u8> {
    compile(&database(text), &Selection::all(), None).unwrap()
}

#[track_caller]
pub(crate) fn plan(blob: &[u8]) -> Plan<'_> {
    Plan::from_bytes(blob).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
pub(crate) fn standard(id: u16) -> CanId {
    CanId::standard(id).unwrap()
}

/// The raw values by signal name.
pub(crate) fn raws(plan: &Plan<'_>, samples: Samples<'_, '_>) -> HashMap<String, String> {
    samples
        .map(|sample| (plan.signal_name(sample.signal).unwrap().signal.into(), sample.raw.to_string()))
        .collect()
}

/// The names in the order in which the samples come.
pub(crate) fn names(plan: &Plan<'_>, samples: Samples<'_, '_>) -> Vec<String> {
    samples.map(|sample| plan.signal_name(sample.signal).unwrap().signal.into()).collect()
}

pub(crate) fn integer(raw: RawSample) -> i128 {
    match raw {
        RawSample::Integer(Raw::Signed(raw)) => raw.into(),
        RawSample::Integer(Raw::Unsigned(raw)) => raw.into(),
        other => panic!("no integer: {other:?}"),
    }
}

/// Whether the integer path gives what the other one does: the same signals, in the same order, with the same bits.
#[track_caller]
pub(crate) fn check_integers(plan: &Plan<'_>, id: CanId, data: &[u8]) {
    let (samples, integers) = (plan.decode_bytes(id, data).unwrap(), plan.integers_bytes(id, data).unwrap());
    assert_eq!(integers.missing(), samples.missing());
    let expected: Vec<_> = samples.map(|sample| (sample.signal, float_bits(sample.raw))).collect();
    let one_by_one: Vec<_> = integers.clone().map(|sample| (sample.signal, raw_bits(sample.raw))).collect();
    assert_eq!(one_by_one, expected, "{id} {data:02x?}");
    let mut folded = Vec::new();
    integers.for_each(|sample| folded.push((sample.signal, raw_bits(sample.raw))));
    assert_eq!(folded, expected, "{id} {data:02x?}");
}

/// A float by its value, so that a single and the double made of it are the same.
fn float_bits(raw: RawSample) -> (&'static str, i128) {
    match raw {
        RawSample::Float(value) if value.is_nan() => ("float", 0),
        RawSample::Float(value) => ("float", value.to_bits().into()),
        integer_raw => ("integer", integer(integer_raw)),
    }
}

fn raw_bits(raw: RawBits) -> (&'static str, i128) {
    match raw {
        RawBits::Signed(raw) => ("integer", raw.into()),
        RawBits::Unsigned(raw) => ("integer", raw.into()),
        RawBits::Single(bits) => float_bits(RawSample::Float(f32::from_bits(bits).into())),
        RawBits::Double(bits) => float_bits(RawSample::Float(f64::from_bits(bits))),
        other => panic!("{other:?}"),
    }
}

/// Other people's files, which are not part of the project; `None`, said loudly, when they are not there.
pub(crate) fn shared_data() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let found = std::env::var_os("DIMO_DATA").map_or(beside, PathBuf::from);
    if found.is_dir() {
        return Some(found);
    }
    eprintln!("not run: needs ../shared/data");
    None
}
