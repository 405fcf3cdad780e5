//! [`Gen1State`]: the `device` object of a message, written and read. [`Gen1Status`]: what a status has beside signals.

use alloc::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Gen1Device;
use super::error::Gen1EncodeError;
use super::lenient::{or_default, time_or_none};
use crate::Timestamp;

/// What a device says of itself: the `device` object of status messages, fingerprints and logs. Fields that are `None` are left
/// out; a received one may have any of them.
///
/// # Example: a device that knows its voltage
///
/// ```
/// use dimo_types::wire::Gen1State;
/// let state = Gen1State { battery_voltage: Some(13.6), ..Gen1State::default() };
/// assert_eq!(state.imei, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gen1State<'a> {
    /// Seconds since the device started.
    #[serde(rename = "rpiUptimeSecs", skip_serializing_if = "Option::is_none")]
    pub uptime_secs: Option<u64>,
    /// The vehicle's low-voltage supply, in volts.
    #[serde(rename = "batteryVoltage", skip_serializing_if = "Option::is_none")]
    pub battery_voltage: Option<f64>,
    /// Version of the device's software.
    #[serde(rename = "softwareVersion", skip_serializing_if = "Option::is_none")]
    pub software_version: Option<Cow<'a, str>>,
    /// Version of the device's hardware.
    #[serde(rename = "hwVersion", skip_serializing_if = "Option::is_none")]
    pub hardware_version: Option<Cow<'a, str>>,
    /// The modem's IMEI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imei: Option<Cow<'a, str>>,
    /// The device's serial number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<Cow<'a, str>>,
}

impl<'a> From<&Gen1Device<'a>> for Gen1State<'a> {
    fn from(device: &Gen1Device<'a>) -> Self {
        Self {
            uptime_secs: device.uptime_secs,
            battery_voltage: device.battery_voltage,
            software_version: device.software_version.map(Cow::Borrowed),
            hardware_version: device.hardware_version.map(Cow::Borrowed),
            imei: device.imei.map(Cow::Borrowed),
            serial: device.serial.map(Cow::Borrowed),
        }
    }
}

impl Gen1State<'_> {
    pub(super) fn check(&self) -> Result<(), Gen1EncodeError> {
        match self.battery_voltage {
            Some(volts) if !volts.is_finite() => Err(Gen1EncodeError::BatteryVoltage),
            _ => Ok(()),
        }
    }
}

/// What a received status message says beside its signals.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Gen1Status<'a> {
    /// When the message was made; `None` when that is absent or no whole number of milliseconds, as in a message that has
    /// nothing but trouble codes.
    #[serde(rename = "timestamp", default, deserialize_with = "time_or_none")]
    pub time: Option<Timestamp>,
    /// The device.
    #[serde(default, deserialize_with = "or_default")]
    pub device: Gen1State<'a>,
}
