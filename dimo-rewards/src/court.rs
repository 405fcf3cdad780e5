//! [`Court`]: who alone takes from a stake.

use alloc::vec::Vec;

use dimo_types::{Timestamp, Wei};
use thiserror::Error;

use crate::{Account, Economy, LedgerError, Name, Purpose, Slash, Transfer, Verdict};

/// What the DIMO Court may do (DIP-4, Slashing & License Revocation: "That power lies with the DIMO Court"): decide challenges.
/// Licences are not its business.
///
/// # Example: a challenge is upheld, and the stake is short
///
/// ```
/// use dimo_rewards::{Actor, BasisPoints, Economy, Name, Policy, Slash, Verdict, Violation};
/// use dimo_types::{ProviderKind, Timestamp};
/// let (maker, now) = (Name::new("acme")?, Timestamp::EPOCH);
/// let wallet: dimo_rewards::Account = "provider:acme".parse()?;
/// let mut economy = Economy::new(Policy::dip4(BasisPoints::ZERO));
/// economy.open(now, wallet.clone(), economy.policy().stake)?;
/// economy.apply(now, &maker, ProviderKind::Hardware)?;
/// economy.integrations().grant(now, &maker)?;
/// economy.stake(now, &wallet, &maker, economy.policy().stake)?;
///
/// let (id, violation) = (Name::new("c-1")?, Violation::new("no-false-data").unwrap());
/// economy.challenge(now, &Actor::Integrations, &id, &maker, violation)?;
/// let slash = Slash::new("600".parse()?).and_compensate("holder:ann".parse()?, "400".parse()?);
/// economy.court().decide(now, &id, Verdict::Upheld(slash))?;
/// assert_eq!(economy.standing(&maker).require().unwrap_err().to_string(), "the stake is short by 1000 $DIMO");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Example: the Court grants no licence
///
/// ```compile_fail,E0599
/// # let mut economy = dimo_rewards::Economy::new(dimo_rewards::Policy::dip4(dimo_rewards::BasisPoints::ZERO));
/// # let maker = dimo_rewards::Name::new("acme").unwrap();
/// let now = economy.now();
/// economy.court().grant(now, &maker);
/// ```
///
/// # Example: and revokes none
///
/// ```compile_fail,E0599
/// # let mut economy = dimo_rewards::Economy::new(dimo_rewards::Policy::dip4(dimo_rewards::BasisPoints::ZERO));
/// # let maker = dimo_rewards::Name::new("acme").unwrap();
/// let now = economy.now();
/// economy.court().revoke(now, &maker);
/// ```
#[derive(Debug)]
pub struct Court<'a> {
    economy: &'a mut Economy,
}

impl<'a> Court<'a> {
    pub(crate) const fn new(economy: &'a mut Economy) -> Self {
        Self { economy }
    }

    /// Decides a challenge, once. What an upheld one takes is borne by all who deposited, in proportion.
    ///
    /// # Errors
    ///
    /// [`VerdictError`].
    pub fn decide(&mut self, at: Timestamp, id: &Name, verdict: Verdict) -> Result<(), VerdictError> {
        self.economy.at(at, |economy| {
            let challenge = economy.challenges.get(id).ok_or(VerdictError::UnknownChallenge)?;
            if !challenge.is_open() {
                return Err(VerdictError::Decided);
            }
            let provider = challenge.provider.clone();
            if let Verdict::Upheld(slash) = &verdict {
                economy.slash(at, &provider, slash)?;
            }
            if let Some(challenge) = economy.challenges.get_mut(id) {
                challenge.verdict = Some((at, verdict));
            }
            Ok(())
        })
    }
}

impl Economy {
    fn slash(&mut self, at: Timestamp, provider: &Name, slash: &Slash) -> Result<(), VerdictError> {
        let users = slash.compensate.keys();
        let stranger = users.clone().find(|user| !matches!(user, Account::Holder(_) | Account::Provider(_)));
        if let Some(account) = stranger {
            return Err(VerdictError::NoUser { account: account.clone() });
        }
        let known = self.providers.get_mut(provider).ok_or(VerdictError::UnknownChallenge)?;
        let mut stake = known.stake.clone();
        let (balance, total) = (stake.balance(), slash.total());
        if !total.is_some_and(|total| stake.take(total)) {
            return Err(VerdictError::MoreThanStaked { stake: balance });
        }
        let from = Account::Stake(provider.clone());
        let burn = Transfer::new(from.clone(), Account::Burned, slash.burn, Purpose::Burn);
        let given = slash
            .compensate
            .iter()
            .map(|(user, amount)| Transfer::new(from.clone(), user.clone(), *amount, Purpose::Compensation));
        self.ledger.post_nonzero(at, &core::iter::once(burn).chain(given).collect::<Vec<_>>())?;
        known.stake = stake;
        Ok(())
    }
}

/// Why a verdict is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerdictError {
    /// Nobody opened such a challenge.
    #[error("there is no such challenge")]
    UnknownChallenge,
    /// The Court has decided it.
    #[error("the challenge is decided")]
    Decided,
    /// It would take more than is staked: "all or some of the stake".
    #[error("only {stake} $DIMO are staked")]
    MoreThanStaked {
        /// What is staked.
        stake: Wei,
    },
    /// Affected users are holders and providers.
    #[error("{account} is no affected user")]
    NoUser {
        /// The account given.
        account: Account,
    },
    /// The ledger refuses: the time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
