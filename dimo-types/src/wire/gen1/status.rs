//! `data` of a status message: the batch and the device, in the order of fields of the network's own software.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::Gen1Device;
use super::error::Gen1EncodeError;
use super::number::to_json;
use crate::{Batch, Location, Raw, Reading, Scale, SignalDictionary, SignalValue};

#[derive(Serialize)]
struct StatusData<'a> {
    timestamp: u64,
    device: DeviceData<'a>,
    vehicle: VehicleData<'a>,
}

#[derive(Serialize)]
struct DeviceData<'a> {
    #[serde(rename = "rpiUptimeSecs", skip_serializing_if = "Option::is_none")]
    uptime_secs: Option<u64>,
    #[serde(rename = "batteryVoltage", skip_serializing_if = "Option::is_none")]
    battery_voltage: Option<f64>,
    #[serde(rename = "softwareVersion", skip_serializing_if = "Option::is_none")]
    software_version: Option<&'a str>,
    #[serde(rename = "hwVersion", skip_serializing_if = "Option::is_none")]
    hardware_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    imei: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<&'a str>,
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
    Text(&'a str),
    Bool(bool),
}

/// The JSON of `data`.
pub(super) fn status_data(batch: &Batch<'_>, device: &Gen1Device<'_>) -> Result<String, Gen1EncodeError> {
    if device.battery_voltage.is_some_and(|volts| !volts.is_finite()) {
        return Err(Gen1EncodeError::BatteryVoltage);
    }
    let mut signals = Vec::with_capacity(batch.readings().len());
    for reading in batch.readings() {
        push_signals(&mut signals, batch, reading)?;
    }
    let data = StatusData {
        timestamp: device.time.as_millis(),
        device: DeviceData {
            uptime_secs: device.uptime_secs,
            battery_voltage: device.battery_voltage,
            software_version: device.software_version,
            hardware_version: device.hardware_version,
            imei: device.imei,
            serial: device.serial,
        },
        vehicle: VehicleData { signals },
    };
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

/// The value of everything but a position. A raw integer that is its own physical value stays exact to 64 bits.
fn scalar(value: SignalValue<'_>) -> Value<'_> {
    match value {
        SignalValue::Scaled { raw, scale } if scale == Scale::IDENTITY => Value::Raw(raw),
        SignalValue::Text(text) => Value::Text(text),
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
