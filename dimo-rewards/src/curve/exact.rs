//! The exact way of [`Curve`], for the few rewards that lie too near a whole wei for 128 places.

use alloc::vec;

use dimo_types::Wei;

use super::Curve;
use crate::BasisPoints;
use crate::fixed::{self, Fraction};

impl Curve {
    /// `floor(price x ceiling x decay^exponent)` for an exponent from 1 to below `2^BITS`, with 256 places and, where these
    /// do not decide it, more.
    pub(super) fn exactly(&self, exponent: u64, price: Wei) -> u128 {
        let share = self.falling_share_wide(exponent);
        let (low, high) = share.floors(price.get());
        let width = fixed::bits(&fixed::limbs(price.get())) + fixed::bits(&fixed::limbs(share.error));
        if low == high || is_narrow(width, exponent, 256) { high } else { self.refined(exponent, price) }
    }

    /// The same with as many places as it takes, from 512 up.
    ///
    /// More than 256 are hardly ever needed: of all prices up to 10^24 wei the one that comes nearest to a whole reward
    /// at a given sale misses it by about 10^-24 wei, and 256 places tell apart what differs by 10^-50.
    #[cold]
    fn refined(&self, exponent: u64, price: Wei) -> u128 {
        let divisor = u64::from(BasisPoints::WHOLE);
        let parts = fixed::multiply(&fixed::limbs(price.get()), &[u64::from(self.ceiling.get())]);
        let mut places = 8;
        loop {
            let decay = Fraction::ratio(u64::from(self.decay), u64::from(Self::PER_MILLION), places);
            let power = decay.pow(exponent);
            let error = fixed::limbs(power.error);
            let mut product = fixed::multiply(&parts, &power.low);
            let low = fixed::divide(product.get(places..).unwrap_or_default(), divisor);
            // Five limbs at most, the product has eleven at least, and decay^exponent < 1 leaves its highest bits free.
            fixed::add(&mut product, &fixed::multiply(&parts, &error));
            let high = fixed::divide(product.get(places..).unwrap_or_default(), divisor);
            let width = fixed::bits(&parts) + fixed::bits(&error);
            if low == high || is_narrow(width, exponent, 64 * places as u64) {
                return high;
            }
            places *= 2;
        }
    }

    /// Whether the share after `exponent` other sales is exactly the floor.
    ///
    /// In lowest terms let the decay be b/a, with a > 1. The share is the floor where `ceiling x b^exponent` equals
    /// `floor x a^exponent`; then a^exponent divides the ceiling, which is at most 10^4 < 2^14.
    pub(super) fn touches_floor(&self, exponent: u64) -> bool {
        let mut share = vec![u64::from(self.ceiling.get())];
        let mut floor = vec![u64::from(self.floor.get())];
        for _ in 0..exponent.min(14) {
            share = fixed::multiply(&share, &[u64::from(self.decay)]);
            floor = fixed::multiply(&floor, &[u64::from(Self::PER_MILLION)]);
        }
        exponent < 14 && share == floor
    }
}

/// Whether an interval of less than `2^(width - places)` wei is narrower than the steps in which rewards lie.
///
/// A reward is a multiple of `1 / (10^4 x 10^(6 exponent))`, where 10^4 < 2^14 and 10^6 < 2^20. Two different multiples do
/// not fit into a narrow interval, so a whole number in it, which is a multiple too, is the reward.
const fn is_narrow(width: u64, exponent: u64, places: u64) -> bool {
    // An exponent is below 2^28.
    width + 14 + 20 * exponent <= places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_ways_agree() {
        let curve = Curve::dip4();
        for exponent in
            [1, 2, 3, 999, 29_999, 99_999, 999_999, 5_010_632, 5_200_000, 90_000_000, (1 << 28) - 1]
        {
            for price in [1, 17, Wei::PER_DIMO * 50 + 1, Wei::PER_DIMO * 1_000_000 - 1, u128::MAX] {
                let exact = curve.refined(exponent, Wei::new(price));
                let (low, high) = curve.falling_share_wide(exponent).floors(price);
                assert_eq!((low, high), (exact, exact), "exponent {exponent}, price {price}");
                if let Some(fast) = curve.falling_share(exponent).of(price) {
                    assert_eq!(fast, exact, "exponent {exponent}, price {price}");
                }
            }
        }
    }

    #[test]
    fn errors_stay_within_their_bounds() {
        let curve = Curve::dip4();
        assert_eq!(curve.falling_share((1 << 28) - 1).error, 86);
        assert_eq!(curve.falling_share_wide((1 << 28) - 1).error, 141);
    }

    #[test]
    fn an_entry_of_the_table_is_the_power_rounded_down() {
        let curve = Curve::dip4();
        let mut power = Fraction::ratio(999_999, 1_000_000, 16);
        for entry in &curve.powers {
            // 1,024 places instead of 320 leave no doubt about the first 256.
            let exact = power.wide();
            let missing = exact.low.wrapping_sub(entry.low);
            assert!(missing < entry.error && entry.error == 2);
            assert_eq!(exact.high - entry.high, u128::from(exact.low < entry.low));
            power = power.times(&power);
        }
    }

    #[test]
    fn a_whole_reward_is_left_to_the_exact_way_and_loses_no_wei() {
        let curve = Curve::dip4();
        let price = Wei::new(20 * 10u128.pow(18));
        assert_eq!(curve.falling_share(3).of(price.get()), None);
        // 20 x 10^18 x 0.15 x 0.999999^3 = 3 x 999999^3.
        let whole = 3 * 999_999u128.pow(3);
        assert_eq!(curve.falling_share_wide(3).floors(price.get()), (whole - 1, whole));
        assert_eq!(curve.exactly(3, price), whole);
        assert_eq!(curve.refined(3, price), whole);
    }

    #[test]
    fn the_exact_way_ends_for_whole_rewards_that_need_many_places() {
        // 2^100 x 100 % x 0.5^100 = 1, and a wei less floors to nothing.
        let whole = BasisPoints::new(10_000).unwrap();
        let curve = Curve::new(whole, BasisPoints::ZERO, 500_000).unwrap();
        for way in [Curve::exactly, Curve::refined] {
            assert_eq!(way(&curve, 100, Wei::new(1 << 100)), 1);
            assert_eq!(way(&curve, 100, Wei::new((1 << 100) - 1)), 0);
            assert_eq!(way(&curve, 127, Wei::new(u128::MAX)), 1);
        }
    }

    #[test]
    fn nothing_is_left_of_any_price_beyond_the_table() {
        let curve = Curve::new(BasisPoints::new(10_000).unwrap(), BasisPoints::ZERO, 999_999).unwrap();
        for exponent in [(1 << 28) - 1, 1 << 28, u64::MAX] {
            assert_eq!(curve.falling(exponent, Wei::new(u128::MAX)), Wei::ZERO);
        }
        // 128 x ln 2 / -ln 0.999999 = 88,722,794.75: one step before it something is left.
        assert_eq!(curve.falling(88_722_794, Wei::new(u128::MAX)), Wei::new(1));
        assert_eq!(curve.falling(88_722_795, Wei::new(u128::MAX)), Wei::ZERO);
    }

    #[test]
    fn a_share_touches_its_floor_only_exactly() {
        let curve = |ceiling, floor, decay| {
            Curve::new(BasisPoints::new(ceiling).unwrap(), BasisPoints::new(floor).unwrap(), decay).unwrap()
        };
        let first = |ceiling, floor, decay| curve(ceiling, floor, decay).first_at_floor().map(|n| n.get());
        assert_eq!(first(8_192, 1, 500_000), Some(14));
        assert_eq!(first(8_193, 1, 500_000), Some(15));
        assert_eq!(first(1_000, 1_000, 999_999), Some(1));
        assert_eq!(first(10_000, 9_000, 900_000), Some(2));
        assert_eq!(first(10_000, 8_999, 900_000), Some(3));
        assert_eq!(first(10_000, 0, 1), None);
        assert_eq!(first(0, 0, 999_999), Some(1));
        assert!(!curve(8_192, 1, 500_000).touches_floor(14));
    }
}
