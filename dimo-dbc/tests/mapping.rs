//! DBC signals under VSS names, in VSS units.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use dimo_dbc::{CompileError, Mapping, MappingError, Plan, Selection, compile};
use dimo_types::{Raw, Scale, SignalDictionary, SignalIndex, SignalValue, Unit};
use util::{WORLD, database, standard};

fn entry(dbc: &str, vss: &str, rest: &str) -> String {
    format!("[[signal]]\ndbc = \"{dbc}\"\nvss = \"{vss}\"\n{rest}\n")
}

fn blob(mapping: &str) -> Result<Vec<u8>, CompileError> {
    compile(&database(WORLD), &Selection::all(), Some(&Mapping::parse(mapping)?))
}

fn refusal(mapping: &str) -> MappingError {
    match blob(mapping).unwrap_err() {
        CompileError::Mapping(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_mapped_signal_has_its_vss_name_and_unit_and_keeps_its_raw_integer() {
    let blob = blob(&entry("Drive.Speed", "speed", "unit = \"mph\"")).unwrap();
    let plan = Plan::from_bytes(&blob).unwrap();
    let info = plan.signal(SignalIndex(0)).unwrap();
    assert_eq!((info.name, info.unit), ("speed", Unit::KilometrePerHour));
    assert_eq!(plan.signal(SignalIndex(1)).unwrap().name, "Drive.Rpm", "the others keep their names");
    let name = plan.signal_name(SignalIndex(0)).unwrap();
    assert_eq!((name.full, name.vss), ("Drive.Speed", Some("speed")));
    let sample = plan.decode_bytes(standard(291), &[0x10, 0x27, 0, 0, 0, 0, 0, 0]).unwrap().next().unwrap();
    let SignalValue::Scaled { raw, scale } = sample.value() else { panic!("{sample:?}") };
    assert_eq!((raw, scale), (Raw::Signed(10_000), info.scale));
    assert!((sample.physical() - 160.9344).abs() < 1e-9, "{}", sample.physical());
    let (_, greatest) = plan.limits(SignalIndex(0)).unwrap();
    assert!((greatest - 402.336).abs() < 1e-9, "limits are in the unit of the mapping");
}

#[test]
fn without_any_conversion_the_scale_is_that_of_the_file() {
    let blob = blob(&entry("Drive.Speed", "speed", "")).unwrap();
    let plan = Plan::from_bytes(&blob).unwrap();
    assert_eq!(plan.signal(SignalIndex(0)).unwrap().scale, Scale { factor: 0.01, offset: 0.0 });
}

#[test]
fn the_target_unit_can_be_stated() {
    let blob = blob(&entry("Drive.Coolant", "powertrainCombustionEngineECT", "to = \"degF\"")).unwrap();
    let plan = Plan::from_bytes(&blob).unwrap();
    let coolant = plan.decode_bytes(standard(291), &[0, 0, 0, 0, 0, 0, 0, 60]).unwrap().nth(4).unwrap();
    assert!((coolant.physical() - 212.0).abs() < 1e-9);
    assert_eq!(plan.signal(SignalIndex(4)).unwrap().unit, Unit::Fahrenheit);
}

#[test]
fn a_table_of_numbers_replaces_raw_values_and_what_it_does_not_list_is_not_there() {
    let values = "values = { 0 = 0, 1 = 1, 15 = -1 }";
    let blob = blob(&entry("Gear", "powertrainTransmissionCurrentGear", values)).unwrap();
    let plan = Plan::from_bytes(&blob).unwrap();
    let gear = |raw: u8| {
        let data = [0, 0, 0, 0, 0, raw << 4, 0, 0];
        let mut samples = plan.decode_bytes(standard(291), &data).unwrap();
        samples
            .find(|sample| sample.signal == SignalIndex(3))
            .map(|sample| (sample.value(), sample.physical()))
    };
    let reverse = SignalValue::Scaled { raw: Raw::Signed(-1), scale: Scale::IDENTITY };
    assert_eq!(gear(15), Some((reverse, -1.0)));
    assert_eq!(gear(7), None);
    assert_eq!(plan.signal(SignalIndex(3)).unwrap().scale, Scale::IDENTITY);
}

#[test]
fn one_fraction_makes_a_table_of_floats() {
    let values = "values = { 0 = 0, 1 = 0.5 }";
    let blob = blob(&entry("Gear", "powertrainTransmissionCurrentGear", values)).unwrap();
    let plan = Plan::from_bytes(&blob).unwrap();
    let gear = plan.decode_bytes(standard(291), &[0; 8]).unwrap().nth(3).unwrap();
    assert_eq!((gear.value(), gear.physical()), (SignalValue::Float(0.0), 0.0));
}

#[test]
fn a_table_of_texts_gives_text() {
    let values = "values = { 0 = \"COMBUSTION\", \"1\" = \"ELECTRIC\" }";
    let blob = blob(&entry("Page.Selector", "powertrainType", values)).unwrap();
    let plan = Plan::from_bytes(&blob).unwrap();
    let selector =
        |raw| plan.decode_bytes(standard(296), &[raw, 0, 0, 0, 0, 0, 0, 0]).unwrap().next().unwrap();
    assert_eq!(selector(1).value(), SignalValue::Text("ELECTRIC"));
    // The switch itself still selects by its raw value.
    assert_eq!(plan.decode_bytes(standard(296), &[1, 0, 0, 0, 0, 0, 0, 0]).unwrap().count(), 4);
}

#[test]
fn a_mapping_can_be_the_selection() {
    let mapping = Mapping::parse(&entry("Drive.Speed", "speed", "")).unwrap();
    let blob = compile(&database(WORLD), &Selection::mapped(&mapping), Some(&mapping)).unwrap();
    assert_eq!(Plan::from_bytes(&blob).unwrap().signal_count(), 1);
}

#[test]
fn what_cannot_be_mapped_names_its_entry() {
    let dbc = |name: &str| name.to_owned();
    assert_eq!(
        refusal(&entry("Drive.None", "speed", "")),
        MappingError::UnknownSignal { entry: dbc("Drive.None") }
    );
    assert_eq!(
        refusal(&entry("Drive.Speed", "Speed", "")),
        MappingError::UnknownVss { entry: dbc("Drive.Speed"), vss: dbc("Speed") }
    );
    assert_eq!(
        refusal(&entry("Drive.Speed", "speed", "unit = \"V\"")),
        MappingError::NoConversion { entry: dbc("Drive.Speed"), from: dbc("V"), to: dbc("km/h") }
    );
    let twice = entry("Speed", "speed", "") + &entry("Drive.Speed", "speed", "");
    assert_eq!(refusal(&twice), MappingError::DuplicateSignal { entry: dbc("Drive.Speed") });
    assert!(matches!(refusal(&entry("Gear", "powertrainType", "")), MappingError::Kind { .. }));
    assert!(matches!(refusal(&entry("Gear", "speed", "values = { 0 = \"a\" }")), MappingError::Kind { .. }));
    assert!(matches!(
        refusal(&entry("Gear", "powertrainType", "values = { 0 = \"STEAM\" }")),
        MappingError::Text { .. }
    ));
    assert!(matches!(
        refusal(&entry("Single", "speed", "values = { 0 = 1 }")),
        MappingError::ValuesOfFloat { .. }
    ));
    let text = "BO_ 1 A: 8 X\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\nBO_ 2 B: 8 X\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\n";
    let mapping = Mapping::parse(&entry("S", "speed", "")).unwrap();
    let ambiguous = compile(&database(text), &Selection::all(), Some(&mapping)).unwrap_err();
    assert_eq!(ambiguous, CompileError::Mapping(MappingError::AmbiguousSignal { entry: dbc("S"), count: 2 }));
}

#[test]
fn text_that_is_no_mapping_is_refused_with_its_place() {
    let at = |text: &str| match Mapping::parse(text).unwrap_err() {
        MappingError::Syntax { line, column, .. } => (line, column),
        other => panic!("{other:?}"),
    };
    assert_eq!(at("[[signal]]\ndbc = \"A\"\nvss = speed\n"), (3, 7));
    assert_eq!(at("[[signal]]\ndbc = \"A\"\nvss = \"speed\"\nfactor = 2\n"), (4, 1));
    let wrong =
        |values: &str| matches!(Mapping::parse(&entry("A", "b", values)), Err(MappingError::Values { .. }));
    assert!(wrong("values = { one = 1 }"));
    assert!(wrong("values = { 0 = 1, 1 = \"a\" }"));
    assert!(wrong("values = { 0 = 1, \"00\" = 1 }"));
}
