//! [`BasisPoints`]: a share, exact.

use core::fmt;

use dimo_types::Wei;
use rust_decimal::Decimal;
use thiserror::Error;

/// A share of an amount in hundredths of a percent, from 0 (nothing) to 10,000 (all of it).
///
/// # Example: the rebate of a standard dongle's minting NFT
///
/// ```
/// use dimo_rewards::BasisPoints;
/// use dimo_types::Wei;
/// let rebate = BasisPoints::new(7_000)?;
/// assert_eq!(rebate.of(Wei::from_dimo(50).unwrap()), Wei::from_dimo(35).unwrap());
/// assert_eq!(rebate.to_string(), "70 %");
/// # Ok::<(), dimo_rewards::BasisPointsError>(())
/// ```
///
/// # Example: a share of less than one wei is nothing
///
/// ```
/// use dimo_rewards::BasisPoints;
/// use dimo_types::Wei;
/// assert_eq!(BasisPoints::new(9_999)?.of(Wei::new(1)), Wei::ZERO);
/// # Ok::<(), dimo_rewards::BasisPointsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "u16", into = "u16")
)]
pub struct BasisPoints(u16);

impl BasisPoints {
    /// Basis points in the whole.
    pub const WHOLE: u16 = 10_000;
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A share of `basis_points` hundredths of a percent.
    ///
    /// # Errors
    ///
    /// [`BasisPointsError::MoreThanAll`] above 10,000.
    pub const fn new(basis_points: u16) -> Result<Self, BasisPointsError> {
        if basis_points > Self::WHOLE {
            return Err(BasisPointsError::MoreThanAll { basis_points });
        }
        Ok(Self(basis_points))
    }

    /// A share known to be one.
    pub(crate) const fn known(basis_points: u16) -> Self {
        Self(basis_points)
    }

    /// The number of basis points.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// This share of `amount`, floored to the wei.
    #[must_use]
    pub const fn of(self, amount: Wei) -> Wei {
        let (share, whole) = (self.0 as u128, Self::WHOLE as u128);
        // Quotient and remainder apart: neither product exceeds `amount` or 10^8, so nothing overflows.
        Wei::new(amount.get() / whole * share + amount.get() % whole * share / whole)
    }

    /// The share as a decimal from 0 to 1.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(i64::from(self.0), 4).normalize()
    }
}

/// In percent: `70 %`, `0.1 %`.
impl fmt::Display for BasisPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", Decimal::new(i64::from(self.0), 2).normalize())
    }
}

impl TryFrom<u16> for BasisPoints {
    type Error = BasisPointsError;

    fn try_from(basis_points: u16) -> Result<Self, Self::Error> {
        Self::new(basis_points)
    }
}

impl From<BasisPoints> for u16 {
    fn from(share: BasisPoints) -> Self {
        share.0
    }
}

/// Why a number is no [`BasisPoints`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BasisPointsError {
    /// More than 100 %. Check the unit: 1 % is 100 basis points.
    #[error("{basis_points} basis points are more than all of it (10000)")]
    MoreThanAll {
        /// The number refused.
        basis_points: u16,
    },
}
