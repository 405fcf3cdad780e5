//! What the backend must have in the end, from the car's own measurements: in the network's names and units, by arithmetic of
//! its own, and as exact as the service rounds.

use std::collections::{BTreeMap, BTreeSet};

use dimo_types::Timestamp;

use crate::backend::Readings;
use crate::car::{Car, Doing};
use crate::report::{Checked, hold};

/// A value, and how far another one may be from it.
type Expected = BTreeMap<(Timestamp, String), (f64, f64)>;

/// Everything that went out whole.
pub(crate) fn expected(car: &Car, told: &BTreeSet<(&'static str, Timestamp)>) -> Expected {
    let mut expected = Expected::new();
    for (group, time) in told {
        for (name, value, tolerance) in group_at(car, group, *time) {
            expected.insert((*time, name.to_owned()), (value, tolerance));
        }
    }
    expected
}

fn group_at(car: &Car, group: &str, time: Timestamp) -> Vec<(&'static str, f64, f64)> {
    let at = car.measure(time);
    match group {
        "drive" => {
            let mut drive = vec![
                ("latitude", at.latitude, 0.000_000_6),
                ("longitude", at.longitude, 0.000_000_6),
                ("currentLocationHeading", at.heading, 0.0),
            ];
            // Half a mile an hour.
            drive.extend(at.km_per_hour.map(|speed| ("speed", speed, 0.805)));
            drive
        }
        "charge" => vec![
            ("powertrainTractionBatteryStateOfChargeCurrent", at.charge_percent, 0.0501),
            ("powertrainTractionBatteryChargingChargeLimit", 90.0, 1e-9),
            // A twentieth of a mile.
            ("powertrainTractionBatteryRange", at.range_km, 0.0805),
            ("powertrainTractionBatteryChargingPower", at.charging_kw, 1e-9),
            (
                "powertrainTractionBatteryChargingIsCharging",
                if car.doing(time) == Doing::Charging { 1.0 } else { 0.0 },
                0.0,
            ),
        ],
        // Of four tyres, three are known. A twentieth of a psi.
        "vehicle" => vec![
            ("powertrainTransmissionTravelledDistance", at.km, 0.0805),
            ("chassisAxleRow1WheelLeftTirePressure", at.tyres_kpa, 0.345),
            ("chassisAxleRow1WheelRightTirePressure", at.tyres_kpa, 0.345),
            ("chassisAxleRow2WheelRightTirePressure", at.tyres_kpa, 0.345),
        ],
        // Half a degree Fahrenheit.
        _ => vec![("exteriorAirTemperature", at.outside_celsius, 0.278)],
    }
}

/// Whether `received` is what was expected: no reading less, none more, none of another value.
pub(crate) fn compare(expected: &Expected, received: Option<&Readings>) -> Checked {
    let none = Readings::new();
    let received = received.unwrap_or(&none);
    hold(!expected.is_empty(), || "the car told nothing".to_owned())?;
    for ((time, name), (value, tolerance)) in expected {
        let Some(got) = received.get(&(*time, name.clone())) else {
            return Err(format!("{name} of {time} is missing"));
        };
        hold((got - value).abs() <= *tolerance, || {
            format!("{name} of {time} is {got}, the car had {value}")
        })?;
    }
    let invented = received.keys().find(|key| !expected.contains_key(*key));
    invented.map_or(Ok(()), |(time, name)| Err(format!("{name} of {time} was never measured")))
}
