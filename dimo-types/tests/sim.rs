//! SIM and modem numbers.

use core::str::FromStr;

use dimo_types::{ConnectivityProvider, Country, Iccid, Imei, Imsi, SimError, SimIdentity};
use proptest::prelude::*;

#[test]
fn published_numbers_are_accepted() {
    // IMEIs and the first ICCID as printed in articles on them; the second ICCID's check digit computed by hand.
    for imei in ["490154203237518", "352099001761481", "356938035643809"] {
        assert_eq!(Imei::from_str(imei).unwrap().to_string(), imei);
    }
    for iccid in ["89014103211118510720", "8991101200003204514"] {
        assert_eq!(Iccid::from_str(iccid).unwrap().to_string(), iccid);
    }
}

#[test]
fn a_number_of_the_wrong_length_or_kind_is_refused() {
    assert_eq!(Imei::from_str("49015420323751"), Err(SimError::Length { len: 14 }));
    assert_eq!(Imei::from_str("49015420323751X"), Err(SimError::NotDecimal));
    assert_eq!(Iccid::from_str("891"), Err(SimError::Length { len: 3 }));
    assert_eq!(Iccid::from_str("8991101200003204514F"), Err(SimError::NotDecimal));
    assert_eq!(Iccid::from_str("490000000000000007"), Err(SimError::Prefix));
    assert_eq!(Imsi::from_str("1234567890123456"), Err(SimError::Length { len: 16 }));
    assert_eq!(Imsi::from_str("31015"), Err(SimError::Length { len: 5 }));
}

#[test]
fn a_subscription_tells_its_home_country() {
    let home = |imsi: &str| imsi.parse::<Imsi>().unwrap().home_country();
    assert_eq!(home("302720123456789"), Some(Country::CANADA));
    assert_eq!(home("262011234567890"), "DE".parse().ok());
    assert_eq!(home("901700000012345"), None, "a global SIM has no country");
}

#[test]
fn the_connectivity_provider_of_the_dip_or_an_own_one() {
    assert_eq!(ConnectivityProvider::Twilio.name(), "Twilio");
    assert_eq!(ConnectivityProvider::Own("Example").name(), "Example");
}

#[test]
fn the_identity_of_a_sim_is_the_card_and_the_subscription() {
    let sim = SimIdentity {
        iccid: "8991101200003204514".parse().unwrap(),
        imsi: "404101234567890".parse().unwrap(),
    };
    assert_eq!(sim.imsi.home_country(), "IN".parse().ok());
}

/// Fourteen digits with the check digit that makes them an IMEI, found by trying all ten.
fn imei() -> impl Strategy<Value = String> {
    "[0-9]{14}".prop_map(|body| {
        let fits = |digit: &u8| format!("{body}{digit}").parse::<Imei>().is_ok();
        let digits: Vec<u8> = (0..10).filter(fits).collect();
        assert_eq!(digits.len(), 1, "exactly one check digit fits {body}");
        digits.iter().fold(body.clone(), |imei, digit| format!("{imei}{digit}"))
    })
}

proptest! {
    #[test]
    fn one_wrong_digit_is_always_noticed(imei in imei(), place in 0usize..15, shift in 1u8..10) {
        let mut wrong = imei.into_bytes();
        wrong[place] = b'0' + (wrong[place] - b'0' + shift) % 10;
        let wrong = String::from_utf8(wrong).unwrap();
        prop_assert_eq!(wrong.parse::<Imei>(), Err(SimError::CheckDigit));
    }

    #[test]
    fn neighbours_swapped_are_noticed_but_for_09_and_90(imei in imei(), place in 0usize..14) {
        let mut swapped = imei.clone().into_bytes();
        swapped.swap(place, place + 1);
        let pair = (swapped[place], swapped[place + 1]);
        let blind = pair.0 == pair.1 || pair == (b'0', b'9') || pair == (b'9', b'0');
        prop_assert_eq!(String::from_utf8(swapped).unwrap().parse::<Imei>().is_ok(), blind);
    }
}
