//! The messages of the network's package `grpc`, field by field, as they travel: JSON under the same names without the
//! fields that are zero, or protobuf. They can say anything; [`PidTable`](super::PidTable) and
//! [`DeviceSettings`](super::DeviceSettings) check them. A backend that serves devices can make them here.

use alloc::string::String;
use alloc::vec::Vec;

use prost::Message;
use serde::{Deserialize, Serialize};

/// The requests that a device sends to its vehicle.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub struct PidRequests {
    /// Which template they come from.
    #[prost(string, tag = "1")]
    #[serde(skip_serializing_if = "is_zero")]
    pub template_name: String,
    /// The version of the template.
    #[prost(string, tag = "2")]
    #[serde(skip_serializing_if = "is_zero")]
    pub version: String,
    /// The requests.
    #[prost(message, repeated, tag = "3")]
    #[serde(skip_serializing_if = "is_zero")]
    pub requests: Vec<PidConfig>,
}

/// One request, and how its answer is read.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub struct PidConfig {
    /// The name of the signal.
    #[prost(string, tag = "1")]
    #[serde(skip_serializing_if = "is_zero")]
    pub name: String,
    /// The identifier of the request.
    #[prost(uint32, tag = "2")]
    #[serde(skip_serializing_if = "is_zero")]
    pub header: u32,
    /// The service.
    #[prost(uint32, tag = "3")]
    #[serde(skip_serializing_if = "is_zero")]
    pub mode: u32,
    /// The parameter or data identifier.
    #[prost(uint32, tag = "4")]
    #[serde(skip_serializing_if = "is_zero")]
    pub pid: u32,
    /// How the answer is read.
    #[prost(string, tag = "5")]
    #[serde(skip_serializing_if = "is_zero")]
    pub formula: String,
    /// Seconds between requests; 0: once after each start.
    #[prost(uint32, tag = "6")]
    #[serde(skip_serializing_if = "is_zero")]
    pub interval_seconds: u32,
    /// The bus, as number or name; empty: that of the device.
    #[prost(string, tag = "7")]
    #[serde(skip_serializing_if = "is_zero")]
    pub protocol: String,
    /// Whether flow control filters are cleared before.
    #[prost(bool, tag = "8")]
    #[serde(skip_serializing_if = "is_zero")]
    pub can_flow_control_clear: bool,
    /// `request,answer` in hexadecimal.
    #[prost(string, tag = "9")]
    #[serde(skip_serializing_if = "is_zero")]
    pub can_flow_control_id_pair: String,
}

/// When a device sleeps, wakes and asks. Volts and seconds.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceSetting {
    /// Which template they come from.
    #[prost(string, tag = "1")]
    #[serde(skip_serializing_if = "is_zero")]
    pub template_name: String,
    /// Below it the battery is in danger.
    #[prost(float, tag = "2")]
    #[serde(skip_serializing_if = "is_zero")]
    pub battery_critical_level_voltage: f32,
    /// Below it the device shuts down.
    #[prost(float, tag = "3")]
    #[serde(skip_serializing_if = "is_zero")]
    pub safety_cut_out_voltage: f32,
    /// Interval of the event driven sleep timer.
    #[prost(float, tag = "4")]
    #[serde(skip_serializing_if = "is_zero")]
    pub sleep_timer_event_driven_interval_secs: f32,
    /// Period of the event driven sleep timer.
    #[prost(float, tag = "5")]
    #[serde(skip_serializing_if = "is_zero")]
    pub sleep_timer_event_driven_period_secs: f32,
    /// Interval of the inactivity timer after a sleep.
    #[prost(float, tag = "6")]
    #[serde(skip_serializing_if = "is_zero")]
    pub sleep_timer_inactivity_after_sleep_secs: f32,
    /// Interval of the inactivity timer otherwise.
    #[prost(float, tag = "7")]
    #[serde(skip_serializing_if = "is_zero")]
    pub sleep_timer_inactivity_fallback_interval_secs: f32,
    /// Above it the device wakes.
    #[prost(float, tag = "8")]
    #[serde(skip_serializing_if = "is_zero")]
    pub wake_trigger_voltage_level: f32,
    /// Below it no request is sent.
    #[prost(float, tag = "9")]
    #[serde(skip_serializing_if = "is_zero")]
    pub min_voltage_obd_loggers: f32,
    /// Interval of positions.
    #[prost(float, tag = "10")]
    #[serde(skip_serializing_if = "is_zero")]
    pub location_frequency_secs: f32,
}

/// Whether a field is left out, in JSON as in protobuf.
fn is_zero<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
