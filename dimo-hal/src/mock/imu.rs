//! [`MockImu`]: an accelerometer that a test pushes.

use core::convert::Infallible;

use crate::blocking::Imu;
use crate::imu::{Acceleration, ErrorType, Motion, MotionThreshold};

/// An accelerometer that lies flat and still until it is pushed.
#[derive(Clone, Copy, Debug)]
pub struct MockImu {
    feels: Acceleration,
    armed: Option<MotionThreshold>,
    moved: Motion,
}

impl Default for MockImu {
    fn default() -> Self {
        Self { feels: Acceleration { x_mg: 0, y_mg: 0, z_mg: 1_000 }, armed: None, moved: Motion::Still }
    }
}

impl MockImu {
    /// A push along x, long enough for any threshold.
    pub fn push(&mut self, mg: u16) {
        self.feels.x_mg = i32::from(mg);
        if self.armed.is_some_and(|threshold| mg >= threshold.mg()) {
            self.moved = Motion::Moved;
        }
    }
}

impl ErrorType for MockImu {
    type Error = Infallible;
}

impl Imu for MockImu {
    fn acceleration(&mut self) -> Result<Acceleration, Infallible> {
        Ok(self.feels)
    }

    fn arm(&mut self, threshold: MotionThreshold) -> Result<MotionThreshold, Infallible> {
        (self.armed, self.moved) = (Some(threshold), Motion::Still);
        Ok(threshold)
    }

    fn take_motion(&mut self) -> Result<Motion, Infallible> {
        Ok(core::mem::replace(&mut self.moved, Motion::Still))
    }

    fn disarm(&mut self) -> Result<(), Infallible> {
        (self.armed, self.moved) = (None, Motion::Still);
        Ok(())
    }
}
