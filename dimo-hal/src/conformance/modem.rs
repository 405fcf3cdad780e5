//! The suite of [`Modem`].

use core::fmt::Debug;

use thiserror::Error;

use crate::modem::{Apn, Error as _, ErrorKind, Link, Modem, RadioPower, SimState};

/// Checks the contract of [`Modem`] on a modem with a SIM, registered or about to be: `wait` is called up to `patience` times while it
/// looks for its network. The link is down afterwards, the radio on.
///
/// # Errors
///
/// The first [`ModemViolation`] found.
pub async fn check_modem<M: Modem>(
    modem: &mut M,
    apn: &Apn,
    patience: u32,
    mut wait: impl FnMut(),
) -> Result<(), ModemViolation<M::Error>> {
    use ModemViolation as V;
    modem.set_power(RadioPower::Flight).await.map_err(V::Call)?;
    if modem.link().await.map_err(V::Call)? != Link::Down {
        return Err(V::LinkWithoutRadio);
    }
    match modem.connect(apn).await {
        Err(error) if error.kind() == ErrorKind::Network => {}
        Err(error) => return Err(V::Call(error)),
        Ok(_) => return Err(V::LinkWithoutRadio),
    }
    modem.set_power(RadioPower::On).await.map_err(V::Call)?;
    let imei = modem.imei().await.map_err(V::Call)?;
    if modem.imei().await.map_err(V::Call)? != imei {
        return Err(V::AnotherModem);
    }
    if modem.sim().await.map_err(V::Call)? != SimState::Ready {
        return Err(V::NoSim);
    }
    modem.sim_identity().await.map_err(V::Call)?;
    await_network(modem, patience, &mut wait).await?;
    check_link(modem, apn).await
}

async fn await_network<M: Modem>(
    modem: &mut M,
    patience: u32,
    wait: &mut impl FnMut(),
) -> Result<(), ModemViolation<M::Error>> {
    for _ in 0..=patience {
        let network = modem.network().await.map_err(ModemViolation::Call)?;
        if network.registration.is_registered() {
            return network.operator.map(drop).ok_or(ModemViolation::NoOperator);
        }
        wait();
    }
    Err(ModemViolation::NoNetwork)
}

async fn check_link<M: Modem>(modem: &mut M, apn: &Apn) -> Result<(), ModemViolation<M::Error>> {
    use ModemViolation as V;
    modem.disconnect().await.map_err(V::Call)?;
    modem.disconnect().await.map_err(V::Call)?;
    let first = modem.connect(apn).await.map_err(V::Call)?;
    if first == Link::Down || modem.link().await.map_err(V::Call)? != first {
        return Err(V::LinkNotUp);
    }
    if modem.connect(apn).await.map_err(V::Call)? != first {
        return Err(V::AnotherLink);
    }
    modem.disconnect().await.map_err(V::Call)?;
    if modem.link().await.map_err(V::Call)? == Link::Down { Ok(()) } else { Err(V::LinkNotDown) }
}

/// How a modem breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ModemViolation<E: Debug> {
    /// A call failed that must not, or with another kind than it must.
    #[error("a call failed: {0:?}")]
    Call(E),
    /// There is a link while the radio is off.
    #[error("a link without a radio")]
    LinkWithoutRadio,
    /// The number of the modem changes.
    #[error("the number of the modem changes")]
    AnotherModem,
    /// The SIM is not ready; the suite needs one.
    #[error("the SIM is not ready")]
    NoSim,
    /// It found no network; the suite needs one.
    #[error("no network was found")]
    NoNetwork,
    /// It is registered and does not say where.
    #[error("registered, and the operator is not known")]
    NoOperator,
    /// The link is not up, or not the one that was said to be.
    #[error("the link is not up")]
    LinkNotUp,
    /// Connecting again gave another link.
    #[error("connecting again gave another link")]
    AnotherLink,
    /// The link is up after it was taken down.
    #[error("the link is not down")]
    LinkNotDown,
}
