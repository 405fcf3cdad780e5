//! [`Policy`]: every number of DIP-4.

use alloc::collections::BTreeMap;
use core::num::NonZeroU16;

use dimo_types::{DeviceType, DeviceTypeInfo, Month, ProviderKind, Wei};

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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// The least stake of a licensed provider: 100,000 $DIMO (Licenses & Staking). DIMO Integrations may raise it for one
    /// provider and lower it for none (Authority & Domain).
    pub stake: Wei,
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
    /// Price and quantity of the minting NFTs of each device type (Quantity and Cost of Device Minting NFTs). What is
    /// not here is not for sale.
    pub nfts: BTreeMap<DeviceType, NftTerms>,
    /// What the DIMO Integrations team is given and promises.
    pub team: TeamTerms,
}

impl Policy {
    /// DIP-4 as written. The royalty on resale is an argument, because the DIP names none.
    #[must_use]
    pub fn dip4(royalty: BasisPoints) -> Self {
        Self {
            stake: dimo(100_000),
            renunciation_months: 6,
            rebate: BasisPoints::known(7_000),
            months: NonZeroU16::MIN.saturating_add(23),
            curve: Curve::dip4(),
            royalty,
            nfts: DeviceTypeInfo::DIP4.iter().map(|info| (info.device_type, NftTerms::of(info))).collect(),
            team: TeamTerms::DIP4,
        }
    }
}

/// Whole $DIMO of the DIP; far below the range of [`Wei`].
const fn dimo(whole: u128) -> Wei {
    Wei::new(whole * Wei::PER_DIMO)
}

/// How the minting NFTs of one device type are sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    fn of(info: &DeviceTypeInfo<'_>) -> Self {
        let quantity = Quantity::Limited(info.initial_quantity);
        Self { price: info.cost, quantity, provider: info.provider }
    }
}

/// How many minting NFTs of a type may ever be sold. A vote may raise it, and "it's likely that constraints will be
/// lifted altogether" (Quantity and Cost of Device Minting NFTs).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is a limit or there is none")]
pub enum Quantity {
    /// As many.
    Limited(u64),
    /// As many as are wanted.
    Unlimited,
}

/// What DIP-4 gives the DIMO Integrations team, and what it promises in return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TeamTerms {
    /// The first infusion in $DIMO: 50,000 (Budget & Financial Projections).
    pub infusion: Wei,
    /// The first infusion in whole $DAI: 150,000 (Budget & Financial Projections).
    pub infusion_dai: u32,
    /// Days until the Resource Allocation DIP and its presentation: 90 (Team Composition & Operating Structure).
    pub resource_allocation_days: u32,
    /// Days until the application process is documented: 60 (Application).
    pub application_documents_days: u32,
    /// The last month for the goals: December 2023 (Operating Goals & Metrics).
    pub goals_until: Option<Month>,
    /// Distinct device manufacturers to onboard: 5 (Operating Goals & Metrics).
    pub goal_manufacturers: u32,
    /// Devices to approve: 5 (Operating Goals & Metrics).
    pub goal_devices: u32,
    /// Device types that those devices span: 2 (Operating Goals & Metrics).
    pub goal_device_types: u32,
}

impl TeamTerms {
    /// As DIP-4 has them.
    pub const DIP4: Self = Self {
        infusion: dimo(50_000),
        infusion_dai: 150_000,
        resource_allocation_days: 90,
        application_documents_days: 60,
        goals_until: match Month::new(2023, 12) {
            Ok(month) => Some(month),
            Err(_) => None,
        },
        goal_manufacturers: 5,
        goal_devices: 5,
        goal_device_types: 2,
    };
}
