//! The twin of [`Modem`](crate::Modem).

use dimo_types::{Imei, SimIdentity, Timestamp};

use crate::modem::{Apn, Link, LowPower, ModemEvent, Network, RadioPower, Signal, SimState, SmsWake};
use crate::twin::twin;

twin! {
    /// A cellular modem with its SIM.
    trait Modem of modem {
        /// Switches the radio.
        async fn set_power(&mut self, power: RadioPower) -> Result<(), Self::Error>;

        /// The number of the modem.
        async fn imei(&mut self) -> Result<Imei, Self::Error>;

        /// What the SIM is up to.
        async fn sim(&mut self) -> Result<SimState, Self::Error>;

        /// Which card and which subscription.
        async fn sim_identity(&mut self) -> Result<SimIdentity, Self::Error>;

        /// Where it is registered.
        async fn network(&mut self) -> Result<Network, Self::Error>;

        /// How well it hears the network.
        async fn signal(&mut self) -> Result<Signal, Self::Error>;

        /// Asks the network for a way to save power.
        async fn set_low_power(&mut self, wanted: LowPower) -> Result<(), Self::Error>;

        /// The way to save power that the network granted.
        async fn low_power(&mut self) -> Result<LowPower, Self::Error>;

        /// Whether a text message wakes the host.
        async fn set_sms_wake(&mut self, wake: SmsWake) -> Result<(), Self::Error>;

        /// Brings the link up.
        async fn connect(&mut self, apn: &Apn) -> Result<Link, Self::Error>;

        /// Takes the link down.
        async fn disconnect(&mut self) -> Result<(), Self::Error>;

        /// Whether the link is up.
        async fn link(&mut self) -> Result<Link, Self::Error>;

        /// The time that the network gave.
        async fn network_time(&mut self) -> Result<Option<Timestamp>, Self::Error>;

        /// Waits for what the modem reports by itself.
        async fn next_event(&mut self) -> Result<ModemEvent, Self::Error>;
    }
}
