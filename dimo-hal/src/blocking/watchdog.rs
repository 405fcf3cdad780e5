//! The twin of [`Watchdog`](crate::Watchdog).

use core::time::Duration;

use crate::twin::twin;

twin! {
    /// Once started, it starts the device anew unless it is fed in time.
    trait Watchdog of watchdog {
        /// Starts it, and says how much time there is between two feedings.
        async fn start(&mut self, timeout: Duration) -> Result<Duration, Self::Error>;

        /// Feeds it.
        async fn feed(&mut self) -> Result<(), Self::Error>;
    }
}
