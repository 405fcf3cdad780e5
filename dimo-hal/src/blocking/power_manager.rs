//! The twin of [`PowerManager`](crate::PowerManager).

use core::time::Duration;

use crate::power::Line;
use crate::power_manager::{Part, ResetCause, SleepDepth, Suspension, WakeSources, Woken};
use crate::twin::twin;

twin! {
    /// The power of a board.
    trait PowerManager of power_manager {
        getters {
            /// Why the device started.
            fn reset_cause(&self) -> ResetCause;
        }

        /// The voltage of the vehicle's battery, in mV.
        async fn battery_mv(&mut self) -> Result<u32, Self::Error>;

        /// The ignition line.
        async fn ignition(&mut self) -> Result<Line, Self::Error>;

        /// Arms these sources and no others, and says which are armed.
        async fn arm(&mut self, sources: WakeSources) -> Result<WakeSources, Self::Error>;

        /// Asks a part to sleep.
        async fn suspend(&mut self, part: Part) -> Result<Suspension, Self::Error>;

        /// Takes the power from a part.
        async fn cut_power(&mut self, part: Part) -> Result<(), Self::Error>;

        /// Wakes a part, or gives it its power back.
        async fn resume(&mut self, part: Part) -> Result<(), Self::Error>;

        /// Sleeps until an armed source wakes it.
        async fn sleep(&mut self, depth: SleepDepth, longest: Option<Duration>) -> Result<Woken, Self::Error>;

        /// Takes the power from everything and gives it back.
        async fn power_cycle(&mut self) -> Result<(), Self::Error>;
    }
}
