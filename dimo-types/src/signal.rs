//! What a vehicle says: [`SignalValue`], [`Reading`] and the dictionary entry that names a signal.

use core::fmt;

use crate::{Location, Timestamp, Unit};

/// A raw integer as it stood in the frame: 1 to 64 bits, sign-extended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
#[non_exhaustive]
pub enum Raw {
    /// A signed signal, or an unsigned one of at most 63 bits.
    Signed(i64),
    /// An unsigned signal of 64 bits.
    Unsigned(u64),
}

impl Raw {
    /// The nearest `f64`; exact up to 2^53.
    #[must_use]
    pub const fn to_f64(self) -> f64 {
        match self {
            Self::Signed(raw) => raw as f64,
            Self::Unsigned(raw) => raw as f64,
        }
    }
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signed(raw) => raw.fmt(f),
            Self::Unsigned(raw) => raw.fmt(f),
        }
    }
}

/// `physical = raw * factor + offset`, as a DBC file states it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Scale {
    /// Physical units per raw count.
    pub factor: f64,
    /// Physical value of raw zero.
    pub offset: f64,
}

impl Scale {
    /// The scale of a signal that is its own physical value.
    pub const IDENTITY: Self = Self { factor: 1.0, offset: 0.0 };

    /// The physical value of `raw`: one multiplication and one addition, each rounded (no fused multiply-add).
    #[must_use]
    pub const fn apply(self, raw: f64) -> f64 {
        raw * self.factor + self.offset
    }

    /// The scale that applies `self` and then `next`, as when a unit conversion follows a DBC scale.
    #[must_use]
    pub const fn then(self, next: Self) -> Self {
        Self { factor: self.factor * next.factor, offset: next.apply(self.offset) }
    }
}

impl Default for Scale {
    fn default() -> Self {
        Self::IDENTITY
    }
}

/// The value of one reading. Nothing is lost between the bus and the backend: a scaled value keeps its raw integer.
///
/// # Example: a raw integer and the number a person reads
///
/// ```
/// use dimo_types::{Raw, Scale, SignalValue};
/// let rpm = SignalValue::Scaled { raw: Raw::Signed(4094), scale: Scale { factor: 0.25, offset: 0.0 } };
/// assert_eq!(rpm.as_f64(), Some(1023.5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum SignalValue<'a> {
    /// A raw integer with its scale.
    Scaled {
        /// The integer in the frame.
        raw: Raw,
        /// How it becomes physical.
        scale: Scale,
    },
    /// A physical value from a float signal or a sensor.
    Float(f64),
    /// Text, such as a VIN or a list of trouble codes.
    Text(&'a str),
    /// A state that is on or off.
    Bool(bool),
    /// A position.
    Location(Location),
}

impl SignalValue<'_> {
    /// The physical number: scaled, float, or 0 and 1 for a state as the network wants it; `None` for text and positions.
    #[must_use]
    pub const fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Scaled { raw, scale } => Some(scale.apply(raw.to_f64())),
            Self::Float(value) => Some(*value),
            Self::Bool(on) => Some(if *on { 1.0 } else { 0.0 }),
            Self::Text(_) | Self::Location(_) => None,
        }
    }
}

/// The place of a signal in its dictionary: the order of the compiled plan, which is the order of the DBC file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SignalIndex(pub u16);

/// One value of one signal at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Reading<'a> {
    /// When the frame was received or the sensor read.
    pub time: Timestamp,
    /// Which signal of the dictionary.
    pub signal: SignalIndex,
    /// Its value.
    pub value: SignalValue<'a>,
}

/// One entry of a signal dictionary: what a [`SignalIndex`] stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SignalInfo<'a> {
    /// The VSS name where a mapping gives one, else `Message.Signal`.
    pub name: &'a str,
    /// The unit of the physical value.
    pub unit: Unit<'a>,
    /// How its raw integers become physical.
    pub scale: Scale,
}

/// Names the signals of readings.
pub trait SignalDictionary {
    /// The entry of `signal`, or `None` when the dictionary has no such signal.
    fn signal(&self, signal: SignalIndex) -> Option<SignalInfo<'_>>;
}

impl SignalDictionary for [SignalInfo<'_>] {
    fn signal(&self, signal: SignalIndex) -> Option<SignalInfo<'_>> {
        self.get(usize::from(signal.0)).copied()
    }
}
