//! Why an [`Economy`](crate::Economy) refuses: one enum for each operation.

use dimo_types::{Address, DeviceType, Month, TokenId};
use thiserror::Error;

use crate::{Account, LedgerError, NftId, Refusal, SettlementError, SplitError};

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
    /// No licence was ever granted to this provider. The stake follows the licence (DIP-4, Licenses & Staking).
    #[error("the provider was never granted a licence")]
    UnknownProvider,
    /// Only providers and holders deposit.
    #[error("{account} is neither a provider nor a holder")]
    NoActor {
        /// The account given.
        account: Account,
    },
    /// The ledger refuses, for want of funds for instance.
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
    /// Only providers and holders buy.
    #[error("{account} is neither a provider nor a holder")]
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
}

/// Why a connection is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
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
