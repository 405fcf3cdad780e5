//! The twin of [`Gnss`](crate::Gnss).

use crate::gnss::{GnssPower, GnssReport};
use crate::twin::twin;

twin! {
    /// A receiver of satellites.
    trait Gnss of gnss {
        /// Switches it.
        async fn set_power(&mut self, power: GnssPower) -> Result<(), Self::Error>;

        /// Waits for the next report.
        async fn next_report(&mut self) -> Result<GnssReport, Self::Error>;
    }
}
