//! The twin of [`VehiclePort`](crate::VehiclePort).

use crate::twin::twin;
use crate::vehicle_port::{PortBus, TransceiverMode};

twin! {
    /// The connector between device and vehicle.
    trait VehiclePort of vehicle_port {
        getters {
            /// The buses that the device has a transceiver for.
            fn buses(&self) -> &[PortBus];
        }

        /// What the transceiver of a bus does.
        async fn mode(&mut self, bus: PortBus) -> Result<TransceiverMode, Self::Error>;

        /// Puts the transceiver of a bus into a mode.
        async fn set_mode(&mut self, bus: PortBus, mode: TransceiverMode) -> Result<(), Self::Error>;

        /// The voltage at pin 16 in mV, where the device measures it.
        async fn supply_mv(&mut self) -> Result<Option<u32>, Self::Error>;
    }
}
