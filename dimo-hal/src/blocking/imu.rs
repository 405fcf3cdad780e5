//! The twin of [`Imu`](crate::Imu).

use crate::imu::{Acceleration, Motion, MotionThreshold};
use crate::twin::twin;

twin! {
    /// An accelerometer that watches while everything else sleeps.
    trait Imu of imu {
        /// What it feels now.
        async fn acceleration(&mut self) -> Result<Acceleration, Self::Error>;

        /// Watches for motion from now on, and says the threshold that it has.
        async fn arm(&mut self, threshold: MotionThreshold) -> Result<MotionThreshold, Self::Error>;

        /// Whether it was moved since it was armed or asked last.
        async fn take_motion(&mut self) -> Result<Motion, Self::Error>;

        /// Watches no more.
        async fn disarm(&mut self) -> Result<(), Self::Error>;
    }
}
