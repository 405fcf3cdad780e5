//! Licences granted, suspended, revoked and transferred, and what they take to hold.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use dimo_types::{Timestamp, Wei};

use super::{Licensing, LicensingError};
use crate::economy::Provider;
use crate::{
    Account, CaseId, Economy, Licence, LicenceError, Matter, Model, ModelState, Name, Outcome, Power,
    Purpose, ReportError, Stake, Transfer,
};

impl Licensing<'_> {
    /// Grants a licence to a provider that applied and has none, and decides all its applications. What it staked for a licence
    /// that was revoked counts for the new one.
    ///
    /// # Errors
    ///
    /// [`LicensingError`].
    pub fn grant(&mut self, at: Timestamp, provider: &Name) -> Result<(), LicensingError> {
        self.act(at, Power::Licences, |economy| {
            let minimum = economy.policy().stake;
            let known = economy.providers.get_mut(provider).ok_or(LicensingError::UnknownProvider)?;
            require_free(known)?;
            if !economy.record.asks_for_licence(provider) {
                return Err(LicensingError::NoApplication);
            }
            let applications = economy.record.undecided(provider);
            applications.for_each(|case| case.outcome = Some((at, Outcome::Granted)));
            known.licence = Some(Licence::granted(provider.clone()));
            known.stake.begin(minimum);
            economy.record.note_licence(at, provider);
            Ok(())
        })
    }

    /// Rejects an application.
    ///
    /// # Errors
    ///
    /// [`ReportError`].
    pub fn reject(&mut self, at: Timestamp, application: CaseId) -> Result<(), ReportError> {
        self.act(at, Power::Licences, |economy| economy.record.decide(at, application, Outcome::Rejected))
    }

    /// Takes a licence out of force. The schedules of the provider's devices pause at the next close.
    ///
    /// # Errors
    ///
    /// [`LicensingError`].
    pub fn suspend(&mut self, at: Timestamp, provider: &Name) -> Result<(), LicensingError> {
        self.act(at, Power::Suspensions, |economy| Ok(licence_of(economy, provider)?.suspend()?))
    }

    /// Puts a suspended licence into force again.
    ///
    /// # Errors
    ///
    /// [`LicensingError`].
    pub fn reinstate(&mut self, at: Timestamp, provider: &Name) -> Result<(), LicensingError> {
        self.act(at, Power::Suspensions, |economy| Ok(licence_of(economy, provider)?.reinstate()?))
    }

    /// Takes a licence away for good, and opens the case whose analysis is to be published. The schedules of the provider's
    /// devices end, and what is left of them goes to the treasury; its stake waits as after a renunciation.
    ///
    /// # Errors
    ///
    /// [`LicensingError`].
    pub fn revoke(&mut self, at: Timestamp, provider: &Name) -> Result<CaseId, LicensingError> {
        self.act(at, Power::Revocations, |economy| {
            let mut licence = licence_of(economy, provider)?.clone();
            licence.revoke(at)?;
            economy.end_schedules(at, &economy.bonded(|_, bond| bond.provider == *provider))?;
            *licence_of(economy, provider)? = licence;
            let case = economy.record.open_case(at, provider, Matter::Revocation);
            // Cannot be refused: it was just opened.
            let _ = economy.record.decide(at, case, Outcome::Revoked);
            Ok(case)
        })
    }

    /// Raises or lowers what a licensed provider must stake, never below the minimum of the policy. Until it is topped up, the
    /// provider is not in good standing.
    ///
    /// # Errors
    ///
    /// [`LicensingError`].
    pub fn require_stake(
        &mut self,
        at: Timestamp,
        provider: &Name,
        requirement: Wei,
    ) -> Result<(), LicensingError> {
        self.act(at, Power::Requirements, |economy| {
            let minimum = economy.policy().stake;
            require_held(licence_of(economy, provider)?)?;
            let known = economy.providers.get_mut(provider).ok_or(LicensingError::UnknownProvider)?;
            Ok(known.stake.require(requirement, minimum)?)
        })
    }

    /// Transfers a licence to another provider, which has applied and has none: a business that changes hands. The stake, its
    /// depositors, the approved models and the bonded devices follow it. Not while a challenge is open: nobody escapes one so.
    ///
    /// # Errors
    ///
    /// [`LicensingError`].
    pub fn transfer(&mut self, at: Timestamp, from: &Name, to: &Name) -> Result<(), LicensingError> {
        self.act(at, Power::Licences, |economy| {
            require_held(licence_of(economy, from)?)?;
            let open = economy.challenges.iter().find(|(_, challenge)| {
                challenge.is_open() && (challenge.provider == *from || challenge.provider == *to)
            });
            if let Some((id, _)) = open {
                return Err(LicensingError::Challenged { id: id.clone() });
            }
            let receiver = economy.providers.get(to).ok_or(LicensingError::UnknownProvider)?;
            require_free(receiver)?;
            if receiver.stake.balance() > Wei::ZERO {
                return Err(LicensingError::StakeLocked);
            }
            if !economy.record.asks_for_licence(to) {
                return Err(LicensingError::NoApplication);
            }
            let stake = economy.ledger.balance(&Account::Stake(from.clone()));
            let (giving, taking) = (Account::Stake(from.clone()), Account::Stake(to.clone()));
            let transfer = Transfer::new(giving, taking, stake, Purpose::StakeTransfer);
            economy.ledger.post_nonzero(at, &[transfer])?;
            move_licence(economy, at, from, to);
            Ok(())
        })
    }
}

/// Moves everything that hangs on a licence; its money has moved.
fn move_licence(economy: &mut Economy, at: Timestamp, from: &Name, to: &Name) {
    let empty = Stake::new(economy.policy().stake);
    let Some(giver) = economy.providers.get_mut(from) else { return };
    let (state, models) = (giver.licence.take(), core::mem::take(&mut giver.models));
    // A ban outlives the licence it was spoken under, on both sides.
    let banned = |models: &BTreeMap<Name, Model>| {
        let banned = models.iter().filter(|(_, model)| model.state == ModelState::Banned);
        banned.map(|(name, model)| (name.clone(), model.clone())).collect::<Vec<_>>()
    };
    giver.models.extend(banned(&models));
    let stake = core::mem::replace(&mut giver.stake, empty);
    if let (Some(receiver), Some(licence)) = (economy.providers.get_mut(to), state) {
        receiver.licence = Some(licence.held_by(to.clone()));
        receiver.stake = stake;
        let before = banned(&receiver.models);
        receiver.models = models;
        receiver.models.extend(before);
    }
    economy.record.note_licence(at, to);
    economy.record.undecided(to).for_each(|case| case.outcome = Some((at, Outcome::Granted)));
    let bonds = economy.nfts.values_mut().filter_map(|nft| nft.bond.as_mut());
    bonds.filter(|bond| bond.provider == *from).for_each(|bond| bond.provider = to.clone());
}

fn licence_of<'a>(economy: &'a mut Economy, provider: &Name) -> Result<&'a mut Licence, LicensingError> {
    let known = economy.providers.get_mut(provider).ok_or(LicensingError::UnknownProvider)?;
    known.licence.as_mut().ok_or(LicensingError::NotLicensed)
}

/// Whether there is a licence, in force or suspended.
pub(super) const fn require_held(licence: &Licence) -> Result<(), LicenceError> {
    let state = licence.state();
    if state.is_held() { Ok(()) } else { Err(LicenceError { state }) }
}

/// Whether a provider may be given a licence: it has none, or none any more.
fn require_free(provider: &Provider) -> Result<(), LicenceError> {
    match provider.licence.as_ref().map(Licence::state) {
        Some(state) if !state.is_over() => Err(LicenceError { state }),
        _ => Ok(()),
    }
}
