//! VINs and Japanese chassis numbers.

use dimo_types::{ChassisNumber, CheckDigit, VehicleNumber, VehicleNumberError, Vin, VinError};
use proptest::prelude::*;

#[test]
fn published_north_american_numbers_pass() {
    // The worked examples of 49 CFR 565 in print and of the usual articles on VINs.
    for vin in ["1M8GDM9AXKP042788", "1HGBH41JXMN109186", "5GZCZ43D13S812715"] {
        assert_eq!(vin.parse::<Vin>().map(|parsed| parsed.check_digit()), Ok(CheckDigit::Right), "{vin}");
    }
}

#[test]
fn a_wrong_check_digit_is_refused_in_north_america_only() {
    let wrong = VinError::CheckDigit { expected: 'X', found: '5' };
    assert_eq!("1M8GDM9A5KP042788".parse::<Vin>(), Err(wrong));
    // The same digits behind a European, Japanese or Chinese first letter are taken as they are.
    for first in ["W", "J", "L", "S", "Y", "6", "9"] {
        let vin = format!("{first}M8GDM9A_KP042788");
        for ninth in "0123456789X".chars() {
            assert!(vin.replace('_', &ninth.to_string()).parse::<Vin>().is_ok(), "{first} {ninth}");
        }
    }
}

#[test]
fn a_letter_for_a_check_digit_is_refused_unless_it_is_the_european_filler() {
    assert_eq!("1M8GDM9AAKP042788".parse::<Vin>(), Err(VinError::Character { place: 9 }));
    assert!("3VWZZZ16ZDM000001".parse::<Vin>().is_ok(), "built in Mexico for Europe");
}

#[test]
fn a_reported_number_is_taken_without_its_check() {
    let reported = Vin::as_reported("1M8GDM9A5KP042788").unwrap();
    assert_eq!(reported.check_digit(), CheckDigit::Wrong { expected: 'X', found: '5' });
    let number = VehicleNumber::as_reported("1M8GDM9A5KP042788");
    assert_eq!(number, Ok(VehicleNumber::Vin(reported)));
}

#[test]
fn letters_are_written_in_upper_case() {
    assert_eq!("1m8gdm9axkp042788".parse::<Vin>().unwrap().as_str(), "1M8GDM9AXKP042788");
    assert_eq!("zvw30-1234567".parse::<ChassisNumber>().unwrap().as_str(), "ZVW30-1234567");
}

#[test]
fn what_is_no_vin_says_why() {
    let refused = [
        ("", VinError::Length { len: 0 }),
        ("1M8GDM9AXKP04278", VinError::Length { len: 16 }),
        ("1M8GDM9AXKP0427888", VinError::Length { len: 18 }),
        ("1M8GDM9AXKPO42788", VinError::Character { place: 12 }),
        ("IM8GDM9AXKP042788", VinError::Character { place: 1 }),
        ("1M8GDM9AXKP04278Q", VinError::Character { place: 17 }),
        ("1M8GDM9AXKP 42788", VinError::Character { place: 12 }),
        ("00000000000000000", VinError::Placeholder),
        ("11111111111111111", VinError::Placeholder),
    ];
    for (text, reason) in refused {
        assert_eq!(text.parse::<Vin>(), Err(reason), "{text}");
        assert_eq!(text.parse::<VehicleNumber>(), Err(VehicleNumberError::Vin(reason)), "{text}");
    }
}

#[test]
fn chassis_numbers_of_the_japanese_market_are_accepted_as_such() {
    for text in
        ["ZVW30-1234567", "ZWR90-8000186", "AE86-5012345", "S15-012345", "GRS180-0012345", "ZWR980001"]
    {
        let number: VehicleNumber = text.parse().unwrap();
        assert!(matches!(number, VehicleNumber::Chassis(_)), "{text}");
        assert_eq!(number.as_str(), text);
        assert_eq!(VehicleNumber::as_reported(text), Ok(number));
    }
}

#[test]
fn what_has_not_the_form_of_a_chassis_number_is_refused() {
    for text in [
        "",
        "-1234567",
        "Z-1234567",
        "ZVW30-",
        "ZVW30-1234",
        "ZVW30-12345678",
        "ZVW30-12345A",
        "ABCDEFGH-12345",
        "ZVW30--123456",
        "ZVW30_123456",
        "1111111",
        "ZVW 30-12345",
    ] {
        assert_eq!(text.parse::<ChassisNumber>(), Err(VehicleNumberError::Chassis), "{text:?}");
    }
}

proptest! {
    #[test]
    fn one_wrong_digit_of_a_north_american_serial_number_is_noticed(
        body in "[1-5][A-HJ-NPR-Z0-9]{7}X[A-HJ-NPR-Z0-9]{2}[0-9]{6}", place in 11usize..17, shift in 1u8..10,
    ) {
        let expected = match Vin::as_reported(&body).unwrap().check_digit() {
            CheckDigit::Wrong { expected, .. } => expected,
            _ => 'X',
        };
        let mut right = body.into_bytes();
        right[8] = expected as u8;
        prop_assert!(core::str::from_utf8(&right).unwrap().parse::<Vin>().is_ok());
        right[place] = b'0' + (right[place] - b'0' + shift) % 10;
        let misread = core::str::from_utf8(&right).unwrap().parse::<Vin>();
        prop_assert!(matches!(misread, Err(VinError::CheckDigit { .. })), "{misread:?}");
    }

    #[test]
    fn no_text_makes_parsing_panic_and_every_number_survives_its_text(text in "\\PC{0,20}|[A-Z0-9-]{5,18}") {
        if let Ok(number) = text.parse::<VehicleNumber>() {
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }
        let _ = VehicleNumber::as_reported(&text);
    }
}
