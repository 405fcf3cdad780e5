//! The network's formulas: its own vectors, the whole dialect, and what is refused.
#![expect(clippy::unwrap_used, reason = "a test says what it expects")]

use dimo_dbc::gen1::{
    Dialect, EvaluateError, Formula, FormulaError, FormulaPart, network_id, response_id, two_decimals,
};
use dimo_types::{CanId, Raw, SignalValue};
use proptest::prelude::*;

/// The bytes of `06 41 A6`.
fn bytes(hex: &str) -> Vec<u8> {
    hex.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

fn value(formula: &str, frame: &str) -> Result<f64, EvaluateError> {
    let value = Formula::parse(formula).unwrap().evaluate(&bytes(frame))?;
    Ok(value.as_f64().unwrap())
}

#[track_caller]
fn assert_near(got: f64, expected: f64, what: &str) {
    assert!((got - expected).abs() < 1e-9 * expected.abs().max(1.0), "{what}: {got}, not {expected}");
}

/// Answers to requests: the frame from its length byte on.
#[test]
fn the_networks_vectors_for_answers_give_the_networks_values() {
    for (frame, formula, expected) in [
        ("06 41 A6 00 08 B2 42 00", r#"31|32@0+ (0.1,0) [1|4294967295] "km""#, 56992.2),
        ("06 41 A6 00 01 F2 AD CC", r#"31|32@0+ (0.1,0) [1|4294967295] "km""#, 12766.1),
        ("03 41 05 81 CC CC CC CC", r#"31|8@0+ (1,-40) [-40|215] "degC""#, 89.0),
        ("06 62 DD 01 00 3F 5A CC", r#"39|24@0+ (1,0) [0|2150000] "km""#, 16218.0),
        ("04 41 0C 0F FE", r#"31|16@0+ (0.25,0) [0|16383.75] "rpm""#, 1023.5),
        ("03 41 33 65", r#"31|8@0+ (1,0) [0|255] "kPa""#, 101.0),
        ("03 41 07 A0", r#"31|8@0+ (0.78125,-100) [-100|99.21875] "%""#, 25.0),
        ("22 33 30 32 35 33 31 31", r#"31|8@0+ (1,0) [0|255] "count""#, 50.0),
    ] {
        assert_near(value(formula, frame).unwrap(), expected, formula);
    }
    let throttle = value(r#"31|8@0+ (0.392156862745098,0) [0|100] "%""#, "03 41 2F 67").unwrap();
    assert_eq!(two_decimals(throttle), 40.39);
}

/// Broadcasts, which the network rounds to two decimals.
#[test]
fn the_networks_vectors_for_broadcasts_give_the_networks_values() {
    let tyres = "24 24 39 34 3B 34";
    for (frame, formula, expected) in [
        ("01 42 BC 09 00", r#"7|32@0+ (0.015625,0) [0|67108863.984375] "km""#, 330_480.14),
        (tyres, r#"23|8@1+ (4,0) [0|255] "kpa""#, 228.0),
        (tyres, r#"31|8@1+ (4,0) [0|255] "kpa""#, 208.0),
        (tyres, r#"39|8@1+ (4,0) [0|255] "kpa""#, 236.0),
        (tyres, r#"47|8@1+ (4,0) [0|255] "kpa""#, 208.0),
        ("24 00 00 28 4F 00 FC 27", r#"55|8@1+ (0.392157,0) [0|255] "%""#, 98.82),
        ("00 15 20 00 1A BE A3 07", r#"39|24@0+ (0.1,0) [0|1677721.4] "km""#, 175_273.9),
        ("07 01 97 0F 91 01 16 90", r#"15|24@0+ (1,0) [0|16777214] "km""#, 104_207.0),
    ] {
        assert_eq!(two_decimals(value(formula, frame).unwrap()), expected, "{formula}");
    }
}

#[test]
fn a_value_out_of_range_is_an_error_and_the_limits_are_not() {
    let out = value(r#"31|32@0+ (0.1,0) [1|2] "km""#, "06 41 A6 00 08 B2 42 00").unwrap_err();
    let near = 56992.200000000004;
    assert_eq!(out, EvaluateError::OutOfRange { value: near, minimum: 1.0, maximum: 2.0 });
    assert_eq!(value(r#"7|8@0+ (1,0) [1|2] """#, "01"), Ok(1.0));
    assert_eq!(value(r#"7|8@0+ (1,0) [1|2] """#, "02"), Ok(2.0));
    assert!(value(r#"7|8@0+ (1,0) [1|2] """#, "00").is_err());
}

#[test]
fn zero_and_zero_state_no_range() {
    assert_eq!(value(r#"7|8@0+ (1,0) [0|0] """#, "FF"), Ok(255.0));
}

#[test]
fn a_short_frame_is_an_error() {
    let formula = r#"7|32@0+ (0.015625,0) [0|67108863.984375] "km""#;
    assert_eq!(value(formula, "01 42"), Err(EvaluateError::TooShort { needed: 4, got: 2 }));
}

#[test]
fn intel_from_a_lowest_bit_is_read_as_dbc_files_mean_it() {
    let tyres = "24 24 39 34 3B 34 00 00";
    for (start, expected) in [(16, 228.0), (24, 208.0), (32, 236.0), (40, 208.0)] {
        assert_eq!(value(&format!("{start}|8@1+ (4,0) [0|255] \"kpa\""), tyres), Ok(expected));
    }
}

#[test]
fn the_dialect_of_dbc_files_can_be_asked_for() {
    let tyres = bytes("24 24 39 34 3B 34 00 00");
    for (start, expected) in [(23, 416.0), (31, 472.0), (39, 416.0), (47, 0.0)] {
        let text = format!("{start}|8@1+ (4,0) [0|0] \"kpa\"");
        let (formula, _) = Formula::parse_as(&text, Dialect::Dbc).unwrap();
        assert_eq!(formula.evaluate(&tyres).unwrap().as_f64(), Some(expected), "{text}");
    }
}

#[test]
fn prefix_white_space_unit_and_tail_are_free() {
    let expected = Formula::parse(r#"31|16@0+ (0.25,0) [0|16383.75] "rpm""#).unwrap();
    for text in [
        r#"dbc:31|16@0+ (0.25,0) [0|16383.75] "rpm""#,
        r#"dbc: 31|16@0+ (0.25,0) [0|16383.75] "rpm""#,
        r#"  dbc:  31 | 16 @ 0 + ( 0.25 , 0 )[ 0 | 16383.75 ]"rpm"  "#,
        r#"31|16@0+ (0.25,0) [0|16383.75] """#,
        "31|16@0+ (0.25,0) [0|16383.75]",
        r#"31|16@0+ (2.5e-1,-0) [0|16383.75] "a:b" Vector__XXX // and more"#,
    ] {
        assert_eq!(Formula::parse(text), Ok(expected), "{text}");
    }
}

#[test]
fn a_signed_value_keeps_its_raw_integer() {
    let formula = Formula::parse(r#"7|16@0- (0.5,1) [-100|100] "A""#).unwrap();
    let value = formula.evaluate(&[0xFF, 0xFE]).unwrap();
    assert_eq!(value, SignalValue::Scaled { raw: Raw::Signed(-2), scale: formula.scale() });
    assert_eq!(value.as_f64(), Some(0.0));
}

#[test]
fn an_unsigned_value_of_64_bits_stays_unsigned() {
    let formula = Formula::parse("7|64@0+ (1,0) [0|0]").unwrap();
    let value = formula.evaluate(&[0xFF; 8]).unwrap();
    assert_eq!(value, SignalValue::Scaled { raw: Raw::Unsigned(u64::MAX), scale: formula.scale() });
}

#[test]
fn what_is_no_formula_says_why() {
    let malformed = |part| FormulaError::Malformed { part };
    for (text, expected) in [
        ("", FormulaError::Empty),
        ("  ", FormulaError::Empty),
        ("python:(message.data[3]|8)*256", FormulaError::Python),
        ("custom: odometer", FormulaError::UnknownPrefix),
        ("DBC:7|8@0+ (1,0) [0|1]", FormulaError::UnknownPrefix),
        ("dbc:", malformed(FormulaPart::Start)),
        ("x|8@0+ (1,0) [0|1]", malformed(FormulaPart::Start)),
        ("-7|8@0+ (1,0) [0|1]", malformed(FormulaPart::Start)),
        ("7|@0+ (1,0) [0|1]", malformed(FormulaPart::Size)),
        ("7|8", malformed(FormulaPart::Size)),
        ("7|8@2+ (1,0) [0|1]", malformed(FormulaPart::Order)),
        ("7|8@0 (1,0) [0|1]", malformed(FormulaPart::Sign)),
        ("7|8@0+ [0|1]", malformed(FormulaPart::Scale)),
        ("7|8@0+ (1) [0|1]", malformed(FormulaPart::Scale)),
        ("7|8@0+ (inf,0) [0|1]", malformed(FormulaPart::Scale)),
        ("7|8@0+ (1,NaN) [0|1]", malformed(FormulaPart::Scale)),
        ("7|8@0+ (1,0)", malformed(FormulaPart::Range)),
        ("7|8@0+ (1,0) [0;1]", malformed(FormulaPart::Range)),
        (r#"7|8@0+ (1,0) [0|1] "km"#, malformed(FormulaPart::Unit)),
        ("7|0@0+ (1,0) [0|1]", FormulaError::Place { start: 7, size: 0 }),
        ("7|65@0+ (1,0) [0|1]", FormulaError::Place { start: 7, size: 65 }),
        ("511|8@1+ (1,0) [0|1]", FormulaError::Malformed { part: FormulaPart::Start }),
        ("512|8@0+ (1,0) [0|1]", FormulaError::Place { start: 512, size: 8 }),
        ("7|8@0+ (1,0) [2|1]", FormulaError::EmptyRange { minimum: 2.0, maximum: 1.0 }),
    ] {
        if text.starts_with("511") {
            // The last byte of the longest frame, as the network reads it; as DBC files mean it there is no such place.
            assert!(Formula::parse(text).is_ok());
            let refused = Formula::parse_as(text, Dialect::Dbc);
            assert_eq!(refused, Err(FormulaError::Place { start: 511, size: 8 }));
            continue;
        }
        assert_eq!(Formula::parse(text), Err(expected), "{text}");
    }
}

#[test]
fn two_decimals_round_halves_away_from_zero_and_leave_the_rest() {
    for (value, expected) in [
        (0.0, 0.0),
        (1.005, 1.0), // a hundred times that is 100.49999999999999
        (0.125, 0.13),
        (-0.125, -0.13),
        (0.004_999, 0.0),
        (1e17, 1e17),
        (f64::INFINITY, f64::INFINITY),
        (-1e300, -1e300),
    ] {
        assert_eq!(two_decimals(value), expected, "{value}");
    }
    assert!(two_decimals(f64::NAN).is_nan());
}

#[test]
fn answers_come_under_the_networks_identifiers() {
    for (request, pair, expected) in [
        (0x7DF, None, 0x7E8),
        (0x18DB_33F1, None, 0x18DA_F133),
        (0x18DB_1234, None, 0x18DA_3412),
        (0x7E0, None, 0x7E8),
        (0x7E0, Some("7e0,7e1"), 0x7E1),
        (0x18DB_1234, Some("18db1234,18db1236"), 0x18DB_1236),
        (0x7E0, Some(""), 0x7E8),
        (0x7E0, Some(" 0x7E0 , 0x7E9 "), 0x7E9),
    ] {
        let request = network_id(request).unwrap();
        assert_eq!(response_id(request, pair), Ok(network_id(expected).unwrap()), "{request} {pair:?}");
    }
    for (request, pair) in [(0x7E0, "7e0"), (0x7E0, "7e0,"), (0x7E0, "x,7e8"), (0x7E0, "7e0,20000000")] {
        assert!(response_id(network_id(request).unwrap(), Some(pair)).is_err(), "{pair}");
    }
    let last = CanId::standard(0x7F8).unwrap();
    assert_eq!(response_id(last, None).unwrap_err().to_string(), "request 7F8 has no answer 8 above it");
}

proptest! {
    /// What the network's devices do with whole bytes, in one line.
    #[test]
    fn whole_bytes_are_read_from_the_highest_in_either_order(
        data in prop::collection::vec(any::<u8>(), 1..=64),
        (first, count) in (0usize..64).prop_flat_map(|first| (Just(first), 1..=8usize.min(64 - first))),
        order in 0..2,
    ) {
        let text = format!("{}|{}@{order}+ (1,0) [0|0] \"\"", first * 8 + 7, count * 8);
        let got = Formula::parse(&text).unwrap().evaluate(&data);
        match data.get(first..first + count) {
            Some(bytes) => {
                let expected = bytes.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
                prop_assert_eq!(got.unwrap().as_f64(), Some(expected as f64));
            }
            None => prop_assert_eq!(
                got,
                Err(EvaluateError::TooShort { needed: (first + count) as u8, got: data.len() })
            ),
        }
    }

    #[test]
    fn no_text_is_fatal(text in "(dbc:)? ?[0-9]{0,4}[|]?[0-9]{0,3}[@]?[01x]?[-+]? ?[(]?[0-9.e-]{0,9},?[0-9]{0,2}[)]? ?.{0,20}") {
        if let Ok(formula) = Formula::parse(&text) {
            let _ = formula.evaluate(&[0xA5; 64]);
        }
    }

    #[test]
    fn no_text_at_all_is_fatal(text in any::<String>()) {
        let _ = Formula::parse(&text);
        let _ = response_id(CanId::standard(0x7E0).unwrap(), Some(&text));
    }

    #[test]
    fn two_decimals_are_the_nearest_hundredth(value in -1e9..1e9f64) {
        prop_assert_eq!(two_decimals(value), (value * 100.0).round() / 100.0);
    }
}
