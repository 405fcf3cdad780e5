//! [`Stake`]: the security behind a licence.

use alloc::vec::Vec;

use dimo_types::Wei;
use thiserror::Error;

use crate::Account;

/// What one provider must stake, and who deposited what for it (DIP-4, Licenses & Staking).
///
/// The money itself lies in the ledger, in [`Account::Stake`]. This remembers whose it is, because "it is also possible
/// for a financing partner, such as a distributor, to put up the stake", and a stake returns to whoever deposited it.
///
/// # Example: the requirement rises, but never falls below the policy's minimum
///
/// ```
/// use dimo_rewards::{RequirementError, Stake};
/// use dimo_types::Wei;
/// let minimum = Wei::from_dimo(100_000).unwrap();
/// let mut stake = Stake::new(minimum);
/// stake.require(Wei::from_dimo(150_000).unwrap())?;
/// assert_eq!(stake.require(Wei::ZERO), Err(RequirementError { minimum, requirement: Wei::ZERO }));
/// assert_eq!(stake.requirement().to_string(), "150000");
/// # Ok::<(), RequirementError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stake {
    minimum: Wei,
    requirement: Wei,
    deposits: Vec<Deposit>,
}

/// A part of a [`Stake`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deposit {
    /// Who deposited it, and gets it back.
    pub by: Account,
    /// How much.
    pub amount: Wei,
}

impl Stake {
    /// A stake with nothing in it yet, of which `minimum` is required.
    #[must_use]
    pub const fn new(minimum: Wei) -> Self {
        Self { minimum, requirement: minimum, deposits: Vec::new() }
    }

    /// How much must be in it.
    #[must_use]
    pub const fn requirement(&self) -> Wei {
        self.requirement
    }

    /// Every deposit, oldest first.
    #[must_use]
    pub fn deposits(&self) -> &[Deposit] {
        &self.deposits
    }

    /// Sets how much must be in it (DIP-4, Slashing & License Revocation: "increase the manufacturer's staking
    /// requirement above the minimum").
    ///
    /// # Errors
    ///
    /// [`RequirementError`] below the minimum.
    pub fn require(&mut self, requirement: Wei) -> Result<(), RequirementError> {
        if requirement < self.minimum {
            return Err(RequirementError { minimum: self.minimum, requirement });
        }
        self.requirement = requirement;
        Ok(())
    }

    /// Notes a deposit that the ledger has posted.
    pub fn note_deposit(&mut self, by: Account, amount: Wei) {
        self.deposits.push(Deposit { by, amount });
    }
}

/// A requirement below the minimum of the policy, which nobody but the token holders may lower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a requirement of {requirement} $DIMO is below the minimum of {minimum}")]
pub struct RequirementError {
    /// The least there may be.
    pub minimum: Wei,
    /// The requirement refused.
    pub requirement: Wei,
}
