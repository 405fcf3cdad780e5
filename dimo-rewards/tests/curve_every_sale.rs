//! Every sale up to 5,200,000 against big integers that are carried on from sale to sale, another way than the library's.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

use dimo_rewards::{Curve, SaleNumber};
use dimo_types::Wei;
use num_bigint::BigUint;

/// Places of the oracle.
const PLACES: u64 = 320;
const LAST: u64 = 5_200_000;
/// 1,000,000 $DIMO.
const HIGHEST: u128 = 1_000_000 * Wei::PER_DIMO;

/// 15 % x 0.999999^(n-1) of sale `n` in 2^-320, rounded down at each step.
struct Share {
    n: u64,
    low: BigUint,
}

impl Share {
    fn first() -> Self {
        Self { n: 1, low: (BigUint::from(15u32) << PLACES) / 100u32 }
    }

    fn advance(&mut self) {
        self.n += 1;
        self.low *= 999_999u32;
        self.low /= 1_000_000u32;
    }

    /// The floor of the larger share's part of the price, or `None` where 320 places leave it open.
    ///
    /// Each of the `n` roundings takes less than one place, and a power of less than 1 does not make that more. So the true
    /// share is less than `n` places above `low`, and at the floor of 0.1 % it does not matter how far.
    fn of(&self, price: u128) -> Option<u128> {
        let floor = (BigUint::from(1u32) << PLACES) / 1_000u32;
        if self.low < floor {
            return Some(price / 1_000);
        }
        let low = BigUint::from(price) * &self.low;
        let high: BigUint = &low + BigUint::from(price) * self.n;
        let (low, high) = (low >> PLACES, high >> PLACES);
        (low == high).then(|| u128::try_from(low).unwrap())
    }
}

/// The same by fractions, for the first few sales, whose rewards may be whole.
fn exact(n: u64, price: u128) -> u128 {
    let exponent = u32::try_from(n - 1).unwrap();
    let share = BigUint::from(15u32) * BigUint::from(999_999u32).pow(exponent);
    let whole = BigUint::from(100u32) * BigUint::from(1_000_000u32).pow(exponent);
    u128::try_from(BigUint::from(price) * share / whole).unwrap()
}

/// Compares the rewards of one price after the other with the oracle's, carried on and by themselves.
fn compare(prices: &[u128]) {
    let curve = Curve::dip4();
    let mut carried: Vec<_> =
        prices.iter().map(|price| curve.rewards(SaleNumber::FIRST, Wei::new(*price))).collect();
    let mut sums = vec![0u128; prices.len()];
    let mut share = Share::first();
    while share.n <= LAST {
        let sale = SaleNumber::new(share.n).unwrap();
        for ((price, rewards), sum) in prices.iter().zip(&mut carried).zip(&mut sums) {
            let right = share.of(*price).unwrap_or_else(|| {
                assert!(share.n <= 4, "{PLACES} places decide sale {sale} at {price}");
                exact(share.n, *price)
            });
            assert_eq!(rewards.next().unwrap().get(), right, "sale {sale} at {price}, carried on");
            assert_eq!(curve.reward(sale, Wei::new(*price)).get(), right, "sale {sale} at {price}");
            *sum += right;
        }
        share.advance();
    }
    for (price, sum) in prices.iter().zip(sums) {
        let ours = curve.sum(SaleNumber::FIRST, SaleNumber::new(LAST).unwrap(), Wei::new(*price));
        assert_eq!(ours, Some(Wei::new(sum)), "all sales at {price}");
    }
}

#[test]
fn every_sale_at_50_dimo_earns_what_big_integers_say() {
    compare(&[50 * Wei::PER_DIMO]);
}

#[test]
fn every_sale_at_the_highest_price_earns_what_big_integers_say() {
    compare(&[HIGHEST]);
}
