//! [`Challenge`]: somebody says that a provider violated an obligation, and the Court decides.

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt;

use dimo_types::{Obligation, Timestamp, Wei};

use crate::{Account, Actor, Name};

/// A challenge (DIP-4, Slashing & License Revocation: "Any $DIMO holder may issue a challenge").
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Challenge {
    /// Who challenges.
    pub by: Actor,
    /// Whom.
    pub provider: Name,
    /// What it is said to have violated.
    pub violation: Violation,
    /// Since when.
    pub opened: Timestamp,
    /// What the Court said, and when.
    pub verdict: Option<(Timestamp, Verdict)>,
}

impl Challenge {
    /// Whether the Court has still to decide.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.verdict.is_none()
    }
}

/// The obligation that a challenge names. DIP-4 calls its own list "illustrative but not exhaustive", so there may be others.
///
/// # Example: a listed one by its id, another in words
///
/// ```
/// use dimo_rewards::Violation;
/// use dimo_types::Obligation;
/// assert_eq!(Violation::new("no-false-data"), Some(Violation::Listed(Obligation::NoFalseData)));
/// assert_eq!(Violation::new("sells data").unwrap().to_string(), "sells data");
/// assert_eq!(Violation::new(" "), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
#[non_exhaustive]
pub enum Violation {
    /// Of an obligation in DIP-4's list.
    Listed(Obligation),
    /// Of another, in words. [`Violation::new`] makes it, so that it is neither blank nor the id of a listed one.
    Other(Words),
}

/// Words that say something.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct Words(String);

impl Violation {
    /// The obligation with this id, or one in these words; `None` for a blank text.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        match text.parse() {
            Ok(listed) => Some(Self::Listed(listed)),
            Err(_) if text.trim().is_empty() => None,
            Err(_) => Some(Self::Other(Words(text.into()))),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(obligation) => f.write_str(obligation.id()),
            Self::Other(Words(words)) => f.write_str(words),
        }
    }
}

/// What the Court says of a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[expect(clippy::exhaustive_enums, reason = "a challenge succeeds or it does not")]
pub enum Verdict {
    /// The provider did not violate its obligations. Nothing is taken.
    Rejected,
    /// It did, and this is taken of its stake.
    Upheld(Slash),
}

/// What a verdict takes of a stake: "all or some of the stake may be burned and/or given to affected users".
///
/// # Example: half is burned, half is given to two users
///
/// ```
/// use dimo_rewards::Slash;
/// use dimo_types::Wei;
/// let slash = Slash::new(Wei::new(50))
///     .and_compensate("holder:ann".parse()?, Wei::new(30))
///     .and_compensate("holder:bob".parse()?, Wei::new(20));
/// assert_eq!(slash.total(), Some(Wei::new(100)));
/// # Ok::<(), dimo_rewards::AccountError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Slash {
    /// How much is destroyed.
    pub burn: Wei,
    /// Who is given how much.
    pub compensate: BTreeMap<Account, Wei>,
}

impl Slash {
    /// A slash that burns `burn` and gives nothing to anybody.
    #[must_use]
    pub const fn new(burn: Wei) -> Self {
        Self { burn, compensate: BTreeMap::new() }
    }

    /// The same with an amount for an affected user, in place of one named before.
    #[must_use]
    pub fn and_compensate(mut self, user: Account, amount: Wei) -> Self {
        self.compensate.insert(user, amount);
        self
    }

    /// All that is taken, or `None` beyond 2^128 wei.
    #[must_use]
    pub fn total(&self) -> Option<Wei> {
        Wei::checked_sum(self.compensate.values().copied().chain([self.burn]))
    }
}
