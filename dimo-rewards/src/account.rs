//! [`Name`] and [`Account`]: whose money it is.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use thiserror::Error;

/// The name of a provider or a holder, as the books of a deployment spell it.
///
/// One to 64 bytes without control characters, so that it fits a line of a statement.
///
/// # Example: a name that would break a statement's line
///
/// ```
/// use dimo_rewards::{Name, NameError};
/// assert_eq!(Name::new("acme")?.as_str(), "acme");
/// assert_eq!(Name::new("ac\tme"), Err(NameError::ControlCharacter));
/// # Ok::<(), NameError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub struct Name(String);

impl Name {
    /// The most bytes a name has.
    pub const MAX_LEN: usize = 64;

    /// A name.
    ///
    /// # Errors
    ///
    /// [`NameError`] for an empty or too long text, or one with control characters.
    pub fn new(name: impl Into<String>) -> Result<Self, NameError> {
        let name = name.into();
        if name.is_empty() || name.len() > Self::MAX_LEN {
            return Err(NameError::Length { len: name.len() });
        }
        if name.chars().any(char::is_control) {
            return Err(NameError::ControlCharacter);
        }
        Ok(Self(name))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

/// Why a text is no [`Name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NameError {
    /// Empty, or longer than [`Name::MAX_LEN`] bytes.
    #[error("a name has 1 to 64 bytes, not {len}")]
    Length {
        /// How long it is, in bytes.
        len: usize,
    },
    /// A tab, a line end or the like.
    #[error("a name has no control characters")]
    ControlCharacter,
}

/// An account of the ledger.
///
/// # Example: written as a statement writes them
///
/// ```
/// use dimo_rewards::{Account, Name};
/// let maker = Name::new("acme")?;
/// assert_eq!(Account::Provider(maker.clone()).to_string(), "provider:acme");
/// assert_eq!("stake:acme".parse(), Ok(Account::Stake(maker)));
/// # Ok::<(), dimo_rewards::NameError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
#[non_exhaustive]
pub enum Account {
    /// Destroyed by a verdict. What is here never comes back.
    Burned,
    /// Rebates and team shares set aside at sale, not yet paid or forfeited (DIP-4, Device Minting NFTs).
    Escrow,
    /// A holder of $DIMO who is no provider: a financing partner, a buyer of NFTs, a user.
    Holder(Name),
    /// The DIMO Integrations team.
    Integrations,
    /// Where opening balances come from: everything outside these books. The only account that may owe.
    Outside,
    /// An integration provider's own money.
    Provider(Name),
    /// The stake that secures this provider's licence (DIP-4, Licenses & Staking), whoever deposited it.
    Stake(Name),
    /// The DIMO treasury.
    Treasury,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Burned => f.write_str("burned"),
            Self::Escrow => f.write_str("escrow"),
            Self::Holder(name) => write!(f, "holder:{name}"),
            Self::Integrations => f.write_str("integrations"),
            Self::Outside => f.write_str("outside"),
            Self::Provider(name) => write!(f, "provider:{name}"),
            Self::Stake(name) => write!(f, "stake:{name}"),
            Self::Treasury => f.write_str("treasury"),
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({self})")
    }
}

impl FromStr for Account {
    type Err = AccountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("holder", name)) => Ok(Self::Holder(Name::new(name)?)),
            Some(("provider", name)) => Ok(Self::Provider(Name::new(name)?)),
            Some(("stake", name)) => Ok(Self::Stake(Name::new(name)?)),
            Some(_) => Err(AccountError::Unknown),
            None => match text {
                "burned" => Ok(Self::Burned),
                "escrow" => Ok(Self::Escrow),
                "integrations" => Ok(Self::Integrations),
                "outside" => Ok(Self::Outside),
                "treasury" => Ok(Self::Treasury),
                _ => Err(AccountError::Unknown),
            },
        }
    }
}

impl TryFrom<String> for Account {
    type Error = AccountError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Account> for String {
    fn from(account: Account) -> Self {
        alloc::format!("{account}")
    }
}

/// Why a text is no [`Account`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AccountError {
    /// Not of the form `treasury` or `provider:NAME`.
    #[error("an account is written like treasury or provider:acme")]
    Unknown,
    /// The part behind the colon is no name.
    #[error(transparent)]
    Name(#[from] NameError),
}
