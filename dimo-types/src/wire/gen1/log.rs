//! [`Gen1Log`]: what went wrong in a device.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Gen1State;
use super::lenient::{millis, or_default, texts};
use crate::Timestamp;

/// The `data` of a log message.
///
/// # Example: a sensor that does not answer
///
/// ```
/// use dimo_types::{Address, RecordId, Timestamp, TokenId};
/// use dimo_types::wire::{Gen1Envelope, Gen1Log, Gen1Sender};
/// let time = Timestamp::from_secs(1_700_000_000)?;
/// let log = Gen1Log { level: "error".into(), message: "no answer from the modem".into(), ..Gen1Log::new(time) };
/// let sender = Gen1Sender {
///     id: RecordId::from_bytes([7; 20]),
///     device: Address::ZERO,
///     vehicle: Some(TokenId::from(1337)),
/// };
/// let envelope = Gen1Envelope::log(&sender, &log)?;
/// assert!(envelope.data().as_str().contains(r#""vehicleTokenId":1337"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gen1Log<'a> {
    /// When it happened, in the message to the millisecond.
    #[serde(rename = "timestamp", with = "millis")]
    pub time: Timestamp,
    /// The device.
    #[serde(default, deserialize_with = "or_default")]
    pub device: Gen1State<'a>,
    /// The vehicle's token id, 0 for none: logs have it here, and not in their envelope. Writing puts in the sender's.
    #[serde(rename = "vehicleTokenId", default, deserialize_with = "or_default")]
    pub vehicle: u64,
    /// The vehicle's model, in lower case with hyphens.
    #[serde(rename = "modelSlug", default, deserialize_with = "or_default")]
    pub model: Cow<'a, str>,
    /// The older form of `message`. Of a received list, the first thousand.
    #[serde(default, deserialize_with = "texts")]
    pub errors: Vec<Cow<'a, str>>,
    /// What happened.
    #[serde(default, deserialize_with = "or_default")]
    pub message: Cow<'a, str>,
    /// How bad it is, such as `error`.
    #[serde(default, deserialize_with = "or_default")]
    pub level: Cow<'a, str>,
}

impl Gen1Log<'_> {
    /// A log that says nothing but the time.
    #[must_use]
    pub fn new(time: Timestamp) -> Self {
        Self {
            time,
            device: Gen1State::default(),
            vehicle: 0,
            model: Cow::default(),
            errors: Vec::new(),
            message: Cow::default(),
            level: Cow::default(),
        }
    }
}
