//! [`DeviceFacts`]: what a Gen 1 phone reads of the device itself.

use dimo_types::Address;

use super::Ssid;
use super::value::Value;
use crate::Text;

/// What a device says of itself, the same as long as it runs.
///
/// # Example
///
/// ```
/// use dimo_pairing::{Text, gen1::DeviceFacts};
/// let facts = DeviceFacts {
///     address: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266".parse()?,
///     serial: Text::new("60d4af69-86e8-b790-02d3-c0a9dc4d6c8a")?,
///     secondary_serial: Text::new("f3a2b1c0-0d9e-4f8a-8b7c-6d5e4f3a2b1c")?,
///     hardware_revision: Text::new("7")?,
///     software_version: Text::new("1.22.8")?,
///     application_version: Text::new("2.6.0")?,
/// };
/// assert_eq!(facts.name().as_str(), "autopi-c0a9dc4d6c8a");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceFacts {
    /// The account of its wallet.
    pub address: Address,
    /// The unit id: a UUID in lower case.
    pub serial: Text<36>,
    /// The device id of the maker: a UUID in lower case.
    pub secondary_serial: Text<36>,
    /// The hardware revision, `7`.
    pub hardware_revision: Text<16>,
    /// The version of the operating system.
    pub software_version: Text<32>,
    /// The version of the Bluetooth application.
    pub application_version: Text<32>,
}

impl DeviceFacts {
    /// The name that phones of today look for: `autopi-` and the last 12 characters of the serial number.
    ///
    /// It names the device to everybody in range. Advertise it while [`Gen1::may_bond`](super::Gen1::may_bond) says yes, and no longer.
    #[must_use]
    pub fn name(&self) -> Name {
        let serial = self.serial.as_str();
        let tail = serial.get(serial.len().saturating_sub(12)..).unwrap_or_default();
        Name(Value::written(format_args!("autopi-{tail}")))
    }
}

/// The name that a device of Gen 1 advertises, [`DeviceFacts::name`].
#[derive(Clone, Copy, Debug)]
pub struct Name(Value<19>);

impl Name {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.0.as_bytes()).unwrap_or_default()
    }
}

/// What changes while it runs, told by the maker.
#[derive(Clone, Debug)]
pub(super) struct Radio {
    /// ASCII, as it is read.
    pub(super) signal: Value<6>,
    pub(super) imsi: Option<Text<15>>,
    pub(super) wifi: Option<Ssid>,
}

impl Radio {
    pub(super) const UNKNOWN: Self = Self { signal: Value::EMPTY, imsi: None, wifi: None };
}
