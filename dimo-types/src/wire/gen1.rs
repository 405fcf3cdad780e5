//! What the live network takes today: a CloudEvent-like JSON envelope, one MQTT topic a kind.

mod device;
mod envelope;
mod error;
mod fields;
mod kind;
mod limits;
pub(super) mod number;
mod payload;
mod received;
mod signal;
mod status;
mod unpack;
mod vocabulary;

pub use device::Gen1Device;
pub use envelope::{Gen1Envelope, Gen1Header, Gen1Signed};
pub use error::{Gen1DataError, Gen1EncodeError, Gen1ParseError};
pub use kind::Gen1Kind;
pub use limits::Gen1Limits;
pub use payload::Gen1Payload;
pub use received::{ReceivedEnvelope, received_json};
pub use signal::{Gen1Signal, Gen1Value};
pub use vocabulary::{Gen1Vss, Gen1VssError, VssValue};
