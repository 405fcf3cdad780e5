//! [`TeamSplit`]: how the DIMO Integrations team shares what it earns.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use dimo_types::{Timestamp, Wei};
use thiserror::Error;

use crate::{Account, LedgerError, Licensing, Name, Power, Purpose, Transfer, Unauthorised};

/// The members of the team and their parts (DIP-4, Budget & Financial Projections: "DIMO Integrations will earn $DIMO per
/// connected vehicle which will be split among various members").
///
/// The DIP names no parts; they are the team's to state. Each member is named by its account as a holder.
///
/// # Example: two members, one of whom works half the time
///
/// ```
/// use dimo_rewards::{Name, TeamSplit};
/// use dimo_types::Wei;
/// let split = TeamSplit::new([(Name::new("ada")?, 2), (Name::new("bo")?, 1)])?;
/// let shares: Vec<_> = split.of(Wei::new(100)).into_iter().map(|(_, share)| share.get()).collect();
/// assert_eq!(shares, [67, 33]);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamSplit {
    members: Vec<(Name, NonZeroU32)>,
}

impl TeamSplit {
    /// Members and their parts of the whole, which is the sum of the parts.
    ///
    /// # Errors
    ///
    /// [`TeamSplitError`].
    pub fn new(members: impl IntoIterator<Item = (Name, u32)>) -> Result<Self, TeamSplitError> {
        let mut split = Self { members: Vec::new() };
        for (name, parts) in members {
            let parts =
                NonZeroU32::new(parts).ok_or_else(|| TeamSplitError::NoPart { name: name.clone() })?;
            if split.members.iter().any(|(known, _)| *known == name) {
                return Err(TeamSplitError::Twice { name });
            }
            split.members.push((name, parts));
        }
        if split.members.is_empty() { Err(TeamSplitError::Nobody) } else { Ok(split) }
    }

    /// The members and their parts, in the order given.
    #[must_use]
    pub fn members(&self) -> &[(Name, NonZeroU32)] {
        &self.members
    }

    /// Everybody's share of an amount, floored; what flooring leaves is the first member's. The shares sum to the amount.
    #[must_use]
    pub fn of(&self, amount: Wei) -> Vec<(&Name, Wei)> {
        let whole = self.members.iter().map(|(_, parts)| u128::from(parts.get())).sum();
        let share =
            |parts: NonZeroU32| amount.checked_mul_ratio(parts.get().into(), whole).unwrap_or_default();
        let mut shares: Vec<_> = self.members.iter().map(|(name, parts)| (name, share(*parts))).collect();
        let given = Wei::checked_sum(shares.iter().map(|(_, share)| *share)).unwrap_or_default();
        let rest = amount.checked_sub(given).unwrap_or_default();
        if let Some((_, first)) = shares.first_mut() {
            *first = first.checked_add(rest).unwrap_or(*first);
        }
        shares
    }
}

impl Licensing<'_> {
    /// Pays an amount out of the account of DIMO Integrations to its members.
    ///
    /// # Errors
    ///
    /// [`ShareError`].
    pub fn pay_members(&mut self, at: Timestamp, split: &TeamSplit, amount: Wei) -> Result<(), ShareError> {
        self.act(at, Power::TeamShare, |economy| {
            let transfers = split.of(amount).into_iter().map(|(member, share)| {
                let to = Account::Holder(member.clone());
                Transfer::new(Account::Integrations, to, share, Purpose::MemberShare)
            });
            Ok(economy.ledger.post_nonzero(at, &transfers.collect::<Vec<_>>())?)
        })
    }
}

/// Why members are not paid.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ShareError {
    /// Whoever tried has no power over the team's share.
    #[error(transparent)]
    Unauthorised(#[from] Unauthorised),
    /// The ledger refuses: there is not as much in the team's account, or the time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why members and parts make no [`TeamSplit`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TeamSplitError {
    /// There is nobody to share with.
    #[error("a team has a member")]
    Nobody,
    /// A member without a part is none. Leave it out.
    #[error("{name} has no part")]
    NoPart {
        /// The member.
        name: Name,
    },
    /// A member is named twice. Add the parts.
    #[error("{name} is named twice")]
    Twice {
        /// The member.
        name: Name,
    },
}
