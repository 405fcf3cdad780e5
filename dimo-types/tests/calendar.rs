//! Months added to a time, against the calendar as a child learns it.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

use dimo_types::{Month, Timestamp};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Thirty days has September...
const fn days_in(year: u64, month: u64) -> u64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The time `count` months later, by its text; `None` after 9999.
fn naive(time: Timestamp, count: u32) -> Option<String> {
    let text = time.to_string();
    let number = |place: core::ops::Range<usize>| text[place].parse::<u64>().unwrap();
    let months = number(0..4) * 12 + number(5..7) - 1 + u64::from(count);
    let (year, month) = (months / 12, months % 12 + 1);
    let day = number(8..10).min(days_in(year, month));
    (year <= 9999).then(|| format!("{year:04}-{month:02}-{day:02}{}", &text[10..]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn months_are_added_as_the_calendar_has_them(
        micros in 0..=Timestamp::MAX.as_micros(),
        count in prop_oneof![0u32..30, 0u32..100_000, any::<u32>()],
    ) {
        let time = Timestamp::from_micros(micros).unwrap();
        let later = time.checked_add_months(count);
        prop_assert_eq!(later.map(|later| later.to_string()), naive(time, count));
        if let Some(later) = later {
            prop_assert_eq!(Month::of(later), Month::of(time).plus(count));
        }
    }
}

#[test]
fn a_month_without_the_day_has_its_last() {
    for (time, count, later) in [
        ("2023-08-31T00:00:00Z", 6, "2024-02-29T00:00:00Z"),
        ("2022-08-31T23:59:59.999999Z", 6, "2023-02-28T23:59:59.999999Z"),
        ("2024-02-29T12:00:00Z", 12, "2025-02-28T12:00:00Z"),
        ("2024-02-29T12:00:00Z", 48, "2028-02-29T12:00:00Z"),
        ("1999-12-31T00:00:00Z", 2, "2000-02-29T00:00:00Z"),
        ("2099-12-31T00:00:00Z", 2, "2100-02-28T00:00:00Z"),
        ("2023-01-31T00:00:00Z", 0, "2023-01-31T00:00:00Z"),
        ("2023-12-31T00:00:00Z", 6, "2024-06-30T00:00:00Z"),
    ] {
        assert_eq!(at(time).checked_add_months(count), Some(at(later)), "{time} and {count} months");
    }
}

#[test]
fn the_calendar_ends_with_the_year_9999() {
    assert_eq!(at("9999-06-30T00:00:00Z").checked_add_months(6), Some(at("9999-12-30T00:00:00Z")));
    assert_eq!(at("9999-07-01T00:00:00Z").checked_add_months(6), None);
    assert_eq!(Timestamp::MAX.checked_add_months(0), Some(Timestamp::MAX));
    assert_eq!(Timestamp::MAX.checked_add_months(1), None);
    assert_eq!(Timestamp::EPOCH.checked_add_months(u32::MAX), None);
}
