//! [`Wei`]: money, exact.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

/// An amount of $DIMO in its smallest part: 1 $DIMO = 10^18 wei. No floats, no rounding, checked arithmetic only.
///
/// # Example: the stake of a licence (DIP-4, Licenses & Staking)
///
/// ```
/// use dimo_types::Wei;
/// let stake = Wei::from_dimo(100_000).unwrap();
/// assert_eq!(stake.get(), 100_000_000_000_000_000_000_000);
/// assert_eq!(stake.to_string(), "100000");
/// assert_eq!("7.5".parse::<Wei>()?.get(), 7_500_000_000_000_000_000);
/// # Ok::<(), dimo_types::WeiError>(())
/// ```
///
/// # Example: more than there is
///
/// ```
/// use dimo_types::Wei;
/// assert_eq!(Wei::ZERO.checked_sub(Wei::new(1)), None);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wei(u128);

impl Wei {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Wei in one $DIMO.
    pub const PER_DIMO: u128 = 1_000_000_000_000_000_000;

    /// An amount in wei.
    #[must_use]
    pub const fn new(wei: u128) -> Self {
        Self(wei)
    }

    /// An amount in whole $DIMO, or `None` beyond `u128::MAX` wei.
    #[must_use]
    pub const fn from_dimo(dimo: u128) -> Option<Self> {
        match dimo.checked_mul(Self::PER_DIMO) {
            Some(wei) => Some(Self(wei)),
            None => None,
        }
    }

    /// The number of wei.
    #[must_use]
    pub const fn get(self) -> u128 {
        self.0
    }

    /// The sum, or `None` on overflow.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, or `None` when `other` is larger.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(rest) => Some(Self(rest)),
            None => None,
        }
    }

    /// `floor(self * numerator / denominator)`, exact also where the product has more than 128 bits; `None` where the
    /// result is beyond 2^128 wei, or for a zero denominator.
    #[must_use]
    pub const fn checked_mul_ratio(self, numerator: u128, denominator: u128) -> Option<Self> {
        let part = match self.0.checked_mul(numerator) {
            Some(product) => product.checked_div(denominator),
            None => long_mul_ratio(self.0, numerator, denominator),
        };
        match part {
            Some(part) => Some(Self(part)),
            None => None,
        }
    }

    /// The sum of all amounts, or `None` on overflow.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

/// `floor(a * b / divisor)` without the product: quotient and remainder of `a` times ever more of the bits of `b`.
const fn long_mul_ratio(a: u128, b: u128, divisor: u128) -> Option<u128> {
    if divisor == 0 {
        return None;
    }
    let a = Parts { quotient: a / divisor, rest: a % divisor };
    let mut sum = Parts { quotient: 0, rest: 0 };
    let mut bit = u128::BITS - b.leading_zeros();
    while bit > 0 {
        bit -= 1;
        let Some(doubled) = sum.plus(sum, divisor) else { return None };
        sum = doubled;
        if (b >> bit) & 1 == 1 {
            let Some(added) = sum.plus(a, divisor) else { return None };
            sum = added;
        }
    }
    Some(sum.quotient)
}

/// A number as a multiple of a divisor and what remains, less than the divisor.
#[derive(Clone, Copy)]
struct Parts {
    quotient: u128,
    rest: u128,
}

impl Parts {
    const fn plus(self, other: Self, divisor: u128) -> Option<Self> {
        let missing = divisor - other.rest;
        let (carry, rest) =
            if self.rest >= missing { (1, self.rest - missing) } else { (0, self.rest + other.rest) };
        match self.quotient.checked_add(other.quotient) {
            Some(quotient) => match quotient.checked_add(carry) {
                Some(quotient) => Some(Self { quotient, rest }),
                None => None,
            },
            None => None,
        }
    }
}

/// Decimal $DIMO with as many of the 18 digits as are needed; `{:.2}` shows two, floored.
impl fmt::Display for Wei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, mut part) = (self.0 / Self::PER_DIMO, self.0 % Self::PER_DIMO);
        let mut width = 18;
        match f.precision() {
            Some(wanted) => {
                while width > wanted {
                    part /= 10;
                    width -= 1;
                }
            }
            None => {
                while width > 0 && part % 10 == 0 {
                    part /= 10;
                    width -= 1;
                }
            }
        }
        if width == 0 { write!(f, "{whole}") } else { write!(f, "{whole}.{part:0width$}") }
    }
}

impl fmt::Debug for Wei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wei({})", self.0)
    }
}

/// Decimal $DIMO: digits, and at most 18 more behind a point. No sign, no exponent, no separators.
impl FromStr for Wei {
    type Err = WeiError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        if !is_number(whole) || !is_number(part) {
            return Err(WeiError::NotDecimal);
        }
        if part.len() > 18 {
            return Err(WeiError::TooPrecise);
        }
        let whole: u128 = whole.parse().map_err(|_| WeiError::TooLarge)?;
        let scale = 10u128.pow(18 - u32::try_from(part.len()).map_err(|_| WeiError::TooPrecise)?);
        let part: u128 = part.parse().map_err(|_| WeiError::TooLarge)?;
        Self::from_dimo(whole).and_then(|wei| wei.checked_add(Self(part * scale))).ok_or(WeiError::TooLarge)
    }
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WeiError {
    /// Not of the form `12` or `12.5`.
    #[error("an amount of $DIMO is written like 12.5")]
    NotDecimal,
    /// More than 18 digits behind the point: smaller than a wei.
    #[error("an amount of $DIMO has at most 18 decimals")]
    TooPrecise,
    /// Beyond 2^128 wei.
    #[error("an amount beyond 2^128 wei")]
    TooLarge,
}

#[cfg(feature = "serde")]
crate::text::serde_as_text!(Wei, "an amount of $DIMO like 12.5");
