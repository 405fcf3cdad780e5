//! What the signals of first and second generation devices are in the network's vocabulary.
#![cfg(feature = "json")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use dimo_types::wire::{Gen1Limits, Gen1Payload, Gen1VssError, VssValue};
use dimo_types::{VssDataType, VssKind, VssSignal};

type Converted = Vec<Result<(&'static str, VssValue<'static>), Gen1VssError>>;

/// What a signal of this name and this JSON value becomes.
fn converted(name: &str, value: &str) -> Converted {
    let json = format!(r#"{{"data":{{"vehicle":{{"signals":[{{"name":"{name}","value":{value}}}]}}}}}}"#);
    let payload = Gen1Payload::parse(json.as_bytes(), &Gen1Limits::default()).unwrap();
    let signals = payload.signals().unwrap();
    let owned = |value| match value {
        VssValue::Text(text) => VssValue::Text(String::from(text).into()),
        VssValue::Number(number) => VssValue::Number(number),
        _ => panic!("a kind of value that has no test"),
    };
    signals[0].to_vss().map(|vss| vss.map(|vss| (vss.signal.name, owned(vss.value)))).collect()
}

#[track_caller]
fn becomes_number(name: &str, value: &str, expected: (&'static str, f64)) {
    assert!(converted(name, value).contains(&Ok((expected.0, VssValue::Number(expected.1)))), "{name}");
}

#[track_caller]
fn becomes_text(name: &str, value: &str, expected: (&'static str, &'static str)) {
    let text = VssValue::Text(expected.1.into());
    assert!(converted(name, value).contains(&Ok((expected.0, text))), "{name} {value}");
}

/// Names and values of model-garage pkg/autopi/convert_signal_test.go, with what the network makes of them.
#[test]
fn a_status_message_of_the_network_gives_the_networks_signals() {
    for (name, value, vss, expected) in [
        ("longTermFuelTrim1", "25", "obdLongTermFuelTrim1", 25.0),
        ("coolantTemp", "107", "powertrainCombustionEngineECT", 107.0),
        ("maf", "475.79", "powertrainCombustionEngineMAF", 475.79),
        ("engineLoad", "12.54912", "obdEngineLoad", 12.549_12),
        ("throttlePosition", "23.529600000000002", "powertrainCombustionEngineTPS", 23.529_600_000_000_002),
        ("shortTermFuelTrim1", "12.5", "obdShortTermFuelTrim1", 12.5),
        ("vehicleSpeed", "39", "speed", 39.0),
        ("rpm", "2000", "powertrainCombustionEngineSpeed", 2000.0),
        ("fuelLevel", "50", "powertrainFuelSystemRelativeLevel", 50.0),
    ] {
        assert_eq!(converted(name, value), [Ok((vss, VssValue::Number(expected)))]);
    }
    becomes_text("obdDTCList", r#""P00BD,P0456,P0446""#, ("obdDTCList", r#"["P00BD","P0456","P0446"]"#));
}

#[test]
fn units_and_fractions_become_those_of_the_vocabulary() {
    becomes_number("fuelPercentRemaining", "0.5", ("powertrainFuelSystemRelativeLevel", 50.0));
    becomes_number("chargeLimit", "0.8", ("powertrainTractionBatteryChargingChargeLimit", 80.0));
    becomes_number("oil", "0.25", ("powertrainCombustionEngineEngineOilRelativeLevel", 25.0));
    becomes_number("charger.power", "-7.2", ("powertrainTractionBatteryCurrentPower", -7200.0));
    let odometer = "powertrainTransmissionTravelledDistance";
    for (sent, kilometres) in
        [("999999", 999_999.0), ("999999.5", 1000.0), ("123456500", 123_457.0), ("12.5", 12.5)]
    {
        becomes_number("odometer", sent, (odometer, kilometres));
    }
    for (state, number) in [("true", 1.0), ("false", 0.0)] {
        becomes_number("charging", state, ("powertrainTractionBatteryChargingIsCharging", number));
    }
}

#[test]
fn oil_is_a_level_in_steps_too() {
    for (sent, level) in [
        ("-1", "CRITICALLY_LOW"),
        ("0.2499", "CRITICALLY_LOW"),
        ("0.25", "LOW"),
        ("0.5", "NORMAL"),
        ("0.75", "HIGH"),
        ("0.99", "CRITICALLY_HIGH"),
    ] {
        becomes_text("oil", sent, ("powertrainCombustionEngineEngineOilLevel", level));
        assert_eq!(converted("oil", sent).len(), 2);
    }
}

#[test]
fn a_fuel_type_says_what_drives_the_vehicle_and_what_it_burns() {
    for (sent, fuel, drive) in [
        ("Gasoline", "GASOLINE", "COMBUSTION"),
        ("Ethanol", "E85", "COMBUSTION"),
        ("Diesel", "DIESEL", "COMBUSTION"),
        ("LPG", "LPG", "COMBUSTION"),
        ("Electric", "OTHER", "ELECTRIC"),
        ("Not available", "OTHER", "COMBUSTION"),
    ] {
        let value = format!("\"{sent}\"");
        becomes_text("fuelType", &value, ("powertrainFuelSystemSupportedFuelTypes", fuel));
        becomes_text("fuelType", &value, ("powertrainType", drive));
    }
}

#[test]
fn what_the_vocabulary_does_not_know_becomes_nothing() {
    for name in ["", "latitude", "longitude", "hdop", "nsat", "ssid", "oilLife", "Motion.Speed", "Speed"] {
        assert_eq!(converted(name, "1"), []);
    }
}

#[test]
fn a_value_of_another_type_is_refused_as_the_network_refuses_it() {
    let signal = "speed";
    for value in [r#""5""#, "true", "null", "[5]", "{}"] {
        assert_eq!(converted("speed", value), [Err(Gen1VssError::Type { signal })]);
    }
    assert_eq!(converted("speed", "1e400"), [Err(Gen1VssError::NotFinite { signal })]);
    let signal = "powertrainTractionBatteryCurrentPower";
    assert_eq!(converted("charger.power", "1e308"), [Err(Gen1VssError::NotFinite { signal })]);
    let signal = "powertrainTractionBatteryChargingIsCharging";
    assert_eq!(converted("charging", "1"), [Err(Gen1VssError::Type { signal })]);
    assert!(converted("oil", r#""full""#).iter().all(Result::is_err));
    assert!(converted("fuelType", "3").iter().all(Result::is_err));
}

#[test]
fn every_older_name_of_the_catalogue_has_a_conversion() {
    for signal in VssSignal::all() {
        for name in signal.older_names.iter().filter(|name| **name != "oilLife") {
            let sent = match (signal.data_type, signal.kind) {
                (VssDataType::Boolean, _) => "true",
                (_, VssKind::Text) if *name != "oil" => r#""x""#,
                _ => "1",
            };
            let names: Vec<_> = converted(name, sent).into_iter().filter_map(Result::ok).collect();
            assert!(names.iter().any(|(found, _)| *found == signal.name), "{name} as {}", signal.name);
        }
    }
}
