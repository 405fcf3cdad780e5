//! Deposits into a stake, and what is beyond the requirement.

use alloc::vec::Vec;

use dimo_types::{Timestamp, Wei};

use super::{Economy, StakeError, WithdrawError};
use crate::{Account, Licence, LicenceError, Name, Purpose, Transfer};

impl Economy {
    /// Deposits a part of a provider's stake: by the provider, or by a financing partner. "After receiving a license", so
    /// one that is in force or suspended.
    ///
    /// # Errors
    ///
    /// [`StakeError`].
    pub fn stake(
        &mut self,
        at: Timestamp,
        by: &Account,
        provider: &Name,
        amount: Wei,
    ) -> Result<(), StakeError> {
        self.at(at, |economy| {
            let known = economy.providers.get_mut(provider).ok_or(StakeError::UnknownProvider)?;
            let state = known.licence.as_ref().map(Licence::state).ok_or(StakeError::NotLicensed)?;
            if !state.is_held() {
                Err(LicenceError { state })?;
            }
            if !can_pay(by) {
                return Err(StakeError::NoActor { account: by.clone() });
            }
            let to = Account::Stake(provider.clone());
            economy.ledger.post(at, &[Transfer::new(by.clone(), to, amount, Purpose::Stake)])?;
            known.stake.note_deposit(by.clone(), amount);
            Ok(())
        })
    }

    /// Returns what lies in a stake beyond the requirement to those who deposited last, after the requirement fell: the
    /// adopted amendment lets holders "withdraw the excess on request". Returns how much it was.
    ///
    /// # Errors
    ///
    /// [`WithdrawError`].
    pub fn withdraw_excess(&mut self, at: Timestamp, provider: &Name) -> Result<Wei, WithdrawError> {
        self.at(at, |economy| {
            if let Some(id) = economy.open_challenge(provider) {
                return Err(WithdrawError::Challenged { id: id.clone() });
            }
            let known = economy.providers.get_mut(provider).ok_or(WithdrawError::UnknownProvider)?;
            let state = known.licence.as_ref().map(Licence::state).ok_or(WithdrawError::NotLicensed)?;
            if !state.is_held() {
                Err(LicenceError { state })?;
            }
            let mut stake = known.stake.clone();
            let excess = stake.take_excess().into_iter();
            let returns: Vec<_> = excess.map(|deposit| deposit.returned_from(provider)).collect();
            economy.ledger.post(at, &returns)?;
            let excess = known.stake.balance().checked_sub(stake.balance()).unwrap_or_default();
            known.stake = stake;
            Ok(excess)
        })
    }

    /// A challenge to `provider` that the Court has still to decide.
    pub(super) fn open_challenge(&self, provider: &Name) -> Option<&Name> {
        let mut theirs = self.challenges.iter().filter(|(_, challenge)| challenge.provider == *provider);
        theirs.find(|(_, challenge)| challenge.is_open()).map(|(id, _)| id)
    }
}

impl crate::Deposit {
    /// The way of this deposit back to whoever made it.
    pub(super) fn returned_from(self, provider: &Name) -> Transfer {
        Transfer::new(Account::Stake(provider.clone()), self.by, self.amount, Purpose::StakeReturn)
    }
}

/// Whether an account is somebody's own money: a provider's, a holder's or the team's.
pub(super) const fn can_pay(account: &Account) -> bool {
    matches!(account, Account::Provider(_) | Account::Holder(_) | Account::Integrations)
}
