#![doc = include_str!("../README.md")]
#![no_std]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "alloc", test))]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

pub mod blocking;
mod chip_signature;
mod config_status;
mod const_keccak;
mod der;
#[cfg(feature = "dev")]
pub mod dev;
mod digest;
mod eip712;
mod finish;
mod hash;
pub mod hazmat;
mod keccak_f;
mod message;
mod personal;
mod public_key;
mod registry;
mod registry_message;
mod signature;
mod signer;
#[cfg(feature = "software-key")]
mod software_key;
mod telemetry;
mod verify;

pub use dimo_types::Address;

#[cfg(feature = "software-key")]
pub use chip_signature::{ChipForm, SHalf};
pub use chip_signature::{ChipSignature, ChipSignatureError};
pub use config_status::ConfigStatus;
pub use der::DerError;
pub use digest::Digest;
pub use finish::{FinishError, finish_signature};
pub use hash::keccak256;
pub use message::Message;
pub use personal::{LoginChallenge, Personal};
pub use public_key::{PublicKey, PublicKeyError};
pub use registry::Registry;
pub use registry_message::{
    BurnSynthetic, BurnVehicle, Claim, MintSynthetic, MintVehicleAndSd, Pair, Unpair,
};
pub use signature::{Signature, SignatureError, SignatureTextError};
pub use signer::{BlockingAsync, DeviceSigner};
#[cfg(feature = "software-key")]
pub use software_key::{SoftwareKey, SoftwareKeyError, SoftwareSignError};
pub use telemetry::{Gen1Telemetry, TelemetryBatchSeal};
pub use verify::{RecoverError, Verified, VerifyError, recover, verify};
