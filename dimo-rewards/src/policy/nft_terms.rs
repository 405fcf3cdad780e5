//! [`NftTerms`]: how the minting NFTs of a device type are sold.

use dimo_types::{DeviceTypeInfo, ProviderKind, Wei};

/// How the minting NFTs of one device type are sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct NftTerms {
    /// What one costs.
    pub price: Wei,
    /// How many may ever be sold.
    pub quantity: Quantity,
    /// Whether it is bonded to a device, which may move from vehicle to vehicle, or to a software connection, of which
    /// every new one needs another NFT.
    pub provider: ProviderKind,
}

impl NftTerms {
    /// As the DIP's table has them.
    pub(super) fn of(info: &DeviceTypeInfo<'_>) -> Self {
        let quantity = Quantity::Limited(info.initial_quantity);
        Self { price: info.cost, quantity, provider: info.provider }
    }

    /// As the amendment leaves them: no price in $DIMO, no limit.
    pub(super) fn amended(info: &DeviceTypeInfo<'_>) -> Self {
        Self { price: Wei::ZERO, quantity: Quantity::Unlimited, provider: info.provider }
    }
}

/// How many minting NFTs of a type may ever be sold. A vote may raise it, and "it's likely that constraints will be
/// lifted altogether" (Quantity and Cost of Device Minting NFTs).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[expect(clippy::exhaustive_enums, reason = "there is a limit or there is none")]
pub enum Quantity {
    /// As many.
    Limited(u64),
    /// As many as are wanted.
    Unlimited,
}
