//! [`Split`]: who gets what of a minting NFT's price.

use dimo_types::Wei;
use thiserror::Error;

use crate::{Policy, SaleNumber};

/// The price of one device minting NFT and its three parts, fixed at the sale. They sum to the price.
///
/// DIP-4, Device Minting NFTs: the provider earns back 70 %, DIMO Integrations 0.1 % to 15 % by the
/// [curve](crate::Curve), each over 24 months; "the remaining $DIMO will go directly to the DIMO Treasury".
///
/// # Example: the first standard dongle
///
/// ```
/// use dimo_rewards::{BasisPoints, Policy, SaleNumber};
/// use dimo_types::Wei;
/// let policy = Policy::dip4(BasisPoints::ZERO);
/// let split = policy.split(SaleNumber::FIRST, Wei::from_dimo(50).unwrap())?;
/// assert_eq!(split.rebate().to_string(), "35");
/// assert_eq!(split.team().to_string(), "7.5");
/// assert_eq!(split.treasury().to_string(), "7.5");
/// # Ok::<(), dimo_rewards::SplitError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Split {
    price: Wei,
    rebate: Wei,
    team: Wei,
}

impl Policy {
    /// Splits the price of sale `n` of a device type, each part floored to the wei and the remainder to the treasury.
    ///
    /// # Errors
    ///
    /// [`SplitError`] when this policy promises more than the price. That of DIP-4 never does.
    pub fn split(&self, n: SaleNumber, price: Wei) -> Result<Split, SplitError> {
        let (rebate, team) = (self.rebate.of(price), self.curve.reward(n, price));
        match rebate.checked_add(team) {
            Some(promised) if promised <= price => Ok(Split { price, rebate, team }),
            _ => Err(SplitError { price, rebate, team }),
        }
    }
}

impl Split {
    /// What the buyer paid.
    #[must_use]
    pub const fn price(&self) -> Wei {
        self.price
    }

    /// What the provider earns back in all.
    #[must_use]
    pub const fn rebate(&self) -> Wei {
        self.rebate
    }

    /// What DIMO Integrations earns in all.
    #[must_use]
    pub const fn team(&self) -> Wei {
        self.team
    }

    /// What is set aside for both.
    #[must_use]
    pub const fn set_aside(&self) -> Wei {
        Wei::new(self.rebate.get() + self.team.get())
    }

    /// What the treasury gets at once.
    #[must_use]
    pub const fn treasury(&self) -> Wei {
        Wei::new(self.price.get() - self.rebate.get() - self.team.get())
    }
}

/// A policy whose rebate and team share together exceed the price. Lower one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a rebate of {rebate} and a team share of {team} exceed a price of {price} $DIMO")]
#[non_exhaustive]
pub struct SplitError {
    /// The price.
    pub price: Wei,
    /// The rebate promised.
    pub rebate: Wei,
    /// The team share promised.
    pub team: Wei,
}
