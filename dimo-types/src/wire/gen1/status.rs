//! `data` of a status message: the batch and the device, in the order of fields of the network's own software.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::error::Gen1EncodeError;
use super::number::to_json;
use super::{Gen1Device, Gen1State};
use crate::{Batch, Location, Raw, Reading, Scale, SignalDictionary, SignalValue, TroubleReport};

#[derive(Serialize)]
struct StatusData<'a> {
    timestamp: u64,
    device: Gen1State<'a>,
    vehicle: VehicleData<'a>,
}

#[derive(Serialize)]
struct VehicleData<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signals: Vec<SignalData<'a>>,
}

#[derive(Serialize)]
struct SignalData<'a> {
    timestamp: u64,
    name: &'a str,
    value: Value<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Raw(Raw),
    Number(f64),
    Text(Cow<'a, str>),
    Bool(bool),
}

/// The JSON of `data`.
pub(super) fn status_data(batch: &Batch<'_>, device: &Gen1Device<'_>) -> Result<String, Gen1EncodeError> {
    let state = Gen1State::from(device);
    state.check()?;
    if !batch.events().is_empty() {
        return Err(Gen1EncodeError::Events { count: batch.events().len() });
    }
    let mut signals = Vec::with_capacity(batch.readings().len());
    for reading in batch.readings() {
        push_signals(&mut signals, batch, reading)?;
    }
    signals.extend(batch.trouble_codes().iter().filter_map(trouble_codes));
    let data =
        StatusData { timestamp: device.time.as_millis(), device: state, vehicle: VehicleData { signals } };
    to_json(&data).map_err(|_| Gen1EncodeError::Data)
}

/// Appends `reading`: one entry, or one a coordinate for a position, since the network's signals are scalars.
fn push_signals<'a>(
    signals: &mut Vec<SignalData<'a>>,
    batch: &'a Batch<'_>,
    reading: &Reading<'a>,
) -> Result<(), Gen1EncodeError> {
    let mut push = |name, value| {
        if matches!(value, Value::Number(number) if !number.is_finite()) {
            return Err(Gen1EncodeError::NotFinite { signal: reading.signal, time: reading.time });
        }
        signals.push(SignalData { timestamp: reading.time.as_millis(), name, value });
        Ok(())
    };
    if let SignalValue::Location(location) = reading.value {
        return coordinates(&location)
            .into_iter()
            .try_for_each(|(name, value)| value.map_or(Ok(()), |value| push(name, Value::Number(value))));
    }
    // A batch has an entry for each of its readings.
    let name = batch.dictionary().signal(reading.signal).map_or("", |entry| entry.name);
    push(name, scalar(reading.value))
}

/// The signal for the codes of one report, as the network's own devices list them. There is none for a report without codes:
/// the network would take an empty text for a list of one.
fn trouble_codes<'a>(report: &TroubleReport<'_>) -> Option<SignalData<'a>> {
    let codes: Vec<String> = report.codes.iter().map(ToString::to_string).collect();
    let value = Value::Text(codes.join(",").into());
    let signal = SignalData { timestamp: report.time.as_millis(), name: "obdDTCList", value };
    (!codes.is_empty()).then_some(signal)
}

/// The value of everything but a position. A raw integer that is its own physical value stays exact to 64 bits.
fn scalar(value: SignalValue<'_>) -> Value<'_> {
    match value {
        SignalValue::Scaled { raw, scale } if scale == Scale::IDENTITY => Value::Raw(raw),
        SignalValue::Text(text) => Value::Text(text.into()),
        SignalValue::Bool(on) => Value::Bool(on),
        other => Value::Number(other.as_f64().unwrap_or(f64::NAN)),
    }
}

/// The signals that stand for a position: the network's names, and the VSS name of the heading, for which it has none.
const fn coordinates(location: &Location) -> [(&'static str, Option<f64>); 5] {
    [
        ("longitude", Some(location.longitude)),
        ("latitude", Some(location.latitude)),
        ("hdop", location.hdop),
        ("altitude", location.altitude),
        ("currentLocationHeading", location.heading),
    ]
}
