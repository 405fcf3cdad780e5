//! [`ReceivedEnvelope`]: an envelope of any kind, with the bytes that may be signed exactly as they came.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Gen1Limits;
use super::error::Gen1ParseError;
use super::fields::{Field, TopLevel, name_of};
use super::unpack::{decode_base64, unpack};

/// The JSON that a received message consists of: taken out of `compressedPayload`, or the bytes themselves when they are not
/// packed. For [`ReceivedEnvelope::parse`].
///
/// # Errors
///
/// [`Gen1ParseError`] when the message is too long, no JSON object, or packed badly.
pub fn received_json<'a>(bytes: &'a [u8], limits: &Gen1Limits) -> Result<Cow<'a, [u8]>, Gen1ParseError> {
    if bytes.len() > limits.json_bytes {
        return Err(Gen1ParseError::TooLarge { limit: limits.json_bytes });
    }
    match TopLevel::parse(bytes)?.packed()? {
        None => Ok(Cow::Borrowed(bytes)),
        Some(packed) => unpack(packed, limits.json_bytes).map(Cow::Owned),
    }
}

/// A message whose kind is yet to be found out, borrowed from its JSON: a Gen 1 message, or another CloudEvent such as an
/// attestation. Nothing in it is verified.
///
/// It reads as tolerantly as [`Gen1Payload`](super::Gen1Payload), knows `source` and `data_base64` as well, and copies only
/// texts that hold escapes.
///
/// # Example: which bytes an attestation signs
///
/// ```
/// use dimo_types::wire::{Gen1Limits, ReceivedEnvelope, received_json};
/// let file = br#"{"type":"dimo.attestation","source":"0x07B5","data":{"insured":true},"signature":"0xa2"}"#;
/// let json = received_json(file, &Gen1Limits::default())?;
/// let event = ReceivedEnvelope::parse(&json)?;
/// assert_eq!(event.event_type().as_deref(), Some("dimo.attestation"));
/// assert_eq!(event.data_bytes(), Some(br#"{"insured":true}"#.as_slice()));
/// assert_eq!(event.source().as_deref(), Some("0x07B5"));
/// # Ok::<(), dimo_types::wire::Gen1ParseError>(())
/// ```
pub struct ReceivedEnvelope<'a> {
    fields: TopLevel<'a>,
}

impl<'a> ReceivedEnvelope<'a> {
    /// Reads the JSON of an envelope. It takes no memory but for nesting, at most one byte a byte of `json`.
    ///
    /// # Errors
    ///
    /// [`Gen1ParseError`] when `json` is no JSON object, says a thing twice, or holds neither `data` nor `data_base64`.
    pub fn parse(json: &'a [u8]) -> Result<Self, Gen1ParseError> {
        let fields = TopLevel::parse(json)?;
        if fields.raw(Field::Data).is_none() && fields.get(Field::DataBase64).is_none() {
            return Err(Gen1ParseError::NoData);
        }
        Ok(Self { fields })
    }

    /// The JSON value of `data` as received; `null` counts as a value.
    #[must_use]
    pub fn data_bytes(&self) -> Option<&'a [u8]> {
        self.fields.raw(Field::Data).map(|data| data.get().as_bytes())
    }

    /// The text of `data_base64`, with its escapes resolved.
    #[must_use]
    pub fn data_base64(&self) -> Option<Cow<'a, str>> {
        self.fields.text(Field::DataBase64)
    }

    /// What `data_base64` decodes to, or `None` when it is absent or no base64 text.
    #[must_use]
    pub fn data_base64_decoded(&self) -> Option<Vec<u8>> {
        decode_base64(self.fields.get(Field::DataBase64)?).ok()
    }

    /// Whom or what the message is about, as received.
    #[must_use]
    pub fn subject(&self) -> Option<Cow<'a, str>> {
        self.fields.text(Field::Subject)
    }

    /// Who made it, as received.
    #[must_use]
    pub fn source(&self) -> Option<Cow<'a, str>> {
        self.fields.text(Field::Source)
    }

    /// The `type` field, as received.
    #[must_use]
    pub fn event_type(&self) -> Option<Cow<'a, str>> {
        self.fields.text(Field::Type)
    }

    /// The signature, as received.
    #[must_use]
    pub fn signature(&self) -> Option<Cow<'a, str>> {
        self.fields.text(Field::Signature)
    }

    /// How many entries `data.vehicle.signals` has, of whatever shape; 0 when there is no such list. Where a name stands twice,
    /// the last one counts.
    #[must_use]
    pub fn signal_count(&self) -> usize {
        let data = self.fields.raw(Field::Data);
        let list =
            data.and_then(|data| member(data, "vehicle")).and_then(|vehicle| member(vehicle, "signals"));
        list.map_or(0, entries)
    }
}

/// The envelope without `data`, which may be long.
impl fmt::Debug for ReceivedEnvelope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedEnvelope")
            .field("subject", &self.subject())
            .field("source", &self.source())
            .field("type", &self.event_type())
            .finish_non_exhaustive()
    }
}

/// The last value of this name in a JSON object.
fn member<'a>(object: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    struct Last<'n>(&'n str);
    impl<'de> Visitor<'de> for Last<'_> {
        type Value = Option<&'de RawValue>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut last = None;
            while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
                if name_of(key) == self.0 {
                    last = Some(value);
                }
            }
            Ok(last)
        }
    }
    // Anything but an object has no members; the parser's complaint about a text would quote all of it.
    if !object.get().starts_with('{') {
        return None;
    }
    serde_json::Deserializer::from_str(object.get()).deserialize_map(Last(name)).ok().flatten()
}

/// How many entries a JSON list has; 0 for anything else.
fn entries(list: &RawValue) -> usize {
    struct Count;
    impl<'de> Visitor<'de> for Count {
        type Value = usize;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<usize, A::Error> {
            let mut count = 0;
            while list.next_element::<IgnoredAny>()?.is_some() {
                count += 1;
            }
            Ok(count)
        }
    }
    if !list.get().starts_with('[') {
        return 0;
    }
    serde_json::Deserializer::from_str(list.get()).deserialize_seq(Count).unwrap_or(0)
}
