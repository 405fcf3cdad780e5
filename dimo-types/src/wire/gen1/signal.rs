//! [`Gen1Signal`]: one entry of `data.vehicle.signals`, as received.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::error::Gen1DataError;
use crate::Timestamp;

/// One signal of a received status message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gen1Signal<'a> {
    /// Its name; empty when there is none.
    pub name: Cow<'a, str>,
    /// When it was read, or `None` when the field is absent or no whole number of milliseconds up to [`Timestamp::MAX`].
    pub time: Option<Timestamp>,
    /// Its value.
    pub value: Gen1Value<'a>,
}

/// The value of a received signal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gen1Value<'a> {
    /// A number with all its digits; [`as_f64`](Self::as_f64) rounds it.
    Number(&'a str),
    /// A text.
    Text(Cow<'a, str>),
    /// A state.
    Bool(bool),
    /// `null`, or no value at all.
    Null,
    /// The JSON of an object or a list, which this form has no meaning for.
    Other(&'a str),
}

impl Gen1Value<'_> {
    /// The number nearest to a number's digits (infinite beyond the range of `f64`), 0 or 1 for a state, else `None`.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(digits) => digits.parse().ok(),
            Self::Bool(on) => Some(if *on { 1.0 } else { 0.0 }),
            Self::Text(_) | Self::Null | Self::Other(_) => None,
        }
    }
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, default)]
    vehicle: Option<Vehicle<'a>>,
}

#[derive(Deserialize)]
struct Vehicle<'a> {
    #[serde(borrow, default)]
    signals: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow, default)]
    name: Option<JsonText<'a>>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

/// A string that is borrowed when it has no escapes.
#[derive(Deserialize)]
pub(super) struct JsonText<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// The signals of a `data` value, at most `limit`.
pub(super) fn parse_signals(data: &str, limit: usize) -> Result<Vec<Gen1Signal<'_>>, Gen1DataError> {
    let shape = |error: serde_json::Error| Gen1DataError::Shape { reason: error.to_string() };
    let data: Option<Data<'_>> = serde_json::from_str(data).map_err(shape)?;
    let Some(list) = data.and_then(|data| data.vehicle).and_then(|vehicle| vehicle.signals) else {
        return Ok(Vec::new());
    };
    let collected = serde_json::Deserializer::from_str(list.get()).deserialize_any(Collect { limit });
    collected.map_err(shape)?.ok_or(Gen1DataError::TooMany { limit })
}

/// Collects a list of signals, `None` when it is longer than the limit.
struct Collect {
    limit: usize,
}

impl<'de> Visitor<'de> for Collect {
    type Value = Option<Vec<Gen1Signal<'de>>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of signals")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut signals = Vec::new();
        let mut in_limit = true;
        // Read to the end in any case: the parser refuses a list that is left in the middle.
        while let Some(entry) = list.next_element::<Entry<'de>>()? {
            in_limit &= signals.len() < self.limit;
            if in_limit {
                signals.push(signal(entry));
            }
        }
        Ok(in_limit.then_some(signals))
    }
}

fn signal(entry: Entry<'_>) -> Gen1Signal<'_> {
    let millis = entry.timestamp.and_then(|millis| millis.get().parse().ok());
    Gen1Signal {
        name: entry.name.map_or(Cow::Borrowed(""), |name| name.0),
        time: millis.and_then(|millis| Timestamp::from_millis(millis).ok()),
        value: entry.value.map_or(Gen1Value::Null, value),
    }
}

fn value(raw: &RawValue) -> Gen1Value<'_> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<JsonText<'_>>(text)
            .map_or(Gen1Value::Other(text), |value| Gen1Value::Text(value.0)),
        Some(b't') => Gen1Value::Bool(true),
        Some(b'f') => Gen1Value::Bool(false),
        Some(b'n') => Gen1Value::Null,
        Some(b'{' | b'[') => Gen1Value::Other(text),
        _ => Gen1Value::Number(text),
    }
}
