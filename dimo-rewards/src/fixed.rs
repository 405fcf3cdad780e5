//! Binary fixed point whose error is counted: the arithmetic below the reward curve.
//!
//! A [`Power`], a [`Wide`] or a [`Fraction`] stands for a real number from 0 to 1 that it does not hold exactly. Each keeps
//! a lower end and an `error`, in units of the last place (ulp), and promises
//! `lower end <= true value <= lower end + error`.
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

/// A number from 0 to 1 with 128 binary places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Power {
    /// The lower end, in 2^-128.
    pub(crate) low: u128,
    /// How far above the true value may lie, in 2^-128.
    pub(crate) error: u128,
}

impl Power {
    /// Nothing.
    pub(crate) const ZERO: Self = Self { low: 0, error: 0 };

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

/// A number from 0 to 1 with 256 binary places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wide {
    /// The highest 128 places of the lower end, in 2^-128.
    pub(crate) high: u128,
    /// The other 128, in 2^-256.
    pub(crate) low: u128,
    /// How far above the true value may lie, in 2^-256.
    pub(crate) error: u128,
}

impl Wide {
    /// The product. Three of its four parts lose digits, each less than one place: two more than the module says.
    pub(crate) const fn times(self, other: Self) -> Self {
        let (high, low) = widening_mul(self.high, other.high);
        // The product of both low halves is itself less than one place.
        let (low, first) = low.overflowing_add(widening_mul(self.high, other.low).0);
        let (low, second) = low.overflowing_add(widening_mul(self.low, other.high).0);
        // The product is at most the smaller factor, so the carries fit.
        Self { high: high + first as u128 + second as u128, low, error: self.error + other.error + 3 }
    }

    /// The whole numbers below `amount x self` at the lower and at the upper end of the interval.
    pub(crate) const fn floors(self, amount: u128) -> (u128, u128) {
        let (whole, upper) = widening_mul(amount, self.high);
        let (more, lower) = widening_mul(amount, self.low);
        let (upper, carry) = upper.overflowing_add(more);
        let low = whole + carry as u128;
        // Amount and error are below 2^128, so the error of the product is below 1: at most one carry.
        let (spread, places) = widening_mul(amount, self.error);
        let carry = lower.checked_add(places).is_none() as u128;
        let (upper, first) = upper.overflowing_add(spread);
        let (_, second) = upper.overflowing_add(carry);
        (low, low + (first || second) as u128)
    }

    /// The highest 128 places. Dropping the rest takes less than one place, and the error was less than one such place.
    pub(crate) const fn top(&self) -> Power {
        Power { low: self.high, error: 2 }
    }
}

/// A number from 0 to 1 with as many binary places as asked for, 64 to a limb.
#[derive(Clone)]
pub(crate) struct Fraction {
    /// The lower end, least significant limb first.
    pub(crate) low: Vec<u64>,
    /// How far above the true value may lie, in units of the last place.
    pub(crate) error: u128,
}

impl Fraction {
    /// `numerator / denominator`, at most 1, floored, by long division; 1 is held as one place less.
    pub(crate) fn ratio(numerator: u64, denominator: u64, limbs: usize) -> Self {
        if numerator >= denominator {
            return Self { low: vec![u64::MAX; limbs], error: 1 };
        }
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

    /// The highest 256 places and an error in these, dropping the rest; at least 256 places must be there.
    pub(crate) fn wide(&self) -> Wide {
        let half = |skip: usize| {
            let limbs = self.low.iter().rev().skip(skip).take(2);
            limbs.fold(0, |half, limb| (half << 64) | u128::from(*limb))
        };
        let dropped = self.low.len().saturating_sub(4);
        // Less than one place is dropped; what there was of error is rounded up.
        let error = if dropped == 0 { self.error } else { (self.error >> 64) + 2 };
        Wide { high: half(0), low: half(2), error }
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
    fn a_wide_number_agrees_with_limbs() {
        let samples = [(1, 3), (2, 3), (999_999, 1_000_000), (1, 1), (0, 1), (1, u64::MAX)];
        let long = |wide: &Wide| [limbs(wide.low), limbs(wide.high)].concat();
        for x in samples.map(|(numerator, denominator)| Fraction::ratio(numerator, denominator, 4)) {
            assert_eq!(long(&x.wide()), x.low);
            for y in samples.map(|(numerator, denominator)| Fraction::ratio(numerator, denominator, 4)) {
                let (product, mut low) = (x.times(&y), long(&x.wide().times(y.wide())));
                assert!(low.iter().rev().le(product.low.iter().rev()));
                // Three places less at most, and these are in the error.
                add(&mut low, &[2]);
                assert!(low.iter().rev().ge(product.low.iter().rev()));
                assert_eq!(x.wide().times(y.wide()).error, 5);
            }
        }
    }

    #[test]
    fn the_ends_of_an_interval_are_floored_with_every_carry() {
        let wide = |high, low, error| Wide { high, low, error };
        // A half, and a half less one place.
        assert_eq!(wide(1 << 127, 0, 0).floors(4), (2, 2));
        assert_eq!(wide((1 << 127) - 1, u128::MAX, 0).floors(4), (1, 1));
        assert_eq!(wide((1 << 127) - 1, u128::MAX, 1).floors(4), (1, 2));
        // The carry out of the lower half is the one that counts, or the error reaches into the upper half.
        assert_eq!(wide(u128::MAX / 3, u128::MAX / 3, 1).floors(3), (0, 1));
        assert_eq!(wide((1 << 127) - 1, 0, u128::MAX).floors(4), (1, 1));
        assert_eq!(wide((1 << 127) - 1, 1, u128::MAX).floors(4), (1, 2));
        assert_eq!(wide(u128::MAX, u128::MAX, 1).floors(u128::MAX), (u128::MAX - 1, u128::MAX));
        assert_eq!(wide(u128::MAX, 0, 0).floors(0), (0, 0));
    }

    #[test]
    fn an_interval_of_128_places_says_only_what_it_knows() {
        let power = |low, error| Power { low, error };
        assert_eq!(power(1 << 127, 0).of(4), Some(2));
        assert_eq!(power((1 << 127) - 1, 0).of(4), Some(1));
        assert_eq!(power((1 << 127) - 1, 1).of(4), None);
        assert_eq!(power(1 << 126, u128::MAX).of(2), None);
        assert_eq!(power(0, 86).of(u128::MAX), None);
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
