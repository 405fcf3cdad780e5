//! How a provider leaves, and its stake returns.

use alloc::vec::Vec;

use dimo_types::{Timestamp, Wei};

use super::{Economy, ReleaseError, RenounceError};
use crate::{Licence, LicenceError, Name};

impl Economy {
    /// Gives a licence back (DIP-4, Slashing & License Revocation: "Any manufacturer may renounce their license"). From here on
    /// the provider is not in good standing, its schedules pause, and its stake waits for the months of the policy.
    ///
    /// # Errors
    ///
    /// [`RenounceError`].
    pub fn renounce(&mut self, at: Timestamp, provider: &Name) -> Result<(), RenounceError> {
        self.at(at, |economy| {
            let known = economy.providers.get_mut(provider).ok_or(RenounceError::UnknownProvider)?;
            Ok(known.licence.as_mut().ok_or(RenounceError::NotLicensed)?.renounce(at)?)
        })
    }

    /// When the stake of a provider may be released, if it waits for that; `None` also where that is beyond the calendar.
    #[must_use]
    pub fn release_due(&self, provider: &Name) -> Option<Timestamp> {
        let since = self.licence(provider)?.state().waits_since()?;
        since.checked_add_months(self.policy().renunciation_months)
    }

    /// Returns the stake of a renounced or revoked licence to those who deposited it, "after six months if there are no
    /// successful challenges during that time frame", and ends the provider's schedules. A challenge that succeeded has taken
    /// what its verdict named; one that is still open holds back the rest. Returns how much it was.
    ///
    /// # Errors
    ///
    /// [`ReleaseError`].
    pub fn release(&mut self, at: Timestamp, provider: &Name) -> Result<Wei, ReleaseError> {
        self.at(at, |economy| {
            let known = economy.providers.get(provider).ok_or(ReleaseError::UnknownProvider)?;
            let state = known.licence.as_ref().map(Licence::state).ok_or(ReleaseError::NotLicensed)?;
            if state.waits_since().is_none() {
                Err(LicenceError { state })?;
            }
            match economy.release_due(provider) {
                Some(due) if at >= due => {}
                due => return Err(ReleaseError::TooEarly { due }),
            }
            if let Some(id) = economy.open_challenge(provider) {
                return Err(ReleaseError::Challenged { id: id.clone() });
            }
            economy.pay_release(at, provider)
        })
    }

    /// What [`release`](Self::release) does once nothing stands against it.
    fn pay_release(&mut self, at: Timestamp, provider: &Name) -> Result<Wei, ReleaseError> {
        let known = self.providers.get_mut(provider).ok_or(ReleaseError::UnknownProvider)?;
        let mut stake = known.stake.clone();
        let deposits: Vec<_> = stake.take_all().into_iter().map(|it| it.returned_from(provider)).collect();
        // None of the two can be refused any more: stakes and schedules are backed by their accounts.
        self.ledger.post_nonzero(at, &deposits)?;
        let returned = core::mem::replace(&mut known.stake, stake).balance();
        if let Some(licence) = &mut known.licence {
            licence.end(at)?;
        }
        self.end_schedules(at, &self.bonded(|_, bond| bond.provider == *provider))?;
        Ok(returned)
    }
}
