//! [`Curve`]: the share of a minting NFT's price that DIMO Integrations earns, falling with every sale.

use core::fmt;

use dimo_types::Wei;
use rust_decimal::Decimal;
use thiserror::Error;

use crate::fixed::{self, Fraction, Power};
use crate::{BasisPoints, SaleNumber};

mod rewards;

pub use rewards::Rewards;

/// The reverse bonding curve `max(floor, ceiling x decay^(n-1))` of DIP-4, exact to the wei.
///
/// DIP-4, Rewards Calculation for DIMO Integrations Team: "Price of NFT * maximum of (0.1% OR 15% * (99.9999% ^ (# of
/// that NFT type sold - 1)))", a curve for each device type. Build it once; a value costs less than a microsecond.
///
/// # How it is exact
///
/// `decay^(n-1)` is multiplied together from a table of `decay^1, decay^2, decay^4, ...` with 128 binary places and a
/// counted error, so that the share, and with it the reward, is known to lie in an interval. Where both ends of the interval floor to the same
/// wei, that is the reward; at today's prices all but about one in 10^12 cases end here. Otherwise the power is computed
/// anew with 256, 512, ... places. That ends, because the reward before flooring is a fraction with the denominator
/// `10^(6(n-1) + 4)`: once the interval is narrower than one such step and still contains a whole number, the reward
/// *is* that whole number.
///
/// # Example: the first sale, a late one, and the floor
///
/// ```
/// use dimo_rewards::{Curve, SaleNumber};
/// use dimo_types::Wei;
/// let (curve, price) = (Curve::dip4(), Wei::from_dimo(50).unwrap());
/// let reward = |n| curve.reward(SaleNumber::new(n).unwrap(), price).to_string();
/// assert_eq!(reward(1), "7.5");
/// assert_eq!(reward(100_000), "6.786287082242529551");
/// assert_eq!(reward(5_010_634), "0.05");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Curve {
    ceiling: BasisPoints,
    floor: BasisPoints,
    decay: u32,
    /// `decay^(2^i)` in 2^-128, floored; the true value lies less than 2 above.
    powers: [u128; 64],
}

impl Curve {
    /// Parts in the whole of a decay.
    pub const PER_MILLION: u32 = 1_000_000;
    /// Error of an entry of the table, in 2^-128; see [`Curve::tabulate`].
    const ENTRY_ERROR: u128 = 2;

    /// A curve that starts at `ceiling`, keeps `decay` millionths of itself with every sale, and never pays less than
    /// `floor`.
    ///
    /// # Errors
    ///
    /// [`CurveError`] when the floor is above the ceiling, or the decay is not from 1 to 999,999.
    pub fn new(ceiling: BasisPoints, floor: BasisPoints, decay: u32) -> Result<Self, CurveError> {
        if floor > ceiling {
            return Err(CurveError::FloorAboveCeiling { ceiling, floor });
        }
        if decay == 0 || decay >= Self::PER_MILLION {
            return Err(CurveError::Decay { decay });
        }
        Ok(Self::tabulate(ceiling, floor, decay))
    }

    /// The curve of DIP-4: from 15 % down to 0.1 %, by 99.9999 % with every sale.
    #[must_use]
    pub fn dip4() -> Self {
        Self::tabulate(BasisPoints::known(1_500), BasisPoints::known(10), 999_999)
    }

    /// Squares `decay` 63 times with 256 places and keeps the highest 128.
    ///
    /// With `e` units of error in 2^-256 a square has `2e + 1`, so the last entry has less than 2^64 of them, which is
    /// 2^-64 of a place kept. Dropping the rest adds less than one place: together less than [`Self::ENTRY_ERROR`].
    fn tabulate(ceiling: BasisPoints, floor: BasisPoints, decay: u32) -> Self {
        let mut power = Fraction::ratio(u64::from(decay), u64::from(Self::PER_MILLION), 4);
        let mut powers = [0; 64];
        for entry in &mut powers {
            *entry = power.top();
            power = power.times(&power);
        }
        Self { ceiling, floor, decay, powers }
    }

    /// The share of the first sale.
    #[must_use]
    pub const fn ceiling(&self) -> BasisPoints {
        self.ceiling
    }

    /// The share that no sale falls below.
    #[must_use]
    pub const fn floor(&self) -> BasisPoints {
        self.floor
    }

    /// What is left of the share from one sale to the next, in millionths.
    #[must_use]
    pub const fn decay(&self) -> u32 {
        self.decay
    }

    /// What DIMO Integrations earns in all for sale `n` of a device type at `price`, floored to the wei.
    #[must_use]
    pub fn reward(&self, n: SaleNumber, price: Wei) -> Wei {
        // Flooring keeps order, so the larger floor is the floor of the larger share.
        self.falling(n.get() - 1, price).max(self.floor.of(price))
    }

    /// The share that sale `n` earns, from 0 to 1, floored to 28 decimals: for display, never for money.
    #[must_use]
    pub fn share(&self, n: SaleNumber) -> Decimal {
        const SCALE: u32 = 28;
        // Of a price of 10^28 the reward is the share in units of the last decimal: at most 10^28, below 2^96.
        let reward = self.reward(n, Wei::new(10u128.pow(SCALE)));
        Decimal::try_from_i128_with_scale(reward.get().cast_signed(), SCALE).unwrap_or_default().normalize()
    }

    /// `floor(price x ceiling x decay^exponent)`, without the floor of the curve.
    fn falling(&self, exponent: u64, price: Wei) -> Wei {
        if exponent == 0 {
            return self.ceiling.of(price);
        }
        Wei::new(self.fast(exponent, price).unwrap_or_else(|| self.refined(exponent, price)))
    }

    /// The reward from the table, or `None` where 128 places do not decide it.
    fn fast(&self, exponent: u64, price: Wei) -> Option<u128> {
        self.falling_share(exponent)?.of(price.get())
    }

    /// `ceiling x decay^exponent` for an exponent of at least 1, from the table.
    fn falling_share(&self, exponent: u64) -> Option<Power> {
        let Power { low, error } = self.power(exponent)?;
        let (ceiling, whole) = (u128::from(self.ceiling.get()), u128::from(BasisPoints::WHOLE));
        // Quotient and remainder apart: neither product exceeds `low` or 10^8, so nothing overflows. The error does not grow by
        // a factor of at most 1, and flooring adds less than one place.
        Some(Power { low: low / whole * ceiling + low % whole * ceiling / whole, error: error + 1 })
    }

    /// `decay`, from the table.
    const fn decay_power(&self) -> Power {
        Power { low: self.powers[0], error: Self::ENTRY_ERROR }
    }

    /// `decay^exponent` for an exponent of at least 1: at most 64 factors, so an error below 64 x 3.
    fn power(&self, exponent: u64) -> Option<Power> {
        let used = self.powers.iter().enumerate().filter(|(bit, _)| (exponent >> bit) & 1 == 1);
        used.map(|(_, low)| Power { low: *low, error: Self::ENTRY_ERROR }).reduce(Power::times)
    }

    /// The reward with as many places as it takes, from 256 up.
    fn refined(&self, exponent: u64, price: Wei) -> u128 {
        let divisor = u64::from(BasisPoints::WHOLE);
        let parts = fixed::multiply(&fixed::limbs(price.get()), &[u64::from(self.ceiling.get())]);
        let mut places = 4;
        loop {
            let decay = Fraction::ratio(u64::from(self.decay), u64::from(Self::PER_MILLION), places);
            let power = decay.pow(exponent);
            let error = fixed::limbs(power.error);
            let mut product = fixed::multiply(&parts, &power.low);
            let low = fixed::divide(product.get(places..).unwrap_or_default(), divisor);
            // Five limbs at most, the product has seven at least, and decay^exponent < 1 leaves its highest bits free.
            fixed::add(&mut product, &fixed::multiply(&parts, &error));
            let high = fixed::divide(product.get(places..).unwrap_or_default(), divisor);
            // The interval of the reward is parts x error / (10^4 x 2^(64 places)) wide, and the reward is a multiple
            // of 1 / (10^4 x 10^(6 exponent)), where 10^6 < 2^20.
            let steps = fixed::bits(&parts) + fixed::bits(&error);
            let narrow = exponent.checked_mul(20).and_then(|bits| bits.checked_add(steps));
            if low == high || narrow.is_some_and(|bits| bits <= 64 * places as u64) {
                return high;
            }
            places *= 2;
        }
    }
}

impl fmt::Debug for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Curve")
            .field("ceiling", &self.ceiling)
            .field("floor", &self.floor)
            .field("decay", &self.decay)
            .finish_non_exhaustive()
    }
}

/// Why terms make no [`Curve`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CurveError {
    /// The curve would have to rise to its floor. Swap them, or lower the floor.
    #[error("a floor of {floor} is above the ceiling of {ceiling}")]
    FloorAboveCeiling {
        /// The share of the first sale.
        ceiling: BasisPoints,
        /// The least share.
        floor: BasisPoints,
    },
    /// Not a decay. Check the unit: 99.9999 % are 999,999 millionths. A curve that does not fall has ceiling = floor.
    #[error("a decay is from 1 to 999999 millionths, not {decay}")]
    Decay {
        /// The millionths given.
        decay: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_agree_where_the_table_decides() {
        let curve = Curve::dip4();
        for exponent in [1, 2, 3, 999, 29_999, 99_999, 999_999, 5_010_632, 5_200_000, 90_000_000, u64::MAX] {
            for price in [1, 17, Wei::PER_DIMO * 50 + 1, Wei::PER_DIMO * 1_000_000 - 1] {
                if let Some(fast) = curve.fast(exponent, Wei::new(price)) {
                    assert_eq!(
                        fast,
                        curve.refined(exponent, Wei::new(price)),
                        "exponent {exponent}, price {price}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_whole_reward_is_left_to_the_exact_way_and_loses_no_wei() {
        let curve = Curve::dip4();
        let price = Wei::new(20 * 10u128.pow(18));
        assert_eq!(curve.fast(3, price), None);
        // 20 x 10^18 x 0.15 x 0.999999^3 = 3 x 999999^3.
        assert_eq!(curve.refined(3, price), 3 * 999_999u128.pow(3));
    }

    #[test]
    fn the_exact_way_ends_for_whole_rewards_that_need_many_places() {
        // 2^100 x 100 % x 0.5^100 = 1, and a wei less floors to nothing.
        let whole = BasisPoints::new(10_000).unwrap();
        let curve = Curve::new(whole, BasisPoints::ZERO, 500_000).unwrap();
        assert_eq!(curve.refined(100, Wei::new(1 << 100)), 1);
        assert_eq!(curve.refined(100, Wei::new((1 << 100) - 1)), 0);
        assert_eq!(curve.refined(127, Wei::new(u128::MAX)), 1);
    }
}
