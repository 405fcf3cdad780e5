//! The way out over the cellular network: [`Modem`], of whatever make and with whatever connectivity provider.
//!
//! The trait gives a *link*; sockets are left to `edge-nal` or `embedded-nal-async` over the stack of the modem or of the board.
//! [`AtModem`] implements it over a byte stream, for modems that speak the commands of 3GPP TS 27.007. [`Uplink`] uses any modem to
//! bring the link up, and only where the device may operate.

mod apn;
mod at;
mod low_power;
mod network;
mod signal;
mod uplink;

use core::net::IpAddr;

use dimo_types::{Imei, SimIdentity, Timestamp};

use crate::twin::error_type;

pub use apn::{Apn, ApnError};
pub use at::{AtError, AtModem, AtTimeouts};
pub use low_power::{EdrxCycle, LowPower, PsmTimers};
pub use network::{AccessTechnology, Network, Plmn, PlmnError, Registration};
pub use signal::Signal;
pub use uplink::{Uplink, UplinkState, UplinkWait};

error_type!("a modem");

/// Why a modem failed, as far as generic code cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// It did not answer in time: it is off, starting, or stuck. Power it off and on when it lasts.
    Timeout,
    /// The byte stream to it failed.
    Io,
    /// There is no SIM, or it waits for a PIN. See [`Modem::sim`].
    Sim,
    /// The network does not let it in, or not yet.
    Network,
    /// It answered what no answer to the question is.
    Protocol,
    /// It cannot do this.
    Unsupported,
    /// Something else; the driver's error says what.
    Other,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Timeout, Self::Io, Self::Sim, Self::Network, Self::Protocol, Self::Unsupported, Self::Other];
}

/// Whether the radio is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RadioPower {
    /// The least the modem can be set to and still hear commands; it may take a wake line to come back.
    Off,
    /// Radio off, SIM reachable.
    Flight,
    /// Radio on.
    On,
}

/// What the SIM is up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SimState {
    /// There is none.
    Absent,
    /// It is being read. Ask again.
    Busy,
    /// It waits for a PIN, a PUK or another password.
    Locked,
    /// It works.
    Ready,
    /// It is broken, or refused.
    Failed,
}

/// The link to the packet network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Link {
    /// There is none.
    Down,
    /// It is there.
    Up {
        /// The device's address on it, when the modem says.
        address: Option<IpAddr>,
    },
}

/// Whether a text message wakes the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SmsWake {
    /// It does not.
    Ignored,
    /// It does: the modem reports it on its line and on its ring indicator.
    Reported,
}

/// What a modem reports by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModemEvent {
    /// The registration changed. Ask for [`Modem::network`].
    Registration(Registration),
    /// A text message arrived. What stands in it is nobody's command: anyone who knows the number can send one.
    Sms,
    /// The network or the modem took the link down.
    LinkDown,
    /// It started anew, and has forgotten every setting.
    Restarted,
}

/// A cellular modem with its SIM.
///
/// The blocking twin is [`blocking::Modem`](crate::blocking::Modem).
///
/// # Contract for makers
///
/// - Each call ends by itself, in a time that the driver's documentation states.
/// - What the modem does not know is `None`, never a zero.
/// - [`Network::operator`] is that of the serving network, not of the SIM: it decides where the device is.
/// - [`Modem::connect`] on a link that is up returns that link; [`Modem::disconnect`] on one that is down does nothing.
/// - Nothing a network or a SIM sends makes it panic or wait for ever.
/// - [`conformance::check_modem`](https://docs.rs/dimo-hal/latest/dimo_hal/conformance/fn.check_modem.html) passes.
///
/// # Contract for callers
///
/// - Cancel safety: a dropped future may have been carried out or not, and the next call works; a dropped
///   [`next_event`](Self::next_event) loses no event.
/// - Power loss: settings are gone after [`ModemEvent::Restarted`], except where the modem keeps them; set them again.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait Modem: ErrorType {
    /// Switches the radio.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`]; the power is then unknown.
    async fn set_power(&mut self, power: RadioPower) -> Result<(), Self::Error>;

    /// The number of the modem.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Protocol`] when it has none that is valid.
    async fn imei(&mut self) -> Result<Imei, Self::Error>;

    /// What the SIM is up to.
    ///
    /// # Errors
    ///
    /// When the modem could not be asked; a missing SIM is an answer.
    async fn sim(&mut self) -> Result<SimState, Self::Error>;

    /// Which card and which subscription.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Sim`] unless the SIM is [`SimState::Ready`].
    async fn sim_identity(&mut self) -> Result<SimIdentity, Self::Error>;

    /// Where it is registered.
    ///
    /// # Errors
    ///
    /// When the modem could not be asked; no registration is an answer.
    async fn network(&mut self) -> Result<Network, Self::Error>;

    /// How well it hears the network.
    ///
    /// # Errors
    ///
    /// When the modem could not be asked; hearing nothing is an answer.
    async fn signal(&mut self) -> Result<Signal, Self::Error>;

    /// Asks the network for a way to save power; what it granted, now or once it is registered, is for [`low_power`](Self::low_power) to say.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`]; the old way still holds.
    async fn set_low_power(&mut self, wanted: LowPower) -> Result<(), Self::Error>;

    /// The way to save power that the network granted, which may differ from the one asked for.
    ///
    /// # Errors
    ///
    /// When the modem could not be asked.
    async fn low_power(&mut self) -> Result<LowPower, Self::Error>;

    /// Whether a text message wakes the host.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] where texts cannot be received.
    async fn set_sms_wake(&mut self, wake: SmsWake) -> Result<(), Self::Error>;

    /// Brings the link up.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Network`] when the network refuses or it is not registered; the link is down.
    async fn connect(&mut self, apn: &Apn) -> Result<Link, Self::Error>;

    /// Takes the link down.
    ///
    /// # Errors
    ///
    /// When the modem could not be told.
    async fn disconnect(&mut self) -> Result<(), Self::Error>;

    /// Whether the link is up.
    ///
    /// # Errors
    ///
    /// When the modem could not be asked.
    async fn link(&mut self) -> Result<Link, Self::Error>;

    /// The time that the network gave; `None` before it gave one. For [`Trust::Network`](crate::clock::Trust::Network).
    ///
    /// # Errors
    ///
    /// When the modem could not be asked.
    async fn network_time(&mut self) -> Result<Option<Timestamp>, Self::Error>;

    /// Waits for what the modem reports by itself.
    ///
    /// # Errors
    ///
    /// When the stream to the modem failed.
    async fn next_event(&mut self) -> Result<ModemEvent, Self::Error>;
}
