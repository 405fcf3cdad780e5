//! Binary fixed point whose error is counted: the arithmetic below the reward curve.
//!
//! A [`Power`] or a [`Fraction`] stands for a real number that it does not hold exactly. Both keep a lower end `low` and
//! an `error`, in units of the last place (ulp), and promise `low <= true value <= low + error`.
//!
//! Why the error of a product is the sum of both errors plus one: let `x = X + e` and `y = Y + f` be true values of at
//! most 1 with lower ends `X`, `Y`. Then `xy - XY = x(y - Y) + Y(x - X) <= f + e`, because `x <= 1` and `Y <= y <= 1`.
//! Dropping the digits behind the last place takes less than one ulp more.

use alloc::vec;
use alloc::vec::Vec;

/// The high and the low half of `a * b`.
pub(crate) const fn widening_mul(a: u128, b: u128) -> (u128, u128) {
    const HALF: u128 = u64::MAX as u128;
    let (a1, a0) = (a >> 64, a & HALF);
    let (b1, b0) = (b >> 64, b & HALF);
    let low = a0 * b0;
    // At most 2^64 - 1 + (2^64 - 1)^2, which fits; the same holds for the next sum.
    let middle = (low >> 64) + a1 * b0;
    let other = (middle & HALF) + a0 * b1;
    (a1 * b1 + (middle >> 64) + (other >> 64), (other << 64) | (low & HALF))
}

/// A number from 0 to below 1 with 128 binary places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Power {
    /// The lower end, in 2^-128.
    pub(crate) low: u128,
    /// How far above the true value may lie, in 2^-128.
    pub(crate) error: u128,
}

impl Power {
    /// The product; see the module for its error.
    pub(crate) const fn times(self, other: Self) -> Self {
        Self { low: widening_mul(self.low, other.low).0, error: self.error + other.error + 1 }
    }

    /// `floor(amount x self)`, or `None` where both ends of the interval do not have the same floor.
    pub(crate) const fn of(self, amount: u128) -> Option<u128> {
        let (whole, fraction) = widening_mul(amount, self.low);
        match amount.checked_mul(self.error) {
            // Without a carry, adding the whole error stays below the next whole number.
            Some(spread) if fraction.checked_add(spread).is_some() => Some(whole),
            _ => None,
        }
    }
}

/// A number from 0 to below 1 with as many binary places as asked for, 64 to a limb.
#[derive(Clone)]
pub(crate) struct Fraction {
    /// The lower end, least significant limb first.
    pub(crate) low: Vec<u64>,
    /// How far above the true value may lie, in units of the last place.
    pub(crate) error: u128,
}

impl Fraction {
    /// `numerator / denominator` for `numerator < denominator`, floored, by long division.
    pub(crate) fn ratio(numerator: u64, denominator: u64, limbs: usize) -> Self {
        let mut low = vec![0; limbs];
        let mut rest = u128::from(numerator);
        for limb in low.iter_mut().rev() {
            let shifted = rest << 64;
            // The quotient is below 2^64 because `rest` is below the denominator.
            *limb = (shifted / u128::from(denominator)) as u64;
            rest = shifted % u128::from(denominator);
        }
        Self { low, error: 1 }
    }

    /// The product of two numbers of the same length; see the module for its error.
    pub(crate) fn times(&self, other: &Self) -> Self {
        let low = multiply(&self.low, &other.low).split_off(self.low.len());
        Self { low, error: self.error + other.error + 1 }
    }

    /// `self ^ exponent` for an exponent of at least 1, by squaring from the highest bit down.
    ///
    /// One bit takes an error `e` to at most `2e + 3`, so 64 bits take the error of a [`Fraction::ratio`], 1, to less
    /// than 2^66.
    pub(crate) fn pow(&self, exponent: u64) -> Self {
        let mut power = self.clone();
        for bit in (0..exponent.checked_ilog2().unwrap_or(0)).rev() {
            power = power.times(&power);
            if (exponent >> bit) & 1 == 1 {
                power = power.times(self);
            }
        }
        power
    }

    /// The highest 128 places, dropping the rest.
    pub(crate) fn top(&self) -> u128 {
        self.low.iter().rev().take(2).fold(0, |top, limb| (top << 64) | u128::from(*limb))
    }
}

/// `a * b`, least significant limb first, as long as both together.
pub(crate) fn multiply(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut product = vec![0u64; a.len() + b.len()];
    for (place, x) in a.iter().enumerate() {
        let mut carry = 0u128;
        for (limb, y) in product.iter_mut().skip(place).zip(b.iter().chain(&[0])) {
            // At most (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1.
            carry += u128::from(*limb) + u128::from(*x) * u128::from(*y);
            *limb = carry as u64;
            carry >>= 64;
        }
    }
    product
}

/// Adds `b` to `a`; the sum must fit into the limbs of `a`.
pub(crate) fn add(a: &mut [u64], b: &[u64]) {
    let mut carry = 0u128;
    for (limb, y) in a.iter_mut().zip(b.iter().chain(core::iter::repeat(&0))) {
        carry += u128::from(*limb) + u128::from(*y);
        *limb = carry as u64;
        carry >>= 64;
    }
}

/// `floor(a / divisor)` as a `u128`; the quotient must fit.
pub(crate) fn divide(a: &[u64], divisor: u64) -> u128 {
    let (mut quotient, mut rest) = (0u128, 0u128);
    for limb in a.iter().rev() {
        let part = (rest << 64) | u128::from(*limb);
        quotient = (quotient << 64) | (part / u128::from(divisor));
        rest = part % u128::from(divisor);
    }
    quotient
}

/// The limbs of a `u128`, least significant first.
pub(crate) const fn limbs(value: u128) -> [u64; 2] {
    [value as u64, (value >> 64) as u64]
}

/// How many bits `limbs` need: the number they stand for is below `2 ^ bits`.
pub(crate) fn bits(limbs: &[u64]) -> u64 {
    let leading: u64 = limbs.iter().rev().take_while(|limb| **limb == 0).count() as u64;
    let top = limbs.iter().rev().find(|limb| **limb != 0).map_or(0, |limb| limb.leading_zeros());
    limbs.len() as u64 * 64 - leading * 64 - u64::from(top)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_product_agrees_with_the_schoolbook() {
        let samples =
            [0, 1, u128::from(u64::MAX), 1 << 64, u128::MAX, 0x0123_4567_89AB_CDEF_FEDC_BA98_7654_3210];
        for a in samples {
            for b in samples {
                let (high, low) = widening_mul(a, b);
                let wide = multiply(&limbs(a), &limbs(b));
                assert_eq!(wide, [limbs(low), limbs(high)].concat(), "{a} * {b}");
            }
        }
    }

    #[test]
    fn a_half_is_exact_and_its_powers_too() {
        let half = Fraction::ratio(1, 2, 4);
        assert_eq!(half.low, [0, 0, 0, 1 << 63]);
        assert_eq!(half.pow(1).low, half.low);
        assert_eq!(half.pow(192).low, [0, 1, 0, 0]);
    }

    #[test]
    fn the_error_of_a_power_stays_below_its_bound() {
        assert!(Fraction::ratio(999_999, 1_000_000, 4).pow(u64::MAX).error < 1 << 66);
    }

    #[test]
    fn bits_count_up_to_the_highest_one() {
        assert_eq!(bits(&[0, 0]), 0);
        assert_eq!(bits(&[1, 0]), 1);
        assert_eq!(bits(&[0, 1]), 65);
        assert_eq!(bits(&[u64::MAX, u64::MAX]), 128);
    }

    #[test]
    fn a_quotient_is_floored() {
        assert_eq!(divide(&[9_999], 10_000), 0);
        assert_eq!(divide(&[0, 10_000], 10_000), 1 << 64);
        assert_eq!(divide(&[9_999, 10_000], 10_000), 1 << 64);
    }

    #[test]
    fn a_carry_runs_through_a_sum() {
        let mut sum = [u64::MAX, u64::MAX, 0];
        add(&mut sum, &[1]);
        assert_eq!(sum, [0, 0, 1]);
    }
}
