//! The world of the tests: a DBC file of our own, and ways to look at what comes out.

#![allow(dead_code, reason = "each test file uses some of it")]

use std::collections::HashMap;
use std::path::PathBuf;

use dimo_dbc::{Database, Plan, RawSample, Samples, Selection, compile, import};
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
