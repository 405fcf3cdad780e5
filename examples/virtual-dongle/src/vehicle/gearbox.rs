//! [`Gearbox`]: seven forward gears and a converter that slips at low speed.

/// Engine turns for a turn of the output shaft, first gear first.
const RATIOS: [f64; 7] = [4.70, 3.13, 2.10, 1.48, 1.14, 0.89, 0.72];
/// Output shaft turns for a turn of the wheels.
const FINAL_DRIVE: f64 = 3.7;
/// What arrives at the wheels.
pub(super) const EFFICIENCY: f64 = 0.94;
/// Of the wheels, in metres.
pub(super) const WHEEL_RADIUS: f64 = 0.312;
/// Seconds between two shifts.
const REST: f64 = 0.8;

/// An automatic gearbox.
#[derive(Clone, Debug)]
pub(super) struct Gearbox {
    /// 0 is neutral.
    pub(super) gear: usize,
    /// Degrees Celsius.
    pub(super) oil: f64,
    rested: f64,
}

impl Gearbox {
    /// In neutral, as cold as the air.
    pub(super) fn parked(ambient: f64) -> Self {
        Self { gear: 0, oil: ambient, rested: 0.0 }
    }

    /// The ratio of the gear engaged; 0 in neutral.
    pub(super) fn ratio(&self) -> f64 {
        self.gear.checked_sub(1).and_then(|gear| RATIOS.get(gear)).copied().unwrap_or(0.0)
    }

    /// Turns of the output shaft a minute at `speed` m/s.
    pub(super) fn shaft_rpm(&self, speed: f64) -> f64 {
        speed / WHEEL_RADIUS * FINAL_DRIVE * 60.0 / core::f64::consts::TAU
    }

    /// Engine torque in Nm for `force` N at the wheels; 0 in neutral.
    pub(super) fn torque_for(&self, force: f64) -> f64 {
        let ratio = self.ratio() * FINAL_DRIVE;
        let lost = if force > 0.0 { 1.0 / EFFICIENCY } else { EFFICIENCY };
        if ratio > 0.0 { force * WHEEL_RADIUS / ratio * lost } else { 0.0 }
    }

    /// Shifts by engine speed and load (0 to 1): late under load, early without.
    pub(super) fn step(&mut self, is_in_drive: bool, speed: f64, load: f64, coolant: f64, dt: f64) {
        self.oil += (0.9 * coolant - self.oil) * dt / 260.0;
        self.rested += dt;
        if !is_in_drive {
            self.gear = 0;
            return;
        }
        self.gear = self.gear.max(1);
        let rpm = self.shaft_rpm(speed) * self.ratio();
        if self.rested < REST {
            return;
        }
        if rpm > 1850.0 + 2300.0 * load && self.gear < RATIOS.len() {
            self.gear += 1;
            self.rested = 0.0;
        } else if rpm < 1050.0 + 600.0 * load && self.gear > 1 {
            self.gear -= 1;
            self.rested = 0.0;
        }
    }
}
