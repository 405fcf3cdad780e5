//! Rewards carried on from sale to sale, and their sums, against single rewards.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

use std::sync::LazyLock;

use dimo_rewards::{BasisPoints, Curve, SaleNumber};
use dimo_types::Wei;
use proptest::prelude::*;

static CURVE: LazyLock<Curve> = LazyLock::new(Curve::dip4);
/// 1,000,000 $DIMO.
const HIGHEST: u128 = 1_000_000 * Wei::PER_DIMO;

fn sale(n: u64) -> SaleNumber {
    SaleNumber::new(n).unwrap()
}

fn curve(ceiling: u16, floor: u16, decay: u32) -> Curve {
    Curve::new(BasisPoints::new(ceiling).unwrap(), BasisPoints::new(floor).unwrap(), decay).unwrap()
}

/// Rewards carried on from `first` are single rewards, at the turns where a share is taken anew as between them.
fn agree(curve: &Curve, first: u64, count: usize, price: u128) {
    let price = Wei::new(price);
    let carried = curve.rewards(sale(first), price).take(count);
    for (n, reward) in (first..).zip(carried) {
        assert_eq!(reward, curve.reward(sale(n), price), "sale {n} of those from {first} at {price}");
    }
}

#[test]
fn rewards_carried_on_are_the_single_ones() {
    for price in [1, 999, 20 * 10u128.pow(18), 50 * Wei::PER_DIMO, HIGHEST, u128::MAX] {
        for first in [
            1,
            2,
            1_024,
            1_025,
            999_983,
            5_009_000,
            5_010_633,
            5_010_634,
            (1 << 28) - 2,
            (1 << 28) + 1,
            (1 << 40) + 7,
        ] {
            agree(&CURVE, first, 3_000, price);
        }
    }
}

#[test]
fn rewards_of_other_curves_are_carried_on_too() {
    for other in [
        curve(10_000, 0, 999_999),
        curve(10_000, 10_000, 1),
        curve(0, 0, 500_000),
        curve(10_000, 1, 500_000),
        curve(9_999, 0, 900_000),
    ] {
        for price in [0, 1, 1 << 100, (1 << 100) - 1, HIGHEST, u128::MAX] {
            for first in [1, 2, 88_722_000, (1 << 28) - 1, (1 << 28) + 1, (1 << 63) + 1] {
                agree(&other, first, 1_500, price);
            }
        }
    }
}

#[test]
fn the_last_sale_number_is_the_last_reward() {
    let mut rewards = CURVE.rewards(sale(u64::MAX - 1), Wei::new(1_000));
    assert_eq!(
        [rewards.next(), rewards.next(), rewards.next(), rewards.next()],
        [Some(Wei::new(1)), Some(Wei::new(1)), None, None]
    );
}

#[test]
fn the_sums_of_pythons_integers_hold() {
    // sum(floor(Fraction(15, 100) * Fraction(999999, 10**6)**(n - 1) * price) for n in ...)
    let sum = |first, last, price| CURVE.sum(sale(first), sale(last), Wei::new(price)).unwrap().get();
    assert_eq!(sum(1, 3_000, 50 * Wei::PER_DIMO), 22_466_294_941_010_723_448_028);
    assert_eq!(sum(1, 1, 7), 1);
}

#[test]
fn sales_at_the_floor_are_counted() {
    let price = Wei::new(50 * Wei::PER_DIMO);
    let floor = price.get() / 1_000;
    let first = CURVE.first_at_floor().unwrap().get();
    let sum = |from, to| CURVE.sum(sale(from), sale(to), price).map(Wei::get);
    assert_eq!(sum(first, first), Some(floor));
    assert_eq!(sum(first, u64::MAX), Some(floor * u128::from(u64::MAX - first + 1)));
    let before = CURVE.reward(sale(first - 1), price).get();
    assert!(before > floor);
    assert_eq!(sum(first - 1, u64::MAX), Some(before + floor * u128::from(u64::MAX - first + 1)));
}

#[test]
fn no_sales_earn_nothing_and_too_much_is_no_sum() {
    let price = Wei::new(u128::MAX);
    assert_eq!(CURVE.sum(sale(8), sale(7), price), Some(Wei::ZERO));
    assert_eq!(
        CURVE.sum(sale(1), sale(6), price).map(Wei::get),
        Some((1..=6).map(|n| CURVE.reward(sale(n), price).get()).sum())
    );
    assert_eq!(CURVE.sum(sale(1), sale(7), price), None);
    // 0.1 % of the largest price: 1,000 of them fit, 1,001 do not.
    let floor = 5_010_634;
    assert!(CURVE.sum(sale(floor), sale(floor + 999), price).is_some());
    assert_eq!(CURVE.sum(sale(floor), sale(floor + 1_000), price), None);
    assert_eq!(CURVE.sum(sale(floor), sale(u64::MAX), price), None);
}

#[test]
fn the_first_sale_at_the_floor_is_where_the_highest_price_first_earns_it() {
    let first = CURVE.first_at_floor().unwrap();
    assert_eq!(first.get(), 5_010_634);
    let floor = Wei::new(HIGHEST / 1_000);
    assert_eq!(CURVE.reward(first, Wei::new(HIGHEST)), floor);
    assert!(CURVE.reward(sale(first.get() - 1), Wei::new(HIGHEST)) > floor);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_sum_is_the_sum_of_single_rewards(first in 1u64..5_300_000, count in 0u64..3_000, price in 1..=HIGHEST) {
        let price = Wei::new(price);
        let single = (first..first + count).map(|n| CURVE.reward(sale(n), price));
        // With no sales the last comes before the first.
        let last = sale((first + count).max(2) - 1);
        prop_assume!(first + count >= 2);
        prop_assert_eq!(CURVE.sum(sale(first), last, price), Wei::checked_sum(single));
    }

    #[test]
    fn the_sums_of_two_parts_make_the_whole(first in 1u64..6_000_000, cut in 0u64..5_000, rest in 1u64..5_000, price in 1..=HIGHEST) {
        let (middle, last, price) = (first + cut, first + cut + rest, Wei::new(price));
        let sum = |from, to| CURVE.sum(sale(from), sale(to), price).unwrap();
        let parts = sum(first, middle).checked_add(sum(middle + 1, last));
        prop_assert_eq!(parts, Some(sum(first, last)));
    }
}
