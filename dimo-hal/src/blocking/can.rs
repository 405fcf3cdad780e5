//! The twins of [`CanReceiver`](crate::CanReceiver) and [`CanTransmitter`](crate::CanTransmitter).

use dimo_types::Frame;

use crate::can::{BusMode, BusStatus, Filter, Filtering};
use crate::twin::twin;

twin! {
    /// The receiving half of a CAN controller.
    trait CanReceiver of can {
        /// Waits for the next frame.
        async fn receive(&mut self) -> Result<Frame, Self::Error>;

        /// Asks for those frames only that match any of `filters`; none means all frames.
        async fn set_filters(&mut self, filters: &[Filter]) -> Result<Filtering, Self::Error>;

        /// Listens only, or takes part on the bus.
        async fn set_mode(&mut self, mode: BusMode) -> Result<(), Self::Error>;

        /// The state of the controller.
        async fn status(&mut self) -> Result<BusStatus, Self::Error>;
    }
}

twin! {
    /// The transmitting half of a CAN controller.
    trait CanTransmitter of can {
        /// Sends a frame and waits until it was acknowledged on the bus.
        async fn transmit(&mut self, frame: &Frame) -> Result<(), Self::Error>;

        /// Comes back after bus-off.
        async fn recover(&mut self) -> Result<(), Self::Error>;
    }
}
