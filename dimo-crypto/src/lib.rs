#![doc = include_str!("../README.md")]
#![no_std]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "alloc", test))]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(feature = "alloc")]
mod abi;
#[cfg(feature = "alloy")]
mod alloy;
mod attestation;
pub mod blocking;
#[cfg(feature = "alloc")]
mod calldata;
mod chip_signature;
mod config_status;
mod consent;
mod const_keccak;
mod der;
#[cfg(feature = "dev")]
pub mod dev;
mod digest;
mod domain;
mod eip712;
#[cfg(feature = "alloc")]
mod erc1271;
mod finish;
mod hash;
pub mod hazmat;
mod keccak_f;
#[cfg(feature = "manifest")]
pub mod manifest;
#[cfg(feature = "merkle")]
pub mod merkle;
mod message;
mod mint_message;
pub mod pairing;
mod personal;
mod public_key;
mod registry;
mod registry_message;
#[cfg(feature = "session")]
pub mod session;
mod signature;
#[cfg(feature = "signature")]
mod signature_traits;
mod signer;
#[cfg(feature = "software-key")]
mod software_key;
mod telemetry;
#[cfg(feature = "alloc")]
pub mod typed_data;
mod verifier;
mod verify;

pub use dimo_types::Address;

pub use attestation::Attestation;
#[cfg(feature = "alloc")]
pub use calldata::{
    DeviceAttribute, MintDevices, MintDevicesError, NewDevice, RegistryCall, RegistryFunction,
    WalletSignature,
};

#[cfg(feature = "software-key")]
pub use chip_signature::{ChipForm, SHalf};
pub use chip_signature::{ChipSignature, ChipSignatureError};
pub use config_status::{ConfigStatus, ReceivedConfigStatus};
pub use consent::{ConsentRefusal, HeldSharing, OwnerChange, SharingConsent};
pub use der::DerError;
pub use digest::Digest;
#[cfg(feature = "alloc")]
pub use erc1271::{ContractQuestion, ContractRefusal};
pub use finish::{FinishError, finish_signature};
pub use hash::keccak256;
pub use message::{Message, Verifiable};
pub use mint_message::{MintVehicle, MintVehicleWithDeviceDefinition};
pub use personal::{LoginChallenge, LoginChallengeError, Personal};
pub use public_key::{PublicKey, PublicKeyError};
pub use registry::Registry;
pub use registry_message::{
    BurnSynthetic, BurnVehicle, Claim, MintSynthetic, MintVehicleAndSynthetic, Pair, Unpair,
};
pub use signature::{Signature, SignatureError, SignatureTextError};
pub use signer::{BlockingAsync, DeviceSigner};
#[cfg(feature = "software-key")]
pub use software_key::{SoftwareKey, SoftwareKeyError, SoftwareSignError};
pub use telemetry::{Gen1Telemetry, ReceivedTelemetry, TelemetryBatchSeal};
#[cfg(feature = "libsecp256k1")]
pub use verifier::LibSecp256k1Verifier;
pub use verifier::{K256Verifier, Verifier};
pub use verify::{ByContract, ByKey, RecoverError, Verified, VerifyError, recover, verify};
