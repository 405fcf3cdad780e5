//! What the live network takes today: a CloudEvent-like JSON envelope, one MQTT topic a kind.

mod device;
mod envelope;
mod error;
mod kind;
mod limits;
pub(super) mod number;
mod payload;
mod signal;
mod status;
mod unpack;

pub use device::Gen1Device;
pub use envelope::{Gen1Envelope, Gen1Header, Gen1Signed};
pub use error::{Gen1DataError, Gen1EncodeError, Gen1ParseError};
pub use kind::Gen1Kind;
pub use limits::Gen1Limits;
pub use payload::Gen1Payload;
pub use signal::{Gen1Signal, Gen1Value};
