//! [`Tester`]: a device on the diagnostic socket that asks the engine, and the engine's answers.

use super::bus::Values;
use super::car::Car;

/// Between two questions, in milliseconds.
const PERIOD: u64 = 250;
/// Until the answer, in milliseconds.
const PATIENCE: u64 = 20;

/// One value of service 01.
struct Question {
    pid: u8,
    /// Bytes of data in the answer.
    bytes: u8,
    signal: &'static str,
    answer: fn(&Car) -> f64,
}

static QUESTIONS: [Question; 16] = [
    Question { pid: 0x04, bytes: 1, signal: "EngineLoad", answer: |car| 100.0 * car.engine.load() },
    Question { pid: 0x05, bytes: 1, signal: "CoolantTemperature", answer: |car| car.engine.coolant },
    Question {
        pid: 0x06,
        bytes: 1,
        signal: "ShortTermFuelTrim",
        answer: |car| 3.0 * (car.now() * 0.7).sin(),
    },
    Question { pid: 0x07, bytes: 1, signal: "LongTermFuelTrim", answer: |_| 1.6 },
    Question {
        pid: 0x0B,
        bytes: 1,
        signal: "ManifoldPressure",
        answer: |car| car.engine.manifold_pressure(),
    },
    Question { pid: 0x0C, bytes: 2, signal: "EngineSpeedObd", answer: |car| car.engine.rpm },
    Question { pid: 0x0D, bytes: 1, signal: "VehicleSpeedObd", answer: |car| car.kmh() },
    Question { pid: 0x0F, bytes: 1, signal: "IntakeAirTemperature", answer: |car| car.engine.intake_air },
    Question { pid: 0x10, bytes: 2, signal: "MassAirFlow", answer: |car| car.engine.air_flow() },
    Question {
        pid: 0x11,
        bytes: 1,
        signal: "ThrottlePositionObd",
        answer: |car| 100.0 * car.engine.throttle(),
    },
    Question { pid: 0x1F, bytes: 2, signal: "RunTime", answer: |car| car.engine.run_time },
    // Of a tank of 45 litres.
    Question { pid: 0x2F, bytes: 1, signal: "FuelTankLevel", answer: |car| car.fuel_left() / 0.45 },
    // Some 1.2 kPa less for every 100 m up.
    Question {
        pid: 0x33,
        bytes: 1,
        signal: "BarometricPressure",
        answer: |car| 101.3 - 0.012 * car.pose.altitude,
    },
    Question { pid: 0x42, bytes: 2, signal: "ModuleVoltage", answer: |car| car.low_voltage.voltage },
    Question { pid: 0x5C, bytes: 1, signal: "OilTemperature", answer: |car| car.engine.oil },
    Question { pid: 0x5E, bytes: 2, signal: "EngineFuelRate", answer: |car| car.engine.fuel_rate },
];

/// Asks one question after the other, and over again.
#[derive(Clone, Debug, Default)]
pub(super) struct Tester {
    asked: usize,
}

impl Tester {
    /// What is said at this moment: a question, an answer, or nothing.
    pub(super) fn talk(&mut self, car: &Car) -> Option<(&'static str, Values)> {
        let question = QUESTIONS.get(self.asked)?;
        match car.millis() % PERIOD {
            0 => Some(("ObdRequest", question.request())),
            PATIENCE => {
                self.asked = (self.asked + 1) % QUESTIONS.len();
                // Nobody answers while the ignition is off.
                car.is_on().then(|| ("ObdResponse", question.response(car)))
            }
            _ => None,
        }
    }
}

impl Question {
    fn request(&self) -> Values {
        vec![("RequestLength", 2.0), ("RequestService", 1.0), ("RequestPid", f64::from(self.pid))]
    }

    fn response(&self, car: &Car) -> Values {
        vec![
            ("ResponseLength", f64::from(2 + self.bytes)),
            ("ResponseService", f64::from(0x41)),
            ("Pid", f64::from(self.pid)),
            (self.signal, (self.answer)(car)),
        ]
    }
}
