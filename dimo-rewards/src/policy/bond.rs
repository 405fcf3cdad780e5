//! [`BondRule`]: how the minimum stake is found, fixed or by its worth in dollars.

use dimo_types::{Month, Timestamp, Wei};
use thiserror::Error;

use crate::{BasisPoints, UsDollars, fixed};

/// What decides [`Policy::stake`](crate::Policy::stake).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum BondRule {
    /// It is an amount of $DIMO, and only a vote changes it (DIP-4, Licenses & Staking).
    Fixed,
    /// It is worth an amount of dollars, and follows the price (DIP-4 & 5, Amendment 2).
    UsDollars(DollarBond),
}

/// A bond worth an amount of dollars, in whole $DIMO: the amendment's word for the stake of a licence.
///
/// It is rebased every 1 January (UTC), and within a year whenever the average price of seven days, weighted by time, is off
/// by half or more from the price last used. It knows no oracle: give each average to [`observe`](DollarBond::observe). The
/// first one in a new year counts as that of 1 January, so give one then.
///
/// # Example: the amendment's own
///
/// ```
/// use dimo_rewards::{BasisPoints, DollarBond, UsDollars};
/// use dimo_types::{Timestamp, Wei};
/// let day = |text: &str| text.parse::<Timestamp>();
/// let dollars = |text: &str| text.parse::<UsDollars>();
/// let half = BasisPoints::new(5_000)?;
/// let mut bond =
///     DollarBond::new(UsDollars::from_whole(10_000), half, day("2025-01-01T00:00:00Z")?, dollars("2")?)?;
/// assert_eq!(bond.requirement(), Wei::from_dimo(5_000).unwrap());
///
/// assert_eq!(bond.observe(day("2025-03-01T00:00:00Z")?, dollars("2.80")?)?, None);
///
/// let rebased = bond.observe(day("2025-04-01T00:00:00Z")?, dollars("3")?)?.unwrap();
/// assert_eq!(rebased.after, Wei::from_dimo(3_333).unwrap()); // whole $DIMO, floored
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Example: without a price there is no bond
///
/// ```
/// use dimo_rewards::{DollarBond, RebaseError, UsDollars};
/// use dimo_types::Timestamp;
/// let mut bond = DollarBond::amendment2();
/// assert_eq!(bond.observe(Timestamp::MAX, UsDollars::ZERO), Err(RebaseError::NoPrice));
/// assert_eq!(bond, DollarBond::amendment2());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "BondData", into = "BondData")
)]
pub struct DollarBond {
    worth: UsDollars,
    threshold: BasisPoints,
    last: PriceUsed,
    requirement: Wei,
}

/// The price that a bond was last computed with, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct PriceUsed {
    /// When.
    pub at: Timestamp,
    /// Dollars for 1 $DIMO.
    pub price: UsDollars,
}

impl DollarBond {
    /// A bond worth `worth`, computed at `at` with `price`, and rebased within a year once the price is off by `threshold`.
    ///
    /// # Errors
    ///
    /// [`RebaseError`] when that price makes no bond.
    pub fn new(
        worth: UsDollars,
        threshold: BasisPoints,
        at: Timestamp,
        price: UsDollars,
    ) -> Result<Self, RebaseError> {
        let requirement = whole_dimo(worth, price)?;
        Ok(Self { worth, threshold, last: PriceUsed { at, price }, requirement })
    }

    /// The bond of Amendment 2 as of 5 July 2024: $10,000, a threshold of 50 %, and 77,101 $DIMO.
    ///
    /// The amendment states the amount and not the price; of all prices with four decimals $0.1297 alone gives it.
    #[must_use]
    pub const fn amendment2() -> Self {
        let [_, PastBond { from: at, requirement }] = PastBond::ALL;
        let price = UsDollars::new(1_297 * (UsDollars::PER_DOLLAR / 10_000));
        let last = PriceUsed { at, price };
        Self { worth: UsDollars::from_whole(10_000), threshold: BasisPoints::known(5_000), last, requirement }
    }

    /// What it is worth on the day it is computed.
    #[must_use]
    pub const fn worth(&self) -> UsDollars {
        self.worth
    }

    /// How far the price may be from the one last used, as a share of that one.
    #[must_use]
    pub const fn threshold(&self) -> BasisPoints {
        self.threshold
    }

    /// The price last used.
    #[must_use]
    pub const fn last(&self) -> PriceUsed {
        self.last
    }

    /// The bond, in whole $DIMO.
    #[must_use]
    pub const fn requirement(&self) -> Wei {
        self.requirement
    }

    /// Takes the average price of the seven days before `at`, and says whether the bond was rebased with it.
    ///
    /// # Errors
    ///
    /// [`RebaseError`]; then nothing has changed.
    pub fn observe(&mut self, at: Timestamp, average: UsDollars) -> Result<Option<Rebased>, RebaseError> {
        if at < self.last.at {
            return Err(RebaseError::Earlier { at, last: self.last.at });
        }
        let after = whole_dimo(self.worth, average)?;
        let Some(cause) = self.cause(at, average) else { return Ok(None) };
        let before = core::mem::replace(&mut self.requirement, after);
        self.last = PriceUsed { at, price: average };
        Ok(Some(Rebased { cause, before, after }))
    }

    fn cause(&self, at: Timestamp, average: UsDollars) -> Option<RebaseCause> {
        if Month::of(at).year() > Month::of(self.last.at).year() {
            return Some(RebaseCause::NewYear);
        }
        let (last, average) = (self.last.price.get(), average.get());
        // Products of 256 bits, the higher half first, so that they compare as numbers do.
        let difference = fixed::widening_mul(last.abs_diff(average), u128::from(BasisPoints::WHOLE));
        let allowed = fixed::widening_mul(last, u128::from(self.threshold.get()));
        (difference >= allowed).then_some(RebaseCause::Price)
    }
}

/// `floor(worth / price)` in whole $DIMO, at least one.
fn whole_dimo(worth: UsDollars, price: UsDollars) -> Result<Wei, RebaseError> {
    let whole = worth.get().checked_div(price.get()).ok_or(RebaseError::NoPrice)?;
    match Wei::from_dimo(whole) {
        Some(bond) if whole > 0 => Ok(bond),
        _ => Err(RebaseError::Price { worth, price }),
    }
}

/// A bond after a price moved it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rebased {
    /// Why.
    pub cause: RebaseCause,
    /// The bond until then.
    pub before: Wei,
    /// The bond since then, for whoever is licensed from now on.
    pub after: Wei,
}

impl Rebased {
    /// What it means for a holder of a licence whose own requirement was `requirement` and who deposited `balance`.
    ///
    /// One whose requirement was above the bond before had it raised alone, and keeps it.
    ///
    /// # Example: a bond that falls, and one that rises
    ///
    /// ```
    /// use dimo_rewards::{DollarBond, HolderEffect};
    /// use dimo_types::{Timestamp, Wei};
    /// let mut bond = DollarBond::amendment2();
    /// let held = bond.requirement();
    /// let fallen = bond.observe("2024-12-01T00:00:00Z".parse()?, "0.20".parse()?)?.unwrap();
    /// let (requirement, excess) = (Wei::from_dimo(50_000).unwrap(), Wei::from_dimo(27_101).unwrap());
    /// assert_eq!(fallen.effect_on(held, held), HolderEffect::MayWithdraw { requirement, excess });
    ///
    /// let risen = bond.observe("2025-01-01T00:00:00Z".parse()?, "0.10".parse()?)?.unwrap();
    /// assert_eq!(risen.after, Wei::from_dimo(100_000).unwrap());
    /// assert_eq!(risen.effect_on(requirement, held), HolderEffect::Grandfathered { requirement });
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    #[must_use]
    pub fn effect_on(&self, requirement: Wei, balance: Wei) -> HolderEffect {
        if requirement > self.before || requirement == self.after {
            HolderEffect::Unchanged
        } else if requirement < self.after {
            HolderEffect::Grandfathered { requirement }
        } else {
            let excess = balance.checked_sub(self.after).unwrap_or(Wei::ZERO);
            HolderEffect::MayWithdraw { requirement: self.after, excess }
        }
    }
}

/// Why a bond was rebased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RebaseCause {
    /// A year began.
    NewYear,
    /// The price was off by the threshold or more.
    Price,
}

/// What a rebase means for who has a licence already (DIP-4 & 5, Amendment 2, Licensing and Bonding).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HolderEffect {
    /// Nothing.
    Unchanged,
    /// The bond is above what this holder must have, who need not add to it.
    Grandfathered {
        /// What the holder must have, as before.
        requirement: Wei,
    },
    /// The bond fell, and the holder may withdraw what is beyond it by asking for it.
    MayWithdraw {
        /// What the holder must have from now on.
        requirement: Wei,
        /// What there is beyond it.
        excess: Wei,
    },
}

/// A bond that was in force from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PastBond {
    /// The day, at 00:00 UTC.
    pub from: Timestamp,
    /// The bond.
    pub requirement: Wei,
}

impl PastBond {
    /// What the amendment lists, oldest first: 100,000 $DIMO from 12 December 2022, and 77,101 from 5 July 2024.
    pub const ALL: [Self; 2] = [Self::listed(1_670_803_200, 100_000), Self::listed(1_720_137_600, 77_101)];

    const fn listed(seconds: u64, dimo: u128) -> Self {
        let from = match Timestamp::from_secs(seconds) {
            Ok(from) => from,
            Err(_) => Timestamp::EPOCH,
        };
        Self { from, requirement: Wei::new(dimo * Wei::PER_DIMO) }
    }
}

/// Why there is no bond at a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RebaseError {
    /// A price of nothing. The oracle has no answer; ask again later.
    #[error("a price of 0 makes no bond")]
    NoPrice,
    /// At this price the worth is less than 1 $DIMO, or more than there can be. Check the unit: dollars for 1 $DIMO.
    #[error(
        "a bond worth {worth} dollars at {price} dollars for 1 $DIMO is below 1 $DIMO or beyond 2^128 wei"
    )]
    Price {
        /// What the bond is worth.
        worth: UsDollars,
        /// The price given.
        price: UsDollars,
    },
    /// The price is older than the one last used. Give them in order.
    #[error("a price of {at} cannot follow one of {last}")]
    Earlier {
        /// The time given.
        at: Timestamp,
        /// The time of the price last used.
        last: Timestamp,
    },
}

/// How a [`DollarBond`] is written: without the requirement, which follows.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "DollarBond", deny_unknown_fields)]
struct BondData {
    worth: UsDollars,
    threshold: BasisPoints,
    last: PriceUsed,
}

#[cfg(feature = "serde")]
impl From<DollarBond> for BondData {
    fn from(bond: DollarBond) -> Self {
        Self { worth: bond.worth, threshold: bond.threshold, last: bond.last }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<BondData> for DollarBond {
    type Error = RebaseError;

    fn try_from(data: BondData) -> Result<Self, RebaseError> {
        Self::new(data.worth, data.threshold, data.last.at, data.last.price)
    }
}
