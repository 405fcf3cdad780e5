//! What the service says of the car: in American units, rounded, each group with the time of its measurement.

use core::time::Duration;

use dimo_types::Timestamp;
use serde_json::{Value, json};

use crate::car::{Car, Doing, Measured};

const KM_PER_MILE: f64 = 1.609_344;
const KPA_PER_PSI: f64 = 6.894_757;

/// How often each group is measured while the car is in use.
const GROUPS: [(&str, Duration); 4] = [
    ("drive", Duration::from_secs(10)),
    ("charge", Duration::from_secs(60)),
    ("vehicle", Duration::from_secs(60)),
    ("climate", Duration::from_secs(300)),
];

/// How the service calls what the car is doing.
pub(super) const fn activity(doing: Doing) -> &'static str {
    match doing {
        Doing::Driving => "driving",
        Doing::Charging => "charging",
        Doing::Idle | Doing::Asleep => "idle",
    }
}

/// The answer with all groups, and which group is of when.
pub(super) fn data(car: &Car, now: Timestamp) -> (Value, [(&'static str, Timestamp); 4]) {
    let times = GROUPS.map(|(group, period)| (group, car.measured_at(now, period)));
    let [drive, charge, vehicle, climate] = times.map(|(_, time)| (car.measure(time), time));
    let answer = json!({
        "id": super::VEHICLE,
        "in_service": false,
        "drive_state": drive_state(car, &drive.0, drive.1),
        "charge_state": charge_state(car, &charge.0, charge.1),
        "vehicle_state": vehicle_state(&vehicle.0, vehicle.1),
        "climate_state": {
            "timestamp": climate.1.as_millis(),
            "outside_temp": rounded(climate.0.outside_celsius * 1.8 + 32.0, 1.0),
            "inside_temp": null,
        },
    });
    (answer, times)
}

fn drive_state(car: &Car, at: &Measured, time: Timestamp) -> Value {
    json!({
        "timestamp": time.as_millis(),
        "shift_state": if at.km_per_hour.is_some() { "D" } else { "P" },
        "speed": at.km_per_hour.map(|speed| rounded((speed + car.boast) / KM_PER_MILE, 1.0)),
        "latitude": rounded(at.latitude, 1e6),
        "longitude": rounded(at.longitude, 1e6),
        "heading": at.heading,
    })
}

fn charge_state(car: &Car, at: &Measured, time: Timestamp) -> Value {
    json!({
        "timestamp": time.as_millis(),
        "charging_state": if car.doing(time) == Doing::Charging { "Charging" } else { "Disconnected" },
        "battery_level": rounded(at.charge_percent / 100.0, 1e3),
        "charge_limit": 0.9,
        "battery_range": rounded(at.range_km / KM_PER_MILE, 10.0),
        "charger_power": at.charging_kw,
    })
}

/// One tyre has no sensor.
fn vehicle_state(at: &Measured, time: Timestamp) -> Value {
    let tyre = rounded(at.tyres_kpa / KPA_PER_PSI, 10.0);
    json!({
        "timestamp": time.as_millis(),
        "odometer": rounded(at.km / KM_PER_MILE, 10.0),
        "tire_front_left": tyre, "tire_front_right": tyre, "tire_rear_left": null, "tire_rear_right": tyre,
    })
}

/// Rounded to one part in `parts`.
fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
