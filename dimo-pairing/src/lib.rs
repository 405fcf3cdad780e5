#![cfg_attr(not(doctest), doc = include_str!("../README.md"))]
#![no_std]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "std")]
extern crate std;

mod advertising;
mod bytes;
mod checksum;
mod framing;
pub mod gatt;
mod label;
mod message;
mod mtu;
mod noise;
mod refusal;
mod text;

pub use advertising::{
    ADVERTISING_LEN, Advertisement, AdvertisingError, AdvertisingFlags, SCAN_RESPONSE_LEN, SERVICE_DATA_LEN,
};
pub use framing::{FRAGMENT_MAX, FragmentBuffer, FragmentError, Fragmenter, PacketTooLong, Reassembler};
pub use label::{HintKey, LABEL_LEN, Label, LabelError, LabelSecret, LabelText};
pub use message::{
    Answer, ApnPassword, ApnSettings, CellularState, CellularStatus, Chunk, Field, FirmwareOffer,
    FirmwareState, FirmwareStatus, FirmwareWanted, GrantForm, Header, Identity, KeyFingerprint, LogLines,
    MESSAGE_MAX, MessageBuffer, MessageError, PACKET_MAX, PageBuffer, Percent, PhoneEntries, PhoneEntry,
    PresentedGrant, PrivateImsi, Request, RequestId, SignRequest, SleepHold, Slot, SlotSecret, TroubleCodes,
    TroubleEntry, TroubleStatus, UnixSeconds, UploadKind, UploadPlan, VERSION, VehicleProtocol, Versions,
    VinAge, VinSource, Welcome, Who, WifiCredentials, WifiKey, WifiName, WifiNameError, WifiNetwork,
    WifiNetworks, WifiPassword, WifiSecurity, WifiState, WifiStatus,
};
pub use mtu::Mtu;
pub use noise::{Channel, Handshake, HandshakeError, NoiseKey, PreSharedKey, PublicKey, SEAL_LEN, Side};
pub use refusal::{Refusal, RefusalCode};
pub use text::{NonEmptyText, Text, TextError};
