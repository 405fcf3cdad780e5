//! The weaknesses of the interface of the first generation, each shown closed by the secure protocol.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]
#![cfg(feature = "dev")]

mod util;

use dimo_crypto::pairing::Role;
use dimo_crypto::recover;
use dimo_pairing::{
    Action, Advertisement, AdvertisingFlags, Answer, Event, Ignition, MESSAGE_MAX, Mtu, Opening,
    ReceiveError, Refusal, Request, Seed, SignRequest, VinSource,
};
use util::*;

#[test]
fn weakness_01_no_message_has_a_digest_signed_that_the_phone_brings() {
    let mut link = link();
    pair_up(&mut link, at(0));
    let mut session = raw::session(&mut link.device, at(1), &mut link.maker, 20);
    let presented = Request::Grant(grant_for(&mut owner_wallet(), session.hash(), Role::Owner, SOON));
    raw::ask(&mut link.device, at(1), &mut link.maker, &mut session, &raw::message(1, &presented));
    link.maker.signed.clear();
    for kind in 0..=u8::MAX {
        let message = [&[kind, 1, kind][..], &[0xD1; 32]].concat();
        raw::ask(&mut link.device, at(1), &mut link.maker, &mut session, &message);
    }
    assert!(link.maker.signed.is_empty());
    // What it does sign is a struct of four kinds, made of fields.
    ask_claim(&mut link);
}

fn ask_claim(link: &mut dimo_pairing::Link<Workshop>) {
    pair_up(link, at(2));
    link.maker.signed.clear();
    assert!(ask(link, at(3), &Request::Claim(claim())).contains("ClaimProof"));
    assert_eq!(link.maker.signed, [SignRequest::Claim(claim())]);
}

#[test]
fn weakness_02_who_does_not_know_the_label_does_not_get_in_while_nobody_looks() {
    let mut link = link();
    link.connect(at(0), Opening::Label(dimo_pairing::PreSharedKey::from_bytes([0; 32])));
    link.run(at(0));
    assert!(matches!(link.phone.poll_event(), Some(Event::Refused(Refusal::HandshakeFailed))));
    // And nobody gets in first while nobody is present.
    link.device.close_window();
    link.connect(at(1), by_label());
    link.run(at(1));
    assert!(matches!(link.phone.poll_event(), Some(Event::Refused(Refusal::NotPresent))));
}

#[test]
fn weakness_03_a_link_alone_gives_nothing_and_a_new_owner_ends_what_the_old_one_gave() {
    let mut link = link();
    let resumption = pair_up(&mut link, at(0));
    link.device.set_owner(Some(owner()));
    link.device.set_owner(Some(stranger().address()));
    assert_eq!(link.device.role(), None);
    assert_eq!(ask(&mut link, at(1), &Request::Identify), "Failed(WriteRejected { att_error: 134 })");
    link.connect(at(2), Opening::Resume(resumption));
    link.run(at(2));
    assert!(matches!(link.phone.poll_event(), Some(Event::Refused(Refusal::HandshakeFailed))));
}

#[test]
fn weakness_04_pairing_closes_by_itself_and_a_restart_does_not_open_it() {
    let mut link = link();
    assert!(link.device.presence(at(599)).is_some());
    assert!(link.device.presence(at(600)).is_none());
    link.connect(at(600), by_label());
    link.run(at(600));
    assert!(matches!(link.phone.poll_event(), Some(Event::Refused(Refusal::NotPresent))));
    let device = dimo_pairing::Device::new(setup(), link.maker.memory(), dimo_pairing::Limits::SPEC);
    assert!(device.presence(at(601)).is_none());
}

#[test]
fn weakness_05_the_device_proves_its_address_over_this_very_handshake() {
    let mut link = link();
    link.connect(at(0), by_label());
    link.run(at(0));
    assert!(matches!(link.phone.poll_event(), Some(Event::Proven { .. })));
    let [SignRequest::Proof(proof)] = link.maker.signed[..] else { panic!() };
    assert_eq!(Some(&proof.handshake_hash), link.phone.handshake_hash());
    let signature = SignRequest::Proof(proof).sign_blocking(&mut wallet()).unwrap();
    assert_eq!(recover(&proof, &signature).unwrap(), device_address());
    assert!(link.phone.request(at(0), &Request::Identify).is_err(), "nothing is asked before the grant");
}

#[test]
fn weakness_06_an_answer_goes_to_who_asked_and_a_stored_one_says_that_it_is() {
    let mut link = link();
    pair_up(&mut link, at(0));
    let stored = ask(&mut link, at(1), &Request::ReadVin(VinSource::Stored));
    assert!(stored.contains("Stored") && stored.contains("VinAge"), "{stored}");
    // A phone that is gone before the answer; another takes its place.
    link.phone.request(at(2), &Request::ReadVin(VinSource::Vehicle)).unwrap();
    let mut buffer = [0; dimo_pairing::FRAGMENT_MAX];
    while let Some(fragment) = link.phone.poll_transmit(&mut buffer) {
        link.device.handle_fragment(at(2), fragment).unwrap();
    }
    let Some(Action::Perform { job, .. }) = link.device.poll_action() else { panic!() };
    let mut other = raw::session(&mut link.device, at(3), &mut link.maker, 20);
    let answer = Answer::Vin {
        source: VinSource::Vehicle,
        age: dimo_pairing::VinAge::seconds(0),
        number: dimo_types::VehicleNumber::as_reported(VIN).unwrap(),
    };
    link.device.handle_answer(job, &answer).unwrap();
    assert_eq!(raw::read(&mut link.device), None);
    let said = raw::say(&mut link.device, at(3), &mut other, &raw::message(9, &Request::Identify)).unwrap();
    assert_eq!(said[0], 0xFF);
}

#[test]
fn weakness_07_nothing_on_the_air_tells_one_device_from_another_without_its_label() {
    let key = label().hint_key(&device_address());
    let seen = |nonce| Advertisement::with_label(AdvertisingFlags::LABEL, &key, nonce);
    let (first, second) = (seen([1, 2, 3, 4]), seen([5, 6, 7, 8]));
    assert_ne!(first.scan_response()[22..], second.scan_response()[22..]);
    assert!(first.is_of(&key) && second.is_of(&key));
    for response in [first.scan_response(), second.scan_response()] {
        assert!(
            !response.windows(4).any(|part| device_address().as_bytes().windows(4).any(|own| own == part))
        );
    }
    // A connection tells nothing either: the device speaks only when spoken to in the label's secret.
    let mut device = device();
    device.handle_connected(at(0), Mtu::MIN, Seed::from_bytes([1; 32]));
    assert_eq!(raw::read(&mut device), None);
}

#[test]
fn weakness_08_reading_changes_nothing_and_clearing_needs_its_word() {
    let mut link = link();
    pair_up(&mut link, at(0));
    link.device.handle_ignition(Ignition::On);
    let (stored, performed) = (link.maker.stored.clone(), link.maker.performed.len());
    ask(&mut link, at(1), &Request::ReadVin(VinSource::Stored));
    assert_eq!((&link.maker.stored, link.maker.performed.len()), (&stored, performed + 1));
    let mut message = raw::message(2, &Request::ClearTroubleCodes);
    assert_eq!(message[3..], *b"CLR!");
    message[6] = b'?';
    assert!(Request::parse(&message).is_err() && Request::parse(&message[..3]).is_err());
}

#[test]
fn weakness_09_an_error_is_never_a_value() {
    let mut link = link();
    pair_up(&mut link, at(0));
    for refusal in [Refusal::NoAnswer, Refusal::VehicleOff, Refusal::NotTold] {
        link.maker.refuses = Some(refusal);
        let answer = ask(&mut link, at(1), &Request::ReadVin(VinSource::Vehicle));
        assert_eq!(answer, format!("Refused({refusal:?})"));
    }
}

#[test]
fn weakness_10_a_message_longer_than_the_link_takes_arrives_whole_or_not_at_all() {
    for mtu in [23, 24, 27, 185, 247, 517] {
        let mut link =
            dimo_pairing::Link::new(device(), phone(), Workshop::default(), Mtu::new(mtu).unwrap());
        pair_up(&mut link, at(0));
        assert!(ask(&mut link, at(1), &Request::Claim(claim())).contains("ClaimProof"), "{mtu}");
    }
    // A piece that is missing is an error, and its packet none.
    let mut device = device();
    device.handle_connected(at(0), Mtu::MIN, Seed::from_bytes([1; 32]));
    device.handle_fragment(at(0), &[0x80, 0, 51, 0, 0, 0, 0, 1]).unwrap();
    assert!(matches!(device.handle_fragment(at(0), &[2, 1]), Err(ReceiveError::Fragment(_))));
}

#[test]
fn weakness_11_there_is_no_way_to_say_run_this() {
    // Each kind of request is one thing with its own fields; no other is done, whoever asks.
    let (mut device, mut workshop) = (device(), Workshop::default());
    let mut session = raw::session(&mut device, at(0), &mut workshop, 20);
    let presented = Request::Grant(grant_for(&mut owner_wallet(), session.hash(), Role::Owner, SOON));
    raw::ask(&mut device, at(0), &mut workshop, &mut session, &raw::message(1, &presented));
    for kind in 0x1B..=0xFF {
        let message = [&[kind, 2, kind][..], b"crypto.sign_string"].concat();
        let answer = raw::say(&mut device, at(0), &mut session, &message).unwrap();
        assert_eq!((answer[0], answer[3]), (0xFF, Refusal::UnknownRequest.code()), "{kind:#04x}");
    }
    assert!(workshop.performed.is_empty());
}

#[test]
fn weakness_12_slow_work_blocks_no_write_and_the_phone_hears_of_it() {
    let mut link = link();
    pair_up(&mut link, at(0));
    let id = link.phone.request(at(1), &Request::ReadVin(VinSource::Vehicle)).unwrap();
    let mut buffer = [0; dimo_pairing::FRAGMENT_MAX];
    while let Some(fragment) = link.phone.poll_transmit(&mut buffer) {
        link.device.handle_fragment(at(1), fragment).unwrap();
    }
    let Some(Action::Perform { job, .. }) = link.device.poll_action() else { panic!() };
    let mut heard = vec![];
    let (mut now, mut progress) = (at(1), at(20));
    while now < at(60) {
        now = link.device.poll_timeout().unwrap().min(progress);
        while link.device.handle_timeout(now).is_some() {}
        if now == progress {
            link.device.handle_progress(now, job, None, 10).unwrap();
            progress = progress.checked_add_micros(19_000_000).unwrap();
        }
        while let Some(fragment) = link.device.poll_transmit(&mut buffer) {
            link.phone.handle_fragment(now, fragment);
        }
        if let Some(Event::Working { id: of, .. }) = link.phone.poll_event() {
            assert_eq!(of, id);
            heard.push(now.as_secs() - at(1).as_secs());
        }
    }
    assert_eq!(heard[0], 2);
    assert!(heard.windows(2).all(|pair| pair[1] - pair[0] <= 10), "{heard:?}");
    // A maker that is not heard of is given up: the phone is told, and the late result is nobody's.
    while link.device.handle_timeout(at(120)).is_some() {}
    while let Some(fragment) = link.device.poll_transmit(&mut buffer) {
        link.phone.handle_fragment(at(120), fragment);
    }
    assert!(matches!(link.phone.poll_event(), Some(Event::Refused(Refusal::TimedOut))));
    assert!(link.device.handle_answer(job, &Answer::Refused(Refusal::NoAnswer)).is_err());
    const { assert!(MESSAGE_MAX < 512) }
}
