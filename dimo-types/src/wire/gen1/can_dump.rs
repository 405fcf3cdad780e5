//! [`Gen1CanDump`]: recorded CAN frames.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::envelope::gzip;
use super::error::Gen1ParseError;
use super::lenient::{millis, or_default};
use super::unpack::gunzip;
use crate::Timestamp;

/// The `data` of a CAN dump: a recording as gzip and base64, inside a message that is packed once more.
///
/// What the recording looks like inside is between the device and who asked for it; the network's own devices send a JSON text.
///
/// # Example: a recording there and back
///
/// ```
/// use dimo_types::{Timestamp, wire::Gen1CanDump};
/// let recording = b"(1700000000.000000) can0 7E8#0441A60008B24200";
/// let dump = Gen1CanDump::new(Timestamp::from_secs(1_700_000_000)?, recording);
/// assert_eq!(dump.recording(1 << 20)?, recording);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gen1CanDump<'a> {
    /// When the message is made, in the message to the millisecond.
    #[serde(rename = "timestamp", with = "millis")]
    pub time: Timestamp,
    /// The recording, as gzip and base64.
    #[serde(rename = "payloadBase64", default, deserialize_with = "or_default")]
    #[serde(skip_serializing_if = "str::is_empty")]
    pub payload: Cow<'a, str>,
}

impl Gen1CanDump<'_> {
    /// A message with this recording.
    #[must_use]
    pub fn new(time: Timestamp, recording: &[u8]) -> Self {
        Self { time, payload: STANDARD.encode(gzip(recording)).into() }
    }

    /// The recording, unpacked to `limit` bytes at most.
    ///
    /// # Errors
    ///
    /// [`Gen1ParseError`] when it is no base64, no gzip, or longer.
    pub fn recording(&self, limit: usize) -> Result<Vec<u8>, Gen1ParseError> {
        let packed = STANDARD.decode(self.payload.as_ref()).map_err(|_| Gen1ParseError::NotBase64)?;
        gunzip(&packed, limit)
    }
}
