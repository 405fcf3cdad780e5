//! [`LowVoltageBattery`] of 12 V and [`TractionBattery`] of 48 V.

use super::engine::EngineState;
use super::random::Random;

/// Cells of the traction battery, in series.
pub(super) const CELLS: usize = 12;
/// Of the traction battery, in Ah.
const CAPACITY: f64 = 8.0;
/// Of one cell, in ohms.
const RESISTANCE: f64 = 0.0011;
/// What the 12 V side takes from the 48 V side, in W.
const CONVERTER_LOAD: f64 = 380.0;

/// The battery that starts the car and feeds its lamps.
#[derive(Clone, Debug)]
pub(super) struct LowVoltageBattery {
    /// Volts.
    pub(super) voltage: f64,
    /// Amperes, positive when it is charged.
    pub(super) current: f64,
    /// Degrees Celsius.
    pub(super) temperature: f64,
    /// Amperes it still takes until it is full.
    appetite: f64,
}

impl LowVoltageBattery {
    /// After a night outside.
    pub(super) fn rested(ambient: f64) -> Self {
        Self { voltage: 12.5, current: 0.0, temperature: ambient, appetite: 28.0 }
    }

    /// A step of `dt` seconds.
    pub(super) fn step(
        &mut self,
        engine: EngineState,
        is_on: bool,
        engine_heat: f64,
        random: &mut Random,
        dt: f64,
    ) {
        let (voltage, current) = match engine {
            EngineState::Cranking => (10.1, -160.0),
            EngineState::Off if is_on => (12.2, -14.0),
            EngineState::Off => (12.45, -0.6),
            EngineState::Running | EngineState::FuelCut => (13.9 + 0.018 * self.appetite, self.appetite),
        };
        if current > 0.0 {
            self.appetite = (self.appetite * (1.0 - dt / 220.0)).max(0.8);
        }
        let settles = (dt / 0.15).min(1.0);
        self.voltage += (voltage - self.voltage) * settles + 0.006 * random.noise();
        self.current += (current - self.current) * settles + 0.05 * random.noise();
        self.temperature += (5.0 + 0.35 * engine_heat - self.temperature) * dt / 1200.0;
    }
}

/// The battery that takes up what braking gives and helps the engine pull.
#[derive(Clone, Debug)]
pub(super) struct TractionBattery {
    /// kW, positive when it is charged.
    pub(super) power: f64,
    /// Amperes, positive when it is charged.
    pub(super) current: f64,
    /// Percent of its capacity.
    pub(super) charge: f64,
    /// Degrees Celsius.
    pub(super) temperature: f64,
    /// Volts of each cell.
    pub(super) cells: [f64; CELLS],
    /// Volts by which each cell differs from the others.
    spread: [f64; CELLS],
}

impl TractionBattery {
    /// A little more than half full.
    pub(super) fn half_full(ambient: f64, random: &mut Random) -> Self {
        let spread = core::array::from_fn(|_| 0.007 * random.noise());
        Self { power: 0.0, current: 0.0, charge: 58.0, temperature: ambient, cells: [3.8; CELLS], spread }
    }

    /// Volts of all cells in series.
    pub(super) fn voltage(&self) -> f64 {
        self.cells.iter().sum()
    }

    /// kW it takes from the wheels when the car brakes.
    pub(super) fn accepts(&self) -> f64 {
        if self.charge < 85.0 { 9.0 } else { 0.0 }
    }

    /// kW it gives to the wheels when the car pulls.
    pub(super) fn offers(&self) -> f64 {
        if self.charge > 42.0 { 6.0 } else { 0.0 }
    }

    /// kW it wants from the engine when the car neither brakes nor pulls hard.
    pub(super) fn wants(&self) -> f64 {
        if self.charge < 55.0 { 1.6 } else { 0.4 }
    }

    /// A step of `dt` seconds with `power` kW from the motor (negative: to it).
    pub(super) fn step(&mut self, power: f64, is_awake: bool, dt: f64) {
        let load = if is_awake { CONVERTER_LOAD / 1000.0 } else { 0.0 };
        self.power += (power - load - self.power) * (dt / 0.08).min(1.0);
        self.current = self.power * 1000.0 / self.voltage();
        self.charge = (self.charge + self.current * dt / 36.0 / CAPACITY).clamp(0.0, 100.0);
        let lost = self.current * self.current * RESISTANCE * CELLS as f64;
        self.temperature += (lost / 9000.0 - (self.temperature - 10.0) / 4000.0) * dt;
        let open_circuit = 3.45 + 0.0065 * self.charge;
        for (cell, spread) in self.cells.iter_mut().zip(self.spread) {
            *cell = open_circuit + self.current * RESISTANCE + spread;
        }
    }
}
