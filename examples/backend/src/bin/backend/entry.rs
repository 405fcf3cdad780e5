//! [`Entry`]: what one message had in it, as the journal keeps it.

use backend::{NamedReading, Value};
use dimo_types::{Address, RecordId};
use serde::{Deserialize, Serialize};

/// The readings of a batch, or of a message of today's form, which has no id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Entry {
    pub(crate) device: String,
    pub(crate) batch: Option<String>,
    pub(crate) readings: Vec<Row>,
}

/// A reading.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Row {
    /// In microseconds since the Unix epoch.
    pub(crate) time: i64,
    pub(crate) signal: String,
    pub(crate) unit: String,
    pub(crate) value: Cell,
}

/// A value. Numbers are kept by their bits, so that JSON changes none of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) enum Cell {
    Number(u64),
    Text(String),
    Position(u64, u64),
}

impl Entry {
    pub(crate) fn new(device: Address, batch: Option<RecordId>, readings: &[NamedReading]) -> Self {
        let row = |reading: &NamedReading| Row {
            time: reading.time.as_micros().cast_signed(),
            signal: reading.name.clone(),
            unit: reading.unit.clone(),
            value: match &reading.value {
                Value::Number(number) => Cell::Number(number.to_bits()),
                Value::Text(text) => Cell::Text(text.clone()),
                Value::Position(latitude, longitude) => {
                    Cell::Position(latitude.to_bits(), longitude.to_bits())
                }
            },
        };
        let batch = batch.map(|id| id.to_string());
        Self { device: device.to_string(), batch, readings: readings.iter().map(row).collect() }
    }

    /// Rows that it takes in a table: a batch without readings takes one, so that it is remembered.
    pub(crate) fn rows(&self) -> usize {
        self.readings.len().max(1)
    }
}

impl Cell {
    pub(crate) fn number(&self) -> Option<f64> {
        if let Self::Number(bits) = self { Some(f64::from_bits(*bits)) } else { None }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Latitude and longitude.
    pub(crate) fn position(&self) -> Option<[f64; 2]> {
        if let Self::Position(latitude, longitude) = self {
            Some([*latitude, *longitude].map(f64::from_bits))
        } else {
            None
        }
    }
}
