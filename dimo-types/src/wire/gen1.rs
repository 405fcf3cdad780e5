//! What the live network takes today: a CloudEvent-like JSON envelope, one MQTT topic a kind.

mod can_dump;
mod device;
mod envelope;
mod error;
mod fields;
mod fingerprint;
mod kind;
mod lenient;
mod limits;
mod log;
mod network;
pub(super) mod number;
mod payload;
mod received;
mod signal;
mod state;
mod status;
mod unpack;
mod vocabulary;

pub use can_dump::Gen1CanDump;
pub use device::Gen1Device;
pub use envelope::{Gen1Envelope, Gen1Header, Gen1Sender, Gen1Signed};
pub use error::{Gen1DataError, Gen1EncodeError, Gen1ParseError};
pub use fingerprint::{Gen1Fingerprint, Gen1FingerprintError};
pub use kind::Gen1Kind;
pub use limits::Gen1Limits;
pub use log::Gen1Log;
pub use network::{Gen1Cell, Gen1CellSignal, Gen1Network, Gen1Radio};
pub use payload::Gen1Payload;
pub use received::{ReceivedEnvelope, received_json};
pub use signal::{Gen1Signal, Gen1Value};
pub use state::{Gen1State, Gen1Status};
pub use vocabulary::{Gen1Vss, Gen1VssError, VssValue};
