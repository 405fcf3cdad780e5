//! [`Licensing`]: the powers of DIMO Integrations, in the hands of whoever has them.

use dimo_types::Timestamp;

use crate::{Actor, Economy, LedgerError, Power, Unauthorised};

mod error;
mod licences;
mod models;
mod reports;

pub use error::{ApprovalError, BanError, LicensingError, TypeError};

/// What DIMO Integrations may do (DIP-4, Authority & Domain), acted out by the team itself, by another team to which the token
/// holders extended a power, or by the token holders when they overrule it. Who lacks the power is refused.
///
/// It cannot take from a stake, and cannot let a provider stake less than the minimum or connect without an NFT: there is no
/// method for it.
///
/// # Example: a provider is licensed, suspended, and back
///
/// ```
/// use dimo_rewards::{Account, BasisPoints, Economy, Name, Policy, Refusal};
/// use dimo_types::{ProviderKind, Timestamp};
/// let (maker, now) = (Name::new("acme")?, Timestamp::from_secs(1_672_531_200)?);
/// let wallet = Account::Provider(maker.clone());
/// let mut economy = Economy::new(Policy::dip4(BasisPoints::ZERO));
/// economy.open(now, wallet.clone(), economy.policy().stake)?;
/// economy.apply(now, &maker, ProviderKind::Hardware)?;
/// economy.integrations().grant(now, &maker)?;
/// economy.stake(now, &wallet, &maker, economy.policy().stake)?;
/// assert!(economy.standing(&maker).is_good());
/// economy.integrations().suspend(now, &maker)?;
/// assert_eq!(economy.standing(&maker).require(), Err(Refusal::Suspended));
/// // "The $DIMO token holders may overrule DIMO Integrations".
/// economy.token_holders().overrule().reinstate(now, &maker)?;
/// assert!(economy.standing(&maker).is_good());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Example: only the Court takes from a stake
///
/// ```compile_fail,E0599
/// # let mut economy = dimo_rewards::Economy::new(dimo_rewards::Policy::dip4(dimo_rewards::BasisPoints::ZERO));
/// let challenge = dimo_rewards::Name::new("c-1").unwrap();
/// let now = economy.now();
/// economy.integrations().decide(now, &challenge, dimo_rewards::Verdict::Rejected);
/// ```
#[derive(Debug)]
pub struct Licensing<'a> {
    economy: &'a mut Economy,
    by: Actor,
}

impl<'a> Licensing<'a> {
    pub(crate) const fn new(economy: &'a mut Economy, by: Actor) -> Self {
        Self { economy, by }
    }

    /// Lets an act happen if whoever acts has the power.
    pub(crate) fn act<T, E: From<LedgerError> + From<Unauthorised>>(
        &mut self,
        at: Timestamp,
        power: Power,
        act: impl FnOnce(&mut Economy) -> Result<T, E>,
    ) -> Result<T, E> {
        self.economy.authorise(&self.by, power)?;
        self.economy.at(at, act)
    }
}
