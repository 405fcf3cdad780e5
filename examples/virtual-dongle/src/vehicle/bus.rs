//! [`Bus`]: who says what on the vehicle's bus, and how often.

use dimo_dbc::{Database, EncodeError, Message};
use dimo_types::{CanId, Frame, Timestamp};

use super::DriveError;
use super::battery::CELLS;
use super::car::Car;
use super::obd::Tester;
use super::random::Random;

/// 2026-03-14T08:00:00Z.
const START_SECS: u64 = 1_773_475_200;
/// Between the starts of two frames, in microseconds.
const SLOT: u64 = 260;
/// A message that the DBC file does not describe, as there is one on every real bus. Once a second.
const UNDESCRIBED: u16 = 0x5A0;

/// The physical values of the signals of one frame.
pub(super) type Values = Vec<(&'static str, f64)>;

/// A message that its sender repeats.
struct Broadcast {
    message: &'static str,
    period_ms: u64,
    values: fn(&Car) -> Values,
}

const fn every(period_ms: u64, message: &'static str, values: fn(&Car) -> Values) -> Broadcast {
    Broadcast { message, period_ms, values }
}

/// In the order of their identifiers, as a bus would sort those that are due at the same time.
static BROADCASTS: [Broadcast; 15] = [
    every(20, "EngineStatus", engine_status),
    every(20, "WheelSpeeds", wheel_speeds),
    every(50, "Dynamics", dynamics),
    every(50, "BrakeStatus", brake_status),
    every(50, "Transmission", transmission),
    every(100, "Dashboard", dashboard),
    every(100, "TractionBattery", traction_battery),
    every(200, "CellVoltages", cell_voltages),
    every(250, "TyrePressures", tyre_pressures),
    every(1000, "TripComputer", trip_computer),
    every(1000, "Climate", climate),
    every(500, "BodyStatus", body_status),
    every(500, "LowVoltageBattery", low_voltage_battery),
    every(1000, "GnssMovement", gnss_movement),
    every(1000, "GnssPosition", gnss_position),
];

/// The bus with all its senders.
pub(super) struct Bus<'d> {
    database: &'d Database,
    tester: Tester,
    jitter: Random,
}

impl<'d> Bus<'d> {
    /// The bus that `database` describes.
    pub(super) fn new(database: &'d Database, seed: u64) -> Self {
        Self { database, tester: Tester::default(), jitter: Random::new(!seed) }
    }

    /// The frames of the hundredth of a second that `car` just lived through.
    pub(super) fn frames(&mut self, car: &Car) -> Result<Vec<Frame>, DriveError> {
        let millis = car.millis();
        let mut frames = Vec::new();
        for broadcast in BROADCASTS.iter().filter(|broadcast| millis.is_multiple_of(broadcast.period_ms)) {
            let time = self.slot(millis, frames.len());
            frames.push(self.frame(broadcast.message, &(broadcast.values)(car), time)?);
        }
        if let Some((message, values)) = self.tester.talk(car) {
            let time = self.slot(millis, frames.len());
            frames.push(self.frame(message, &values, time)?);
        }
        if let (true, Some(id)) = (millis % 1000 == 430, CanId::standard(UNDESCRIBED)) {
            let time = self.slot(millis, frames.len());
            frames.push(Frame::classic(time, id, &[0x10, 0xFF]).map_err(EncodeError::from)?);
        }
        Ok(frames)
    }

    /// When the frame behind `before` others begins. No two clocks agree to the microsecond.
    fn slot(&mut self, millis: u64, before: usize) -> Timestamp {
        let micros =
            START_SECS * 1_000_000 + millis * 1000 + before as u64 * SLOT + self.jitter.below(SLOT / 2);
        Timestamp::from_micros(micros).unwrap_or(Timestamp::MAX)
    }

    fn frame(&self, name: &'static str, values: &Values, time: Timestamp) -> Result<Frame, DriveError> {
        let message: &Message = self.database.message(name).ok_or(DriveError::NoMessage { name })?;
        let mut encoder = message.encoder()?;
        for (signal, value) in values {
            encoder.set(signal, *value)?;
        }
        Ok(encoder.frame(time)?)
    }
}

fn engine_status(car: &Car) -> Values {
    vec![
        ("EngineSpeed", car.engine.rpm),
        ("EngineTorque", car.engine.torque),
        ("EngineState", f64::from(car.engine.state as u8)),
        ("ThrottlePosition", 100.0 * car.engine.throttle()),
        ("FuelRate", car.engine.fuel_rate),
        ("AliveCounter", (car.millis() / 20 % 16) as f64),
    ]
}

fn wheel_speeds(car: &Car) -> Values {
    let [front_left, front_right, rear_left, rear_right] = car.wheels_kmh();
    vec![
        ("WheelSpeedFrontLeft", front_left),
        ("WheelSpeedFrontRight", front_right),
        ("WheelSpeedRearLeft", rear_left),
        ("WheelSpeedRearRight", rear_right),
    ]
}

fn dynamics(car: &Car) -> Values {
    vec![
        ("YawRate", car.yaw_rate()),
        ("LateralAcceleration", car.sideways()),
        ("LongitudinalAcceleration", car.acceleration),
        ("SteeringWheelAngle", car.steering()),
    ]
}

fn brake_status(car: &Car) -> Values {
    let pedal = car.brake_pedal();
    vec![
        ("BrakePedalPosition", 100.0 * pedal),
        ("BrakePressure", car.brake_pressure()),
        ("BrakePedalPressed", on_off(pedal > 0.0)),
        ("ParkingBrakeEngaged", on_off(!car.driver.is_in_drive)),
    ]
}

fn transmission(car: &Car) -> Values {
    vec![
        ("CurrentGear", car.gearbox.gear as f64),
        ("SelectorLever", if car.driver.is_in_drive { 3.0 } else { 0.0 }),
        ("OutputShaftSpeed", car.gearbox.shaft_rpm(car.speed)),
        ("GearboxOilTemperature", car.gearbox.oil),
        ("GearRatio", car.gearbox.ratio()),
    ]
}

fn dashboard(car: &Car) -> Values {
    vec![
        ("VehicleSpeed", car.kmh()),
        ("Odometer", car.odometer()),
        ("FuelLevel", car.fuel_left()),
        // At 6.4 litres for 100 km.
        ("Range", car.fuel_left() / 0.064),
    ]
}

fn traction_battery(car: &Car) -> Values {
    vec![
        ("PackVoltage", car.traction.voltage()),
        ("PackCurrent", car.traction.current),
        ("PackPower", car.traction.power),
        ("StateOfCharge", car.traction.charge),
        ("PackTemperature", car.traction.temperature),
    ]
}

fn cell_voltages(car: &Car) -> Values {
    const NAMES: [&str; CELLS] = [
        "Cell01", "Cell02", "Cell03", "Cell04", "Cell05", "Cell06", "Cell07", "Cell08", "Cell09", "Cell10",
        "Cell11", "Cell12",
    ];
    NAMES.into_iter().zip(car.traction.cells.map(|volts| 1000.0 * volts)).collect()
}

/// One wheel after the other. The right rear tyre wants air.
fn tyre_pressures(car: &Car) -> Values {
    let (pressure, temperature, bar) = match car.millis() / 250 % 4 {
        0 => ("FrontLeftPressure", "FrontLeftTemperature", 2.30),
        1 => ("FrontRightPressure", "FrontRightTemperature", 2.32),
        2 => ("RearLeftPressure", "RearLeftTemperature", 2.20),
        _ => ("RearRightPressure", "RearRightTemperature", 1.86),
    };
    // The gas law, on absolute pressure and from 8.5 degrees.
    let warm = (bar + 1.0) * (car.tyres + 273.15) / (8.5 + 273.15) - 1.0;
    vec![(pressure, warm), (temperature, car.tyres)]
}

fn trip_computer(car: &Car) -> Values {
    vec![("FuelConsumed", car.fuel_used())]
}

fn climate(car: &Car) -> Values {
    vec![("CabinTemperature", car.cabin), ("ExteriorTemperature", car.ambient())]
}

fn body_status(car: &Car) -> Values {
    vec![
        ("DoorFrontLeft", if car.driver.has_door_open { 2.0 } else { 0.0 }),
        ("DoorFrontRight", 0.0),
        ("DoorRearLeft", 0.0),
        ("DoorRearRight", 0.0),
        ("TrunkOpen", 0.0),
        // It locks itself when it drives off.
        ("CentralLock", on_off(car.driver.is_in_drive)),
        ("BeltDriver", on_off(car.driver.is_buckled)),
        ("Ignition", f64::from(car.driver.ignition as u8)),
    ]
}

fn low_voltage_battery(car: &Car) -> Values {
    vec![
        ("BatteryVoltage", car.low_voltage.voltage),
        ("BatteryCurrent", car.low_voltage.current),
        ("BatteryTemperature", car.low_voltage.temperature),
    ]
}

fn gnss_movement(car: &Car) -> Values {
    vec![
        ("Heading", car.pose.heading),
        ("GroundSpeed", car.kmh()),
        ("Pitch", car.pose.grade.atan().to_degrees()),
        ("Altitude", car.pose.altitude),
    ]
}

fn gnss_position(car: &Car) -> Values {
    let (latitude, longitude) = car.fix();
    vec![("Latitude", latitude), ("Longitude", longitude)]
}

fn on_off(is_on: bool) -> f64 {
    f64::from(u8::from(is_on))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_sent_as_often_as_the_dbc_file_says() {
        let database = dimo_dbc::import(super::super::DBC.as_bytes()).unwrap();
        for broadcast in &BROADCASTS {
            let id = database.message(broadcast.message).unwrap().id;
            let stated = format!("BA_ \"GenMsgCycleTime\" BO_ {id} {};", broadcast.period_ms);
            assert!(super::super::DBC.contains(&stated), "{}: {stated}", broadcast.message);
        }
    }
}
