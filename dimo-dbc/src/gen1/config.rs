//! [`ConfigError`]: why a document of the device configuration cannot be read.

use alloc::string::{String, ToString};

use serde::de::DeserializeOwned;
use thiserror::Error;

/// Why bytes are no document of the device configuration. Keep the configuration in use, and ask again later.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No JSON of this shape.
    #[error("no such JSON document: {reason}")]
    Json {
        /// Where and why the parser stopped.
        reason: String,
    },
    /// No protobuf message of this shape.
    #[error("no such protobuf message: {reason}")]
    Protobuf {
        /// Where and why the parser stopped.
        reason: String,
    },
    /// A setting is negative, not a number, or too large to be true.
    #[error("{field} is {value}: not a value it can have")]
    Setting {
        /// The name of the field.
        field: &'static str,
        /// Its value, in volts or seconds.
        value: f32,
    },
}

/// Reads a JSON object. Without the look at its first byte, serde would take a list for the fields in order, and an empty
/// one for a document without fields.
pub(super) fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ConfigError> {
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(ConfigError::Json { reason: "not an object".into() });
    }
    serde_json::from_slice(bytes).map_err(|error| ConfigError::json(&error))
}

impl ConfigError {
    pub(super) fn json(error: &serde_json::Error) -> Self {
        Self::Json { reason: error.to_string() }
    }

    pub(super) fn protobuf(error: &prost::DecodeError) -> Self {
        Self::Protobuf { reason: error.to_string() }
    }
}
