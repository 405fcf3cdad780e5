//! [`MockModem`]: a modem whose network is a value.

use dimo_types::{Imei, SimIdentity, Timestamp};

use crate::blocking::Modem;
use crate::modem::{
    Apn, Error, ErrorKind, ErrorType, Link, LowPower, ModemEvent, Network, RadioPower, Registration, Signal,
    SimState, SmsWake,
};

/// A modem in a network that a test moves. Its radio is off at the start. [`Modem::next_event`] gives a change of the registration, and
/// fails where there is none, since a blocking mock cannot wait.
#[derive(Clone, Debug)]
pub struct MockModem {
    imei: Imei,
    sim: Option<SimIdentity>,
    power: RadioPower,
    network: Network,
    reported: Registration,
    link: Link,
    low_power: LowPower,
    time: Option<Timestamp>,
}

impl MockModem {
    /// A modem with this SIM in this network; without one, its SIM is absent.
    #[must_use]
    pub const fn new(imei: Imei, sim: Option<SimIdentity>, network: Network) -> Self {
        Self {
            imei,
            sim,
            power: RadioPower::Off,
            network,
            reported: Registration::Idle,
            link: Link::Down,
            low_power: LowPower::None,
            time: None,
        }
    }

    /// The vehicle drives into another network, or out of all of them.
    pub const fn enter(&mut self, network: Network) {
        self.network = network;
        if !network.registration.is_registered() {
            self.link = Link::Down;
        }
    }

    /// The network gives a time.
    pub const fn give_time(&mut self, time: Timestamp) {
        self.time = Some(time);
    }

    fn registration(&self) -> Registration {
        if self.power == RadioPower::On { self.network.registration } else { Registration::Idle }
    }
}

impl ErrorType for MockModem {
    type Error = MockModemError;
}

impl Modem for MockModem {
    fn set_power(&mut self, power: RadioPower) -> Result<(), MockModemError> {
        self.power = power;
        if power != RadioPower::On {
            self.link = Link::Down;
        }
        Ok(())
    }

    fn imei(&mut self) -> Result<Imei, MockModemError> {
        Ok(self.imei)
    }

    fn sim(&mut self) -> Result<SimState, MockModemError> {
        Ok(if self.sim.is_some() { SimState::Ready } else { SimState::Absent })
    }

    fn sim_identity(&mut self) -> Result<SimIdentity, MockModemError> {
        self.sim.ok_or(MockModemError::NoSim)
    }

    fn network(&mut self) -> Result<Network, MockModemError> {
        let registration = self.registration();
        Ok(if registration.is_registered() { self.network } else { Network::new(registration) })
    }

    fn signal(&mut self) -> Result<Signal, MockModemError> {
        Ok(if self.registration().is_registered() { Signal::from_csq(20) } else { Signal::default() })
    }

    fn set_low_power(&mut self, wanted: LowPower) -> Result<(), MockModemError> {
        self.low_power = wanted;
        Ok(())
    }

    fn low_power(&mut self) -> Result<LowPower, MockModemError> {
        Ok(self.low_power)
    }

    fn set_sms_wake(&mut self, _: SmsWake) -> Result<(), MockModemError> {
        Ok(())
    }

    fn connect(&mut self, _: &Apn) -> Result<Link, MockModemError> {
        if !self.registration().is_registered() {
            return Err(MockModemError::NoNetwork);
        }
        self.link = Link::Up { address: None };
        Ok(self.link)
    }

    fn disconnect(&mut self) -> Result<(), MockModemError> {
        self.link = Link::Down;
        Ok(())
    }

    fn link(&mut self) -> Result<Link, MockModemError> {
        Ok(self.link)
    }

    fn network_time(&mut self) -> Result<Option<Timestamp>, MockModemError> {
        Ok(self.time)
    }

    fn next_event(&mut self) -> Result<ModemEvent, MockModemError> {
        let registration = self.registration();
        if core::mem::replace(&mut self.reported, registration) == registration {
            return Err(MockModemError::NothingHappens);
        }
        Ok(ModemEvent::Registration(registration))
    }
}

/// Why a [`MockModem`] failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MockModemError {
    /// It has no SIM.
    #[error("there is no SIM")]
    NoSim,
    /// It is not registered.
    #[error("not registered")]
    NoNetwork,
    /// Nothing changed since the last event.
    #[error("nothing happens")]
    NothingHappens,
}

impl Error for MockModemError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoSim => ErrorKind::Sim,
            Self::NoNetwork => ErrorKind::Network,
            Self::NothingHappens => ErrorKind::Timeout,
        }
    }
}
