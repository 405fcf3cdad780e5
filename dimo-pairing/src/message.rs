//! The messages of a session: what a phone may ask ([`Request`]) and what a device may answer ([`Answer`]), and both as bytes, exactly:
//! `parse` takes what `emit` writes and nothing else.
//!
//! ```text
//! kind 1 byte | request id 2 bytes, big-endian | body by kind (SPEC.md, Messages)
//! ```

mod answer;
mod answer_codec;
mod cellular;
mod consent;
mod error;
mod fields;
mod firmware;
mod grant;
mod header;
mod identity;
mod kind;
mod log;
mod networks;
mod number;
mod phones;
mod request;
mod request_codec;
mod sign;
mod trouble;
mod upload;
mod vehicle;
mod versions;
mod who;
mod wifi;
mod work;

pub use answer::Answer;
pub use cellular::{ApnPassword, ApnSettings, CellularState, CellularStatus, PrivateImsi};
pub use consent::{ConsentError, UploadedConsent};
pub use error::{Field, MessageError};
pub use firmware::{FirmwareOffer, FirmwareState, FirmwareStatus, FirmwareWanted};
pub use grant::{GrantForm, PresentedGrant, Slot, SlotSecret, UnixSeconds, Welcome};
pub use header::{Header, RequestId};
pub use identity::Identity;
pub use log::LogLines;
pub use networks::{WifiNetwork, WifiNetworks};
pub use phones::{KeyFingerprint, PhoneEntries, PhoneEntry};
pub use request::Request;
pub use sign::SignRequest;
pub use trouble::{TroubleCodes, TroubleEntry, TroubleStatus};
pub use upload::{Chunk, UploadKind, UploadPlan};
pub use vehicle::{VehicleProtocol, VinAge, VinSource};
pub use versions::{VERSION, Versions};
pub use who::Who;
pub use wifi::{
    WifiCredentials, WifiKey, WifiName, WifiNameError, WifiPassword, WifiSecurity, WifiState, WifiStatus,
};
pub use work::{Percent, SleepHold};

/// The longest message of any kind, in bytes, before it is sealed.
pub const MESSAGE_MAX: usize = 216;
/// The longest packet a side must take, in bytes: its first byte, the number, a message, and the tag of its seal.
pub const PACKET_MAX: usize = 1 + 4 + MESSAGE_MAX + 16;

/// Room for one message.
pub type MessageBuffer = [u8; MESSAGE_MAX];

/// Room for the list in one answer: what of it fits there ([`TroubleCodes::page`] and its like).
pub type PageBuffer = [u8; Header::BODY_MAX];
