//! [`Licence`] and [`Standing`]: who may connect vehicles.

use dimo_types::{Timestamp, Wei};
use thiserror::Error;

use crate::Name;

/// An integration provider's licence (DIP-4, Licenses & Staking; Slashing & License Revocation).
///
/// An NFT that "can only be minted or transferred by DIMO Integrations". It says less than it seems: whether its holder
/// may act now is told by [`good_standing`], which looks at the stake too.
///
/// # Example: a suspended licence can be reinstated, a revoked one cannot
///
/// ```
/// use dimo_rewards::{Licence, LicenceError, LicenceState, Name};
/// use dimo_types::Timestamp;
/// let mut licence = Licence::granted(Name::new("acme")?);
/// licence.suspend()?;
/// licence.reinstate()?;
/// let since = Timestamp::from_secs(1_700_000_000)?;
/// licence.revoke(since)?;
/// assert_eq!(licence.reinstate(), Err(LicenceError { state: LicenceState::Revoked { since } }));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Licence {
    holder: Name,
    state: LicenceState,
}

/// Where a [`Licence`] stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum LicenceState {
    /// In force.
    Granted,
    /// Out of force until DIMO Integrations reinstates it.
    Suspended,
    /// Given back by its holder; the stake waits for six months without a successful challenge.
    Renouncing {
        /// When it was renounced.
        since: Timestamp,
    },
    /// Taken away for good; the stake waits as after a renunciation.
    Revoked {
        /// When it was revoked.
        since: Timestamp,
    },
    /// Renounced or revoked, and the stake is back with its depositors.
    Ended {
        /// When the stake was released.
        since: Timestamp,
    },
}

impl LicenceState {
    /// Whether there is a licence, in force or suspended.
    #[must_use]
    pub const fn is_held(self) -> bool {
        matches!(self, Self::Granted | Self::Suspended)
    }

    /// Whether there is a licence no more, so that a new one may be granted.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Revoked { .. } | Self::Ended { .. })
    }

    /// Since when the stake waits for its release, if it does.
    #[must_use]
    pub const fn waits_since(self) -> Option<Timestamp> {
        match self {
            Self::Renouncing { since } | Self::Revoked { since } => Some(since),
            Self::Granted | Self::Suspended | Self::Ended { .. } => None,
        }
    }
}

impl Licence {
    /// A licence just granted.
    #[must_use]
    pub const fn granted(holder: Name) -> Self {
        Self { holder, state: LicenceState::Granted }
    }

    /// The provider it was granted to.
    #[must_use]
    pub const fn holder(&self) -> &Name {
        &self.holder
    }

    /// The same licence in the hands of another provider.
    #[must_use]
    pub fn held_by(self, holder: Name) -> Self {
        Self { holder, ..self }
    }

    /// Where it stands.
    #[must_use]
    pub const fn state(&self) -> LicenceState {
        self.state
    }

    /// Takes it out of force for a time.
    ///
    /// # Errors
    ///
    /// [`LicenceError`] unless it is in force.
    pub const fn suspend(&mut self) -> Result<(), LicenceError> {
        match self.state {
            LicenceState::Granted => self.enter(LicenceState::Suspended),
            state => Err(LicenceError { state }),
        }
    }

    /// Puts a suspended licence into force again.
    ///
    /// # Errors
    ///
    /// [`LicenceError`] unless it is suspended.
    pub const fn reinstate(&mut self) -> Result<(), LicenceError> {
        match self.state {
            LicenceState::Suspended => self.enter(LicenceState::Granted),
            state => Err(LicenceError { state }),
        }
    }

    /// Takes it away for good.
    ///
    /// # Errors
    ///
    /// [`LicenceError`] when it was revoked already, or has ended.
    pub const fn revoke(&mut self, at: Timestamp) -> Result<(), LicenceError> {
        match self.state {
            LicenceState::Revoked { .. } | LicenceState::Ended { .. } => {
                Err(LicenceError { state: self.state })
            }
            _ => self.enter(LicenceState::Revoked { since: at }),
        }
    }

    /// Ends it, with the release of the stake.
    ///
    /// # Errors
    ///
    /// [`LicenceError`] unless the stake waits: renounced or revoked first.
    pub const fn end(&mut self, at: Timestamp) -> Result<(), LicenceError> {
        match self.state.waits_since() {
            Some(_) => self.enter(LicenceState::Ended { since: at }),
            None => Err(LicenceError { state: self.state }),
        }
    }

    /// Gives it back, of the provider's own will. From here on its holder is not in good standing.
    ///
    /// # Errors
    ///
    /// [`LicenceError`] unless it is in force or suspended.
    pub const fn renounce(&mut self, at: Timestamp) -> Result<(), LicenceError> {
        match self.state {
            LicenceState::Granted | LicenceState::Suspended => {
                self.enter(LicenceState::Renouncing { since: at })
            }
            state => Err(LicenceError { state }),
        }
    }

    const fn enter(&mut self, state: LicenceState) -> Result<(), LicenceError> {
        self.state = state;
        Ok(())
    }
}

/// The state of a [`Licence`] does not allow this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the licence is {state:?}")]
pub struct LicenceError {
    /// Where the licence stands. One that was revoked or has ended needs a new application.
    pub state: LicenceState,
}

/// Whether a provider may act now, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[expect(clippy::exhaustive_enums, reason = "there is no third way to stand; new reasons go into `Refusal`")]
pub enum Standing {
    /// Licensed, and the stake is there in full.
    Good,
    /// It may not act.
    Refused(Refusal),
}

impl Standing {
    /// Whether the provider may act.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        matches!(self, Self::Good)
    }

    /// Nothing when the provider may act; otherwise the reason, as an error.
    ///
    /// # Errors
    ///
    /// The [`Refusal`].
    ///
    /// # Example: a backend refuses data
    ///
    /// ```
    /// use dimo_rewards::{Licence, Name, good_standing};
    /// use dimo_types::Wei;
    /// let (requirement, licence) = (Wei::from_dimo(100_000).unwrap(), Licence::granted(Name::new("acme")?));
    /// let standing = good_standing(Some(&licence), Wei::from_dimo(99_999).unwrap(), requirement);
    /// assert_eq!(standing.require().unwrap_err().to_string(), "the stake is short by 1 $DIMO");
    /// # Ok::<(), dimo_rewards::NameError>(())
    /// ```
    pub const fn require(self) -> Result<(), Refusal> {
        match self {
            Self::Good => Ok(()),
            Self::Refused(refusal) => Err(refusal),
        }
    }
}

/// Why a provider is not in good standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Refusal {
    /// No licence was granted. Apply to DIMO Integrations.
    #[error("there is no licence")]
    NoLicence,
    /// DIMO Integrations suspended the licence, and can reinstate it.
    #[error("the licence is suspended")]
    Suspended,
    /// DIMO Integrations revoked the licence.
    #[error("the licence is revoked")]
    Revoked,
    /// The provider gave the licence back.
    #[error("the licence is renounced")]
    Renouncing,
    /// The licence has ended and the stake is released.
    #[error("the licence has ended")]
    Ended,
    /// The licence is in force, but the stake is too small. Top it up.
    #[error("the stake is short by {by} $DIMO")]
    StakeShort {
        /// How much is missing.
        by: Wei,
    },
}

/// Where a provider stands, from its licence **and** its stake balance, as they are at this moment.
///
/// DIP-4, Licenses & Staking: "The DIMO protocol will check both the NFT license and the on-chain stake balance to
/// determine if a provider is licensed or not." Ask at every use; an answer from yesterday is worth nothing.
#[must_use]
pub fn good_standing(licence: Option<&Licence>, stake: Wei, requirement: Wei) -> Standing {
    match licence.map(Licence::state) {
        None => Standing::Refused(Refusal::NoLicence),
        Some(LicenceState::Suspended) => Standing::Refused(Refusal::Suspended),
        Some(LicenceState::Revoked { .. }) => Standing::Refused(Refusal::Revoked),
        Some(LicenceState::Renouncing { .. }) => Standing::Refused(Refusal::Renouncing),
        Some(LicenceState::Ended { .. }) => Standing::Refused(Refusal::Ended),
        Some(LicenceState::Granted) => match requirement.checked_sub(stake) {
            None | Some(Wei::ZERO) => Standing::Good,
            Some(by) => Standing::Refused(Refusal::StakeShort { by }),
        },
    }
}
