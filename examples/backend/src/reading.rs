//! [`NamedReading`]: a reading that owns its name.

use std::fmt;

use dimo_types::wire::{Gen1Signal, Gen1Value};
use dimo_types::{Batch, SignalValue, Timestamp};

/// A reading with the name of its signal.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NamedReading {
    /// When.
    pub time: Timestamp,
    /// Of which signal.
    pub name: String,
    /// In which unit, as the dictionary writes it; empty for none.
    pub unit: String,
    /// What it was.
    pub value: Value,
}

/// A value, as a table has it.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "whoever carries messages has to know all of them")]
pub enum Value {
    /// A number in the unit of its signal.
    Number(f64),
    /// A text.
    Text(String),
    /// A position: latitude and longitude in degrees.
    Position(f64, f64),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Position(latitude, longitude) => write!(f, "{latitude} {longitude}"),
        }
    }
}

/// All readings of a message of today's form that have a time. It has no units: those of the vehicle signal specification hold.
pub(crate) fn of_gen1(signals: &[Gen1Signal<'_>]) -> Vec<NamedReading> {
    let named = signals.iter().filter_map(|signal| {
        let value = match &signal.value {
            Gen1Value::Null => return None,
            Gen1Value::Text(text) => Value::Text(text.to_string()),
            Gen1Value::Other(json) => Value::Text((*json).to_owned()),
            other => Value::Number(other.as_f64()?),
        };
        Some(NamedReading { time: signal.time?, name: signal.name.to_string(), unit: String::new(), value })
    });
    named.collect()
}

/// All readings of a batch.
pub(crate) fn of_batch(batch: &Batch<'_>) -> Vec<NamedReading> {
    let named = batch.readings().iter().map(|reading| {
        let info = batch.dictionary().get(usize::from(reading.signal.0));
        let value = match reading.value {
            SignalValue::Text(text) => Value::Text(text.to_owned()),
            SignalValue::Location(place) => Value::Position(place.latitude, place.longitude),
            other => other.as_f64().map_or_else(|| Value::Text(format!("{other:?}")), Value::Number),
        };
        NamedReading {
            time: reading.time,
            name: info.map_or_else(String::new, |info| info.name.to_owned()),
            unit: info.map_or_else(String::new, |info| info.unit.symbol().to_owned()),
            value,
        }
    });
    named.collect()
}
