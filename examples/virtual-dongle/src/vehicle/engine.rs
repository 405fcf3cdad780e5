//! [`Engine`]: a petrol engine of 1.5 litres, from cold.

/// The most torque it gives, in Nm.
pub(super) const FULL_TORQUE: f64 = 250.0;
/// The engine speed at which it is cut off from fuel when the car pushes it.
const FUEL_CUT_ABOVE_RPM: f64 = 1150.0;
/// kW of heat in a litre an hour of petrol.
const KW_PER_LITRE_PER_HOUR: f64 = 8.9;
/// Grams a second of air for a litre an hour of petrol, at 14.7 to 1.
const AIR_PER_LITRE_PER_HOUR: f64 = 745.0 * 14.7 / 3600.0;

/// What the engine is doing, as in the value table of the DBC file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EngineState {
    Off = 0,
    Cranking = 1,
    Running = 2,
    FuelCut = 3,
}

/// The engine and what warms up with it.
#[derive(Clone, Debug)]
pub(super) struct Engine {
    pub(super) state: EngineState,
    /// Turns a minute.
    pub(super) rpm: f64,
    /// Nm, negative when the car pushes the engine.
    pub(super) torque: f64,
    /// Litres an hour.
    pub(super) fuel_rate: f64,
    /// Litres since the engine was cold.
    pub(super) fuel_used: f64,
    /// Degrees Celsius.
    pub(super) coolant: f64,
    /// Degrees Celsius.
    pub(super) oil: f64,
    /// Degrees Celsius.
    pub(super) intake_air: f64,
    /// Seconds since it started.
    pub(super) run_time: f64,
    ambient: f64,
}

impl Engine {
    /// As cold as the air.
    pub(super) fn cold(ambient: f64) -> Self {
        Self {
            state: EngineState::Off,
            rpm: 0.0,
            torque: 0.0,
            fuel_rate: 0.0,
            fuel_used: 0.0,
            coolant: ambient,
            oil: ambient,
            intake_air: ambient + 2.0,
            run_time: 0.0,
            ambient,
        }
    }

    /// Share of the torque it can give, 0 to 1.
    pub(super) fn load(&self) -> f64 {
        (self.torque / FULL_TORQUE).clamp(0.0, 1.0)
    }

    /// How far the throttle is open, 0 to 1.
    pub(super) fn throttle(&self) -> f64 {
        match self.state {
            EngineState::Running => (0.04 + 0.85 * self.load() * (0.5 + self.rpm / 7000.0)).clamp(0.0, 1.0),
            _ => 0.03,
        }
    }

    /// Air pressure behind the throttle, in kPa.
    pub(super) fn manifold_pressure(&self) -> f64 {
        match self.state {
            EngineState::Off | EngineState::Cranking => 97.0,
            EngineState::FuelCut => 22.0,
            EngineState::Running => 30.0 + 105.0 * self.load(),
        }
    }

    /// Grams of air a second.
    pub(super) fn air_flow(&self) -> f64 {
        match self.state {
            EngineState::FuelCut => self.rpm * 0.0011,
            _ => self.fuel_rate * AIR_PER_LITRE_PER_HOUR,
        }
    }

    /// Runs for `dt` seconds: geared to `shaft_rpm` (0 in neutral), asked for `wanted` Nm.
    pub(super) fn step(&mut self, state: EngineState, shaft_rpm: f64, wanted: f64, dt: f64) {
        // A cold engine idles faster; under load the converter lets it run ahead of the shaft.
        let idle = 780.0 + 5.5 * (70.0 - self.coolant).clamp(0.0, 70.0) + 3.0 * wanted.max(0.0);
        let is_pushed = wanted < 0.0 && shaft_rpm > FUEL_CUT_ABOVE_RPM;
        let (state, rpm) = match state {
            EngineState::Running if is_pushed => (EngineState::FuelCut, shaft_rpm),
            EngineState::Running => (state, shaft_rpm.max(idle)),
            EngineState::Cranking => (state, 260.0),
            _ => (EngineState::Off, 0.0),
        };
        self.state = state;
        self.rpm += (rpm - self.rpm) * (dt / 0.12).min(1.0);
        if self.rpm < 1.0 {
            self.rpm = 0.0;
        }
        let drag = 14.0 + 0.007 * self.rpm;
        self.torque = match state {
            EngineState::Running => wanted.clamp(0.0, FULL_TORQUE),
            EngineState::FuelCut => wanted.max(-drag),
            _ => 0.0,
        };
        self.fuel_rate = match state {
            EngineState::Running => {
                let kilowatts = self.torque * self.rpm / 9549.0;
                let richness = 1.0 + 0.25 * ((70.0 - self.coolant) / 70.0).clamp(0.0, 1.0);
                (0.82 * self.rpm / 1000.0 + 0.245 * kilowatts) * richness
            }
            _ => 0.0,
        };
        self.fuel_used += self.fuel_rate * dt / 3600.0;
        self.run_time = if state == EngineState::Off { 0.0 } else { self.run_time + dt };
        self.warm(dt);
    }

    fn warm(&mut self, dt: f64) {
        let heat = 0.32 * self.fuel_rate * KW_PER_LITRE_PER_HOUR;
        // Above 88 degrees the thermostat opens the way to the radiator.
        let thermostat = 1.6 * (self.coolant - 88.0).clamp(0.0, 15.0);
        let lost = 0.025 * (self.coolant - self.ambient) + thermostat;
        self.coolant += (heat - lost) * dt / 55.0;
        self.oil += (self.coolant + 0.003 * self.rpm - self.oil) * dt / 140.0;
        let under_the_hood = self.ambient + 0.12 * (self.coolant - self.ambient);
        self.intake_air += (under_the_hood - self.intake_air) * dt / 60.0;
    }
}
