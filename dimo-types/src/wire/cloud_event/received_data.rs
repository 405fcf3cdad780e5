//! [`ReceivedData`]: `data` of a received CloudEvent, as the default module reads it.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::CloudEventLimits;
use super::error::CloudEventDataError;
use super::json::{JsonText, as_received, moment};
use super::limits::MOST_EXTRAS;
use crate::Timestamp;

/// What a received CloudEvent carries.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReceivedData<'a> {
    /// The vehicle's number, as received.
    pub vin: Option<Cow<'a, str>>,
    /// The entries of `signals`, in their order.
    pub signals: Vec<ReceivedSignal<'a>>,
    /// The entries of `events`, in their order.
    pub events: Vec<ReceivedEvent<'a>>,
    /// The other fields with their JSON, in their order.
    pub extras: Vec<(Cow<'a, str>, &'a str)>,
}

/// One entry of `data.signals`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReceivedSignal<'a> {
    /// Its name; empty when there is none.
    pub name: Cow<'a, str>,
    /// When it was read, as received.
    pub timestamp: Option<Cow<'a, str>>,
    /// Its value.
    pub value: ReceivedValue<'a>,
    /// The whole entry as it came, unknown fields included.
    pub json: &'a str,
}

impl ReceivedSignal<'_> {
    /// When it was read, to the microsecond; `None` when absent or no RFC 3339 time since 1970.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        time(self.timestamp.as_deref()?)
    }
}

/// The value of a received signal.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ReceivedValue<'a> {
    /// A number with all its digits; [`as_f64`](Self::as_f64) rounds it.
    Number(&'a str),
    /// A text.
    Text(Cow<'a, str>),
    /// A state, which the network's server does not take.
    Bool(bool),
    /// `null`, or no value at all.
    Null,
    /// A position. The server takes what is absent as 0, and does not read the heading.
    Position {
        /// Degrees north.
        latitude: Option<f64>,
        /// Degrees east.
        longitude: Option<f64>,
        /// Horizontal dilution of precision.
        hdop: Option<f64>,
        /// Degrees clockwise from north.
        heading: Option<f64>,
    },
    /// The JSON of a list, or of an object that is no position.
    Other(&'a str),
}

impl ReceivedValue<'_> {
    /// The finite number that the server takes from a number, or from a text that spells one; else `None`.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        let digits: &str = match self {
            Self::Number(digits) => digits,
            Self::Text(text) => text,
            _ => return None,
        };
        digits.parse().ok().filter(|number: &f64| number.is_finite())
    }
}

/// One entry of `data.events`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedEvent<'a> {
    /// Its name; empty when there is none.
    pub name: Cow<'a, str>,
    /// When it began, as received.
    pub timestamp: Option<Cow<'a, str>>,
    /// How long it lasted, in nanoseconds.
    pub duration_ns: Option<u64>,
    /// More about it, a text that should hold JSON.
    pub metadata: Option<Cow<'a, str>>,
    /// Words to find it by.
    pub tags: Vec<Cow<'a, str>>,
    /// The whole entry as it came, unknown fields included.
    pub json: &'a str,
}

impl ReceivedEvent<'_> {
    /// When it began, to the microsecond; `None` when absent or no RFC 3339 time since 1970.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        time(self.timestamp.as_deref()?)
    }
}

fn time(text: &str) -> Option<Timestamp> {
    moment(text)?;
    text.parse().ok()
}

impl<'a> ReceivedData<'a> {
    pub(super) fn parse(json: &'a str, limits: &CloudEventLimits) -> Result<Self, CloudEventDataError> {
        let fields: Fields<'_> = read("data", json)?;
        if let Some(field) = fields.twice {
            return Err(CloudEventDataError::Duplicate { field });
        }
        if fields.extra_count > limits.extras.min(MOST_EXTRAS) {
            return Err(CloudEventDataError::TooMany { part: "data", limit: limits.extras });
        }
        let mut tags = 0;
        let events = entries("data.events", fields.events, limits.entries, |json| {
            let event = event(json)?;
            tags += event.tags.len();
            if tags > limits.entries { Err(serde::de::Error::custom("too many tags")) } else { Ok(event) }
        });
        Ok(Self {
            vin: fields.vin.map(as_received),
            signals: entries("data.signals", fields.signals, limits.entries, signal)?,
            events: events?,
            extras: fields.extras,
        })
    }
}

fn read<'a, T: Deserialize<'a>>(part: &'static str, json: &'a str) -> Result<T, CloudEventDataError> {
    serde_json::from_str(json).map_err(|error| CloudEventDataError::Shape { part, reason: error.to_string() })
}

/// The entries of a list, each made by `make`.
fn entries<'a, T>(
    part: &'static str,
    list: Option<&'a RawValue>,
    limit: usize,
    make: impl FnMut(&'a RawValue) -> Result<T, serde_json::Error>,
) -> Result<Vec<T>, CloudEventDataError> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let shape = |error: serde_json::Error| CloudEventDataError::Shape { part, reason: error.to_string() };
    let collect = Collect { limit, make };
    let collected = serde_json::Deserializer::from_str(list.get()).deserialize_any(collect).map_err(shape)?;
    collected.ok_or(CloudEventDataError::TooMany { part, limit })
}

/// Collects a list, `None` when it is longer than the limit.
struct Collect<F> {
    limit: usize,
    make: F,
}

impl<'de, T, F: FnMut(&'de RawValue) -> Result<T, serde_json::Error>> Visitor<'de> for Collect<F> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        let mut in_limit = true;
        // Read to the end in any case: the parser refuses a list that is left in the middle.
        while let Some(entry) = list.next_element::<&'de RawValue>()? {
            in_limit &= entries.len() < self.limit;
            if in_limit {
                entries.push((self.make)(entry).map_err(serde::de::Error::custom)?);
            }
        }
        Ok(in_limit.then_some(entries))
    }
}

#[derive(Deserialize)]
struct SignalEntry<'a> {
    #[serde(borrow, default)]
    name: Option<JsonText<'a>>,
    #[serde(borrow, default)]
    timestamp: Option<JsonText<'a>>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

fn signal(json: &RawValue) -> Result<ReceivedSignal<'_>, serde_json::Error> {
    let entry: SignalEntry<'_> = serde_json::from_str(json.get())?;
    Ok(ReceivedSignal {
        name: entry.name.map_or(Cow::Borrowed(""), |name| name.0),
        timestamp: entry.timestamp.map(|text| text.0),
        value: entry.value.map_or(ReceivedValue::Null, value),
        json: json.get(),
    })
}

fn value(raw: &RawValue) -> ReceivedValue<'_> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'"') => ReceivedValue::Text(as_received(raw)),
        Some(b't') => ReceivedValue::Bool(true),
        Some(b'f') => ReceivedValue::Bool(false),
        Some(b'n') => ReceivedValue::Null,
        Some(b'{') => position(text).unwrap_or(ReceivedValue::Other(text)),
        Some(b'[') => ReceivedValue::Other(text),
        _ => ReceivedValue::Number(text),
    }
}

/// An object whose coordinates are numbers, where it has any.
fn position(json: &str) -> Option<ReceivedValue<'_>> {
    #[derive(Deserialize)]
    struct Position<'a> {
        #[serde(borrow, default)]
        latitude: Option<&'a RawValue>,
        #[serde(borrow, default)]
        longitude: Option<&'a RawValue>,
        #[serde(borrow, default)]
        hdop: Option<&'a RawValue>,
        #[serde(borrow, default)]
        heading: Option<&'a RawValue>,
    }
    let number = |value: Option<&RawValue>| match value {
        None => Some(None),
        Some(digits) => digits.get().parse().ok().filter(|number: &f64| number.is_finite()).map(Some),
    };
    let place: Position<'_> = serde_json::from_str(json).ok()?;
    Some(ReceivedValue::Position {
        latitude: number(place.latitude)?,
        longitude: number(place.longitude)?,
        hdop: number(place.hdop)?,
        heading: number(place.heading)?,
    })
}

#[derive(Deserialize)]
struct EventEntry<'a> {
    #[serde(borrow, default)]
    name: Option<JsonText<'a>>,
    #[serde(borrow, default)]
    timestamp: Option<JsonText<'a>>,
    #[serde(rename = "durationNs", default)]
    duration_ns: Option<u64>,
    #[serde(borrow, default)]
    metadata: Option<JsonText<'a>>,
    #[serde(borrow, default)]
    tags: Option<Tags<'a>>,
}

/// The tags of one event.
struct Tags<'a>(Vec<Cow<'a, str>>);

/// The most tags of one event.
const MOST_TAGS: usize = 1024;

impl<'de: 'a, 'a> Deserialize<'de> for Tags<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Tags<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("at most 1024 tags")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tags<'de>, A::Error> {
                let mut tags = Vec::new();
                while let Some(tag) = list.next_element::<JsonText<'de>>()? {
                    if tags.len() == MOST_TAGS {
                        return Err(serde::de::Error::invalid_length(MOST_TAGS + 1, &self));
                    }
                    tags.push(tag.0);
                }
                Ok(Tags(tags))
            }
        }
        deserializer.deserialize_seq(Visit)
    }
}

fn event(json: &RawValue) -> Result<ReceivedEvent<'_>, serde_json::Error> {
    let entry: EventEntry<'_> = serde_json::from_str(json.get())?;
    Ok(ReceivedEvent {
        name: entry.name.map_or(Cow::Borrowed(""), |name| name.0),
        timestamp: entry.timestamp.map(|text| text.0),
        duration_ns: entry.duration_ns,
        metadata: entry.metadata.map(|text| text.0),
        tags: entry.tags.map_or_else(Vec::new, |tags| tags.0),
        json: json.get(),
    })
}

/// The fields of `data`; `null` is absent.
#[derive(Default)]
struct Fields<'a> {
    vin: Option<&'a RawValue>,
    signals: Option<&'a RawValue>,
    events: Option<&'a RawValue>,
    extras: Vec<(Cow<'a, str>, &'a str)>,
    extra_count: usize,
    twice: Option<&'static str>,
}

impl<'a> Fields<'a> {
    fn put(&mut self, key: Cow<'a, str>, value: &'a RawValue) {
        let (place, name) = match key.as_ref() {
            "vin" => (&mut self.vin, "vin"),
            "signals" => (&mut self.signals, "signals"),
            "events" => (&mut self.events, "events"),
            _ => {
                self.extra_count += 1;
                if self.extra_count <= MOST_EXTRAS {
                    self.extras.push((key, value.get()));
                }
                return;
            }
        };
        if place.is_some() {
            self.twice = Some(name);
        } else if value.get() != "null" {
            *place = Some(value);
        }
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Fields::default();
                while let Some(key) = map.next_key::<JsonText<'de>>()? {
                    fields.put(key.0, map.next_value()?);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Visit)
    }
}
