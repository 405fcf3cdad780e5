//! [`Integrations`]: the rights of the DIMO Integrations team.

use alloc::vec::Vec;

use dimo_types::{Timestamp, Wei};
use thiserror::Error;

use crate::economy::Provider;
use crate::{
    Account, Economy, LedgerError, Licence, LicenceError, LicenceState, Name, Nft, Purpose, RequirementError,
    Stake, Transfer,
};

/// What DIMO Integrations may do (DIP-4, Authority & Domain). It cannot slash a stake: there is no method for it.
///
/// # Example: a provider is licensed, suspended, and back
///
/// ```
/// use dimo_rewards::{BasisPoints, Economy, Name, Policy, Refusal};
/// use dimo_types::{Timestamp, Wei};
/// let (maker, now) = (Name::new("acme")?, Timestamp::from_secs(1_672_531_200)?);
/// let wallet = dimo_rewards::Account::Provider(maker.clone());
/// let mut economy = Economy::new(Policy::dip4(BasisPoints::ZERO));
/// economy.open(now, wallet.clone(), economy.policy().stake)?;
/// economy.integrations().grant(&maker)?;
/// economy.stake(now, &wallet, &maker, economy.policy().stake)?;
/// assert!(economy.standing(&maker).is_good());
/// economy.integrations().suspend(&maker)?;
/// assert_eq!(economy.standing(&maker).require(), Err(Refusal::Suspended));
/// economy.integrations().reinstate(&maker)?;
/// assert!(economy.standing(&maker).is_good());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Integrations<'a> {
    economy: &'a mut Economy,
}

impl<'a> Integrations<'a> {
    pub(crate) const fn new(economy: &'a mut Economy) -> Self {
        Self { economy }
    }

    /// Mints a licence for a provider that has none, or whose last one was revoked.
    ///
    /// # Errors
    ///
    /// [`LicenceError`] when it holds one.
    pub fn grant(&mut self, provider: &Name) -> Result<(), LicenceError> {
        let licence = Licence::granted(provider.clone());
        let minimum = self.economy.policy().stake;
        match self.economy.providers.get_mut(provider) {
            None => {
                let known = Provider { licence, stake: Stake::new(minimum) };
                self.economy.providers.insert(provider.clone(), known);
                Ok(())
            }
            Some(known) if matches!(known.licence.state(), LicenceState::Revoked { .. }) => {
                known.licence = licence;
                Ok(())
            }
            Some(known) => Err(LicenceError { state: known.licence.state() }),
        }
    }

    /// Takes a licence out of force. The schedules of the provider's devices pause at the next close.
    ///
    /// # Errors
    ///
    /// [`LicensingError`].
    pub fn suspend(&mut self, provider: &Name) -> Result<(), LicensingError> {
        Ok(self.provider(provider)?.licence.suspend()?)
    }

    /// Puts a suspended licence into force again.
    ///
    /// # Errors
    ///
    /// [`LicensingError`].
    pub fn reinstate(&mut self, provider: &Name) -> Result<(), LicensingError> {
        Ok(self.provider(provider)?.licence.reinstate()?)
    }

    /// Takes a licence away for good. The schedules of the provider's devices end, and what is left of them goes to the
    /// treasury.
    ///
    /// # Errors
    ///
    /// [`LicensingError`].
    pub fn revoke(&mut self, at: Timestamp, provider: &Name) -> Result<(), LicensingError> {
        let mut licence = self.provider(provider)?.licence.clone();
        licence.revoke(at)?;
        let theirs = |nft: &&mut Nft| nft.bond.as_ref().is_some_and(|bond| bond.provider == *provider);
        let bonded: Vec<&mut Nft> = self.economy.nfts.values_mut().filter(theirs).collect();
        // All of it lies in escrow, so the sum fits; if it did not, the ledger would refuse the largest amount there is.
        let rest = Wei::checked_sum(bonded.iter().map(|nft| nft.schedule.rest()));
        let rest = rest.unwrap_or(Wei::new(u128::MAX));
        let forfeit = Transfer::new(Account::Escrow, Account::Treasury, rest, Purpose::Forfeit);
        self.economy.ledger.post(at, if rest > Wei::ZERO { core::slice::from_ref(&forfeit) } else { &[] })?;
        for nft in bonded {
            // Refused for one that is paid or ended: then nothing was left of it.
            let _ = nft.schedule.end();
        }
        self.provider(provider)?.licence = licence;
        Ok(())
    }

    /// Raises or lowers what one provider must stake, never below the minimum of the policy. Until it is topped up, the
    /// provider is not in good standing.
    ///
    /// # Errors
    ///
    /// [`LicensingError`].
    pub fn require_stake(&mut self, provider: &Name, requirement: Wei) -> Result<(), LicensingError> {
        Ok(self.provider(provider)?.stake.require(requirement)?)
    }

    fn provider(&mut self, provider: &Name) -> Result<&mut Provider, LicensingError> {
        self.economy.providers.get_mut(provider).ok_or(LicensingError::UnknownProvider)
    }
}

/// Why an act of DIMO Integrations is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LicensingError {
    /// No licence was ever granted to this provider.
    #[error("the provider was never granted a licence")]
    UnknownProvider,
    /// The state of the licence does not allow it.
    #[error(transparent)]
    Licence(#[from] LicenceError),
    /// The requirement is below the minimum.
    #[error(transparent)]
    Requirement(#[from] RequirementError),
    /// The ledger refuses: the time given is before the last entry.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
