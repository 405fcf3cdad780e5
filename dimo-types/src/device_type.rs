//! [`DeviceType`] and its row of DIP-4's two tables, [`DeviceTypeInfo`].

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use crate::{ProviderKind, Wei};

/// The type of a device or of a software connection: the six of DIP-4, and any that DIMO Integrations adds later
/// (DIP-4, Integration Types: "New device types may be added at any time").
///
/// Its text form is an id like `standard-dongle`. Types order as DIP-4 lists them, added ones behind, by name.
///
/// # Example: a type that the DIP does not know yet
///
/// ```
/// use dimo_types::{DeviceType, DeviceTypeError};
/// let hub: DeviceType = "hub".parse()?;
/// assert_eq!(hub, DeviceType::Hub);
/// let added: DeviceType = "micro-dongle".parse()?;
/// assert_eq!(added.as_str(), "micro-dongle");
/// assert_eq!(added.dip4(), None);
/// assert_eq!("Micro Dongle".parse::<DeviceType>(), Err(DeviceTypeError::Character));
/// # Ok::<(), DeviceTypeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DeviceType {
    /// A connection through a vehicle maker's subscription and API; no device.
    SoftwareOnly,
    /// A dongle that records the CAN bus, with a connection of its own.
    StandardDongle,
    /// A hub with long-term local storage.
    Hub,
    /// A camera that records footage.
    DashCamera,
    /// A telemetry device for commercial use.
    FleetDevice,
    /// A device for enhanced driving features.
    AiDevice,
    /// A type added since. Only parsing makes one, so that it is never one of the six.
    Added(DeviceTypeName),
}

impl DeviceType {
    /// The six types of DIP-4 in the order of its tables.
    pub const DIP4: [Self; 6] = [
        Self::SoftwareOnly,
        Self::StandardDongle,
        Self::Hub,
        Self::DashCamera,
        Self::FleetDevice,
        Self::AiDevice,
    ];

    /// The id, such as `standard-dongle`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::SoftwareOnly => "software-only",
            Self::StandardDongle => "standard-dongle",
            Self::Hub => "hub",
            Self::DashCamera => "dash-camera",
            Self::FleetDevice => "fleet-device",
            Self::AiDevice => "ai-device",
            Self::Added(name) => name.as_str(),
        }
    }

    /// What DIP-4's tables say of it; `None` for an added type, whose row the policy of a deployment holds.
    #[must_use]
    pub fn dip4(self) -> Option<&'static DeviceTypeInfo<'static>> {
        DeviceTypeInfo::DIP4.iter().find(|info| info.device_type == self)
    }
}

impl fmt::Display for DeviceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An id: one of the six, or the name of an added type. Whether an added type exists is the deployment's knowledge.
impl FromStr for DeviceType {
    type Err = DeviceTypeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(known) = Self::DIP4.into_iter().find(|known| known.as_str() == text) {
            return Ok(known);
        }
        DeviceTypeName::new(text).map(Self::Added)
    }
}

/// The name of an added device type: 1 to 20 characters, lower-case letters, digits and inner hyphens, a letter first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceTypeName([u8; Self::MAX_LEN]);

impl DeviceTypeName {
    /// The longest name, in characters.
    pub const MAX_LEN: usize = 20;

    fn new(text: &str) -> Result<Self, DeviceTypeError> {
        let mut name = [0; Self::MAX_LEN];
        let wrong_length = DeviceTypeError::Length { len: text.len() };
        if text.is_empty() {
            return Err(wrong_length);
        }
        name.get_mut(..text.len()).ok_or(wrong_length)?.copy_from_slice(text.as_bytes());
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !text.bytes().all(legal)
            || !text.starts_with(|c: char| c.is_ascii_lowercase())
            || text.ends_with('-')
        {
            return Err(DeviceTypeError::Character);
        }
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default().trim_end_matches('\0')
    }
}

impl fmt::Debug for DeviceTypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

/// Why a text is no [`DeviceType`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DeviceTypeError {
    /// Empty, or longer than a name may be.
    #[error("a device type has 1 to 20 characters, not {len}")]
    Length {
        /// How long it is, in bytes.
        len: usize,
    },
    /// A character that no id has, or a hyphen at its edge. Write `dash-camera` for "Dash Camera".
    #[error("a device type is written in lower case with hyphens, like dash-camera")]
    Character,
}

#[cfg(feature = "serde")]
crate::text::serde_as_text!(DeviceType, "a device type like standard-dongle");

/// What the tables of DIP-4 say of a device type (Integration Types; Quantity and Cost of Device Minting NFTs). The
/// concept images are left out: they are pictures, hosted elsewhere.
///
/// # Example: the price of a minting NFT
///
/// ```
/// use dimo_types::{DeviceType, Wei};
/// let dongle = DeviceType::StandardDongle.dip4().unwrap();
/// assert_eq!(dongle.name, "Standard Dongle");
/// assert_eq!(dongle.price_point.to_string(), "$350");
/// assert_eq!(dongle.initial_quantity, 100_000);
/// assert_eq!(dongle.cost, Wei::from_dimo(50).unwrap());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct DeviceTypeInfo<'a> {
    /// Which type.
    pub device_type: DeviceType,
    /// The name as the DIP writes it.
    pub name: &'a str,
    /// What it is.
    pub description: &'a str,
    /// What it typically costs a customer.
    pub price_point: PricePoint<'a>,
    /// How many minting NFTs there are at first; a vote may increase it.
    pub initial_quantity: u64,
    /// What a minting NFT costs in $DIMO.
    pub cost: Wei,
    /// Who makes such connections.
    pub provider: ProviderKind,
}

impl DeviceTypeInfo<'static> {
    /// Both tables of DIP-4, row by row, in their order.
    pub const DIP4: &'static [Self] = &[
        Self {
            device_type: DeviceType::SoftwareOnly,
            name: "Software Only",
            description: "Leverages existing vehicle subscription programs and their APIs to establish a baseline of connectivity",
            price_point: PricePoint::Text(
                "No added charge. Vehicle manufacturer (e.g., Ford, BMW) may charge a subscription fee.",
            ),
            initial_quantity: 1_000_000,
            cost: dimo(10),
            provider: ProviderKind::Software,
        },
        Self {
            device_type: DeviceType::StandardDongle,
            name: "Standard Dongle",
            description: "Records vehicle data from the CAN bus, stand-alone connectivity",
            price_point: PricePoint::UsDollars(350),
            initial_quantity: 100_000,
            cost: dimo(50),
            provider: ProviderKind::Hardware,
        },
        Self {
            device_type: DeviceType::Hub,
            name: "Hub",
            description: "IoT hub that enables long term local storage and backup of data, as well as cheaper dongle and dash cams.",
            price_point: PricePoint::UsDollars(500),
            initial_quantity: 30_000,
            cost: dimo(70),
            provider: ProviderKind::Hardware,
        },
        Self {
            device_type: DeviceType::DashCamera,
            name: "Dash Camera",
            description: "Device that records camera footage and possibly other telemetry",
            price_point: PricePoint::UsDollars(500),
            initial_quantity: 30_000,
            cost: dimo(80),
            provider: ProviderKind::Hardware,
        },
        Self {
            device_type: DeviceType::FleetDevice,
            name: "Fleet Device",
            description: "Telemetry devices designed for commercial use",
            price_point: PricePoint::UsDollars(1_000),
            initial_quantity: 100_000,
            cost: dimo(120),
            provider: ProviderKind::Hardware,
        },
        Self {
            device_type: DeviceType::AiDevice,
            name: "AI Device",
            description: "Device that supplements enhanced driving features (e.g., Comma AI)",
            price_point: PricePoint::UsDollars(2_000),
            initial_quantity: 30_000,
            cost: dimo(150),
            provider: ProviderKind::Hardware,
        },
    ];
}

/// Whole $DIMO of the table; far below the range of [`Wei`].
const fn dimo(whole: u128) -> Wei {
    Wei::new(whole * Wei::PER_DIMO)
}

/// A typical price point: an amount where the DIP gives one, else its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum PricePoint<'a> {
    /// Whole US dollars.
    UsDollars(u32),
    /// Words.
    Text(&'a str),
}

/// `$1,000`, or the words.
impl fmt::Display for PricePoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UsDollars(dollars @ 1_000_000..) => {
                let (thousands, rest) = (dollars / 1000, dollars % 1000);
                write!(f, "${},{:03},{rest:03}", thousands / 1000, thousands % 1000)
            }
            Self::UsDollars(dollars @ 1000..) => write!(f, "${},{:03}", dollars / 1000, dollars % 1000),
            Self::UsDollars(dollars) => write!(f, "${dollars}"),
            Self::Text(words) => f.write_str(words),
        }
    }
}
