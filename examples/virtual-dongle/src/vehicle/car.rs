//! [`Car`]: everything that moves, turns and warms up, a hundredth of a second at a time.

use super::battery::{LowVoltageBattery, TractionBattery};
use super::driver::{Driver, Ignition};
use super::engine::{Engine, EngineState, FULL_TORQUE};
use super::gearbox::Gearbox;
use super::random::Random;
use super::route::{Pose, Route};

/// One step, in seconds.
const STEP: f64 = 0.01;
/// Of the air on that morning, in degrees Celsius.
const AMBIENT: f64 = 8.5;
/// The car with its driver, in kg.
const MASS: f64 = 1_480.0;
/// Between the axles, in metres.
const WHEEL_BASE: f64 = 2.63;
/// Between left and right wheels, in metres.
const TRACK: f64 = 1.53;
/// Of standard gravity, in m/s².
const GRAVITY: f64 = 9.80665;
/// What the car had driven before, in km.
const ODOMETER: f64 = 27_431.6;
/// What it had burnt before, in litres.
const FUEL_USED: f64 = 1_873.4;
/// What was in its tank, in litres.
const TANK: f64 = 31.0;

/// A mild hybrid on its way.
#[derive(Clone, Debug)]
pub(super) struct Car {
    route: Route,
    random: Random,
    steps: u32,
    pub(super) driver: Driver,
    pub(super) engine: Engine,
    pub(super) gearbox: Gearbox,
    pub(super) low_voltage: LowVoltageBattery,
    pub(super) traction: TractionBattery,
    pub(super) pose: Pose,
    /// m/s.
    pub(super) speed: f64,
    /// m/s².
    pub(super) acceleration: f64,
    /// Force of the friction brakes, in N.
    pub(super) braking: f64,
    /// Degrees Celsius.
    pub(super) cabin: f64,
    /// Of the tyres, in degrees Celsius.
    pub(super) tyres: f64,
    /// What the front wheels are turned for, in radians a metre, positive to the right.
    curvature: f64,
    /// Of four sensors, from -1 to 1.
    noise: [f64; 4],
    /// How far the receiver is off, in metres east and north.
    fix_error: (f64, f64),
    distance: f64,
}

impl Car {
    /// A car that stood outside all night, and somebody getting in.
    pub(super) fn on_a_cold_morning(seed: u64) -> Self {
        let route = Route::around_the_town();
        let mut random = Random::new(seed);
        Self {
            steps: 0,
            driver: Driver::getting_in(),
            engine: Engine::cold(AMBIENT),
            gearbox: Gearbox::parked(AMBIENT),
            low_voltage: LowVoltageBattery::rested(AMBIENT),
            traction: TractionBattery::half_full(AMBIENT, &mut random),
            pose: route.pose(0.0),
            speed: 0.0,
            acceleration: 0.0,
            braking: 0.0,
            cabin: AMBIENT + 1.5,
            tyres: AMBIENT,
            curvature: 0.0,
            noise: [0.0; 4],
            fix_error: (0.0, 0.0),
            distance: 0.0,
            route,
            random,
        }
    }

    /// Whether the drive is over.
    pub(super) fn is_left_alone(&self) -> bool {
        self.driver.has_left(self.now())
    }

    /// Seconds since the log began.
    pub(super) fn now(&self) -> f64 {
        f64::from(self.steps) * STEP
    }

    /// Milliseconds since the log began.
    pub(super) fn millis(&self) -> u64 {
        u64::from(self.steps) * 10
    }

    /// Lives for a hundredth of a second.
    pub(super) fn step(&mut self) {
        self.steps += 1;
        self.driver.step(self.now(), self.distance, self.speed, &self.route, &mut self.random, STEP);
        self.move_on();
        self.pull_or_brake();
        self.settle();
    }

    /// Speed and place follow what the driver asks for.
    fn move_on(&mut self) {
        self.acceleration += (self.driver.wish - self.acceleration) * STEP / 0.3;
        self.speed += self.acceleration * STEP;
        if self.speed <= 0.0 {
            (self.speed, self.acceleration) = (0.0, 0.0);
        }
        self.distance += self.speed * STEP;
        self.pose = self.route.pose(self.distance);
        // Nobody turns the wheel in no time, and nobody in a car that stands.
        if self.speed > 0.0 {
            self.curvature += (self.pose.curvature - self.curvature) * STEP / 0.35;
        }
    }

    /// Divides the force that this takes among engine, motor and brakes.
    fn pull_or_brake(&mut self) {
        let rolling = if self.speed > 0.0 { 0.011 * MASS * GRAVITY } else { 0.0 };
        let air = 0.5 * 1.24 * 0.66 * self.speed * self.speed;
        let climbing = MASS * GRAVITY * self.pose.grade;
        let force = if self.speed > 0.0 { MASS * self.acceleration + rolling + air + climbing } else { 0.0 };
        let kilowatts = force * self.speed / 1000.0;
        let is_running = self.is_running();
        let motor = if !is_running {
            0.0
        } else if kilowatts < 0.0 {
            (-kilowatts).min(self.traction.accepts())
        } else if kilowatts > 22.0 {
            -(kilowatts - 22.0).min(self.traction.offers())
        } else {
            self.traction.wants()
        };
        self.traction.step(motor, self.is_on(), STEP);
        let motor_force = motor * 1000.0 / self.speed.max(3.0);
        let wanted = self.gearbox.torque_for(force + motor_force);
        let state = match self.driver.ignition {
            Ignition::Start => EngineState::Cranking,
            Ignition::On if is_running || self.engine.state == EngineState::Cranking => EngineState::Running,
            _ => EngineState::Off,
        };
        let shaft = self.gearbox.shaft_rpm(self.speed) * self.gearbox.ratio();
        // At rest the engine still turns the alternator and creeps against the brakes.
        let at_rest = if self.driver.is_in_drive { 18.0 } else { 9.0 };
        let wanted = if self.speed > 0.0 { wanted } else { at_rest };
        self.engine.step(state, shaft, wanted, STEP);
        let load = (wanted / FULL_TORQUE).clamp(0.0, 1.0);
        self.gearbox.step(self.driver.is_in_drive, self.speed, load, self.engine.coolant, STEP);
        let held = if self.driver.is_in_drive { 900.0 } else { 0.0 };
        let left_over = (-force - motor_force.max(0.0) - 250.0).max(0.0);
        let braking = if self.speed > 0.0 { left_over } else { held };
        self.braking += (braking - self.braking) * STEP / 0.1;
    }

    /// What follows slowly: temperatures, the 12 V battery, the receiver's error.
    fn settle(&mut self) {
        let (is_on, heat) = (self.is_on(), self.engine.coolant);
        self.low_voltage.step(self.engine.state, is_on, heat, &mut self.random, STEP);
        let heater = if self.is_running() { (heat - self.cabin).max(0.0) * 0.5 } else { 0.0 };
        self.cabin += (heater.min(21.5 - self.cabin) + 0.1 * (AMBIENT - self.cabin)) * STEP / 90.0;
        self.tyres += (AMBIENT + 0.9 * self.speed - self.tyres) * STEP / 420.0;
        self.noise = core::array::from_fn(|_| self.random.noise());
        for error in [&mut self.fix_error.0, &mut self.fix_error.1] {
            *error = *error * (1.0 - STEP / 40.0) + 0.04 * self.random.noise();
        }
    }

    /// Whether the ignition is on.
    pub(super) fn is_on(&self) -> bool {
        self.driver.ignition != Ignition::Off
    }

    /// Whether the engine turns by itself.
    pub(super) fn is_running(&self) -> bool {
        matches!(self.engine.state, EngineState::Running | EngineState::FuelCut)
    }

    /// km/h.
    pub(super) fn kmh(&self) -> f64 {
        self.speed * 3.6
    }

    /// km/h of the wheels: front left, front right, rear left, rear right.
    pub(super) fn wheels_kmh(&self) -> [f64; 4] {
        let outer = TRACK / 2.0 * self.curvature;
        let [a, b, c, d] = self.noise.map(|noise| if self.speed > 0.0 { 0.03 * noise } else { 0.0 });
        let (left, right) = (self.kmh() * (1.0 + outer), self.kmh() * (1.0 - outer));
        [left + a, right + b, left + c, right + d].map(|wheel| wheel.max(0.0))
    }

    /// Degrees a second, positive to the left as ISO 8855 has it.
    pub(super) fn yaw_rate(&self) -> f64 {
        let [noise, ..] = self.noise;
        0.05 * noise - (self.speed * self.curvature).to_degrees()
    }

    /// m/s², positive to the left.
    pub(super) fn sideways(&self) -> f64 {
        -self.speed * self.speed * self.curvature
    }

    /// Of the steering wheel, in degrees, positive to the left.
    pub(super) fn steering(&self) -> f64 {
        -(WHEEL_BASE * self.curvature).atan().to_degrees() * 15.4
    }

    /// How far the brake pedal is pressed, 0 to 1. The motor brakes first, so there may be no pressure yet.
    pub(super) fn brake_pedal(&self) -> f64 {
        if self.driver.is_in_drive && self.driver.wish < -0.5 {
            (-self.driver.wish / 6.0).min(1.0)
        } else {
            0.0
        }
    }

    /// kPa in the brake lines.
    pub(super) fn brake_pressure(&self) -> f64 {
        self.braking * 0.42
    }

    /// km since the car was built.
    pub(super) fn odometer(&self) -> f64 {
        ODOMETER + self.distance / 1000.0
    }

    /// Litres in the tank.
    pub(super) fn fuel_left(&self) -> f64 {
        TANK - self.engine.fuel_used
    }

    /// Litres since the car was built.
    pub(super) fn fuel_used(&self) -> f64 {
        FUEL_USED + self.engine.fuel_used
    }

    /// Of the air outside, in degrees Celsius; the sun rises.
    pub(super) fn ambient(&self) -> f64 {
        AMBIENT + self.now() * 0.0016
    }

    /// Degrees north and east, as a receiver sees them.
    pub(super) fn fix(&self) -> (f64, f64) {
        // On a few kilometres the globe is flat enough.
        const ORIGIN: (f64, f64) = (47.3, 8.1);
        const METRES_PER_DEGREE: f64 = 111_320.0;
        let (east, north) = (self.pose.east + self.fix_error.0, self.pose.north + self.fix_error.1);
        let along_a_parallel = METRES_PER_DEGREE * ORIGIN.0.to_radians().cos();
        (ORIGIN.0 + north / METRES_PER_DEGREE, ORIGIN.1 + east / along_a_parallel)
    }
}
