//! [`Gen1Payload`]: a received message, with `data` exactly as it came.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::{Gen1DataError, Gen1ParseError};
use super::signal::{Gen1Signal, parse_signals};
use super::unpack::unpack;
use super::{Gen1Kind, Gen1Limits};

/// A message as it was received. Nothing in it is verified: that is done by recovering the signer of
/// [`data_bytes`](Self::data_bytes) and comparing it with [`subject`](Self::subject).
///
/// Accepted are: the compressed and the plain form, any order of fields, escapes, unknown fields (also such that contain
/// a `data` of their own), `null` for an absent field, `vehicleTokenId` in any letter case.
/// A field that this type reads must not stand there twice, since readers differ in which of the two they take.
///
/// # Example: what a verifier needs
///
/// ```
/// use dimo_types::wire::{Gen1Limits, Gen1Payload};
/// let received = br#"{"note":{"data":0}, "data": {"timestamp":1709656316768}, "subject":"0x318f", "signature":null}"#;
/// let payload = Gen1Payload::parse(received, &Gen1Limits::default())?;
/// assert_eq!(payload.data_bytes(), br#"{"timestamp":1709656316768}"#);
/// assert_eq!(payload.subject(), Some("0x318f"));
/// assert_eq!(payload.signature(), None);
/// # Ok::<(), dimo_types::wire::Gen1ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gen1Payload {
    data: String,
    subject: Option<String>,
    event_type: Option<String>,
    signature: Option<String>,
    id: Option<String>,
    time: Option<String>,
    vehicle: Option<String>,
    most_signals: usize,
}

impl Gen1Payload {
    /// Reads `bytes`, compressed or not, within `limits`.
    ///
    /// # Errors
    ///
    /// [`Gen1ParseError`] when there is no `data` to be had from them, or no single one.
    pub fn parse(bytes: &[u8], limits: &Gen1Limits) -> Result<Self, Gen1ParseError> {
        if bytes.len() > limits.json_bytes {
            return Err(Gen1ParseError::TooLarge { limit: limits.json_bytes });
        }
        let outer = TopLevel::parse(bytes)?;
        let Some(packed) = outer.get(Field::CompressedPayload) else {
            return Self::from_fields(&outer, limits);
        };
        if let Some(field) =
            [Field::Data, Field::Subject, Field::Signature].into_iter().find(|f| outer.has(*f))
        {
            return Err(Gen1ParseError::MixedForms { field: field.name() });
        }
        let json = unpack(packed, limits.json_bytes)?;
        Self::from_fields(&TopLevel::parse(&json)?, limits)
    }

    fn from_fields(fields: &TopLevel<'_>, limits: &Gen1Limits) -> Result<Self, Gen1ParseError> {
        let text = |field| fields.get(field).map(as_received);
        Ok(Self {
            // `null` is a value that can be signed, so here it is not the same as absent.
            data: fields.raw(Field::Data).ok_or(Gen1ParseError::NoData)?.get().to_owned(),
            subject: text(Field::Subject),
            event_type: text(Field::Type),
            signature: text(Field::Signature),
            id: text(Field::Id),
            time: text(Field::Time),
            vehicle: text(Field::VehicleTokenId),
            most_signals: limits.signals,
        })
    }

    /// The bytes that the signature covers: the JSON value of `data` as received.
    #[must_use]
    pub fn data_bytes(&self) -> &[u8] {
        self.data.as_bytes()
    }

    /// The device that the message says it is from, as received: any letter case, maybe no address at all.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// The `type` field, as received.
    #[must_use]
    pub fn event_type(&self) -> Option<&str> {
        self.event_type.as_deref()
    }

    /// The kind that the `type` field names, or `None` for one unknown here.
    #[must_use]
    pub fn kind(&self) -> Option<Gen1Kind> {
        Gen1Kind::from_event_type(self.event_type()?)
    }

    /// The signature, as received: `0x` and 130 hexadecimal digits if it is well-formed.
    #[must_use]
    pub fn signature(&self) -> Option<&str> {
        self.signature.as_deref()
    }

    /// The id, as received.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The time, as received: RFC 3339 if it is well-formed.
    #[must_use]
    pub fn time(&self) -> Option<&str> {
        self.time.as_deref()
    }

    /// The vehicle's token id, as received: decimal digits if it is well-formed.
    #[must_use]
    pub fn vehicle(&self) -> Option<&str> {
        self.vehicle.as_deref()
    }

    /// The entries of `data.vehicle.signals`, in their order; none when there is no such list.
    ///
    /// # Errors
    ///
    /// [`Gen1DataError`] when `data` has another shape, or more signals than the limit given to [`parse`](Self::parse).
    pub fn signals(&self) -> Result<Vec<Gen1Signal<'_>>, Gen1DataError> {
        parse_signals(&self.data, self.most_signals)
    }
}

/// The text of a JSON string, or the JSON of any other value as it stands.
fn as_received(value: &RawValue) -> String {
    serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned())
}

/// The top-level fields that are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    CompressedPayload,
    Data,
    Subject,
    Signature,
    Type,
    Id,
    Time,
    VehicleTokenId,
}

impl Field {
    const ALL: [Self; 8] = [
        Self::CompressedPayload,
        Self::Data,
        Self::Subject,
        Self::Signature,
        Self::Type,
        Self::Id,
        Self::Time,
        Self::VehicleTokenId,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::CompressedPayload => "compressedPayload",
            Self::Data => "data",
            Self::Subject => "subject",
            Self::Signature => "signature",
            Self::Type => "type",
            Self::Id => "id",
            Self::Time => "time",
            Self::VehicleTokenId => "vehicleTokenId",
        }
    }

    fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| match field {
            // Written `vehicleTokenId` and `vehicleTokenID` by senders.
            Self::VehicleTokenId => field.name().eq_ignore_ascii_case(key),
            _ => field.name() == key,
        })
    }
}

/// The values of the fields that are read, in the order of [`Field::ALL`], and the first field that came twice.
struct TopLevel<'a> {
    values: [Option<&'a RawValue>; Field::ALL.len()],
    twice: Option<Field>,
}

impl<'a> TopLevel<'a> {
    fn parse(json: &'a [u8]) -> Result<Self, Gen1ParseError> {
        let fields: Self = serde_json::from_slice(json)
            .map_err(|error| Gen1ParseError::NotJson { reason: error.to_string() })?;
        match fields.twice {
            Some(field) => Err(Gen1ParseError::Duplicate { field: field.name() }),
            None => Ok(fields),
        }
    }

    fn raw(&self, field: Field) -> Option<&'a RawValue> {
        self.values.get(field as usize).copied().flatten()
    }

    /// The value of `field`, unless it is absent or `null`.
    fn get(&self, field: Field) -> Option<&'a RawValue> {
        self.raw(field).filter(|value| value.get() != "null")
    }

    fn has(&self, field: Field) -> bool {
        self.raw(field).is_some()
    }

    fn put(&mut self, field: Field, value: &'a RawValue) {
        let Some(place) = self.values.get_mut(field as usize) else { return };
        match place {
            None => *place = Some(value),
            // Two spellings of one id are no contradiction.
            Some(earlier) if field == Field::VehicleTokenId && earlier.get() == value.get() => {}
            Some(_) => self.twice = self.twice.or(Some(field)),
        }
    }
}

impl<'de> Deserialize<'de> for TopLevel<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = TopLevel<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an envelope object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TopLevel<'de>, A::Error> {
                let mut fields = TopLevel { values: [None; Field::ALL.len()], twice: None };
                while let Some(key) = map.next_key::<String>()? {
                    let value = map.next_value()?;
                    if let Some(field) = Field::of(&key) {
                        fields.put(field, value);
                    }
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}
