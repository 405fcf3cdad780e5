//! [`Gen1Kind`]: the five kinds of message and what is constant in each.

use alloc::format;
use alloc::string::String;

use crate::Address;

/// A kind of Gen 1 message. Topic, type, source and schema are those of the network's own devices.
///
/// # Example: where a device publishes its readings
///
/// ```
/// use dimo_types::{Address, wire::Gen1Kind};
/// let device: Address = "0x2A82163EB20f272efEa5cdAE000D87fEf79590eE".parse()?;
/// assert_eq!(Gen1Kind::Status.topic(device), "devices/0x2A82163EB20f272efEa5cdAE000D87fEf79590eE/status");
/// # Ok::<(), dimo_types::AddressError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Gen1Kind {
    /// Readings of the vehicle and the state of the device, every 20 s when there are any.
    Status,
    /// Position and serving cell, for the map of coverage.
    Network,
    /// VIN and protocol, once a start.
    Fingerprint,
    /// Errors of the device.
    Logs,
    /// Recorded CAN frames.
    CanDump,
}

impl Gen1Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Status, Self::Network, Self::Fingerprint, Self::Logs, Self::CanDump];

    /// The kind whose `type` field reads `text`.
    #[must_use]
    pub fn from_event_type(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.event_type() == text)
    }

    /// The MQTT topic on which `device` publishes, with the checksummed address.
    #[must_use]
    pub fn topic(self, device: Address) -> String {
        let name = match self {
            Self::Status => "status",
            Self::Network => "network",
            Self::Fingerprint => "fingerprint",
            Self::Logs => "logs",
            Self::CanDump => "protocol/canbus/dump",
        };
        format!("devices/{device}/{name}")
    }

    /// The `type` field.
    #[must_use]
    pub const fn event_type(self) -> &'static str {
        match self {
            Self::Status => "com.dimo.device.status.v2",
            Self::Network => "com.dimo.device.network",
            Self::Fingerprint => "zone.dimo.aftermarket.device.fingerprint",
            Self::Logs => "zone.dimo.aftermarket.device.logs",
            Self::CanDump => "com.dimo.aftermarket.canbus.dump",
        }
    }

    /// The `source` field.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::Status => "dimo/integration/27qftVRWQYpVDcO5DltO5Ojbjxk",
            Self::Network => "aftermarket/device/network",
            Self::Fingerprint => "aftermarket/device/fingerprint",
            Self::Logs => "aftermarket/device/logs",
            Self::CanDump => "aftermarket/device/canbus/dump",
        }
    }

    /// The `dataschema` field.
    #[must_use]
    pub const fn data_schema(self) -> &'static str {
        match self {
            Self::CanDump => "dimo.zone.dump/v1.0",
            _ => "dimo.zone.status/v2.0",
        }
    }

    /// Whether the signed JSON travels as gzip and base64. Fingerprints travel as they are.
    #[must_use]
    pub const fn is_compressed(self) -> bool {
        !matches!(self, Self::Fingerprint)
    }

    /// Where the envelope names the vehicle.
    pub(super) const fn vehicle_field(self) -> VehicleField {
        match self {
            Self::Status => VehicleField::AfterData,
            Self::Logs => VehicleField::Absent,
            Self::Network | Self::Fingerprint | Self::CanDump => VehicleField::BeforeData,
        }
    }
}

/// Where an envelope has its `vehicleTokenId`; the places follow the order of fields in the network's own software.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VehicleField {
    /// A `u32` before `data`, left out when it is zero.
    BeforeData,
    /// A `u64` after `data`, zero when there is none.
    AfterData,
    /// Nowhere: logs name the vehicle inside `data`.
    Absent,
}
