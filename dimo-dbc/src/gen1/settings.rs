//! [`DeviceSettings`]: when a device sleeps, wakes and asks.

use alloc::string::String;

use prost::Message;
use serde::Deserialize;

use super::config::read_json;
use super::{ConfigError, wire};

/// When a device sleeps, wakes and asks, in millivolts and milliseconds. The network does not tell zero from absent, so a
/// field that is zero is `None`: the device's own default applies.
///
/// # Example: what the network serves to most devices
///
/// ```
/// use dimo_dbc::gen1::DeviceSettings;
/// let json = br#"{"template_name":"default-ice","safety_cut_out_voltage":12.2,"wake_trigger_voltage_level":12.8,
///     "sleep_timer_inactivity_after_sleep_secs":21600,"min_voltage_obd_loggers":13.3,"location_frequency_secs":0.5}"#;
/// let settings = DeviceSettings::from_json(json)?;
/// assert_eq!((settings.cut_out_mv, settings.wake_mv), (Some(12_200), Some(12_800)));
/// assert_eq!((settings.inactivity_after_sleep_ms, settings.location_interval_ms), (Some(21_600_000), Some(500)));
/// assert_eq!(settings.battery_critical_mv, None);
/// # Ok::<(), dimo_dbc::gen1::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceSettings {
    /// Which template they come from.
    pub template: String,
    /// `battery_critical_level_voltage`: below it the battery is in danger, in mV. Stored by the network, not served today.
    pub battery_critical_mv: Option<u32>,
    /// `safety_cut_out_voltage`: below it the device shuts down, in mV.
    pub cut_out_mv: Option<u32>,
    /// `wake_trigger_voltage_level`: above it the device wakes, in mV.
    pub wake_mv: Option<u32>,
    /// `min_voltage_obd_loggers`: below it no request is sent to the vehicle, in mV.
    pub min_request_mv: Option<u32>,
    /// `sleep_timer_event_driven_interval_secs`, in ms.
    pub event_driven_interval_ms: Option<u32>,
    /// `sleep_timer_event_driven_period_secs`, in ms.
    pub event_driven_period_ms: Option<u32>,
    /// `sleep_timer_inactivity_after_sleep_secs`, in ms. In JSON `sleep_timer_inactivity_after_sleep_interval_secs` is read
    /// too, which is how the network's devices spell it; where both are there, the schema's spelling counts.
    pub inactivity_after_sleep_ms: Option<u32>,
    /// `sleep_timer_inactivity_fallback_interval_secs`, in ms.
    pub inactivity_fallback_ms: Option<u32>,
    /// `location_frequency_secs`: the interval between positions, in ms; 500 is twice a second.
    pub location_interval_ms: Option<u32>,
}

/// The settings in JSON, with the second spelling.
#[derive(Deserialize)]
struct Json {
    #[serde(flatten)]
    setting: wire::DeviceSetting,
    #[serde(default)]
    sleep_timer_inactivity_after_sleep_interval_secs: f32,
}

impl DeviceSettings {
    /// Reads the JSON form. Fields that are not known are skipped.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for other JSON, and for values that cannot be true.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ConfigError> {
        let mut json: Json = read_json(bytes)?;
        let after_sleep = &mut json.setting.sleep_timer_inactivity_after_sleep_secs;
        if *after_sleep == 0.0 {
            *after_sleep = json.sleep_timer_inactivity_after_sleep_interval_secs;
        }
        Self::from_wire(json.setting)
    }

    /// Reads the protobuf form. Fields that are not known are skipped.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for other bytes, and for values that cannot be true.
    pub fn from_protobuf(bytes: &[u8]) -> Result<Self, ConfigError> {
        let setting = wire::DeviceSetting::decode(bytes).map_err(|error| ConfigError::protobuf(&error))?;
        Self::from_wire(setting)
    }

    /// Checks the wire form.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Setting`] for the first value that cannot be true.
    pub fn from_wire(setting: wire::DeviceSetting) -> Result<Self, ConfigError> {
        let s = &setting;
        Ok(Self {
            battery_critical_mv: thousandths(
                "battery_critical_level_voltage",
                s.battery_critical_level_voltage,
            )?,
            cut_out_mv: thousandths("safety_cut_out_voltage", s.safety_cut_out_voltage)?,
            wake_mv: thousandths("wake_trigger_voltage_level", s.wake_trigger_voltage_level)?,
            min_request_mv: thousandths("min_voltage_obd_loggers", s.min_voltage_obd_loggers)?,
            event_driven_interval_ms: thousandths(
                "sleep_timer_event_driven_interval_secs",
                s.sleep_timer_event_driven_interval_secs,
            )?,
            event_driven_period_ms: thousandths(
                "sleep_timer_event_driven_period_secs",
                s.sleep_timer_event_driven_period_secs,
            )?,
            inactivity_after_sleep_ms: thousandths(
                "sleep_timer_inactivity_after_sleep_secs",
                s.sleep_timer_inactivity_after_sleep_secs,
            )?,
            inactivity_fallback_ms: thousandths(
                "sleep_timer_inactivity_fallback_interval_secs",
                s.sleep_timer_inactivity_fallback_interval_secs,
            )?,
            location_interval_ms: thousandths("location_frequency_secs", s.location_frequency_secs)?,
            template: setting.template_name,
        })
    }
}

/// Volts to millivolts and seconds to milliseconds, rounded; `None` for zero.
fn thousandths(field: &'static str, value: f32) -> Result<Option<u32>, ConfigError> {
    /// A month in milliseconds fits, and no voltage comes near.
    const LIMIT: f64 = u32::MAX as f64;
    if value == 0.0 {
        return Ok(None);
    }
    let rounded = f64::from(value) * 1000.0 + 0.5;
    // At least 1: below that the field would turn from "tiny" to "absent".
    if (1.0..LIMIT).contains(&rounded) {
        Ok(Some(rounded as u32))
    } else {
        Err(ConfigError::Setting { field, value })
    }
}
