//! Lists page by page.

use dimo_pairing::*;
use dimo_types::TroubleCode;

use crate::answer_bytes;
use crate::samples::page;

#[test]
fn page_by_page_a_phone_gets_every_trouble_code() {
    let codes: Vec<_> = (1..=150u16)
        .map(|code| TroubleEntry {
            status: TroubleStatus::Pending,
            code: TroubleCode::from_bytes(code.to_be_bytes()).unwrap(),
        })
        .collect();
    let mut got = Vec::new();
    loop {
        let first = u16::try_from(got.len()).unwrap();
        let list = TroubleCodes::page(&codes, first, page());
        assert!(answer_bytes(1, &Answer::TroubleCodes(list)).len() <= MESSAGE_MAX);
        assert_eq!(list.total(), 150);
        got.extend(list.iter());
        if list.iter().next().is_none() {
            break;
        }
    }
    assert_eq!(got, codes);
}

#[test]
fn page_by_page_a_phone_gets_every_network() {
    let networks: Vec<_> = (1..=40u8)
        .map(|n| WifiNetwork {
            security: WifiSecurity::Wpa3,
            signal: -i8::try_from(n).unwrap(),
            name: WifiName::new(&vec![n; usize::from(n % 32) + 1]).unwrap(),
        })
        .collect();
    let mut got = Vec::new();
    loop {
        let list = WifiNetworks::page(&networks, u8::try_from(got.len()).unwrap(), page());
        assert!(answer_bytes(1, &Answer::WifiNetworks(list)).len() <= MESSAGE_MAX);
        assert_eq!(list.total(), 40);
        got.extend(list.iter());
        if list.iter().next().is_none() {
            break;
        }
    }
    assert_eq!(got, networks);
}

#[test]
fn page_by_page_a_phone_gets_every_line_of_the_log() {
    let log: Vec<_> = (100..160u32).map(|n| (n, "x".repeat((n % 90) as usize))).collect();
    let (mut got, mut after) = (Vec::new(), 0);
    loop {
        let lines = log.iter().map(|(number, line)| (*number, line.as_bytes()));
        let list = LogLines::page(lines, after, page());
        got.extend(list.iter().map(str::to_owned));
        if list.last() == after {
            break;
        }
        after = list.last();
    }
    assert_eq!(got, log.into_iter().map(|(_, line)| line).collect::<Vec<_>>());
}

#[test]
fn a_line_that_no_answer_takes_is_cut_and_does_not_stop_the_log() {
    let long = [b'x'; 1_000];
    let lines: [(u32, &[u8]); 2] = [(1, &long), (2, b"after")];
    let first = LogLines::page(lines, 0, page());
    assert_eq!((first.last(), first.iter().next().unwrap().len()), (1, LogLines::LINE_MAX));
    assert_eq!(answer_bytes(1, &Answer::LogLines(first)).len(), MESSAGE_MAX);
    let second = LogLines::page(lines, 1, page());
    assert_eq!((second.last(), second.iter().collect::<Vec<_>>()), (2, vec!["after"]));
}

#[test]
fn a_log_without_a_new_line_tells_the_number_that_was_asked_for() {
    let none = LogLines::page([], 77, page());
    assert_eq!((none.last(), none.iter().count()), (77, 0));
}

#[test]
fn the_fingerprint_of_a_key_is_the_beginning_of_its_hash() {
    // SHA-256 of 32 zero bytes, as published for many an empty leaf.
    let fingerprint = KeyFingerprint::of(&PublicKey::new([0; 32]));
    assert_eq!(fingerprint.as_bytes(), &[0x66, 0x68, 0x7A, 0xAD, 0xF8, 0x62, 0xBD, 0x77]);
}
