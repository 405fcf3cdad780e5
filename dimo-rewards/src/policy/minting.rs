//! [`MintingCost`]: in what a minting is paid.

use crate::UsDollars;

/// In what the minting of a device is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum MintingCost {
    /// In $DIMO, by the price of the type in [`Policy::nfts`](crate::Policy::nfts) (DIP-4, Quantity and Cost of Device Minting
    /// NFTs).
    Dimo,
    /// In DIMO Credits (DCX), burned when the device is minted (DIP-4 & 5, Amendment 2). The economy has no account for them:
    /// whoever mints pays them on chain.
    Credits(CreditCost),
}

/// An amount of DIMO Credits for each hardware device; the amendment names none for a software connection.
///
/// # Example: what a device costs today
///
/// ```
/// use dimo_rewards::CreditCost;
/// assert_eq!(CreditCost::AMENDMENT2.worth().unwrap().to_string(), "0.4");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct CreditCost {
    /// Credits for each hardware device.
    pub credits: u64,
    /// Dollars for one credit, always.
    pub price: UsDollars,
}

impl CreditCost {
    /// 4,000 DCX at $0.0001: what governance decided. A deployment script has 1 DCX; what the contract asks for is the
    /// chain's to say.
    pub const AMENDMENT2: Self =
        Self { credits: 4_000, price: UsDollars::new(UsDollars::PER_DOLLAR / 10_000) };

    /// What they are worth, or `None` beyond the range of dollars.
    #[must_use]
    pub const fn worth(&self) -> Option<UsDollars> {
        match self.price.get().checked_mul(self.credits as u128) {
            Some(parts) => Some(UsDollars::new(parts)),
            None => None,
        }
    }
}
