//! DBC text and mapping files.

use dimo_dbc::{Mapping, Plan, Selection, compile, lint};
use dimo_types::{Raw, Timestamp};

use super::plan::exercise;

const WORLD: &[u8] = include_bytes!("../data/world.dbc");

/// The bytes as a DBC file. What is read must compile to a plan that loads, or be refused with a reason.
pub(crate) fn import(bytes: &[u8]) {
    let database = match dimo_dbc::import(bytes) {
        Ok(database) => database,
        Err(error) => {
            let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).count();
            assert!((1..=lines).contains(&(error.line as usize)) && error.column > 0, "{error}");
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    lint(&database).iter().for_each(|finding| assert!(!finding.to_string().is_empty()));
    database.repairs.iter().for_each(|repair| assert!(!repair.to_string().is_empty()));
    match compile(&database, &Selection::all(), None) {
        Ok(blob) => exercise(&Plan::from_bytes(&blob).unwrap_or_else(|error| panic!("{error}"))),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    for message in &database.messages {
        let Ok(mut encoder) = message.encoder() else { continue };
        for signal in message.signals.iter().take(64) {
            let _ = encoder.set(&signal.name, 1.0).map(drop);
            let _ = encoder.set_raw(&signal.name, Raw::Signed(-1)).map(drop);
        }
        let _ = encoder.frame(Timestamp::EPOCH);
    }
}

/// The bytes as a mapping file, for the DBC file of the tests.
pub(crate) fn mapping(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let mapping = match Mapping::parse(text) {
        Ok(mapping) => mapping,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let database = dimo_dbc::import(WORLD).unwrap();
    for selection in [Selection::all(), Selection::mapped(&mapping)] {
        match compile(&database, &selection, Some(&mapping)) {
            Ok(blob) => exercise(&Plan::from_bytes(&blob).unwrap_or_else(|error| panic!("{error}"))),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}
