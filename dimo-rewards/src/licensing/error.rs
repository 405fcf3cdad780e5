//! Why an act of DIMO Integrations is refused.

use alloc::string::String;

use dimo_types::{DeviceType, GeographyError, ProviderKind};
use thiserror::Error;

use crate::{LedgerError, LicenceError, Name, RequirementError, Unauthorised};

/// Why an act over a licence is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LicensingError {
    /// Whoever tried has not the power.
    #[error(transparent)]
    Unauthorised(#[from] Unauthorised),
    /// No provider of that name ever applied.
    #[error("there is no such provider")]
    UnknownProvider,
    /// The provider has no open application for a licence. It has to submit one first; the simplified one of a licensed provider,
    /// for more devices, is not enough.
    #[error("the provider has no open application for a licence")]
    NoApplication,
    /// No licence was granted to the provider yet.
    #[error("the provider was never granted a licence")]
    NotLicensed,
    /// The state of the licence does not allow it.
    #[error(transparent)]
    Licence(#[from] LicenceError),
    /// The requirement is below the minimum.
    #[error(transparent)]
    Requirement(#[from] RequirementError),
    /// A challenge is open. Its verdict comes first.
    #[error("the challenge {id} is open")]
    Challenged {
        /// Its id.
        id: Name,
    },
    /// The provider that should receive the licence has a stake that waits for its release.
    #[error("a stake of the receiving provider is still locked")]
    StakeLocked,
    /// The ledger refuses: the time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a model is not approved.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ApprovalError {
    /// Whoever tried has not the power.
    #[error(transparent)]
    Unauthorised(#[from] Unauthorised),
    /// No provider of that name ever applied.
    #[error("there is no such provider")]
    UnknownProvider,
    /// No licence was granted to the provider yet.
    #[error("the provider was never granted a licence")]
    NotLicensed,
    /// The licence is not held any more.
    #[error(transparent)]
    Licence(#[from] LicenceError),
    /// There are no NFTs for the type. Add the type first.
    #[error("there are no minting NFTs for {device_type}")]
    NotForSale {
        /// The type of the list.
        device_type: DeviceType,
    },
    /// The list is for the other kind of provider than the type.
    #[error("the type is one of {kind} providers")]
    OtherKind {
        /// The kind of the type.
        kind: ProviderKind,
    },
    /// A model of this name was approved with another type.
    #[error("the model is a {device_type}")]
    OtherType {
        /// The type it was approved with.
        device_type: DeviceType,
    },
    /// A specification is not met, or not on the list.
    #[error("not met: {specification}")]
    NotMet {
        /// Its name.
        specification: String,
    },
    /// Devices may not operate in one of the countries.
    #[error(transparent)]
    Geography(#[from] GeographyError),
    /// The model was banned. A better one gets another name.
    #[error("the model is banned")]
    Banned,
    /// The time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a ban is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BanError {
    /// Whoever tried has not the power.
    #[error(transparent)]
    Unauthorised(#[from] Unauthorised),
    /// No such device was bonded.
    #[error("there is no such device")]
    UnknownDevice,
    /// No such model was approved for the provider.
    #[error("there is no such model")]
    UnknownModel,
    /// It was banned before.
    #[error("it is banned already")]
    Banned,
    /// The ledger refuses: the time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a device type or a specification is not added.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TypeError {
    /// Whoever tried has not the power.
    #[error(transparent)]
    Unauthorised(#[from] Unauthorised),
    /// There is such a type. Its price is the token holders' to change.
    #[error("there is a device type {device_type}")]
    Known {
        /// The type given.
        device_type: DeviceType,
    },
    /// "DIMO used to acquire the NFT is set aside", so it has a price.
    #[error("a minting NFT has a price")]
    Free,
    /// A specification of that name is in force, and none is replaced.
    #[error("there is a specification of that name")]
    KnownSpecification,
    /// The time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
