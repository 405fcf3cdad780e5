//! Why an [`Economy`](crate::Economy) refuses: one enum for each operation.

use dimo_types::{Address, Country, DeviceType, GeographyError, Month, Timestamp, TokenId};
use thiserror::Error;

use crate::{Account, LedgerError, LicenceError, Name, NftId, Refusal, SettlementError, SplitError};

/// Why an application is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// The provider is renouncing its licence. Apply again once the stake is released.
    #[error(transparent)]
    Licence(#[from] LicenceError),
    /// The time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why an opening balance is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Only providers and holders bring money.
    #[error("{account} is neither a provider nor a holder")]
    NoActor {
        /// The account given.
        account: Account,
    },
    /// The ledger refuses.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a deposit is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StakeError {
    /// No provider of that name ever applied.
    #[error("there is no such provider")]
    UnknownProvider,
    /// No licence was granted yet. The stake follows the licence (DIP-4, Licenses & Staking).
    #[error("the provider was never granted a licence")]
    NotLicensed,
    /// The licence is not held any more, so nothing is to be secured.
    #[error(transparent)]
    Licence(#[from] LicenceError),
    /// An account that belongs to nobody who could pay.
    #[error("{account} belongs to nobody who can pay")]
    NoActor {
        /// The account given.
        account: Account,
    },
    /// The ledger refuses, for want of funds for instance.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why an excess is not withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WithdrawError {
    /// No provider of that name ever applied.
    #[error("there is no such provider")]
    UnknownProvider,
    /// No licence was granted yet.
    #[error("the provider was never granted a licence")]
    NotLicensed,
    /// The licence is not held any more; its stake is released as a whole.
    #[error(transparent)]
    Licence(#[from] LicenceError),
    /// A challenge is open, and its verdict may need the whole stake.
    #[error("the challenge {id} is open")]
    Challenged {
        /// Its id.
        id: Name,
    },
    /// The time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a purchase is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuyError {
    /// The policy has no terms for this type.
    #[error("there are no minting NFTs for {device_type}")]
    NotForSale {
        /// The type asked for.
        device_type: DeviceType,
    },
    /// All of them are sold. The token holders may raise the quantity.
    #[error("all minting NFTs for {device_type} are sold")]
    SoldOut {
        /// The type asked for.
        device_type: DeviceType,
    },
    /// An account that belongs to nobody who could pay.
    #[error("{account} belongs to nobody who can pay")]
    NoActor {
        /// The account given.
        account: Account,
    },
    /// The policy promises more than the price.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// The ledger refuses, for want of funds for instance.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a resale is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ResellError {
    /// No such NFT was sold.
    #[error("there is no NFT {nft}")]
    UnknownNft {
        /// The NFT given.
        nft: NftId,
    },
    /// Somebody else owns it.
    #[error("the NFT {nft} belongs to somebody else")]
    NotOwner {
        /// The NFT given.
        nft: NftId,
    },
    /// It is bonded, for good.
    #[error("the NFT is bonded to {device}")]
    Bonded {
        /// The device it is bonded to.
        device: Address,
    },
    /// An account that belongs to nobody who could pay.
    #[error("{account} belongs to nobody who can pay")]
    NoActor {
        /// The account given.
        account: Account,
    },
    /// The ledger refuses, for want of funds for instance.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a bond is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BondError {
    /// The provider is not in good standing.
    #[error("the provider is not in good standing: {0}")]
    Standing(#[from] Refusal),
    /// No such NFT was sold.
    #[error("there is no NFT {nft}")]
    UnknownNft {
        /// The NFT given.
        nft: NftId,
    },
    /// The provider does not own it. Buy it first.
    #[error("the NFT {nft} belongs to somebody else")]
    NotOwner {
        /// The NFT given.
        nft: NftId,
    },
    /// The NFT is bonded already, for good.
    #[error("the NFT is bonded to {device}")]
    NftBonded {
        /// The device it is bonded to.
        device: Address,
    },
    /// The device has its NFT already.
    #[error("the device is bonded to {nft}")]
    DeviceBonded {
        /// The NFT it has.
        nft: NftId,
    },
    /// The device was banned from the network.
    #[error("the device is banned")]
    Banned,
    /// No model of that name was approved for the provider.
    #[error("the model is not approved for the provider")]
    NotApproved,
    /// The model was approved once, and banned since.
    #[error("the model is banned")]
    ModelBanned,
    /// The model is of another type than the NFT.
    #[error("the model is a {device_type}")]
    OtherType {
        /// The type of the model.
        device_type: DeviceType,
    },
    /// Devices may not operate there at all.
    #[error(transparent)]
    Geography(#[from] GeographyError),
    /// The model was approved for other countries.
    #[error("the model is not approved for {country}")]
    OtherCountry {
        /// The country given.
        country: Country,
    },
    /// The time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a connection is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// No minting NFT is bonded to this device. Bond one first.
    #[error("the device has no minting NFT")]
    NotBonded,
    /// A software connection stays with its vehicle; another vehicle needs another NFT.
    #[error("the software connection belongs to vehicle {vehicle}")]
    SoftwareMoved {
        /// The vehicle it belongs to.
        vehicle: TokenId,
    },
    /// The device was banned from the network.
    #[error("the device is banned")]
    Banned,
    /// The time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a connection is not ended.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UnlinkError {
    /// No minting NFT is bonded to this device, or its connection was ended before.
    #[error("the device has no minting NFT")]
    NotBonded,
    /// A device keeps its NFT and its schedule when it leaves a vehicle: [`disconnect`](crate::Economy::disconnect) it.
    #[error("{nft} is bonded to a device, not to a software connection")]
    Hardware {
        /// The NFT of the device.
        nft: NftId,
    },
    /// The ledger refuses: the time given is before the last entry.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a month is not closed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CloseError {
    /// The month is not over yet. Close it from the first day after it.
    #[error("{month} is not over yet")]
    NotOver {
        /// The month given.
        month: Month,
    },
    /// The month was closed before; its payments are made.
    #[error("{month} is closed already")]
    AlreadyClosed {
        /// The month given.
        month: Month,
    },
    /// The payments do not add up.
    #[error(transparent)]
    Settlement(#[from] SettlementError),
    /// The ledger refuses.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a challenge is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChallengeError {
    /// The Court decides challenges and raises none.
    #[error("the court decides challenges and raises none")]
    Court,
    /// A challenge had this id before.
    #[error("there was a challenge with this id")]
    KnownId,
    /// No provider of that name ever applied.
    #[error("there is no such provider")]
    UnknownProvider,
    /// No licence was granted yet, so nothing is violated.
    #[error("the provider was never granted a licence")]
    NotLicensed,
    /// The licence has ended and its stake is released. There is nothing to decide over.
    #[error(transparent)]
    Licence(#[from] LicenceError),
    /// The time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a renunciation is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RenounceError {
    /// No provider of that name ever applied.
    #[error("there is no such provider")]
    UnknownProvider,
    /// No licence was granted yet.
    #[error("the provider was never granted a licence")]
    NotLicensed,
    /// The licence is not held any more.
    #[error(transparent)]
    Licence(#[from] LicenceError),
    /// The time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a stake is not released.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// No provider of that name ever applied.
    #[error("there is no such provider")]
    UnknownProvider,
    /// No licence was granted yet.
    #[error("the provider was never granted a licence")]
    NotLicensed,
    /// The stake does not wait for its release. Renounce the licence first.
    #[error(transparent)]
    Licence(#[from] LicenceError),
    /// The months of the policy are not over.
    #[error("the stake is locked{}", due.map(|due| alloc::format!(" until {due}")).unwrap_or_default())]
    TooEarly {
        /// When they are; `None` beyond the calendar.
        due: Option<Timestamp>,
    },
    /// A challenge is open. Its verdict comes first.
    #[error("the challenge {id} is open")]
    Challenged {
        /// Its id.
        id: Name,
    },
    /// The ledger refuses.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
