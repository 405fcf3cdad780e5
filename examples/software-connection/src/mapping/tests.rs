//! Names, units, and what is left out.

use super::*;

const NOW: u64 = 1_700_000_000_000;

fn now() -> Timestamp {
    Timestamp::from_millis(NOW).unwrap()
}

fn readings(mapping: &mut Mapping, json: &str) -> Vec<(String, String)> {
    let data: VehicleData = serde_json::from_str(&json.replace("NOW", &NOW.to_string())).unwrap();
    let dictionary = mapping.dictionary();
    let text = |reading: Reading<'_>| {
        let name = dictionary[usize::from(reading.signal.0)].name.to_owned();
        let value = match reading.value {
            SignalValue::Location(place) => format!("{} {}", place.latitude, place.longitude),
            value => format!("{:.3}", value.as_f64().unwrap()),
        };
        (name, value)
    };
    mapping.readings(now(), &data).into_iter().map(text).collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn every_signal_has_a_name_and_a_unit_of_the_network() {
    assert_eq!(Mapping::new().columns.len(), SOURCES.len());
}

#[test]
fn the_services_units_become_the_networks() {
    let json = r#"{
        "drive_state": {"timestamp": NOW, "shift_state": "D", "speed": 60, "latitude": 48.5, "longitude": -11.5},
        "charge_state": {"timestamp": NOW, "battery_level": 0.735, "battery_range": 100, "charging_state": "Charging"},
        "vehicle_state": {"timestamp": NOW, "odometer": 1000.5, "tire_front_left": 36},
        "climate_state": {"timestamp": NOW, "outside_temp": 14}
    }"#;
    // By the definitions of the mile and of the pound per square inch.
    assert_eq!(
        readings(&mut Mapping::new(), json),
        [
            pair("speed", "96.561"),
            pair("currentLocationCoordinates", "48.5 -11.5"),
            pair("powertrainTractionBatteryStateOfChargeCurrent", "73.500"),
            pair("powertrainTractionBatteryRange", "160.934"),
            pair("powertrainTractionBatteryChargingIsCharging", "1.000"),
            pair("powertrainTransmissionTravelledDistance", "1610.149"),
            pair("chassisAxleRow1WheelLeftTirePressure", "248.211"),
            pair("exteriorAirTemperature", "-10.000"),
        ]
    );
}

#[test]
fn a_value_that_the_car_did_not_measure_anew_is_not_sent_again() {
    let mut mapping = Mapping::new();
    let json = r#"{"climate_state": {"timestamp": 1000, "outside_temp": 50}}"#;
    assert_eq!(readings(&mut mapping, json).len(), 1);
    assert_eq!(readings(&mut mapping, json).len(), 0);
    assert_eq!(readings(&mut mapping, &json.replace("1000", "999")).len(), 0);
    assert_eq!(readings(&mut mapping, &json.replace("1000", "1001")).len(), 1);
}

#[test]
fn a_group_that_is_new_does_not_bring_back_one_that_is_not() {
    let mut mapping = Mapping::new();
    let json = |drive: u64| {
        format!(
            r#"{{"climate_state": {{"timestamp": 1000, "outside_temp": 50}},
                "drive_state": {{"timestamp": {drive}, "speed": 10}}}}"#
        )
    };
    assert_eq!(readings(&mut mapping, &json(1)).len(), 2);
    assert_eq!(readings(&mut mapping, &json(2)), [pair("speed", "16.093")]);
}

#[test]
fn what_the_service_does_not_know_is_not_invented() {
    for json in [
        "{}",
        r#"{"drive_state": null, "later_state": {"timestamp": NOW}}"#,
        r#"{"drive_state": {"timestamp": NOW, "shift_state": "P", "speed": null}}"#,
        r#"{"drive_state": {"timestamp": NOW, "latitude": 48.5, "longitude": null}}"#,
        r#"{"drive_state": {"timestamp": NOW, "latitude": 148.5, "longitude": 11}}"#,
        r#"{"drive_state": {"timestamp": null, "speed": 30}}"#,
        r#"{"drive_state": {"speed": 30}}"#,
    ] {
        assert_eq!(readings(&mut Mapping::new(), json), [], "{json}");
    }
}

#[test]
fn a_measurement_from_the_future_is_not_believed_and_does_not_hide_later_ones() {
    let mut mapping = Mapping::new();
    let json = |time: u64| format!(r#"{{"drive_state": {{"timestamp": {time}, "speed": 10}}}}"#);
    assert_eq!(readings(&mut mapping, &json(NOW + 61_000)).len(), 0);
    assert_eq!(readings(&mut mapping, &json(u64::MAX)).len(), 0);
    assert_eq!(readings(&mut mapping, &json(NOW)).len(), 1);
}

#[test]
fn what_a_reading_tells_of_its_owner_is_known() {
    let mapping = Mapping::new();
    let place =
        mapping.dictionary().iter().position(|info| info.name == "currentLocationCoordinates").unwrap();
    assert_eq!(mapping.privilege(SignalIndex(place as u16)), Some(Privilege::AllTimeLocation));
    assert_eq!(mapping.privilege(SignalIndex(0)), Some(Privilege::NonLocationData));
    assert_eq!(mapping.privilege(SignalIndex(999)), None);
}
