//! [`Actor`]: who does something in the economy.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use crate::{Account, AccountError, Name};

/// Somebody who acts in the economy of DIP-4.
///
/// # Example: who has money of its own
///
/// ```
/// use dimo_rewards::{Account, Actor};
/// let ann: Actor = "holder:ann".parse()?;
/// assert_eq!(ann.account(), Some("holder:ann".parse::<Account>().unwrap()));
/// assert_eq!(Actor::Court.account(), None);
/// # Ok::<(), dimo_rewards::AccountError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
#[non_exhaustive]
pub enum Actor {
    /// DIMO's arbitration council: it alone takes from a stake (DIP-4, Slashing & License Revocation).
    Court,
    /// A holder of $DIMO: a user, a financing partner, or a team to which the token holders gave powers.
    Holder(Name),
    /// The DIMO Integrations team (DIP-4, Authority & Domain).
    Integrations,
    /// An integration provider.
    Provider(Name),
    /// All holders of $DIMO together, by a governance vote.
    TokenHolders,
}

impl Actor {
    /// Its account; the Court and a vote have none.
    #[must_use]
    pub fn account(&self) -> Option<Account> {
        match self {
            Self::Holder(name) => Some(Account::Holder(name.clone())),
            Self::Integrations => Some(Account::Integrations),
            Self::Provider(name) => Some(Account::Provider(name.clone())),
            Self::Court | Self::TokenHolders => None,
        }
    }
}

/// `court`, `holder:ann`, `integrations`, `provider:acme` or `token-holders`.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Court => f.write_str("court"),
            Self::Holder(name) => write!(f, "holder:{name}"),
            Self::Integrations => f.write_str("integrations"),
            Self::Provider(name) => write!(f, "provider:{name}"),
            Self::TokenHolders => f.write_str("token-holders"),
        }
    }
}

impl FromStr for Actor {
    type Err = AccountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text, text.split_once(':')) {
            ("court", _) => Ok(Self::Court),
            ("integrations", _) => Ok(Self::Integrations),
            ("token-holders", _) => Ok(Self::TokenHolders),
            (_, Some(("holder", name))) => Ok(Self::Holder(Name::new(name)?)),
            (_, Some(("provider", name))) => Ok(Self::Provider(Name::new(name)?)),
            _ => Err(AccountError::Unknown),
        }
    }
}

impl TryFrom<String> for Actor {
    type Error = AccountError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> Self {
        alloc::format!("{actor}")
    }
}

/// Why somebody is not let do what an authority does.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{by} has no power over {power}")]
#[non_exhaustive]
pub struct Unauthorised {
    /// Who tried. The token holders may give a team the power.
    pub by: Actor,
    /// What it would have taken.
    pub power: crate::Power,
}
