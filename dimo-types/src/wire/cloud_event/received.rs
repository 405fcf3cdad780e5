//! [`ReceivedCloudEvent`]: a CloudEvent as it came, with `data` byte for byte.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::CloudEventLimits;
use super::error::{CloudEventDataError, CloudEventParseError};
use super::json::{as_received, nesting};
use super::limits::MOST_EXTRAS;
use super::received_data::ReceivedData;

/// A CloudEvent as it was received, of the default module or an attestation. Nothing in it is verified: a signature covers
/// [`data_bytes`](Self::data_bytes) (or the text of [`data_base64`](Self::data_base64)), which is kept as it came.
///
/// Accepted are: any order of fields, escapes, `null` for an absent field, unknown fields, which are kept. A field that this
/// type reads must not stand there twice.
///
/// # Example: what an ingest server of one's own needs
///
/// ```
/// use dimo_types::wire::{CloudEventLimits, IngestFault, ReceivedCloudEvent};
/// use dimo_types::{Did, Timestamp};
/// let received = br#"{"id":"1", "type":"dimo.status", "traceparent":"00-4bf9",
///     "subject":"did:nft:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF_123",
///     "producer":"did:erc721:137:0x9c94C395cBcBDe662235E0A9d3bB87Ad708561BA:42",
///     "data":{"signals":[{"name":"speed","timestamp":"2024-12-01T15:31:12Z","value":true}]}}"#;
/// let event = ReceivedCloudEvent::parse(received, &CloudEventLimits::default())?;
/// let vehicle = Did::parse_or_legacy(event.subject().unwrap_or_default())?;
/// assert_eq!(vehicle.to_string(), "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:123");
/// assert_eq!(event.extras(), [("traceparent".to_owned(), r#""00-4bf9""#.to_owned())]);
///
/// // What the network's own server would say to it.
/// let faults = event.ingest_faults(Timestamp::from_secs(1_800_000_000)?);
/// assert_eq!(faults, [IngestFault::NotANumber { position: 0, name: "speed".into() }]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedCloudEvent {
    texts: [Option<String>; Field::TEXTS],
    data: Option<String>,
    extras: Vec<(String, String)>,
    limits: CloudEventLimits,
}

impl ReceivedCloudEvent {
    /// Reads `bytes` within `limits`.
    ///
    /// # Errors
    ///
    /// [`CloudEventParseError`] when there is no `data` to be had from them, or no single one.
    pub fn parse(bytes: &[u8], limits: &CloudEventLimits) -> Result<Self, CloudEventParseError> {
        if bytes.len() > limits.json_bytes {
            return Err(CloudEventParseError::TooLarge { limit: limits.json_bytes });
        }
        if nesting(bytes) > limits.nesting {
            return Err(CloudEventParseError::TooDeep { limit: limits.nesting });
        }
        let fields: Fields<'_> = serde_json::from_slice(bytes)
            .map_err(|error| CloudEventParseError::NotJson { reason: error.to_string() })?;
        Self::from_fields(fields, limits)
    }

    fn from_fields(fields: Fields<'_>, limits: &CloudEventLimits) -> Result<Self, CloudEventParseError> {
        if let Some(field) = fields.twice {
            return Err(CloudEventParseError::Duplicate { field: field.name() });
        }
        if fields.extra_count > limits.extras.min(MOST_EXTRAS) {
            return Err(CloudEventParseError::TooManyExtras { limit: limits.extras });
        }
        let present = |field: Field| fields.get(field).filter(|value| value.get() != "null");
        // `null` is a value that can be signed, so here it is not the same as absent.
        let data = fields.get(Field::Data).map(|value| value.get().to_owned());
        match (&data, present(Field::DataBase64)) {
            (Some(_), Some(_)) => return Err(CloudEventParseError::BothForms),
            (None, None) => return Err(CloudEventParseError::NoData),
            _ => {}
        }
        let mut texts = [const { None }; Field::TEXTS];
        for (text, field) in texts.iter_mut().zip(Field::ALL) {
            *text = present(field).map(|value| as_received(value).into_owned());
        }
        Ok(Self { texts, data, extras: fields.extras, limits: *limits })
    }

    fn text(&self, field: Field) -> Option<&str> {
        self.texts.get(field as usize)?.as_deref()
    }

    /// The id, as received.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.text(Field::Id)
    }

    /// The source, as received: the address of a connection licence, or of who attests. A server trusts the sender's
    /// certificate or token instead.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.text(Field::Source)
    }

    /// The device, as received: a DID if it is well-formed ([`Did::parse_or_legacy`](crate::Did::parse_or_legacy)).
    #[must_use]
    pub fn producer(&self) -> Option<&str> {
        self.text(Field::Producer)
    }

    /// Whom it is about, as received: a DID if it is well-formed.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.text(Field::Subject)
    }

    /// The `type` field, as received. The default module infers the type from the data instead.
    #[must_use]
    pub fn event_type(&self) -> Option<&str> {
        self.text(Field::Type)
    }

    /// The time, as received: RFC 3339 if it is well-formed.
    #[must_use]
    pub fn time(&self) -> Option<&str> {
        self.text(Field::Time)
    }

    /// The version of the CloudEvents specification, as received.
    #[must_use]
    pub fn spec_version(&self) -> Option<&str> {
        self.text(Field::SpecVersion)
    }

    /// The MIME type of the data, as received; JSON when absent.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.text(Field::DataContentType)
    }

    /// The schema of the data, as received.
    #[must_use]
    pub fn data_schema(&self) -> Option<&str> {
        self.text(Field::DataSchema)
    }

    /// The version of the data's form, as received.
    #[must_use]
    pub fn data_version(&self) -> Option<&str> {
        self.text(Field::DataVersion)
    }

    /// The signature, as received: `0x` and 130 hexadecimal digits if it is well-formed.
    #[must_use]
    pub fn signature(&self) -> Option<&str> {
        self.text(Field::Signature)
    }

    /// The JSON value of `data`, byte for byte; `None` for an event with [`data_base64`](Self::data_base64).
    #[must_use]
    pub fn data_bytes(&self) -> Option<&[u8]> {
        self.data.as_deref().map(str::as_bytes)
    }

    /// The text of `data_base64`.
    #[must_use]
    pub fn data_base64(&self) -> Option<&str> {
        self.text(Field::DataBase64)
    }

    /// The fields that this type has no getter for, with their JSON as received, in their order.
    #[must_use]
    pub fn extras(&self) -> &[(String, String)] {
        &self.extras
    }

    /// The data as the default module reads them.
    ///
    /// # Errors
    ///
    /// [`CloudEventDataError`] when `data` has another shape, or more in it than the limits given to [`parse`](Self::parse).
    pub fn data(&self) -> Result<ReceivedData<'_>, CloudEventDataError> {
        ReceivedData::parse(self.data.as_deref().ok_or(CloudEventDataError::Base64)?, &self.limits)
    }
}

/// The fields that are read; all but the last are texts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    SpecVersion,
    Type,
    Source,
    Subject,
    Id,
    Time,
    DataContentType,
    DataSchema,
    DataVersion,
    Producer,
    Signature,
    DataBase64,
    Data,
}

impl Field {
    const TEXTS: usize = 12;
    const ALL: [Self; Self::TEXTS + 1] = [
        Self::SpecVersion,
        Self::Type,
        Self::Source,
        Self::Subject,
        Self::Id,
        Self::Time,
        Self::DataContentType,
        Self::DataSchema,
        Self::DataVersion,
        Self::Producer,
        Self::Signature,
        Self::DataBase64,
        Self::Data,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::SpecVersion => "specversion",
            Self::Type => "type",
            Self::Source => "source",
            Self::Subject => "subject",
            Self::Id => "id",
            Self::Time => "time",
            Self::DataContentType => "datacontenttype",
            Self::DataSchema => "dataschema",
            Self::DataVersion => "dataversion",
            Self::Producer => "producer",
            Self::Signature => "signature",
            Self::DataBase64 => "data_base64",
            Self::Data => "data",
        }
    }
}

impl ReceivedCloudEvent {
    /// Every text of the header, by the name of its field: what the server checks and counts.
    pub(super) fn header_texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let header = Field::ALL.into_iter().take_while(|field| *field != Field::DataBase64);
        header.filter_map(|field| Some((field.name(), self.text(field)?)))
    }
}

/// The values of the fields in the order of [`Field::ALL`], the first that came twice, and the others.
struct Fields<'a> {
    values: [Option<&'a RawValue>; Field::ALL.len()],
    twice: Option<Field>,
    extras: Vec<(String, String)>,
    extra_count: usize,
}

impl<'a> Fields<'a> {
    fn get(&self, field: Field) -> Option<&'a RawValue> {
        self.values.get(field as usize).copied().flatten()
    }

    fn put(&mut self, key: String, value: &'a RawValue) {
        let field = Field::ALL.into_iter().find(|field| field.name() == key);
        match field.and_then(|field| Some((field, self.values.get_mut(field as usize)?))) {
            Some((_, place @ None)) => *place = Some(value),
            Some((field, Some(_))) => self.twice = self.twice.or(Some(field)),
            None => {
                self.extra_count += 1;
                // More than are ever kept are only counted.
                if self.extra_count <= MOST_EXTRAS {
                    self.extras.push((key, value.get().to_owned()));
                }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a CloudEvent object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let values = [None; Field::ALL.len()];
                let mut fields = Fields { values, twice: None, extras: Vec::new(), extra_count: 0 };
                while let Some(key) = map.next_key::<String>()? {
                    fields.put(key, map.next_value()?);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Visit)
    }
}
