//! [`Uplink`]: any modem, one link, and only where the device may operate.

use core::net::IpAddr;

use dimo_types::{ApprovedGeography, Country};

use super::{Apn, Link, Modem, Registration, SimState};

/// Brings the link of any modem up, a step at a time, and takes it down outside the approved geography.
///
/// DIP-4, Connection Specifications, Approved geography. The country is that of the serving network; where nothing says (at sea, out of
/// coverage) the last known one holds. While none was ever known the link stays down.
#[derive(Clone, Debug)]
pub struct Uplink<'g, M> {
    modem: M,
    apn: Apn,
    geography: ApprovedGeography<'g>,
    country: Option<Country>,
}

/// How far the link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UplinkState {
    /// It is up, and may be used.
    Up {
        /// Where the device is.
        country: Country,
        /// Its address, when the modem says.
        address: Option<IpAddr>,
    },
    /// It is down for now. Step again later.
    Waiting(UplinkWait),
    /// The device is where it may not operate. It keeps its readings and sends nothing.
    Outside {
        /// Where it is.
        country: Country,
    },
}

/// What the link waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UplinkWait {
    /// The SIM is not ready.
    Sim(SimState),
    /// The network has not let it in.
    Registration(Registration),
    /// Nothing says where the device is, and nothing ever did.
    Country,
    /// The network gave no link.
    Link,
}

impl<'g, M: Modem> Uplink<'g, M> {
    /// A link over `modem`, whose radio is on. `last_country` is where the device was last, from flash.
    #[must_use]
    pub const fn new(
        modem: M,
        apn: Apn,
        geography: ApprovedGeography<'g>,
        last_country: Option<Country>,
    ) -> Self {
        Self { modem, apn, geography, country: last_country }
    }

    /// Where the device is or was last, for flash.
    #[must_use]
    pub const fn country(&self) -> Option<Country> {
        self.country
    }

    /// The modem, for everything else.
    pub const fn modem_mut(&mut self) -> &mut M {
        &mut self.modem
    }

    /// The modem back.
    pub fn into_modem(self) -> M {
        self.modem
    }

    /// Looks where things stand and does what is next. Step every few seconds until it is up, and then after each event of the modem: a
    /// device on wheels leaves a country with its link up.
    ///
    /// # Errors
    ///
    /// Those of the modem. The link counts as down.
    pub async fn step(&mut self) -> Result<UplinkState, M::Error> {
        let sim = self.modem.sim().await?;
        if sim != SimState::Ready {
            return Ok(UplinkState::Waiting(UplinkWait::Sim(sim)));
        }
        let network = self.modem.network().await?;
        if !network.registration.is_registered() {
            return Ok(UplinkState::Waiting(UplinkWait::Registration(network.registration)));
        }
        self.country = network.country().or(self.country);
        let Some(country) = self.country else {
            self.modem.disconnect().await?;
            return Ok(UplinkState::Waiting(UplinkWait::Country));
        };
        if self.geography.check(country).is_err() {
            self.modem.disconnect().await?;
            return Ok(UplinkState::Outside { country });
        }
        Ok(match self.modem.connect(&self.apn).await? {
            Link::Up { address } => UplinkState::Up { country, address },
            Link::Down => UplinkState::Waiting(UplinkWait::Link),
        })
    }
}
