//! SPEC.md says what the code does: its vectors, its tables, its sizes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]

use std::time::Duration;

use dimo_pairing::{
    Answer, Device, FRAGMENT_MAX, Fragmenter, Limits, Memory, Mtu, NoiseKey, Opening, PACKET_MAX, Phone,
    Refusal, Seed, gatt,
};
use dimo_types::Timestamp;

#[path = "../examples/vectors/mod.rs"]
mod vectors;
#[path = "../examples/workshop/mod.rs"]
mod workshop;

const SPEC: &str = include_str!("../SPEC.md");

/// A section of the document, by its number.
fn section(number: u8) -> &'static str {
    let begin = SPEC.find(&format!("\n## {number}. ")).unwrap() + 1;
    let rest = SPEC.get(begin..).unwrap();
    let end = rest.find(&format!("\n## {}. ", number + 1)).map_or(rest.len(), |end| end + 1);
    rest.get(..end).unwrap()
}

/// The rows of its tables.
fn rows(number: u8) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = section(number).lines().filter(|line| line.starts_with('|'));
    lines.map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

#[test]
fn the_vectors_are_those_that_the_machines_make() {
    let made = vectors::section_13().unwrap();
    let written = section(13).trim_end();
    for (made, written) in made.lines().zip(written.lines()) {
        assert_eq!(made, written);
    }
    assert_eq!(made.trim_end(), written);
}

#[cfg(feature = "pin")]
#[test]
fn the_vectors_of_the_pin_are_those_that_the_machines_make() {
    assert_eq!(vectors::section_14().unwrap().trim_end(), section(14).trim_end());
}

#[test]
fn the_times_are_those_of_the_limits() {
    let phone_begins = Timestamp::from_secs(1_000).unwrap();
    let mut phone = Phone::new(NoiseKey::from_bytes([7; 32]), None);
    let secret = workshop::label().unwrap().secret.pre_shared_key(&vectors::address().unwrap());
    phone.connect(phone_begins, Mtu::MIN, Seed::from_bytes([8; 32]), Opening::Label(secret));
    let again = phone.poll_timeout().unwrap().micros_since(phone_begins);
    let limits = Limits::SPEC;
    let expected = [
        ("presence window", limits.presence_window),
        ("between two fragments of a packet", limits.fragment_gap),
        ("PIN exchange; handshake after it", limits.handshake),
        ("link without handshake and session", limits.handshake),
        ("session without grant", limits.ungranted),
        ("session without any request or work", limits.idle),
        ("work without progress", limits.job),
        ("silence before a packet is sent again", Duration::from_micros(again.unsigned_abs())),
        ("silence before it gives up", Limits::PHONE_WAIT),
    ];
    let written: Vec<_> = rows(12)
        .skip(2)
        .map(|row| {
            let secs = row[2].split(' ').next().unwrap().parse().unwrap();
            (row[0], Duration::from_secs(secs))
        })
        .collect();
    assert_eq!(written, expected);
    assert_eq!(limits.remember, Duration::from_secs(90 * 24 * 3600));
    assert!(section(7).contains("90 days from now at most"));
    assert_eq!(limits.hold_awake_secs, 900);
    assert!(section(8).contains("seconds 2: at most 900,"));
    assert_eq!(limits.signature_every, Duration::from_secs(600));
    assert!(section(9).contains("one more for each 600 s"));
}

/// The reason of a sealed refusal, as a phone reads it.
fn read(code: u8) -> Refusal {
    let mut message = vec![0xFF, 0, 1, code];
    if code == 13 {
        message.extend([0; 4]);
    }
    match Answer::parse(&message).unwrap() {
        (_, Answer::Refused(refusal)) => refusal,
        (_, other) => panic!("{other:?}"),
    }
}

#[test]
fn the_reasons_are_those_that_a_phone_knows() {
    let written: Vec<u8> = rows(10).filter_map(|row| row[0].parse().ok()).collect();
    let known: Vec<u8> = (0..=255).filter(|code| !matches!(read(*code), Refusal::Unrecognised(_))).collect();
    assert_eq!(written, known);
    assert!(known.iter().all(|code| read(*code).code() == *code));
}

#[test]
fn the_uuids_are_those_that_a_device_serves() {
    let [service, request, answer] = [gatt::PAIRING.uuid, gatt::REQUEST.uuid, gatt::ANSWER.uuid];
    let base = SPEC.split("Base UUID `").nth(1).unwrap().split('`').next().unwrap();
    for (short, what, uuid) in [
        ("`0001`", "service \"pairing\"", service),
        ("`0002`", "characteristic \"request\"", request),
        ("`0003`", "characteristic \"answer\"", answer),
    ] {
        let row = rows(2).find(|row| row[0] == short).unwrap();
        assert!(row[1].starts_with(what), "{row:?}");
        assert_eq!(base.replace("xxxx", short.trim_matches('`')), uuid.to_string());
    }
}

/// A packet in one fragment, as its sender would cut it.
fn whole(packet: &[u8]) -> Vec<u8> {
    let mut fragmenter = Fragmenter::<PACKET_MAX>::new();
    fragmenter.load(packet).unwrap();
    fragmenter.next_fragment(Mtu::MAX, &mut [0; FRAGMENT_MAX]).unwrap().to_vec()
}

#[test]
fn the_att_errors_are_those_that_a_device_rejects_with() {
    let wrong_checksum = [&[0xC0, 0, 1], &[0; 4][..], &[0x01]].concat();
    let mut wrong_length = whole(&[1; 9]);
    wrong_length.pop();
    let sealed = whole(&[&[0x02, 0, 0, 0, 99], &[0; 19][..]].concat());
    let stranger = || {
        let setup = workshop::setup().unwrap();
        let mut device = Device::new(setup, Memory::new(), Limits::SPEC);
        device.handle_connected(Timestamp::EPOCH, Mtu::MAX, Seed::from_bytes([8; 32]));
        device
    };
    let bad = [
        (0x80, stranger(), vec![]),
        (0x81, stranger(), vec![0x05, 1]),
        (0x82, stranger(), vec![0x80, 0xFF, 0xFF, 0, 0, 0, 0, 1]),
        (0x83, stranger(), wrong_length),
        (0x84, stranger(), wrong_checksum),
        (0x85, stranger(), whole(&[0x77, 1, 2])),
        (0x86, stranger(), sealed.clone()),
        (0x87, vectors::device_in_a_session().unwrap(), sealed),
    ];
    let written: Vec<_> = rows(11).skip(2).map(|row| row[0].trim_matches('`').to_owned()).collect();
    assert_eq!(written, bad.each_ref().map(|(code, ..)| format!("{code:#04x}")));
    let now = Timestamp::from_secs(1_000).unwrap();
    for (code, mut device, fragment) in bad {
        let error = device.handle_fragment(now, &fragment).unwrap_err();
        assert_eq!(error.att_error(), code, "{error}");
    }
}

/// How many fragments a packet of `len` bytes has at MTU 23.
fn fragments(len: usize) -> usize {
    let mut fragmenter = Fragmenter::<PACKET_MAX>::new();
    fragmenter.load(&vec![0; len]).unwrap();
    let mut buffer = [0; FRAGMENT_MAX];
    core::iter::from_fn(|| fragmenter.next_fragment(Mtu::MIN, &mut buffer).map(<[u8]>::len)).count()
}

#[test]
fn a_first_handshake_is_thirteen_fragments_at_the_smallest_mtu() {
    // Empty payloads, and as the document has it: with the versions in the second.
    assert_eq!(fragments(1 + 2 + 48) + fragments(1 + 96) + fragments(1 + 64), 13);
    assert_eq!(fragments(1 + 2 + 48) + fragments(1 + 99) + fragments(1 + 64), 13);
    let cut = section(13).split("in ").filter_map(|text| text.split_once(" fragments at MTU 23:"));
    let counts: Vec<usize> = cut.filter_map(|(count, _)| count.parse().ok()).collect();
    assert_eq!(counts, [3, 6, 4]);
}

#[test]
fn a_first_pairing_is_six_round_trips() {
    assert_eq!(vectors::round_trips_of_a_first_pairing().unwrap(), 6);
}
