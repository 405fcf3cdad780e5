//! The catalogue of signals.
#![expect(clippy::unwrap_used, reason = "helpers of a test fail the test")]

use std::io::Write;
use std::path::PathBuf;

use dimo_types::{Privilege, Unit, VssDataType, VssKind, VssNode, VssSignal};

#[test]
fn there_are_116_signals_sorted_by_name_without_repeats() {
    assert_eq!(VssSignal::all().len(), 116);
    assert!(VssSignal::all().is_sorted_by(|one, next| one.name < next.name));
    let mut paths: Vec<_> = VssSignal::all().iter().map(|signal| signal.path).collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), 116);
}

#[test]
fn every_signal_is_found_by_its_name_and_nothing_else_is() {
    for signal in VssSignal::all() {
        assert_eq!(VssSignal::by_name(signal.name), Some(signal));
        assert_eq!(VssSignal::by_name(signal.path), None);
    }
    for unknown in ["", "Speed", "speed ", "isRedacted", "zzz"] {
        assert_eq!(VssSignal::by_name(unknown), None, "{unknown:?}");
    }
}

/// The network's rule: drop `Vehicle.`, lower the initial upper-case run of the first part, join the parts.
fn name_of(path: &str) -> String {
    let mut parts = path.strip_prefix("Vehicle.").unwrap().split('.');
    let first = parts.next().unwrap();
    let upper = first.chars().take_while(char::is_ascii_uppercase).count();
    let run = if upper == first.len() { upper } else { upper.saturating_sub(1).max(1) };
    // `OBD` is a run to its end; `Speed` and `IsIgnitionOn` lower one letter.
    let (head, tail) = first.split_at(run);
    format!("{}{tail}{}", head.to_lowercase(), parts.collect::<String>())
}

#[test]
fn every_name_follows_from_its_path() {
    for signal in VssSignal::all() {
        assert_eq!(name_of(signal.path), signal.name);
    }
}

#[test]
fn kinds_follow_from_data_types() {
    for signal in VssSignal::all() {
        let expected = match signal.data_type {
            VssDataType::Coordinates => VssKind::Location,
            VssDataType::String | VssDataType::StringArray => VssKind::Text,
            _ => VssKind::Number,
        };
        assert_eq!(signal.kind, expected, "{}", signal.name);
        assert!(signal.allowed.is_empty() || signal.kind == VssKind::Text, "{}", signal.name);
    }
    let count = |kind| VssSignal::all().iter().filter(|signal| signal.kind == kind).count();
    assert_eq!((count(VssKind::Number), count(VssKind::Text), count(VssKind::Location)), (109, 6, 1));
}

#[test]
fn what_tells_where_the_vehicle_is_needs_the_location_privilege() {
    for signal in VssSignal::all() {
        let tells_where = signal.path.starts_with("Vehicle.CurrentLocation.");
        let needed = if tells_where { Privilege::AllTimeLocation } else { Privilege::NonLocationData };
        assert_eq!(signal.privilege, needed, "{}", signal.name);
    }
}

#[test]
fn units_are_known_ones() {
    assert!(VssSignal::all().iter().all(|signal| !matches!(signal.unit, Unit::Other(_))));
}

#[test]
fn one_older_name_may_stand_for_two_signals() {
    let names =
        |older: &'static str| VssSignal::by_older_name(older).map(|signal| signal.name).collect::<Vec<_>>();
    assert_eq!(names("fuelType"), ["powertrainFuelSystemSupportedFuelTypes", "powertrainType"]);
    assert_eq!(names("vehicleSpeed"), ["speed"]);
    assert_eq!(
        names("frontlLeftWheelSpeed"),
        ["chassisAxleRow1WheelLeftSpeed"],
        "the network's own spelling"
    );
    assert!(names("").is_empty());
    assert!(names("nsat").is_empty());
}

/// The network's definitions as one table, beside the workspace or where `$DIMO_REFERENCE` says.
fn reference() -> Option<String> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference");
    let folder = std::env::var_os("DIMO_REFERENCE").map_or_else(beside, PathBuf::from);
    std::fs::read_to_string(folder.join("vss-signals.tsv")).ok()
}

fn bound(text: &str) -> Option<f64> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

#[test]
fn every_row_is_the_networks_definition() {
    let Some(table) = reference() else {
        // Past the test runner, which would swallow it.
        let _ = writeln!(std::io::stderr(), "not run: needs ../shared/reference/vss-signals.tsv");
        return;
    };
    let mut lines = table.lines();
    assert_eq!(
        lines.next(),
        Some(
            "json_name\tvss_path\tnode_type\tdatatype\tunit\tmin\tmax\tdimo_value_type\tprivileges\tautopi_v2_names\t\
             hashdog_names\truptela_names\tallowed\tdescription"
        )
    );
    let mut rows = 0;
    for line in lines {
        let columns: Vec<_> = line.split('\t').collect();
        let [name, path, node, data_type, unit, min, max, kind, privilege, autopi, hashdog, _, allowed, _] =
            columns[..]
        else {
            panic!("not 14 columns: {line}");
        };
        let signal = VssSignal::by_name(name).unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(signal.path, path);
        assert_eq!(signal.data_type.name(), data_type, "{name}");
        assert_eq!(signal.unit, Unit::parse(unit), "{name}");
        assert_eq!((signal.min, signal.max), (bound(min), bound(max)), "{name}");
        let node_name = match signal.node {
            VssNode::Sensor => "sensor",
            VssNode::Actuator => "actuator",
            VssNode::Attribute => "attribute",
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(node_name, node, "{name}");
        let kind_name = match signal.kind {
            VssKind::Number => "number",
            VssKind::Text => "string",
            VssKind::Location => "location",
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(kind_name, kind, "{name}");
        let privilege_name = match signal.privilege {
            Privilege::NonLocationData => "VEHICLE_NON_LOCATION_DATA",
            Privilege::AllTimeLocation => "VEHICLE_ALL_TIME_LOCATION",
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(privilege_name, privilege, "{name}");
        let mut older: Vec<_> =
            autopi.split(',').chain(hashdog.split(',')).filter(|name| !name.is_empty()).collect();
        older.sort_unstable();
        older.dedup();
        let mut ours = signal.older_names.to_vec();
        ours.sort_unstable();
        assert_eq!(ours, older, "{name}");
        let quoted: Vec<_> = signal.allowed.iter().map(|value| format!("'{value}'")).collect();
        let list = if quoted.is_empty() { String::new() } else { format!("[{}]", quoted.join(", ")) };
        assert_eq!(list, allowed, "{name}");
        rows += 1;
    }
    assert_eq!(rows, 116);
}
