//! Shares of amounts, against products of 256 bits.

use dimo_types::Wei;
use proptest::prelude::*;

/// `a * b` as its upper and lower 128 bits, from the products of the halves.
const fn product(a: u128, b: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let middle = a1 * b0 + ((a0 * b0) >> 64);
    let (carried, middle) = (middle >> 64, (middle & LOW) + a0 * b1);
    (a1 * b1 + carried + (middle >> 64), (middle << 64) | ((a0 * b0) & LOW))
}

/// Whether `share` is `floor(amount * numerator / denominator)`: multiplied back, without a division.
fn is_floor(amount: u128, numerator: u128, denominator: u128, share: Option<Wei>) -> bool {
    let (high, low) = product(amount, numerator);
    let Some(share) = share else {
        // At least denominator * 2^128.
        return high >= denominator;
    };
    let (taken_high, taken_low) = product(share.get(), denominator);
    if (taken_high, taken_low) > (high, low) {
        return false;
    }
    let (rest_low, borrowed) = low.overflowing_sub(taken_low);
    (high - taken_high - u128::from(borrowed), rest_low) < (0, denominator)
}

/// Numbers of every size, and those at the edges.
fn number() -> impl Strategy<Value = u128> {
    prop_oneof![
        (any::<u128>(), 0u32..128).prop_map(|(number, shift)| number >> shift),
        prop::sample::select(vec![0, 1, 2, 1 << 64, (1 << 64) - 1, 1 << 127, u128::MAX - 1, u128::MAX]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn a_share_is_the_floor_of_the_whole_product(amount in number(), numerator in number(), denominator in number()) {
        let share = Wei::new(amount).checked_mul_ratio(numerator, denominator);
        if denominator == 0 {
            prop_assert_eq!(share, None);
        } else {
            prop_assert!(is_floor(amount, numerator, denominator, share), "{:?}", share);
        }
    }

    #[test]
    fn a_part_of_a_whole_is_there_however_large_the_whole(amount: u128, whole in 1u128.., part: u128) {
        let part = part % whole;
        let share = Wei::new(amount).checked_mul_ratio(part, whole);
        prop_assert!(is_floor(amount, part, whole, share) && share <= Some(Wei::new(amount)) && share.is_some());
    }
}

#[test]
fn the_long_way_agrees_at_its_edges() {
    let max = u128::MAX;
    let share = |amount, numerator, denominator| {
        Wei::new(amount).checked_mul_ratio(numerator, denominator).map(Wei::get)
    };
    assert_eq!(share(max, max, max), Some(max));
    assert_eq!(share(max, max - 1, max), Some(max - 1));
    assert_eq!(share(max, 2, 3), Some(max / 3 * 2 + max % 3 * 2 / 3));
    assert_eq!(share(max, 2, 1), None);
    assert_eq!(share(max, max, 1), None);
    assert_eq!(share(max, max, max - 1), None);
    assert_eq!(share(1 << 127, 3, 1 << 127), Some(3));
    assert_eq!(share(max, max, 0), None);
    assert_eq!(share(0, max, 1), Some(0));
    // (2^128 - 1)^2 / 2^127 is beyond; with half as much it is 2^128 - 3.
    assert_eq!(share(max, max, 1 << 127), None);
    assert_eq!(share(max, max >> 1, 1 << 127), Some(max - 2));
}

#[test]
fn a_sum_is_there_or_it_overflows() {
    let sum = |amounts: &[u128]| Wei::checked_sum(amounts.iter().copied().map(Wei::new)).map(Wei::get);
    assert_eq!(sum(&[]), Some(0));
    assert_eq!(sum(&[1, u128::MAX - 1]), Some(u128::MAX));
    assert_eq!(sum(&[1, u128::MAX, 1]), None);
}
