//! [`Nft`]: what lets a device connect, and its id.

use core::fmt;
use core::num::{NonZeroU16, NonZeroU64};
use core::str::FromStr;

use dimo_types::{Address, DeviceType, TokenId};
use thiserror::Error;

use crate::{Account, Connection, Name, Schedule, Split};

/// The how-manieth sale of a device type a minting NFT was, counted from 1: the `n` of the reward curve.
///
/// # Example: there is no sale before the first
///
/// ```
/// use dimo_rewards::SaleNumber;
/// assert_eq!(SaleNumber::new(0), None);
/// assert_eq!(SaleNumber::FIRST.get(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SaleNumber(NonZeroU64);

impl SaleNumber {
    /// The first sale of a device type.
    pub const FIRST: Self = Self(NonZeroU64::MIN);

    /// Sale `n`, or `None` for 0.
    #[must_use]
    pub const fn new(n: u64) -> Option<Self> {
        match NonZeroU64::new(n) {
            Some(n) => Some(Self(n)),
            None => None,
        }
    }

    /// The number, at least 1.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// The sale after `sold` others.
    #[must_use]
    pub const fn after(sold: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(sold))
    }
}

impl fmt::Display for SaleNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The id of a device minting NFT: its type and the number of its sale, written `standard-dongle#1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NftId {
    /// What may be connected with it.
    pub device_type: DeviceType,
    /// Which sale of that type it was.
    pub number: SaleNumber,
}

impl fmt::Display for NftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.device_type, self.number)
    }
}

/// `standard-dongle#1`: a device type and a number without leading zeros.
impl FromStr for NftId {
    type Err = NftIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (device_type, number) = text.split_once('#').ok_or(NftIdError)?;
        if !number.bytes().all(|digit| digit.is_ascii_digit()) || number.starts_with('0') {
            return Err(NftIdError);
        }
        let number = number.parse().ok().and_then(SaleNumber::new).ok_or(NftIdError)?;
        Ok(Self { device_type: device_type.parse().map_err(|_| NftIdError)?, number })
    }
}

/// The text is no id of an NFT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an NFT is written like standard-dongle#1")]
#[non_exhaustive]
pub struct NftIdError;

/// The minting NFTs of one purchase: one type, consecutive sales.
///
/// # Example: the ids of what was bought
///
/// ```
/// use dimo_rewards::{Purchase, SaleNumber};
/// use dimo_types::DeviceType;
/// let third = SaleNumber::new(3).unwrap();
/// let bought = Purchase { device_type: DeviceType::Hub, first: third, last: SaleNumber::after(3) };
/// let ids: Vec<_> = bought.ids().map(|id| id.to_string()).collect();
/// assert_eq!((ids, bought.count()), (vec!["hub#3".into(), "hub#4".into()], 2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Purchase {
    /// What may be connected with them.
    pub device_type: DeviceType,
    /// The first sale.
    pub first: SaleNumber,
    /// The last one.
    pub last: SaleNumber,
}

impl Purchase {
    /// How many NFTs they are; none where the last is before the first.
    #[must_use]
    pub const fn count(&self) -> u64 {
        match self.last.get().checked_sub(self.first.get()) {
            Some(more) => more.saturating_add(1),
            None => 0,
        }
    }

    /// Their ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = NftId> {
        let device_type = self.device_type;
        let numbers = (self.first.get()..=self.last.get()).filter_map(SaleNumber::new);
        numbers.map(move |number| NftId { device_type, number })
    }
}

/// A device minting NFT: who owns it, what was set aside for it, and what it is bonded to (DIP-4, Device Minting NFTs).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Nft {
    /// Who owns it.
    pub owner: Account,
    /// How its price was split at the sale.
    pub split: Split,
    /// How far the parts set aside are paid.
    pub schedule: Schedule,
    /// The device it is bonded to, if it is.
    pub bond: Option<Bond>,
}

impl Nft {
    /// One just sold.
    pub(crate) const fn sold(owner: Account, split: Split, months: NonZeroU16) -> Self {
        Self { owner, split, schedule: Schedule::new(&split, months), bond: None }
    }
}

/// What a minting NFT is bonded to, for good.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bond {
    /// The provider that earns the rebate.
    pub provider: Name,
    /// The model of the device, approved for that provider.
    pub model: Name,
    /// The wallet of the device, or the account of a software connection.
    pub device: Address,
    /// The vehicle it is or was last connected to.
    pub vehicle: Option<TokenId>,
    /// Whether it is connected now.
    pub connection: Connection,
}
