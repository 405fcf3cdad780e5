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
/// # Example: the requirement rises, but never falls below the minimum
///
/// ```
/// use dimo_rewards::{RequirementError, Stake};
/// use dimo_types::Wei;
/// let minimum = Wei::from_dimo(100_000).unwrap();
/// let mut stake = Stake::new(minimum);
/// stake.require(Wei::from_dimo(150_000).unwrap(), minimum)?;
/// assert_eq!(stake.require(Wei::ZERO, minimum), Err(RequirementError { minimum, requirement: Wei::ZERO }));
/// assert_eq!(stake.requirement().to_string(), "150000");
/// # Ok::<(), RequirementError>(())
/// ```
///
/// # Example: a slash is shared by those who deposited
///
/// ```
/// use dimo_rewards::{Account, Name, Stake};
/// use dimo_types::Wei;
/// let mut stake = Stake::new(Wei::new(100));
/// stake.note_deposit(Account::Provider(Name::new("acme")?), Wei::new(60));
/// stake.note_deposit(Account::Holder(Name::new("partner")?), Wei::new(40));
/// assert!(stake.take(Wei::new(11)));
/// let left: Vec<_> = stake.deposits().iter().map(|deposit| deposit.amount.get()).collect();
/// assert_eq!(left, [54, 35]);
/// # Ok::<(), dimo_rewards::NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stake {
    /// What is asked of everybody, as of when the licence was granted or since it fell.
    minimum: Wei,
    /// What is asked of this provider alone.
    raised: Option<Wei>,
    deposits: Vec<Deposit>,
}

/// A part of a [`Stake`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deposit {
    /// Who deposited it, and gets it back.
    pub by: Account,
    /// How much of it is left.
    pub amount: Wei,
}

impl Stake {
    /// A stake with nothing in it yet, of which the minimum is required.
    #[must_use]
    pub const fn new(minimum: Wei) -> Self {
        Self { minimum, raised: None, deposits: Vec::new() }
    }

    /// How much must be in it.
    #[must_use]
    pub const fn requirement(&self) -> Wei {
        match self.raised {
            Some(raised) => raised,
            None => self.minimum,
        }
    }

    /// Every deposit of which something is left, oldest first.
    #[must_use]
    pub fn deposits(&self) -> &[Deposit] {
        &self.deposits
    }

    /// What is in it: the sum of the deposits.
    #[must_use]
    pub fn balance(&self) -> Wei {
        // All of it lies in one account of a ledger, so the sum fits.
        Wei::checked_sum(self.deposits.iter().map(|deposit| deposit.amount)).unwrap_or(Wei::new(u128::MAX))
    }

    /// Sets how much must be in it (DIP-4, Slashing & License Revocation: "increase the manufacturer's staking
    /// requirement above the minimum").
    ///
    /// # Errors
    ///
    /// [`RequirementError`] below the minimum.
    pub const fn require(&mut self, requirement: Wei, minimum: Wei) -> Result<(), RequirementError> {
        if requirement.get() < minimum.get() {
            return Err(RequirementError { minimum, requirement });
        }
        self.minimum = minimum;
        self.raised = if requirement.get() > minimum.get() { Some(requirement) } else { None };
        Ok(())
    }

    /// Asks for the minimum and no more, as of a provider that is granted a licence.
    pub(crate) const fn begin(&mut self, minimum: Wei) {
        (self.minimum, self.raised) = (minimum, None);
    }

    /// Follows a minimum that fell; does not follow one that rose.
    pub(crate) fn follow(&mut self, minimum: Wei) {
        self.minimum = self.minimum.min(minimum);
    }

    /// Notes a deposit that the ledger has posted.
    pub fn note_deposit(&mut self, by: Account, amount: Wei) {
        if amount > Wei::ZERO {
            self.deposits.push(Deposit { by, amount });
        }
    }

    /// Takes `amount` from all deposits in proportion, and says whether there was as much. What flooring leaves is taken
    /// from the last deposit, and where that is too small from those before it.
    pub fn take(&mut self, amount: Wei) -> bool {
        let balance = self.balance();
        if amount > balance {
            return false;
        }
        let mut rest = amount;
        for deposit in &mut self.deposits {
            // A part of what the deposit holds, so there is one.
            let share = deposit.amount.checked_mul_ratio(amount.get(), balance.get()).unwrap_or_default();
            rest = deposit.give(share, rest);
        }
        for deposit in self.deposits.iter_mut().rev() {
            rest = deposit.give(rest, rest);
        }
        self.deposits.retain(|deposit| deposit.amount > Wei::ZERO);
        true
    }

    /// Takes back what is beyond the requirement, from the youngest deposits first, and returns whose it is.
    pub fn take_excess(&mut self) -> Vec<Deposit> {
        let mut excess = self.balance().checked_sub(self.requirement()).unwrap_or_default();
        let mut returned = Vec::new();
        for deposit in self.deposits.iter_mut().rev() {
            let amount = deposit.amount.min(excess);
            if amount > Wei::ZERO {
                excess = deposit.give(amount, excess);
                returned.push(Deposit { by: deposit.by.clone(), amount });
            }
        }
        self.deposits.retain(|deposit| deposit.amount > Wei::ZERO);
        returned
    }

    /// Empties it, and returns whose it was.
    pub fn take_all(&mut self) -> Vec<Deposit> {
        core::mem::take(&mut self.deposits)
    }
}

impl Deposit {
    /// Takes `share` or all that there is, and returns what is left of `rest`.
    fn give(&mut self, share: Wei, rest: Wei) -> Wei {
        let given = share.min(self.amount).min(rest);
        self.amount = self.amount.checked_sub(given).unwrap_or_default();
        rest.checked_sub(given).unwrap_or_default()
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
