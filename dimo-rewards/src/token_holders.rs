//! [`TokenHolders`]: what a vote may change.

use alloc::collections::BTreeSet;

use dimo_types::{Country, DeviceType, Timestamp};
use thiserror::Error;

use crate::{Actor, Economy, LedgerError, Licensing, NftTerms, Policy, PolicyError, Power, Quantity};

/// What "any valid governance vote" of the token holders may do (DIP-4, Authority & Domain; Quantity and Cost of Device Minting
/// NFTs; Approved geography). They cannot decide challenges: that is the Court's.
///
/// # Example: a vote gives a power to another team
///
/// ```
/// use dimo_rewards::{Actor, BasisPoints, Economy, LicensingError, Name, Policy, Power};
/// use dimo_types::{ProviderKind, Timestamp};
/// let (maker, team, now) = (Name::new("acme")?, Name::new("auditors")?, Timestamp::EPOCH);
/// let mut economy = Economy::new(Policy::dip4(BasisPoints::ZERO));
/// economy.apply(now, &maker, ProviderKind::Software)?;
/// economy.integrations().grant(now, &maker)?;
/// let refused = economy.licensing(Actor::Holder(team.clone())).suspend(now, &maker);
/// assert!(matches!(refused, Err(LicensingError::Unauthorised(_))));
///
/// economy.token_holders().set_powers(now, Actor::Holder(team.clone()), [Power::Suspensions])?;
/// economy.licensing(Actor::Holder(team)).suspend(now, &maker)?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Example: a vote takes nothing from a stake
///
/// ```compile_fail,E0599
/// # let mut economy = dimo_rewards::Economy::new(dimo_rewards::Policy::dip4(dimo_rewards::BasisPoints::ZERO));
/// # let challenge = dimo_rewards::Name::new("c-1").unwrap();
/// let now = economy.now();
/// economy.token_holders().decide(now, &challenge, dimo_rewards::Verdict::Rejected);
/// ```
///
/// # Example: nor by overruling DIMO Integrations, which cannot do it either
///
/// ```compile_fail,E0599
/// # let mut economy = dimo_rewards::Economy::new(dimo_rewards::Policy::dip4(dimo_rewards::BasisPoints::ZERO));
/// # let challenge = dimo_rewards::Name::new("c-1").unwrap();
/// let now = economy.now();
/// economy.token_holders().overrule().decide(now, &challenge, dimo_rewards::Verdict::Rejected);
/// ```
#[derive(Debug)]
pub struct TokenHolders<'a> {
    economy: &'a mut Economy,
}

impl<'a> TokenHolders<'a> {
    pub(crate) const fn new(economy: &'a mut Economy) -> Self {
        Self { economy }
    }

    /// All powers of DIMO Integrations, to overrule it with.
    #[must_use]
    pub const fn overrule(self) -> Licensing<'a> {
        Licensing::new(self.economy, Actor::TokenHolders)
    }

    /// Says which powers a team has from now on: DIMO Integrations, or another one that is named by its account as a holder.
    ///
    /// # Errors
    ///
    /// [`VoteError`].
    pub fn set_powers(
        &mut self,
        at: Timestamp,
        team: Actor,
        powers: impl IntoIterator<Item = Power>,
    ) -> Result<(), VoteError> {
        self.economy.at(at, |economy| {
            if !matches!(team, Actor::Integrations | Actor::Holder(_)) {
                return Err(VoteError::NoTeam { actor: team });
            }
            economy.powers.insert(team, BTreeSet::from_iter(powers));
            Ok(())
        })
    }

    /// Raises how many NFTs of a type may ever be sold. Where there is no limit, there is none to raise.
    ///
    /// # Errors
    ///
    /// [`VoteError`].
    pub fn add_quantity(
        &mut self,
        at: Timestamp,
        device_type: DeviceType,
        more: u64,
    ) -> Result<(), VoteError> {
        self.change_terms(at, device_type, |terms| {
            if let Quantity::Limited(quantity) = &mut terms.quantity {
                *quantity = quantity.saturating_add(more);
            }
        })
    }

    /// Lifts the limit: "any licensed integrations provider will be able to mint as many as needed, when needed".
    ///
    /// # Errors
    ///
    /// [`VoteError`].
    pub fn lift_quantity(&mut self, at: Timestamp, device_type: DeviceType) -> Result<(), VoteError> {
        self.change_terms(at, device_type, |terms| terms.quantity = Quantity::Unlimited)
    }

    fn change_terms(
        &mut self,
        at: Timestamp,
        device_type: DeviceType,
        change: impl FnOnce(&mut NftTerms),
    ) -> Result<(), VoteError> {
        self.economy.at(at, |economy| {
            let nfts = &mut economy.policies.current_mut().nfts;
            nfts.get_mut(&device_type).map(change).ok_or(VoteError::UnknownType { device_type })
        })
    }

    /// Lets devices operate in another country (DIP-4, Approved geography: "Support for new regions may be added by the DIMO
    /// community").
    ///
    /// # Errors
    ///
    /// [`VoteError::Ledger`].
    pub fn approve_country(&mut self, at: Timestamp, country: Country) -> Result<(), VoteError> {
        self.economy.at(at, |economy| {
            economy.policies.current_mut().geography.add_country(country);
            Ok(())
        })
    }

    /// Puts another policy in force. NFTs that are sold keep the terms of their sale. Where the minimum stake rises, providers
    /// that hold a licence keep their requirement; where it falls, theirs falls with it, unless one was set for them alone, and
    /// they may [withdraw](Economy::withdraw_excess) the excess.
    ///
    /// # Errors
    ///
    /// [`VoteError::Policy`] for one whose numbers do not agree, [`VoteError::Ledger`].
    pub fn amend(&mut self, at: Timestamp, policy: Policy) -> Result<(), VoteError> {
        self.economy.at(at, |economy| {
            policy.check()?;
            for provider in economy.providers.values_mut() {
                match provider.licence {
                    Some(_) => provider.stake.follow(policy.stake),
                    None => provider.stake.begin(policy.stake),
                }
            }
            economy.policies.amend(policy);
            Ok(())
        })
    }
}

/// Why a vote changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VoteError {
    /// Powers go to teams: DIMO Integrations, or one that is named by its account as a holder.
    #[error("{actor} is no team")]
    NoTeam {
        /// Who was named.
        actor: Actor,
    },
    /// There are no NFTs of this type.
    #[error("there are no minting NFTs for {device_type}")]
    UnknownType {
        /// The type given.
        device_type: DeviceType,
    },
    /// The numbers of the policy do not agree with one another.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
