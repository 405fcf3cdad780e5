//! [`Kind`]: what the values of a column are, by the numbers of the schema.

use crate::{Raw, SignalValue};

/// What the values of a column are; the numbers are those of `Kind` in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// That of no column.
    Unspecified = 0,
    Raw = 1,
    UnsignedRaw = 2,
    Float = 3,
    Text = 4,
    State = 5,
    Location = 6,
}

impl Kind {
    pub(super) const fn of(value: &SignalValue<'_>) -> Self {
        match value {
            SignalValue::Scaled { raw: Raw::Signed(_), .. } => Self::Raw,
            SignalValue::Scaled { raw: Raw::Unsigned(_), .. } => Self::UnsignedRaw,
            SignalValue::Float(_) => Self::Float,
            SignalValue::Text(_) => Self::Text,
            SignalValue::Bool(_) => Self::State,
            SignalValue::Location(_) => Self::Location,
        }
    }

    /// Whether its values are raw integers.
    pub(super) const fn is_raw(self) -> bool {
        matches!(self, Self::Raw | Self::UnsignedRaw)
    }
}
