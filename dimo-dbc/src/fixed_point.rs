//! [`FixedPoint`]: a physical value in whole numbers, exact.

use core::fmt;

use thiserror::Error;

use crate::plan::decimal::DecimalScale;

/// An exact decimal number: `value / 10^places`, in the unit of the signal.
///
/// # Example: as a person reads it
///
/// ```
/// use dimo_dbc::FixedPoint;
/// assert_eq!(FixedPoint { value: -8135, places: 2 }.to_string(), "-81.35");
/// assert_eq!(FixedPoint { value: -5, places: 3 }.to_string(), "-0.005");
/// assert_eq!(FixedPoint { value: 12, places: 0 }.to_string(), "12");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a number and where its point is: there is nothing to add")]
pub struct FixedPoint {
    /// The number without its point.
    pub value: i64,
    /// How many of its digits stand behind the point, 0 to 22; the same for every value of a signal.
    pub places: u8,
}

impl FixedPoint {
    #[inline]
    pub(crate) fn scaled(raw: i64, scale: DecimalScale) -> Result<Self, FixedPointError> {
        let product = match (i32::try_from(raw), i32::try_from(scale.factor)) {
            // One instruction of a 32-bit core, which cannot overflow.
            (Ok(raw), Ok(factor)) => i64::from(raw) * i64::from(factor),
            _ => long_product(raw, scale.factor)?,
        };
        let value = product.checked_add(scale.offset).ok_or(FixedPointError::Overflow)?;
        Ok(Self { value, places: scale.places })
    }
}

/// Apart from the others, which are nearly all.
#[inline(never)]
fn long_product(raw: i64, factor: i64) -> Result<i64, FixedPointError> {
    raw.checked_mul(factor).ok_or(FixedPointError::Overflow)
}

/// As a decimal with all its places, trailing zeros included.
impl fmt::Display for FixedPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (places, magnitude) = (usize::from(self.places), self.value.unsigned_abs());
        let sign = if self.value < 0 { "-" } else { "" };
        let Some(power) = 10u64.checked_pow(self.places.into()) else {
            return write!(f, "{sign}0.{magnitude:0places$}");
        };
        write!(f, "{sign}{}", magnitude / power)?;
        if places == 0 { Ok(()) } else { write!(f, ".{:0places$}", magnitude % power) }
    }
}

/// Why a signal has no [`FixedPoint`] in a frame. Its raw value is there all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FixedPointError {
    /// The signal is a float or a double. Take its bits.
    #[error("a float signal")]
    Float,
    /// Its factor or offset is no decimal of at most 15 digits, as after a unit conversion. Deliver the raw value, and scale it in
    /// the backend.
    #[error("a scale that is no short decimal")]
    NotDecimal,
    /// The mapping's value table gives a text for it.
    #[error("a text")]
    Text,
    /// `raw * factor`, or that and the offset, is beyond 64 bits.
    #[error("a value beyond 64 bits")]
    Overflow,
}
