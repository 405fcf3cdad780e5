//! The curve against an independent oracle of big integers, and against the vectors of another language.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

use std::sync::LazyLock;

use dimo_rewards::{Curve, SaleNumber};
use dimo_types::Wei;
use num_bigint::BigUint;
use proptest::prelude::*;

/// Binary places of the oracle for large `n`.
const PLACES: u64 = 600;
/// The highest price asked of the curve: 1,000,000 $DIMO.
const HIGHEST: u128 = 1_000_000 * Wei::PER_DIMO;
/// The sale from which on the share is 0.1 %.
const FIRST_AT_FLOOR: u64 = 5_010_634;

fn reward(curve: &Curve, n: u64, price: u128) -> u128 {
    curve.reward(SaleNumber::new(n).unwrap(), Wei::new(price)).get()
}

fn big(value: u128) -> BigUint {
    BigUint::from(value)
}

fn small(value: &BigUint) -> u128 {
    value.to_string().parse().unwrap()
}

/// The larger of the curve's value `falling` and the floor of 0.1 %.
fn with_floor(falling: u128, price: u128) -> u128 {
    falling.max(price / 1000)
}

/// 999999^k, multiplied together k times, and 10^(6k).
struct ExactPower {
    k: u64,
    numerator: BigUint,
    denominator: BigUint,
}

impl ExactPower {
    fn first() -> Self {
        Self { k: 0, numerator: big(1), denominator: big(1) }
    }

    fn advance(&mut self) {
        self.k += 1;
        self.numerator *= 999_999u32;
        self.denominator *= 1_000_000u32;
    }

    /// Whether `reward <= price x 15 % x 0.999999^k < reward + 1`: the floor without a division.
    fn floors_to(&self, price: u128, reward: u128) -> bool {
        let share = big(price) * 15u32 * &self.numerator;
        let whole = |reward| big(reward) * 100u32 * &self.denominator;
        whole(reward) <= share && share < whole(reward + 1)
    }

    fn reward(&self, price: u128) -> u128 {
        let falling = big(price) * 15u32 * &self.numerator / (&self.denominator * 100u32);
        with_floor(small(&falling), price)
    }
}

/// 0.999999^k in 2^-600, rounded down at each step from the lowest bit up: another order than the library's.
fn power_of_600_places(k: u64) -> BigUint {
    let one = big(1) << PLACES;
    let mut square = &one * 999_999u32 / 1_000_000u32;
    let mut power = one;
    for bit in 0..(64 - k.leading_zeros()) {
        if (k >> bit) & 1 == 1 {
            power = (power * &square) >> PLACES;
        }
        square = (&square * &square) >> PLACES;
    }
    power
}

/// The reward from 600 places; fails loudly where even these do not decide it.
fn oracle(power: &BigUint, price: u128) -> u128 {
    let low = big(price) * 15u32 * power;
    // Far above the error of at most 2^25 units in the last place that 2 x 23 roundings make.
    let high = big(price) * 15u32 * (power + (big(1) << 64u32));
    let floors = [low, high].map(|value| small(&((value / 100u32) >> PLACES)));
    assert_eq!(floors[0], floors[1], "600 places decide");
    with_floor(floors[0], price)
}

/// Prices up to `HIGHEST` whose reward lies nearest to a whole number of wei: the denominators of the continued
/// fraction of `0.15 x power`, and their neighbours.
fn treacherous_prices(power: &BigUint) -> Vec<u128> {
    let (mut a, mut b) = ((big(1) << PLACES) * 100u32, power * 15u32);
    let (mut before, mut denominator) = (big(0), big(1));
    let mut prices = Vec::new();
    while b != big(0) {
        let next = &a / &b * &denominator + &before;
        (a, b) = (b.clone(), a % b);
        (before, denominator) = (denominator, next);
        if denominator > big(HIGHEST) {
            break;
        }
        let price = small(&denominator);
        prices.extend([price - 1, price, price + 1].into_iter().filter(|p| (1..=HIGHEST).contains(p)));
    }
    prices
}

const PRICES: [u128; 16] = [
    1,
    7,
    999,
    1_000,
    1_001,
    Wei::PER_DIMO / 10,
    Wei::PER_DIMO,
    10 * Wei::PER_DIMO,
    50 * Wei::PER_DIMO,
    70 * Wei::PER_DIMO,
    80 * Wei::PER_DIMO,
    120 * Wei::PER_DIMO,
    150 * Wei::PER_DIMO,
    12_345_678_901_234_567_890_123,
    HIGHEST - 1,
    HIGHEST,
];

#[test]
fn the_first_3000_sales_agree_with_exact_integers() {
    let curve = Curve::dip4();
    let mut power = ExactPower::first();
    while power.k < 3_000 {
        for price in PRICES {
            let reward = reward(&curve, power.k + 1, price);
            assert!(power.floors_to(price, reward), "n {}, price {price}: {reward}", power.k + 1);
        }
        power.advance();
    }
}

#[test]
fn whole_rewards_of_early_sales_lose_no_wei() {
    // Where 20 x 10^(6k) divides 3 x price the reward is a whole number, which a truncated power misses by one.
    let curve = Curve::dip4();
    let mut power = ExactPower::first();
    while power.k <= 3 {
        let step = 20 * 10u128.pow(6 * u32::try_from(power.k).unwrap());
        for times in (1..=1_000).chain([HIGHEST / step]) {
            let price = step * times;
            assert_eq!(big(price) * 15u32 * &power.numerator % (&power.denominator * 100u32), big(0));
            for near in [price - 1, price, price + 1] {
                assert_eq!(
                    reward(&curve, power.k + 1, near),
                    power.reward(near),
                    "k {}, price {near}",
                    power.k
                );
            }
        }
        power.advance();
    }
}

#[test]
fn late_sales_agree_with_600_places() {
    let curve = Curve::dip4();
    for n in [1_000, 30_000, 100_000, 1_000_000, 5_010_633, FIRST_AT_FLOOR, 5_200_000] {
        let power = power_of_600_places(n - 1);
        for price in PRICES {
            assert_eq!(reward(&curve, n, price), oracle(&power, price), "n {n}, price {price}");
        }
    }
}

#[test]
fn prices_chosen_against_the_interval_agree_with_600_places() {
    let curve = Curve::dip4();
    let mut tried = 0;
    for n in (4..60).chain([100, 1_000, 30_000, 99_999, 100_000, 1_000_000, 3_141_592, 5_000_000, 5_010_633])
    {
        let power = power_of_600_places(n - 1);
        for price in treacherous_prices(&power) {
            // The exact power where the reward may be whole, which 600 places cannot decide.
            let expected = if n < 60 {
                let mut exact = ExactPower::first();
                (1..n).for_each(|_| exact.advance());
                exact.reward(price)
            } else {
                oracle(&power, price)
            };
            assert_eq!(reward(&curve, n, price), expected, "n {n}, price {price}");
            tried += 1;
        }
    }
    assert!(tried > 2_000, "only {tried} prices");
}

#[test]
fn the_vectors_of_pythons_decimal_hold() {
    // Decimal('0.15') * Decimal('0.999999') ** (n - 1) with 120 digits, floored to 28 decimals.
    let curve = Curve::dip4();
    for (n, share) in [
        (1, "0.15"),
        (2, "0.14999985"),
        (1_000, "0.1498502247503059116372856466"),
        (30_000, "0.14556697341574575250838642"),
        (100_000, "0.1357257416448505910222875233"),
        (1_000_000, "0.0551819437666905308334005521"),
        (5_010_633, "0.0010000007887788966240049647"),
        (FIRST_AT_FLOOR, "0.001"),
        (u64::MAX, "0.001"),
    ] {
        assert_eq!(curve.share(SaleNumber::new(n).unwrap()).to_string(), share, "n {n}");
    }
    for (price, n, wei) in [
        (50, 1, 7_500_000_000_000_000_000),
        (50, 100_000, 6_786_287_082_242_529_551),
        (10, 1, 1_500_000_000_000_000_000),
        (150, 1, 22_500_000_000_000_000_000),
    ] {
        assert_eq!(reward(&curve, n, price * Wei::PER_DIMO), wei);
    }
}

#[test]
fn the_floor_first_applies_at_sale_5010634() {
    let curve = Curve::dip4();
    assert!(reward(&curve, FIRST_AT_FLOOR - 1, HIGHEST) > HIGHEST / 1000);
    assert_eq!(reward(&curve, FIRST_AT_FLOOR, HIGHEST), HIGHEST / 1000);
    // Without the floor the share would be below 0.1 %.
    assert!(power_of_600_places(FIRST_AT_FLOOR - 1) * 15u32 < (big(1) << PLACES) / 10u32);
}

static CURVE: LazyLock<Curve> = LazyLock::new(Curve::dip4);

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_sale_at_any_price_agrees_with_600_places(n in 60u64..6_000_000, price in 1..=HIGHEST) {
        prop_assert_eq!(reward(&CURVE, n, price), oracle(&power_of_600_places(n - 1), price));
    }

    #[test]
    fn any_early_sale_at_any_price_agrees_with_exact_integers(n in 1u32..=2_000, price in 1..=HIGHEST) {
        let (numerator, denominator) = (big(999_999).pow(n - 1), big(1_000_000).pow(n - 1));
        let exact = ExactPower { k: u64::from(n) - 1, numerator, denominator };
        prop_assert_eq!(reward(&CURVE, u64::from(n), price), exact.reward(price));
    }

    #[test]
    fn any_sale_at_a_price_beyond_the_highest_agrees_with_600_places(n in 60u64..6_000_000, price in HIGHEST..=u128::MAX) {
        prop_assert_eq!(reward(&CURVE, n, price), oracle(&power_of_600_places(n - 1), price));
    }

    #[test]
    fn a_later_sale_never_earns_more(n in 1u64..6_000_000, step in 1u64..1_000_000, price in 1..=u128::MAX) {
        prop_assert!(reward(&CURVE, n + step, price) <= reward(&CURVE, n, price));
    }
}
