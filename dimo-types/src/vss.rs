//! [`VssSignal`]: the catalogue of signals that the live network knows.

mod class;
mod table;

pub use class::SignalClass;

use crate::{Privilege, Unit};

/// One of the 116 signals of the network's vocabulary, which is a selection from the Vehicle Signal Specification
/// (VSS 4.2 with DIMO's additions). A reading with one of these names is understood by every consumer.
///
/// # Example: what a name stands for
///
/// ```
/// use dimo_types::{Privilege, Unit, VssKind, VssSignal};
/// let speed = VssSignal::by_name("speed").unwrap();
/// assert_eq!((speed.path, speed.unit, speed.kind), ("Vehicle.Speed", Unit::KilometrePerHour, VssKind::Number));
/// assert_eq!(speed.privilege, Privilege::NonLocationData);
/// assert!(VssSignal::by_name("Vehicle.Speed").is_none());
/// ```
///
/// # Example: a name from an older device
///
/// ```
/// use dimo_types::VssSignal;
/// let mut signals = VssSignal::by_older_name("coolantTemp").map(|signal| signal.name);
/// assert_eq!(signals.next(), Some("powertrainCombustionEngineECT"));
/// assert_eq!(signals.next(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct VssSignal {
    /// The name on the wire, such as `powertrainCombustionEngineSpeed`.
    pub name: &'static str,
    /// The path in the specification, such as `Vehicle.Powertrain.CombustionEngine.Speed`.
    pub path: &'static str,
    /// Whether it is measured, can be set, or stays as it is.
    pub node: VssNode,
    /// The type in the specification.
    pub data_type: VssDataType,
    /// What the network wants on the wire.
    pub kind: VssKind,
    /// The unit of its value.
    pub unit: Unit<'static>,
    /// The smallest value, where the specification gives one.
    pub min: Option<f64>,
    /// The largest value, where the specification gives one.
    pub max: Option<f64>,
    /// What a recipient needs to see it.
    pub privilege: Privilege,
    /// The names that first and second generation devices send for it. One such name may stand for several signals.
    pub older_names: &'static [&'static str],
    /// The values of a text signal, where they are listed; empty otherwise.
    pub allowed: &'static [&'static str],
}

impl VssSignal {
    /// The whole catalogue, by name.
    #[must_use]
    pub fn all() -> &'static [Self] {
        table::TABLE
    }

    /// The signal of a name on the wire; a binary search, case counts.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        let place = table::TABLE.binary_search_by(|signal| signal.name.cmp(name)).ok()?;
        table::TABLE.get(place)
    }

    /// The signals that an older device's name stands for, by name; a walk through the catalogue.
    pub fn by_older_name(name: &str) -> impl Iterator<Item = &'static Self> {
        table::TABLE.iter().filter(move |signal| signal.older_names.contains(&name))
    }
}

/// What a node of the specification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum VssNode {
    /// A measured value.
    Sensor,
    /// A value that can also be set.
    Actuator,
    /// A value that stays as it is.
    Attribute,
}

/// The data type that the specification gives a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum VssDataType {
    /// True or false; 1 or 0 on the wire.
    Boolean,
    /// 8 bits, signed.
    Int8,
    /// 16 bits, signed.
    Int16,
    /// 32 bits, signed.
    Int32,
    /// 8 bits, unsigned.
    Uint8,
    /// 16 bits, unsigned.
    Uint16,
    /// 32 bits, unsigned.
    Uint32,
    /// IEEE 754, 32 bits.
    Float,
    /// IEEE 754, 64 bits.
    Double,
    /// Text.
    String,
    /// A list of texts; one text with a JSON array on the wire.
    StringArray,
    /// DIMO's type of a position.
    Coordinates,
}

impl VssDataType {
    /// The specification's name of the type.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Float => "float",
            Self::Double => "double",
            Self::String => "string",
            Self::StringArray => "string[]",
            Self::Coordinates => "Types.DIMO.Coordinates",
        }
    }
}

/// What the network wants on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum VssKind {
    /// A number; states are 0 and 1.
    Number,
    /// Text.
    Text,
    /// A position.
    Location,
}
