//! [`Policy`]: every number of DIP-4.

mod bond;
#[cfg(feature = "serde")]
mod curve_data;
mod geography;
mod minting;
mod nft_terms;
#[cfg(feature = "serde")]
mod read;
mod team_terms;
mod us_dollars;

use alloc::collections::BTreeMap;
use core::num::NonZeroU16;

use dimo_types::{DeviceType, DeviceTypeInfo, Timestamp, Wei};
use thiserror::Error;

pub use self::bond::{
    BondRule, DollarBond, HolderEffect, PastBond, PriceUsed, RebaseCause, RebaseError, Rebased,
};
pub use self::geography::Geography;
pub use self::minting::{CreditCost, MintingCost};
pub use self::nft_terms::{NftTerms, Quantity};
pub use self::team_terms::TeamTerms;
pub use self::us_dollars::{UsDollars, UsDollarsError};
use crate::{BasisPoints, Curve};

/// The numbers by which the economy runs, each a field with its clause, so that a deployment or a vote can change it.
///
/// # Example: what a standard dongle costs, and after a vote
///
/// ```
/// use dimo_rewards::{BasisPoints, Policy, Quantity};
/// use dimo_types::{DeviceType, Wei};
/// let mut policy = Policy::dip4(BasisPoints::new(250)?);
/// let dongle = policy.nfts.get_mut(&DeviceType::StandardDongle).unwrap();
/// assert_eq!(dongle.price, Wei::from_dimo(50).unwrap());
/// assert_eq!(dongle.quantity, Quantity::Limited(100_000));
/// dongle.quantity = Quantity::Unlimited;
/// # Ok::<(), dimo_rewards::BasisPointsError>(())
/// ```
///
/// With `serde` it is written and read whole: an unknown field, a missing one, or what [`Policy::check`] refuses is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
#[non_exhaustive]
pub struct Policy {
    /// The least stake of a licensed provider: 100,000 $DIMO (Licenses & Staking). DIMO Integrations may raise it for one
    /// provider and lower it for none (Authority & Domain).
    pub stake: Wei,
    /// What decides that amount: only a vote (Licenses & Staking).
    pub bond: BondRule,
    /// Calendar months from the renunciation of a licence to the return of its stake, if no challenge succeeds: 6
    /// (Slashing & License Revocation).
    pub renunciation_months: u32,
    /// What the provider earns back of an NFT's price: 70 % (Device Minting NFTs).
    pub rebate: BasisPoints,
    /// Months that count until rebate and team share are paid in full: 24 (Device Minting NFTs).
    pub months: NonZeroU16,
    /// What DIMO Integrations earns of an NFT's price: 15 %, falling to 99.9999 % of itself with every sale of the type,
    /// at least 0.1 % (Rewards Calculation for DIMO Integrations Team).
    pub curve: Curve,
    /// What the treasury gets of a resale's price (Device Minting NFTs: "as will royalties from the secondary trading").
    /// The DIP names no rate.
    pub royalty: BasisPoints,
    /// In what a minting is paid: in $DIMO (Quantity and Cost of Device Minting NFTs).
    pub minting: MintingCost,
    /// Price and quantity of the minting NFTs of each device type (Quantity and Cost of Device Minting NFTs). What is
    /// not here is not for sale.
    pub nfts: BTreeMap<DeviceType, NftTerms>,
    /// Where devices may operate: the United States, Canada and Europe (Connection Specifications, Approved geography).
    pub geography: Geography,
    /// What the DIMO Integrations team is given and promises.
    pub team: TeamTerms,
    /// Days from a vote to its effect: 4 (Implementation). The chain keeps them; they are here to be read.
    pub time_lock_days: u32,
}

impl Policy {
    /// DIP-4 as written. The royalty on resale is an argument, because the DIP names none.
    #[must_use]
    pub fn dip4(royalty: BasisPoints) -> Self {
        Self {
            stake: Wei::new(100_000 * Wei::PER_DIMO),
            bond: BondRule::Fixed,
            renunciation_months: 6,
            rebate: BasisPoints::known(7_000),
            months: NonZeroU16::MIN.saturating_add(23),
            curve: Curve::dip4(),
            royalty,
            minting: MintingCost::Dimo,
            nfts: DeviceTypeInfo::DIP4.iter().map(|info| (info.device_type, NftTerms::of(info))).collect(),
            geography: Geography::dip4(),
            team: TeamTerms::DIP4,
            time_lock_days: 4,
        }
    }

    /// DIP-4 as amended and adopted (DIP-4 & 5, Amendment 2, July 2024), with the bond of 5 July 2024.
    ///
    /// A bond worth $10,000 replaces the fixed stake, and 4,000 DIMO Credits for each hardware device replace all prices in
    /// $DIMO. Device types, quantities, curve and rebate are struck, and there is no DIMO Integrations team.
    ///
    /// An [`Economy`](crate::Economy) under it keeps licences, bonds, devices and connections. A minting NFT is the record of a
    /// minting then: free and unlimited, with nothing set aside, so that closing a month pays nobody. The types remain as labels
    /// for the published record. The credits are burned on chain, outside the economy; [`Policy::minting`] says how many.
    ///
    /// # Example: what an NFT sold under it splits into
    ///
    /// ```
    /// use dimo_rewards::{Policy, SaleNumber};
    /// use dimo_types::{DeviceType, Wei};
    /// let policy = Policy::amended();
    /// assert_eq!(policy.stake, Wei::from_dimo(77_101).unwrap());
    /// let split = policy.split(SaleNumber::FIRST, policy.nfts[&DeviceType::Hub].price)?;
    /// assert_eq!((split.price(), split.set_aside(), split.treasury()), (Wei::ZERO, Wei::ZERO, Wei::ZERO));
    /// # Ok::<(), dimo_rewards::SplitError>(())
    /// ```
    #[must_use]
    pub fn amended() -> Self {
        let bond = DollarBond::amendment2();
        let nfts = DeviceTypeInfo::DIP4.iter().map(|info| (info.device_type, NftTerms::amended(info)));
        let nothing = BasisPoints::ZERO;
        Self {
            stake: bond.requirement(),
            bond: BondRule::UsDollars(bond),
            rebate: nothing,
            // A share of nothing falls no further, whatever the decay.
            curve: Curve::new(nothing, nothing, 1).unwrap_or_else(|_| Curve::dip4()),
            minting: MintingCost::Credits(CreditCost::AMENDMENT2),
            nfts: nfts.collect(),
            team: TeamTerms::NONE,
            ..Self::dip4(nothing)
        }
    }

    /// Takes the average price of the seven days before `at`, and moves [`Policy::stake`] where the bond is rebased with it.
    /// A fixed bond ignores prices.
    ///
    /// # Errors
    ///
    /// [`RebaseError`]; then nothing has changed.
    ///
    /// # Example: prices of a year
    ///
    /// ```
    /// use dimo_rewards::{Policy, RebaseCause};
    /// use dimo_types::Wei;
    /// let mut policy = Policy::amended();
    /// assert_eq!(policy.observe_price("2024-10-01T00:00:00Z".parse()?, "0.15".parse()?)?, None);
    /// let rebased = policy.observe_price("2025-01-01T00:00:00Z".parse()?, "0.20".parse()?)?.unwrap();
    /// assert_eq!(rebased.cause, RebaseCause::NewYear);
    /// assert_eq!(policy.stake, Wei::from_dimo(50_000).unwrap());
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn observe_price(
        &mut self,
        at: Timestamp,
        average: UsDollars,
    ) -> Result<Option<Rebased>, RebaseError> {
        let BondRule::UsDollars(bond) = &mut self.bond else { return Ok(None) };
        let rebased = bond.observe(at, average)?;
        self.stake = bond.requirement();
        Ok(rebased)
    }

    /// Whether its numbers agree with one another.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] says which do not.
    pub fn check(&self) -> Result<(), PolicyError> {
        let (rebate, ceiling) = (self.rebate, self.curve.ceiling());
        if rebate.get() + ceiling.get() > BasisPoints::WHOLE {
            return Err(PolicyError::MoreThanThePrice { rebate, ceiling });
        }
        match self.bond {
            BondRule::UsDollars(bond) if bond.requirement() != self.stake => {
                Err(PolicyError::StakeIsNotTheBond { stake: self.stake, bond: bond.requirement() })
            }
            _ => Ok(()),
        }
    }
}

/// Two numbers of a policy that cannot both hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Rebate and team share together exceed the price of an NFT. Lower one of them.
    #[error("a rebate of {rebate} and a share of {ceiling} are more than the price")]
    MoreThanThePrice {
        /// The provider's part.
        rebate: BasisPoints,
        /// The team's part at the first sale.
        ceiling: BasisPoints,
    },
    /// The stake is not what the bond was rebased to. Set it with [`Policy::observe_price`].
    #[error("a stake of {stake} $DIMO beside a bond of {bond}")]
    StakeIsNotTheBond {
        /// The stake.
        stake: Wei,
        /// The bond.
        bond: Wei,
    },
}
