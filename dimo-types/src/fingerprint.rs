//! [`Fingerprint`]: which vehicle a device found itself in.

use crate::{CanProtocol, Timestamp, VehicleNumber};

/// What a device learns about its vehicle once per boot, and sends so that the backend knows the two belong together.
///
/// # Example: a dongle after its first VIN query
///
/// ```
/// use dimo_types::{CanProtocol, Fingerprint, Timestamp};
/// let fingerprint = Fingerprint {
///     time: Timestamp::from_secs(1_700_000_000)?,
///     vehicle: "1HGBH41JXMN109186".parse()?,
///     protocol: Some(CanProtocol::Can11Bit500),
///     odometer_km: None,
///     software_version: "1.0.0",
/// };
/// assert_eq!(fingerprint.vehicle.as_str(), "1HGBH41JXMN109186");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Fingerprint<'a> {
    /// When the vehicle answered.
    pub time: Timestamp,
    /// Its VIN, or its chassis number.
    pub vehicle: VehicleNumber,
    /// The protocol on which it answered, when known.
    pub protocol: Option<CanProtocol>,
    /// The odometer in kilometres, when the vehicle tells it.
    pub odometer_km: Option<f64>,
    /// The version of the device's software.
    pub software_version: &'a str,
}
