//! [`Gen1Vss`]: what a received signal is in the network's vocabulary.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use thiserror::Error;

use super::signal::{Gen1Signal, Gen1Value};
use crate::{VssDataType, VssKind, VssSignal};

/// A received signal under its name in the catalogue, in the catalogue's unit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Gen1Vss<'a> {
    /// The signal of the catalogue.
    pub signal: &'static VssSignal,
    /// Its value, in `signal.unit`.
    pub value: VssValue<'a>,
}

/// A value as the network's vocabulary has it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum VssValue<'a> {
    /// A finite number; 0 or 1 for a state.
    Number(f64),
    /// A text; a JSON array for a list of texts.
    Text(Cow<'a, str>),
}

/// Why a signal's value is none that its name can have. The network drops such a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Gen1VssError {
    /// The value is of another type, such as a text for a number or a number for a state. The device is to send the right one.
    #[error("{signal} wants another type of value")]
    Type {
        /// The name in the catalogue.
        signal: &'static str,
    },
    /// The number is beyond the range of `f64`, before or after conversion.
    #[error("{signal} is no finite number")]
    NotFinite {
        /// The name in the catalogue.
        signal: &'static str,
    },
}

impl Gen1Signal<'_> {
    /// What this signal is in the network's vocabulary, with the network's conversions: one signal as a rule, two for `oil` and
    /// `fuelType`, none for a name that the vocabulary does not know.
    ///
    /// None are also `latitude`, `longitude` and `hdop`, which the network merges into one position by their times, and
    /// `oilLife`, for which it names a signal but has no conversion.
    ///
    /// # Example: a fraction becomes a percentage
    ///
    /// ```
    /// use dimo_types::wire::{Gen1Limits, Gen1Payload, VssValue};
    /// let received = br#"{"data":{"vehicle":{"signals":[{"name":"fuelPercentRemaining","value":0.75}]}}}"#;
    /// let payload = Gen1Payload::parse(received, &Gen1Limits::default())?;
    /// let signals = payload.signals()?;
    /// let fuel = signals[0].to_vss().next().unwrap()?;
    /// assert_eq!(fuel.signal.name, "powertrainFuelSystemRelativeLevel");
    /// assert_eq!(fuel.value, VssValue::Number(75.0));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Example: a text for a number
    ///
    /// ```
    /// use dimo_types::wire::{Gen1Limits, Gen1Payload, Gen1VssError};
    /// let received = br#"{"data":{"vehicle":{"signals":[{"name":"speed","value":"fast"}]}}}"#;
    /// let payload = Gen1Payload::parse(received, &Gen1Limits::default())?;
    /// let signals = payload.signals()?;
    /// assert_eq!(signals[0].to_vss().next(), Some(Err(Gen1VssError::Type { signal: "speed" })));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn to_vss(&self) -> impl Iterator<Item = Result<Gen1Vss<'_>, Gen1VssError>> {
        let unconverted = UNCONVERTED.iter().any(|without| *without == self.name);
        let names = VssSignal::by_older_name(&self.name).filter(move |_| !unconverted);
        names.map(|signal| convert(self, signal).map(|value| Gen1Vss { signal, value }))
    }
}

/// Names that stand in the catalogue and have no conversion in the network.
const UNCONVERTED: [&str; 1] = ["oilLife"];

fn convert<'a>(
    received: &'a Gen1Signal<'_>,
    signal: &'static VssSignal,
) -> Result<VssValue<'a>, Gen1VssError> {
    let name = signal.name;
    let other_type = Gen1VssError::Type { signal: name };
    match (&received.value, signal.kind) {
        (Gen1Value::Bool(on), VssKind::Number) if signal.data_type == VssDataType::Boolean => {
            Ok(VssValue::Number(f64::from(u8::from(*on))))
        }
        (Gen1Value::Number(_), VssKind::Number) if signal.data_type != VssDataType::Boolean => {
            let value = in_unit(&received.name, received.value.as_f64().unwrap_or(f64::NAN));
            finite(value, name).map(VssValue::Number)
        }
        (Gen1Value::Number(_), VssKind::Text) if received.name == "oil" => {
            let level = finite(received.value.as_f64().unwrap_or(f64::NAN), name)?;
            Ok(VssValue::Text(oil_level(level).into()))
        }
        (Gen1Value::Text(text), VssKind::Text) => {
            text_value(&received.name, name, text).map(VssValue::Text).ok_or(other_type)
        }
        _ => Err(other_type),
    }
}

fn finite(value: f64, signal: &'static str) -> Result<f64, Gen1VssError> {
    if value.is_finite() { Ok(value) } else { Err(Gen1VssError::NotFinite { signal }) }
}

/// The number that a device sends under this name, in the unit of the catalogue.
fn in_unit(name: &str, value: f64) -> f64 {
    match name {
        // Fractions, sent as 0 to 1.
        "oil" | "fuelPercentRemaining" | "chargeLimit" => value * 100.0,
        // Kilowatts.
        "charger.power" => value * 1000.0,
        // No car has gone a million kilometres: these are metres.
        "odometer" if value > 999_999.0 => (value / 1000.0).round(),
        _ => value,
    }
}

/// The steps into which the network sorts an oil level of 0 to 1.
const fn oil_level(level: f64) -> &'static str {
    match level {
        _ if level < 0.25 => "CRITICALLY_LOW",
        _ if level < 0.5 => "LOW",
        _ if level < 0.75 => "NORMAL",
        _ if level < 0.99 => "HIGH",
        _ => "CRITICALLY_HIGH",
    }
}

fn text_value<'a>(older: &str, name: &str, text: &'a str) -> Option<Cow<'a, str>> {
    Some(match (older, name) {
        ("oil", _) => return None,
        ("obdDTCList", _) => {
            let codes: Vec<&str> = text.split(',').collect();
            serde_json::to_string(&codes).ok()?.into()
        }
        ("fuelType", "powertrainType") => if text == "Electric" { "ELECTRIC" } else { "COMBUSTION" }.into(),
        ("fuelType", _) => match text {
            "Gasoline" => "GASOLINE",
            "Ethanol" => "E85",
            "Diesel" => "DIESEL",
            "LPG" => "LPG",
            _ => "OTHER",
        }
        .into(),
        _ => text.into(),
    })
}
