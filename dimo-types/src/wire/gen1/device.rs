//! [`Gen1Device`]: what a device says of itself in a status message.

use crate::Timestamp;

/// The device part of a status message, as it stands when the message is made. Fields that are `None` are left out.
///
/// # Example: a device that knows its version and its supply voltage
///
/// ```
/// use dimo_types::{Timestamp, wire::Gen1Device};
/// let device = Gen1Device {
///     battery_voltage: Some(12.6),
///     software_version: Some("v1.0.0"),
///     ..Gen1Device::new(Timestamp::from_secs(1_700_000_000)?)
/// };
/// assert_eq!(device.imei, None);
/// # Ok::<(), dimo_types::TimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gen1Device<'a> {
    /// When the message is made: the envelope's `time` (to the microsecond) and `data.timestamp` (to the millisecond).
    pub time: Timestamp,
    /// Seconds since the device started.
    pub uptime_secs: Option<u64>,
    /// The vehicle's low-voltage supply, in volts.
    pub battery_voltage: Option<f64>,
    /// Version of the device's software.
    pub software_version: Option<&'a str>,
    /// Version of the device's hardware.
    pub hardware_version: Option<&'a str>,
    /// The modem's IMEI.
    pub imei: Option<&'a str>,
    /// The device's serial number.
    pub serial: Option<&'a str>,
}

impl Gen1Device<'_> {
    /// A device that says nothing but the time.
    #[must_use]
    pub const fn new(time: Timestamp) -> Self {
        Self {
            time,
            uptime_secs: None,
            battery_voltage: None,
            software_version: None,
            hardware_version: None,
            imei: None,
            serial: None,
        }
    }
}
