//! Advertising: byte for byte as SPEC.md has it, recognised by the phones of the device and by nobody else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]

mod util;

use dimo_pairing::{Advertisement, AdvertisingError, AdvertisingFlags as Flags, HintKey, LabelSecret};
use dimo_types::Address;
use proptest::prelude::*;
use util::{hex, unhex};

/// Of the first vector in `label.rs`.
fn hint_key() -> HintKey {
    let address = Address::new(unhex("f39fd6e51aad88f6f4ce6ab8827279cfffb92266"));
    LabelSecret::new(unhex("000102030405060708090a0b0c0d0e0f")).hint_key(&address)
}

fn stranger() -> HintKey {
    HintKey::new([9; 16])
}

const NONCE: [u8; 4] = [1, 2, 3, 4];
/// The service's UUID as it is sent.
const UUID: &str = "33e1f951c4f7bc85804bbc9e01007021";

#[test]
fn the_advertising_data_are_flags_and_the_pairing_service() {
    assert_eq!(hex(&Advertisement::advertising_data()), format!("0201061107{UUID}"));
}

#[test]
fn the_scan_response_is_service_data_with_a_hint() {
    // The hints by HMAC of Python's `cryptography` 50.
    let open = Advertisement::with_label(Flags::OPEN, &hint_key(), NONCE);
    assert_eq!(hex(&open.scan_response()), format!("1b21{UUID}0103010203046a73c414"));
    let all = Flags::PIN.and(Flags::GEN1).and(Flags::LABEL);
    let closed = Advertisement::with_label(all, &hint_key(), [0xFF; 4]);
    assert_eq!(hex(&closed.scan_response()), format!("1b21{UUID}010effffffffbe3b39c0"));
    assert_eq!(hex(&closed.service_data()), "010effffffffbe3b39c0");
}

#[test]
fn both_packets_fit_into_the_31_bytes_of_bluetooth_4() {
    for packet in [&Advertisement::advertising_data()[..], &Advertisement::new(Flags::PIN).scan_response()] {
        assert!(packet.len() <= 31);
        // Its structures fill it.
        let mut rest = packet;
        while let [len, behind @ ..] = rest {
            rest = &behind[usize::from(*len)..];
        }
    }
}

#[test]
fn a_device_without_a_label_sends_nothing_that_tells_it_from_another() {
    let sent = Advertisement::new(Flags::OPEN.and(Flags::PIN).and(Flags::LABEL));
    assert_eq!(hex(&sent.service_data()), "01050000000000000000");
    assert!(!sent.flags().contains(Flags::LABEL));
    assert!(!sent.is_of(&hint_key()));
}

#[test]
fn a_phone_recognises_its_device_and_nobody_else_does() {
    let sent = Advertisement::with_label(Flags::NONE, &hint_key(), NONCE);
    assert!(sent.is_of(&hint_key()));
    assert!(!sent.is_of(&stranger()));
}

#[test]
fn the_next_nonce_has_nothing_of_the_one_before() {
    let hint =
        |nonce| Advertisement::with_label(Flags::NONE, &hint_key(), nonce).service_data()[6..].to_vec();
    assert_ne!(hint([1, 2, 3, 4]), hint([1, 2, 3, 5]));
}

#[test]
fn a_changed_bit_of_flags_nonce_or_hint_is_of_no_device_known() {
    let sent = Advertisement::with_label(Flags::OPEN, &hint_key(), NONCE).service_data();
    for bit in 8..80 {
        let mut changed = sent;
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(!Advertisement::parse_service_data(&changed).unwrap().is_of(&hint_key()), "bit {bit}");
    }
}

#[test]
fn flags_of_tomorrow_are_kept_and_the_hint_is_over_them_too() {
    // Python's HMAC again, over the flags 0xF2 and a nonce of zeros.
    let heard = Advertisement::parse_service_data(&unhex::<10>("01f2000000003c38a66a")).unwrap();
    assert!(heard.is_of(&hint_key()));
    assert_eq!(heard.flags().bits(), 0xF2);
    assert!(!heard.flags().contains(Flags::OPEN));
    // A sender of today does not send them on.
    let sent = Advertisement::with_label(heard.flags(), &hint_key(), NONCE);
    assert_eq!(sent.flags(), Flags::LABEL);
    assert_eq!(Advertisement::new(heard.flags()).flags(), Flags::NONE);
}

#[test]
fn a_hint_without_the_flag_of_a_label_is_of_nobody() {
    // The right HMAC, by Python, over flags that have no label among them.
    let heard = Advertisement::parse_service_data(&unhex::<10>("0101010203041e0d00ac")).unwrap();
    assert!(!heard.is_of(&hint_key()));
}

#[test]
fn another_format_and_another_length_are_told_apart() {
    let data = Advertisement::new(Flags::OPEN).service_data();
    let mut later = data;
    later[0] = 2;
    assert_eq!(Advertisement::parse_service_data(&later), Err(AdvertisingError::Format { format: 2 }));
    assert_eq!(Advertisement::parse_service_data(&[2]), Err(AdvertisingError::Format { format: 2 }));
    for len in 0..data.len() {
        assert_eq!(Advertisement::parse_service_data(&data[..len]), Err(AdvertisingError::Length { len }));
    }
    let longer = [&data[..], &[0]].concat();
    assert_eq!(Advertisement::parse_service_data(&longer), Err(AdvertisingError::Length { len: 11 }));
}

#[test]
fn the_service_data_are_found_among_other_structures() {
    let sent = Advertisement::with_label(Flags::OPEN, &hint_key(), NONCE);
    let scan = sent.scan_response();
    let find = |data: &[u8]| Advertisement::parse_scan_response(data);
    assert_eq!(find(&scan), Ok(sent));
    assert_eq!(find(&[&Advertisement::advertising_data()[..], &scan, &[0; 13]].concat()), Ok(sent));
    // A name, service data of another service, and a structure of a type alone.
    let other = [&[3, 0x09, b'o', b'k', 27, 0x21][..], &[7; 26], &[1, 0xFF], &scan].concat();
    assert_eq!(find(&other), Ok(sent));

    assert_eq!(find(&Advertisement::advertising_data()), Err(AdvertisingError::Absent));
    assert_eq!(find(&[]), Err(AdvertisingError::Absent));
    // What stands behind an early end is nothing.
    assert_eq!(find(&[&[0][..], &scan].concat()), Err(AdvertisingError::Absent));
    assert_eq!(find(&scan[..27]), Err(AdvertisingError::Truncated));
    assert_eq!(find(&[2, 1]), Err(AdvertisingError::Truncated));
}

fn flags() -> impl Strategy<Value = Flags> {
    let each = [Flags::OPEN, Flags::LABEL, Flags::PIN, Flags::GEN1];
    proptest::sample::subsequence(each.to_vec(), 0..=4)
        .prop_map(|flags| flags.into_iter().fold(Flags::NONE, Flags::and))
}

proptest! {
    #[test]
    fn what_is_sent_is_heard(flags in flags(), nonce: [u8; 4], key: [u8; 16]) {
        let key = HintKey::new(key);
        let sent = Advertisement::with_label(flags, &key, nonce);
        prop_assert!(sent.is_of(&key));
        prop_assert!(sent.flags().contains(flags));
        for sent in [sent, Advertisement::new(flags)] {
            prop_assert_eq!(Advertisement::parse_scan_response(&sent.scan_response()), Ok(sent));
            prop_assert_eq!(Advertisement::parse_service_data(&sent.service_data()), Ok(sent));
        }
    }

    #[test]
    fn what_is_heard_is_sent_on_unchanged(mut data: [u8; 10]) {
        data[0] = 1;
        prop_assert_eq!(Advertisement::parse_service_data(&data).unwrap().service_data(), data);
    }

    #[test]
    fn whatever_is_on_air_is_read_or_refused(
        data in proptest::collection::vec(any::<u8>(), 0..64), before in 0..40usize, after in 0..40usize
    ) {
        let _ = Advertisement::parse_service_data(&data);
        let scan = Advertisement::new(Flags::OPEN).scan_response();
        let around = [&data[..before.min(data.len())], &scan, &data[..after.min(data.len())]].concat();
        // Only a whole scan response, of the right format, is ever taken.
        if let Ok(heard) = Advertisement::parse_scan_response(&around) {
            let found = heard.scan_response();
            prop_assert!(around.windows(found.len()).any(|window| window == found));
        }
    }
}
