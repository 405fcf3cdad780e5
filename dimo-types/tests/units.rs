//! Conversions against exact arithmetic: a decimal goes in, and the double nearest to the converted decimal comes out.
#![allow(clippy::unwrap_used, reason = "a test says what it expects")]

use dimo_types::{Conversion, Scale, Unit};
use proptest::prelude::*;

/// What one unit is in terms of another by definition: `(multiply, add, divide)`.
/// Miles: the international yard and pound agreement of 1959. Gallon: 231 cubic inches.
const DEFINITIONS: [(Unit<'static>, Unit<'static>, i128, i128, i128); 18] = [
    (Unit::MetrePerSecond, Unit::KilometrePerHour, 36, 0, 10),
    (Unit::KilometrePerHour, Unit::MetrePerSecond, 10, 0, 36),
    (Unit::MilePerHour, Unit::KilometrePerHour, 1_609_344, 0, 1_000_000),
    (Unit::MilePerHour, Unit::MetrePerSecond, 44_704, 0, 100_000),
    (Unit::Mile, Unit::Kilometre, 1_609_344, 0, 1_000_000),
    (Unit::Metre, Unit::Kilometre, 1, 0, 1000),
    (Unit::Millimetre, Unit::Metre, 1, 0, 1000),
    (Unit::Fahrenheit, Unit::Celsius, 5, -160, 9),
    (Unit::Celsius, Unit::Fahrenheit, 18, 320, 10),
    (Unit::Bar, Unit::Kilopascal, 100, 0, 1),
    (Unit::Kilopascal, Unit::Bar, 1, 0, 100),
    (Unit::Millivolt, Unit::Volt, 1, 0, 1000),
    (Unit::Kilowatt, Unit::Watt, 1000, 0, 1),
    (Unit::WattHour, Unit::KilowattHour, 1, 0, 1000),
    (Unit::Gallon, Unit::Litre, 3_785_411_784, 0, 1_000_000_000),
    (Unit::Minute, Unit::Second, 60, 0, 1),
    (Unit::Second, Unit::Hour, 1, 0, 3600),
    (Unit::Millisecond, Unit::Hour, 1, 0, 3_600_000),
];

/// The double nearest to a quotient, by long division and the standard library's parser of decimals, which is correctly rounded.
fn nearest(above: i128, below: i128) -> f64 {
    let (whole, mut rest) = (above.abs() / below, above.abs() % below);
    let mut text = format!("{}{whole}.", if above < 0 { "-" } else { "" });
    for _ in 0..40 {
        text.push_str(&(rest * 10 / below).to_string());
        rest = rest * 10 % below;
    }
    // Whatever is left is more than nothing.
    if rest > 0 {
        text.push('1');
    }
    text.parse().unwrap()
}

fn decimal(digits: i128, places: u32) -> f64 {
    format!("{digits}e-{places}").parse().unwrap()
}

#[track_caller]
fn converts(definition: (Unit<'static>, Unit<'static>, i128, i128, i128), digits: i128, places: u32) {
    let (from, to, multiply, add, divide) = definition;
    let conversion = from.exact_conversion_to(to).unwrap();
    let power = 10_i128.pow(places);
    let expected = nearest(digits * multiply + add * power, divide * power);
    let value = decimal(digits, places);
    assert_eq!(conversion.apply(value), expected, "{value} {from} in {to}");
}

#[test]
fn twenty_five_metres_a_second_are_ninety_kilometres_an_hour() {
    let scale = Unit::MetrePerSecond.conversion_to(Unit::KilometrePerHour).unwrap();
    assert_eq!((scale.factor, scale.apply(25.0)), (3.6, 90.0));
    let exact = Unit::MetrePerSecond.exact_conversion_to(Unit::KilometrePerHour).unwrap();
    assert_eq!((exact.apply(25.0), exact.apply(0.1)), (90.0, 0.36));
}

#[test]
fn every_decimal_of_a_few_digits_becomes_the_nearest_double() {
    for definition in DEFINITIONS {
        for places in 0..=4 {
            for digits in (-1200..1200).chain([99_999, 123_457, 999_999, 1_000_001]) {
                converts(definition, digits, places);
            }
        }
    }
}

#[test]
fn factors_and_offsets_are_the_nearest_doubles() {
    for (from, to, multiply, add, divide) in DEFINITIONS {
        let scale = from.conversion_to(to).unwrap();
        let expected = Scale { factor: nearest(multiply, divide), offset: nearest(add, divide) };
        assert_eq!(scale, expected, "{from} in {to}");
    }
    // 4.4482216152605 newtons on a square inch of 6.4516 square centimetres.
    let psi = Unit::Psi.conversion_to(Unit::Kilopascal).unwrap();
    assert_eq!(psi.factor, nearest(44_482_216_152_605, 6_451_600_000_000));
    let percent = Unit::Percent.conversion_to(Unit::Percent).unwrap();
    assert_eq!(percent, Scale::IDENTITY);
}

#[test]
fn there_is_a_way_back_from_every_unit() {
    for (from, to, ..) in DEFINITIONS {
        let (there, back) = (from.exact_conversion_to(to).unwrap(), to.exact_conversion_to(from).unwrap());
        for value in [0.0, 1.0, -40.0, 36.0, 7200.0] {
            let returned = back.apply(there.apply(value));
            assert!((returned - value).abs() <= 1e-12 * value.abs().max(32.0), "{value} {from} by {to}");
        }
    }
}

#[test]
fn what_does_not_change_does_not_change_in_a_bit() {
    for value in [-0.0, 0.1 + 0.2, f64::MIN_POSITIVE, f64::MAX, f64::NEG_INFINITY, f64::NAN] {
        assert_eq!(Conversion::IDENTITY.apply(value).to_bits(), value.to_bits());
    }
}

#[test]
fn what_is_no_short_decimal_is_converted_all_the_same() {
    let kilowatt = Unit::Kilowatt.exact_conversion_to(Unit::Watt).unwrap();
    assert_eq!(kilowatt.apply(1e300), 1e300 * 1000.0);
    assert_eq!(kilowatt.apply(f64::INFINITY), f64::INFINITY);
    assert!(kilowatt.apply(f64::NAN).is_nan());
    let mile = Unit::Metre.exact_conversion_to(Unit::Mile).unwrap();
    assert!((mile.apply(1e307) / (1e307 / 1609.344) - 1.0).abs() < 1e-15, "no overflow on the way");
    assert_eq!(Unit::Volt.exact_conversion_to(Unit::Celsius), None);
    assert_eq!(Unit::Other("furlong").exact_conversion_to(Unit::Metre), None);
}

proptest! {
    #[test]
    fn decimals_become_the_nearest_double(which in 0..DEFINITIONS.len(), digits in -1_000_000i128..1_000_000, places in 0u32..=6) {
        // Digits of the gallon's ratio are the longest: their product with these is below 2^53.
        if let Some(definition) = DEFINITIONS.get(which) {
            converts(*definition, digits, places);
        }
    }

    #[test]
    fn any_number_is_off_by_two_in_the_last_place_at_most(which in 0..DEFINITIONS.len(), value in -1e6f64..1e6) {
        let Some((from, to, ..)) = DEFINITIONS.get(which).filter(|(_, _, _, add, _)| *add == 0) else { return Ok(()) };
        let by_factor = from.conversion_to(*to).unwrap().apply(value);
        let exact = from.exact_conversion_to(*to).unwrap().apply(value);
        prop_assert!((by_factor - exact).abs() <= 2.0 * f64::EPSILON * exact.abs(), "{by_factor} {exact}");
    }
}
