//! What the vehicle's online service answers, as far as the connection reads it. Fields it does not know are skipped, and
//! every field may be absent: a service tells what it has.

use core::fmt;

use serde::Deserialize;

/// A token, which no log may show.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Secret(String);

impl Secret {
    /// The token itself, for the request that carries it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The service wraps every answer about a vehicle.
#[derive(Deserialize)]
struct Wrapped<T> {
    response: T,
}

/// The answer about a vehicle in `body`, or `None` when it is not of that shape.
pub(crate) fn vehicle_answer<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Option<T> {
    serde_json::from_slice::<Wrapped<T>>(body).ok().map(|wrapped| wrapped.response)
}

/// Answer of the token endpoint (RFC 6749, 5.1).
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TokenAnswer {
    pub(crate) access_token: Secret,
    /// Seconds.
    pub(crate) expires_in: u64,
    /// Absent when the one in use stays valid.
    pub(crate) refresh_token: Option<Secret>,
}

/// Refusal of the token endpoint (RFC 6749, 5.2).
#[derive(Debug, Deserialize)]
pub(crate) struct TokenRefusal {
    pub(crate) error: String,
}

/// The cheap endpoint: answered by the service alone, without a word to the car.
#[derive(Debug, Deserialize)]
pub(crate) struct VehicleState {
    pub(crate) state: State,
    /// Some services do not tell it.
    #[serde(default)]
    pub(crate) activity: Option<Activity>,
}

/// Whether the car can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Online,
    Asleep,
    /// Without coverage, or anything that a later version of the service says.
    #[serde(other)]
    Offline,
}

/// What a car that can be reached is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Activity {
    Driving,
    Charging,
    /// Parked, and about to fall asleep if it is left alone.
    Idle,
    #[serde(other)]
    Unknown,
}

/// The expensive endpoint: the service asks the car. Each group says when the car measured it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct VehicleData {
    pub(crate) drive_state: Option<DriveState>,
    pub(crate) charge_state: Option<ChargeState>,
    pub(crate) vehicle_state: Option<BodyState>,
    pub(crate) climate_state: Option<ClimateState>,
}

/// Where it is and how it moves.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct DriveState {
    /// Milliseconds since the Unix epoch, in every group.
    pub(crate) timestamp: Option<u64>,
    /// `P` for parked.
    pub(crate) shift_state: Option<String>,
    /// Miles per hour; null while parked.
    pub(crate) speed: Option<f64>,
    /// Degrees.
    pub(crate) latitude: Option<f64>,
    /// Degrees.
    pub(crate) longitude: Option<f64>,
    /// Degrees.
    pub(crate) heading: Option<f64>,
}

/// The traction battery.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct ChargeState {
    pub(crate) timestamp: Option<u64>,
    pub(crate) charging_state: Option<String>,
    /// Fraction, 0 to 1.
    pub(crate) battery_level: Option<f64>,
    /// Fraction, 0 to 1.
    pub(crate) charge_limit: Option<f64>,
    /// Miles.
    pub(crate) battery_range: Option<f64>,
    /// Kilowatts.
    pub(crate) charger_power: Option<f64>,
}

/// The body of the car.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct BodyState {
    pub(crate) timestamp: Option<u64>,
    /// Miles.
    pub(crate) odometer: Option<f64>,
    /// Pounds per square inch, in all four.
    pub(crate) tire_front_left: Option<f64>,
    pub(crate) tire_front_right: Option<f64>,
    pub(crate) tire_rear_left: Option<f64>,
    pub(crate) tire_rear_right: Option<f64>,
}

/// Weather and cabin.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct ClimateState {
    pub(crate) timestamp: Option<u64>,
    /// Degrees Fahrenheit.
    pub(crate) outside_temp: Option<f64>,
}

impl VehicleData {
    /// What the car is doing by its own word, or `None` when it says nothing of it.
    pub(crate) fn activity(&self) -> Option<Activity> {
        let charging = self.charge_state.as_ref().and_then(|state| state.charging_state.as_deref());
        let gear = self.drive_state.as_ref().and_then(|state| state.shift_state.as_deref());
        match (gear, charging) {
            (Some(gear), _) if gear != "P" => Some(Activity::Driving),
            (_, Some("Charging")) => Some(Activity::Charging),
            (None, None) => None,
            _ => Some(Activity::Idle),
        }
    }
}
