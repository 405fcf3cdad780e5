// The README's example needs `dev`, so without it there is nothing to run; it is shown in any case.
#![cfg_attr(any(not(doctest), feature = "dev"), doc = include_str!("../README.md"))]
#![no_std]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "std")]
extern crate std;

mod action;
mod advertising;
mod allowance;
mod bytes;
mod checksum;
mod clock;
mod device;
mod framing;
pub mod gatt;
pub mod gen1;
mod handshake;
mod ignition;
mod label;
mod limits;
#[cfg(feature = "dev")]
mod link;
mod memory;
mod message;
mod mtu;
mod noise;
mod packet;
mod phone;
#[cfg(feature = "pin")]
mod pin;
#[cfg(feature = "pin")]
mod pin_packet;
mod presence;
mod randomness;
mod receive_error;
mod refusal;
mod resumption;
mod setup;
#[cfg(feature = "pin")]
pub mod spake2plus;
mod text;
mod wire;

pub use action::{Action, Expiry, JobError, JobId, SigningFailed};
pub use advertising::{
    ADVERTISING_LEN, Advertisement, AdvertisingError, AdvertisingFlags, SCAN_RESPONSE_LEN, SERVICE_DATA_LEN,
};
pub use device::Device;
pub use framing::{FRAGMENT_MAX, FragmentBuffer, FragmentError, Fragmenter, PacketTooLong, Reassembler};
pub use ignition::Ignition;
pub use label::{HintKey, LABEL_LEN, Label, LabelError, LabelSecret, LabelText};
pub use limits::Limits;
#[cfg(feature = "dev")]
pub use link::{Fault, Faultless, Link, Maker};
pub use memory::{Memory, RECORD_MAX, Record, RecordError, RecordKey, SLOTS, StorageFailed};
pub use message::*;
pub use mtu::Mtu;
pub use noise::{
    Handshake, HandshakeError, NoiseKey, OpenError, PreSharedKey, PublicKey, SEAL_LEN, SealError, Side,
    Transport,
};
pub use packet::{Basis, PacketError};
pub use phone::{CommandError, Event, Failure, Opening, Phone};
#[cfg(feature = "pin")]
pub use pin::{
    PIN_CONTEXT, PIN_LEN, PIN_NAMES, PIN_PARAMETERS_LEN, PIN_RECORD_LEN, Pin, PinError, PinParameters,
    PinParametersError, PinRecord, PinRecordError,
};
pub use presence::Presence;
pub use randomness::Seed;
pub use receive_error::ReceiveError;
pub use refusal::{Refusal, RefusalCode};
pub use resumption::{NoResumption, RESUMPTION_LEN, Resumption};
pub use setup::Setup;
pub use text::{NonEmptyText, Text, TextError};
