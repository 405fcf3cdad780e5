//! [`UsDollars`]: prices and worths, exact.

use core::fmt;
use core::str::FromStr;

use dimo_types::{Wei, WeiError};
use rust_decimal::Decimal;
use thiserror::Error;

/// An amount of US dollars to 18 decimals, as price oracles give them. Not negative, no floats, no rounding.
///
/// # Example: a price from a text and from a decimal
///
/// ```
/// use dimo_rewards::{Decimal, UsDollars};
/// let price: UsDollars = "0.1297".parse()?;
/// assert_eq!(UsDollars::try_from(Decimal::new(1297, 4))?, price);
/// assert_eq!(price.to_string(), "0.1297");
/// # Ok::<(), dimo_rewards::UsDollarsError>(())
/// ```
///
/// # Example: a price is never below nothing
///
/// ```
/// use dimo_rewards::{Decimal, UsDollars, UsDollarsError};
/// assert_eq!(UsDollars::try_from(Decimal::NEGATIVE_ONE), Err(UsDollarsError::Negative));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsDollars(u128);

impl UsDollars {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The smallest parts in one dollar: 10^18.
    pub const PER_DOLLAR: u128 = 10u128.pow(Self::SCALE);
    /// Decimals behind the point.
    const SCALE: u32 = 18;

    /// An amount in 10^-18 dollars.
    #[must_use]
    pub const fn new(parts: u128) -> Self {
        Self(parts)
    }

    /// An amount in whole dollars.
    #[must_use]
    pub const fn from_whole(dollars: u64) -> Self {
        // At most 2^64 x 10^18, below 2^124.
        Self(dollars as u128 * Self::PER_DOLLAR)
    }

    /// The number of 10^-18 dollars.
    #[must_use]
    pub const fn get(self) -> u128 {
        self.0
    }

    /// The amount as a decimal, or `None` where it has more digits than a [`Decimal`] holds (28 or 29).
    #[must_use]
    pub fn to_decimal(self) -> Option<Decimal> {
        let (mut parts, mut scale) = (self.0, Self::SCALE);
        while scale > 0 && parts.is_multiple_of(10) {
            parts /= 10;
            scale -= 1;
        }
        Decimal::try_from_i128_with_scale(i128::try_from(parts).ok()?, scale).ok()
    }
}

/// Exact, or refused.
impl TryFrom<Decimal> for UsDollars {
    type Error = UsDollarsError;

    fn try_from(amount: Decimal) -> Result<Self, UsDollarsError> {
        let amount = amount.normalize();
        let mantissa = u128::try_from(amount.mantissa()).map_err(|_| UsDollarsError::Negative)?;
        let missing = Self::SCALE.checked_sub(amount.scale()).ok_or(UsDollarsError::TooPrecise)?;
        mantissa.checked_mul(10u128.pow(missing)).map(Self).ok_or(UsDollarsError::TooLarge)
    }
}

/// Decimal dollars without a sign, such as `0.1297`.
impl fmt::Display for UsDollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // $DIMO has as many decimals, and the same form.
        Wei::new(self.0).fmt(f)
    }
}

/// Digits, and at most 18 more behind a point.
impl FromStr for UsDollars {
    type Err = UsDollarsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse::<Wei>() {
            Ok(parts) => Ok(Self(parts.get())),
            Err(WeiError::TooPrecise) => Err(UsDollarsError::TooPrecise),
            Err(WeiError::TooLarge) => Err(UsDollarsError::TooLarge),
            Err(_) => Err(UsDollarsError::NotDecimal),
        }
    }
}

/// Why something is no amount of [`UsDollars`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UsDollarsError {
    /// The text is not of the form `12` or `12.5`: no sign, no currency, no exponent.
    #[error("an amount of dollars is written like 12.5")]
    NotDecimal,
    /// Below nothing.
    #[error("an amount of dollars below nothing")]
    Negative,
    /// More than 18 decimals. Round it first, in the direction that the use asks for.
    #[error("an amount of dollars has at most 18 decimals")]
    TooPrecise,
    /// Beyond 2^128 x 10^-18 dollars.
    #[error("an amount beyond 2^128 x 10^-18 dollars")]
    TooLarge,
}

#[cfg(feature = "serde")]
impl serde::Serialize for UsDollars {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for UsDollars {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = alloc::string::String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
