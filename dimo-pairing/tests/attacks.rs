//! Who is not let in, is not believed, or gets nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]
#![cfg(feature = "dev")]

mod util;

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::pairing::Role;
use dimo_pairing::{
    Action, Answer, Device, Event, Failure, Handshake, JobError, LabelSecret, Limits, Memory, NoiseKey,
    OpenError, Opening, PacketError, Presence, ReceiveError, RecordKey, Refusal, Request, Resumption, Seed,
    Setup, Side, Slot, VinSource,
};
use util::*;

fn refused(answer: &[u8]) -> u8 {
    assert_eq!(answer[0], 0xFF, "{answer:02x?}");
    answer[3]
}

/// What the device says to a packet outside a session.
fn refusal(device: &mut Device, packet: &[u8]) -> Vec<u8> {
    raw::write(device, at(0), packet).unwrap();
    raw::read(device).unwrap()
}

fn connected() -> Device {
    let mut device = device();
    device.handle_connected(at(0), raw::mtu(), Seed::from_bytes([1; 32]));
    device
}

#[test]
fn a_man_in_the_middle_without_the_label_gets_no_session_with_either_side() {
    let guess = LabelSecret::new([0; 16]).pre_shared_key(&device_address());
    let (_, packet) = raw::first(&[1, 1, 1], 50, 51, &guess);
    assert_eq!(refusal(&mut connected(), &packet), [0, 30]);

    // Towards the phone he plays the device.
    let mut link = link();
    link.device = Device::new(
        Setup::new(identity(), NoiseKey::from_bytes([60; 32])).with_label(&LabelSecret::new([0; 16])),
        Memory::new(),
        Limits::SPEC,
    );
    link.device.open_window(at(0), Presence::ButtonPressed);
    link.connect(at(0), by_label());
    link.run(at(0));
    assert!(matches!(link.phone.poll_event(), Some(Event::Refused(Refusal::HandshakeFailed))));
    assert!(link.maker.signed.is_empty());
}

#[test]
fn a_man_in_the_middle_with_the_label_who_relays_the_proof_is_found_out() {
    // He has a session with the real device, and relays the proof that it gave him.
    let (mut real, mut workshop) = (device(), Workshop::default());
    real.handle_connected(at(0), raw::mtu(), Seed::from_bytes([1; 32]));
    let (mut state, packet) = raw::first(&[1, 1, 1], 50, 51, &by_label_key());
    let mut buffer = [0; 128];
    state.read(&refusal(&mut real, &packet)[1..], &mut buffer).unwrap();
    let third = [&[1], state.write(&[], &mut buffer).unwrap()].concat();
    raw::write(&mut real, at(0), &third).unwrap();
    let mut to_device = state.finish().unwrap();
    raw::serve(&mut real, at(0), &mut workshop);
    let proof = raw::open(&mut to_device, &raw::read(&mut real).unwrap());

    // To the phone he is the device, with a Noise key of his own.
    let (prologue, mut seen) = (b"DIMO-PAIR\x01\x01\x01", vec![]);
    let [key, once] = [52, 53].map(|byte| NoiseKey::from_bytes([byte; 32]));
    let mut state = Handshake::first(Side::Device, prologue, key, once, &by_label_key()).unwrap();
    let mut victim = phone();
    victim.connect(at(0), raw::mtu(), Seed::from_bytes([2; 32]), by_label());
    let mut buffer = [0; dimo_pairing::FRAGMENT_MAX];
    while let Some(fragment) = victim.poll_transmit(&mut buffer) {
        seen.push(fragment.to_vec());
    }
    state.read(&seen[0][7 + 3..], &mut [0; 128]).unwrap();
    let mut out = [0; 128];
    let second = [&[1], state.write(&[1, 1, 1], &mut out).unwrap()].concat();
    notify(&mut victim, &second);
    let third = victim.poll_transmit(&mut buffer).unwrap().to_vec();
    state.read(&third[7 + 1..], &mut [0; 128]).unwrap();
    let mut to_phone = state.finish().unwrap();
    assert_ne!(to_phone.hash(), to_device.hash());
    notify(&mut victim, &raw::seal(&mut to_phone, &proof));
    match victim.poll_event() {
        Some(Event::Impostor { expected, actual }) => {
            assert_eq!(expected, Some(device_address()));
            assert_ne!(actual, expected);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(victim.device(), None);
    assert!(victim.request(at(1), &Request::Identify).is_err());
}

fn notify(phone: &mut dimo_pairing::Phone, packet: &[u8]) {
    let mut fragmenter = dimo_pairing::Fragmenter::<{ dimo_pairing::PACKET_MAX }>::new();
    fragmenter.load(packet).unwrap();
    let mut buffer = [0; dimo_pairing::FRAGMENT_MAX];
    while let Some(fragment) = fragmenter.next_fragment(raw::mtu(), &mut buffer) {
        phone.handle_fragment(at(0), fragment);
    }
}

#[test]
fn an_impostor_who_knows_the_label_has_not_the_wallet() {
    let mut link = link();
    // All is as on the real device but for the wallet.
    link.connect(at(0), by_label());
    let mut buffer = [0; dimo_pairing::FRAGMENT_MAX];
    loop {
        while let Some(fragment) = link.phone.poll_transmit(&mut buffer) {
            link.device.handle_fragment(at(0), fragment).unwrap();
        }
        if let Some(Action::Sign { job, request }) = link.device.poll_action() {
            let signature = request.sign_blocking(&mut stranger()).unwrap();
            link.device.handle_signature(at(0), job, Ok(signature)).unwrap();
        }
        let Some(fragment) = link.device.poll_transmit(&mut buffer) else { break };
        link.phone.handle_fragment(at(0), fragment);
    }
    let expected = Some(device_address());
    match link.phone.poll_event() {
        Some(Event::Impostor { expected: e, actual }) => {
            assert_eq!((e, actual), (expected, Some(stranger().address())));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_offer_that_was_lowered_and_a_choice_that_was_lowered_end_the_handshake() {
    // The phone offers 1 to 9 and means it; somebody writes 1 to 1.
    let (_, mut packet) = raw::first(&[1, 1, 9], 50, 51, &by_label_key());
    packet[2] = 1;
    assert_eq!(refusal(&mut connected(), &packet), [0, 30]);
    // Versions that the device does not have.
    let (_, packet) = raw::first(&[1, 2, 9], 50, 51, &by_label_key());
    assert_eq!(refusal(&mut connected(), &packet), [0, 6, 1, 1]);

    // A choice that is not the highest of both ranges.
    for choice in [[2, 1, 1], [1, 2, 3], [0, 0, 1]] {
        let [key, once] = [52, 53].map(|byte| NoiseKey::from_bytes([byte; 32]));
        let mut state =
            Handshake::first(Side::Device, b"DIMO-PAIR\x01\x01\x01", key, once, &by_label_key()).unwrap();
        let mut victim = phone();
        victim.connect(at(0), raw::mtu(), Seed::from_bytes([2; 32]), by_label());
        let mut buffer = [0; dimo_pairing::FRAGMENT_MAX];
        let first = victim.poll_transmit(&mut buffer).unwrap().to_vec();
        state.read(&first[7 + 3..], &mut [0; 128]).unwrap();
        let mut out = [0; 128];
        let second = [&[1], state.write(&choice, &mut out).unwrap()].concat();
        notify(&mut victim, &second);
        assert!(matches!(victim.poll_event(), Some(Event::Failed(Failure::Downgraded))), "{choice:?}");
        assert!(victim.poll_transmit(&mut buffer).is_none(), "no third message");
    }
}

#[test]
fn what_was_recorded_in_one_session_is_worth_nothing_in_another() {
    let (mut device, mut workshop) = (device(), Workshop::default());
    let mut first = raw::session(&mut device, at(0), &mut workshop, 10);
    let grant = Request::Grant(grant_for(&mut owner_wallet(), first.hash(), Role::Owner, SOON));
    let packet = raw::seal(&mut first, &raw::message(1, &grant));
    raw::write(&mut device, at(0), &packet).unwrap();
    raw::serve(&mut device, at(0), &mut workshop);
    assert_eq!(raw::open(&mut first, &raw::read(&mut device).unwrap())[0], 0x81);
    // Shown again in the same session.
    assert_eq!(
        raw::write(&mut device, at(1), &packet),
        Err(ReceiveError::Seal(OpenError::Seen { number: 0 }))
    );

    // In the next session of the same phone, with another key.
    device.handle_disconnected();
    let mut second = raw::session(&mut device, at(2), &mut workshop, 11);
    assert_eq!(raw::write(&mut device, at(2), &packet), Err(ReceiveError::Seal(OpenError::Forged)));
    // And the grant itself, sealed anew, is of another handshake.
    let answer = raw::say(&mut device, at(2), &mut second, &raw::message(1, &grant)).unwrap();
    assert_eq!(refused(&answer), Refusal::GrantSignature.code());
}

#[test]
fn a_grant_for_one_device_is_none_for_another() {
    let (mut device, mut workshop) = (device(), Workshop::default());
    let mut session = raw::session(&mut device, at(0), &mut workshop, 10);
    let mut grant = grant_for(&mut owner_wallet(), session.hash(), Role::Owner, SOON);
    let of_another = dimo_crypto::pairing::PairingGrant {
        handshake_hash: *session.hash(),
        device: owner(),
        owner: owner(),
        expires: SOON,
        role: Role::Owner,
    };
    grant.signature = owner_wallet().sign(&of_another).unwrap();
    let answer =
        raw::say(&mut device, at(0), &mut session, &raw::message(1, &Request::Grant(grant))).unwrap();
    assert_eq!(refused(&answer), Refusal::GrantSignature.code());
    assert_eq!(device.role(), None);
}

#[test]
fn a_packet_of_the_device_sent_back_to_it_is_not_its_phones() {
    let (mut device, mut workshop) = (device(), Workshop::default());
    let mut session = raw::session(&mut device, at(0), &mut workshop, 10);
    let grant = Request::Grant(grant_for(&mut owner_wallet(), session.hash(), Role::Owner, SOON));
    raw::write(&mut device, at(0), &raw::seal(&mut session, &raw::message(1, &grant))).unwrap();
    raw::serve(&mut device, at(0), &mut workshop);
    let welcome = raw::read(&mut device).unwrap();
    assert_eq!(raw::write(&mut device, at(0), &welcome), Err(ReceiveError::Seal(OpenError::Forged)));
    // A second message of a handshake sent back is none that is due either.
    let mut other = connected();
    let (_, packet) = raw::first(&[1, 1, 1], 50, 51, &by_label_key());
    let second = refusal(&mut other, &packet);
    let refused = raw::write(&mut other, at(0), &second);
    assert_eq!(refused, Err(ReceiveError::Packet(PacketError::Malformed)));
    assert_eq!(other.role(), None);
}

#[test]
fn a_forged_number_near_the_end_locks_nobody_out() {
    let (mut device, mut workshop) = (device(), Workshop::default());
    let mut session = raw::session(&mut device, at(0), &mut workshop, 10);
    let grant = Request::Grant(grant_for(&mut owner_wallet(), session.hash(), Role::Owner, SOON));
    let packet = raw::seal(&mut session, &raw::message(1, &grant));
    for number in [1, 0x7FFF_FFFF, u32::MAX - 1, u32::MAX] {
        let mut forged = packet.clone();
        forged[1..5].copy_from_slice(&number.to_be_bytes());
        assert_eq!(raw::write(&mut device, at(0), &forged), Err(ReceiveError::Seal(OpenError::Forged)));
    }
    raw::write(&mut device, at(0), &packet).unwrap();
    raw::serve(&mut device, at(0), &mut workshop);
    assert_eq!(raw::open(&mut session, &raw::read(&mut device).unwrap())[0], 0x81);
}

/// Pairs, and hands the phone to a thief.
fn stolen() -> (dimo_pairing::Link<Workshop>, Resumption) {
    let mut link = link();
    link.device.set_owner(Some(owner()));
    let resumption = pair_up(&mut link, at(0));
    link.disconnect();
    (link, resumption)
}

fn comes_back(link: &mut dimo_pairing::Link<Workshop>, secs: u64, resumption: &Resumption) -> String {
    link.connect(at(secs), Opening::Resume(resumption.clone()));
    link.run(at(secs));
    format!("{:?}", link.phone.poll_event())
}

#[test]
fn a_stolen_phone_that_was_revoked_does_not_come_back() {
    let (mut link, lost) = stolen();
    let thief = core::mem::replace(&mut link.phone, phone_of(8));
    pair_up(&mut link, at(1));
    assert!(ask(&mut link, at(2), &Request::RevokePhone(Slot::new(0))).contains("Revoked"));
    link.disconnect();
    link.phone = thief;
    assert_eq!(comes_back(&mut link, 3, &lost), "Some(Refused(HandshakeFailed))");
    // Nor after a restart, from what was stored.
    link.device = started(link.maker.memory());
    assert_eq!(comes_back(&mut link, 4, &lost), "Some(Refused(HandshakeFailed))");
}

#[test]
fn a_stolen_phone_does_not_come_back_after_an_owner_change_even_when_the_state_is_lost() {
    let (mut link, lost) = stolen();
    link.device.set_owner(Some(stranger().address()));
    assert_eq!(comes_back(&mut link, 3, &lost), "Some(Refused(HandshakeFailed))");
    // Its owner's word is worth nothing now, though it has the label.
    link.connect(at(4), by_label());
    link.run(at(4));
    assert!(matches!(link.phone.poll_event(), Some(Event::Proven { .. })));
    let old = grant(&link.phone, Role::Owner, SOON);
    link.phone.grant(at(4), old).unwrap();
    link.run(at(4));
    assert!(matches!(link.phone.poll_event(), Some(Event::Refused(Refusal::NotOwner))));
    link.disconnect();
    link.maker.stored.remove(&RecordKey::State.number());
    link.device = started(link.maker.memory());
    assert_eq!(comes_back(&mut link, 5, &lost), "Some(Refused(HandshakeFailed))");
}

#[test]
fn a_resumption_by_another_phones_key_or_for_another_slot_fails() {
    let (mut link, resumption) = stolen();
    link.phone = phone_of(9);
    assert_eq!(comes_back(&mut link, 1, &resumption), "Some(Refused(HandshakeFailed))");
    let mut bytes = resumption.to_bytes();
    for slot in [1, 3, 4, 255] {
        bytes[65] = slot;
        link.phone = phone();
        let elsewhere = Resumption::from_bytes(&*bytes).unwrap();
        assert_eq!(comes_back(&mut link, 2, &elsewhere), "Some(Refused(HandshakeFailed))");
    }
    assert!(comes_back(&mut link, 3, &resumption).contains("Resumed"));
}

#[test]
fn a_phone_whose_slot_has_expired_is_told_so_and_forgotten() {
    let (mut link, resumption) = stolen();
    link.device.handle_clock(at(10), unix(SOON));
    assert_eq!(comes_back(&mut link, 10, &resumption), "Some(Refused(HandshakeFailed))");
    // The clock need not be told: it goes on.
    let (mut link, resumption) = stolen();
    assert!(comes_back(&mut link, 3_599, &resumption).contains("Resumed"));
    assert_eq!(comes_back(&mut link, 3_600, &resumption), "Some(Refused(Expired))");
    assert_eq!(comes_back(&mut link, 3_601, &resumption), "Some(Refused(HandshakeFailed))");
}

#[test]
fn an_answer_of_the_wrong_kind_from_the_makers_side_is_not_sent() {
    let (mut device, mut workshop) = (device(), Workshop::default());
    let mut session = raw::session(&mut device, at(0), &mut workshop, 10);
    let grant = Request::Grant(grant_for(&mut owner_wallet(), session.hash(), Role::Owner, SOON));
    raw::ask(&mut device, at(0), &mut workshop, &mut session, &raw::message(1, &grant));
    let request = raw::message(2, &Request::ReadVin(VinSource::Vehicle));
    assert_eq!(raw::say(&mut device, at(0), &mut session, &request), None);
    let Some(Action::Perform { job, .. }) = device.poll_action() else { panic!() };
    for wrong in [Answer::Forgotten, Answer::Uploaded, Answer::Working { percent: None, seconds: 1 }] {
        assert_eq!(device.handle_answer(job, &wrong), Err(JobError::WrongAnswer { job }));
    }
    assert_eq!(raw::read(&mut device), None);
    device.handle_answer(job, &Answer::Refused(Refusal::NoAnswer)).unwrap();
    assert_eq!(refused(&raw::open(&mut session, &raw::read(&mut device).unwrap())), 9);
    assert_eq!(device.handle_answer(job, &Answer::Refused(Refusal::NotTold)), Err(JobError::Stale { job }));
}

// ---- two phones

#[test]
fn the_secret_of_one_phones_slot_never_goes_to_another() {
    // B is known.
    let mut link = link();
    link.phone = phone_of(8);
    let known = pair_up(&mut link, at(0));
    let (mut device, mut workshop) = (started(link.maker.memory()), Workshop::default());

    // A presents a grant, and is gone while it is being stored.
    let mut of_a = raw::session(&mut device, at(0), &mut workshop, 10);
    let grant =
        raw::message(1, &Request::Grant(grant_for(&mut owner_wallet(), of_a.hash(), Role::Viewer, SOON)));
    assert_eq!(raw::say(&mut device, at(0), &mut of_a, &grant), None);
    let Some(Action::Store { job, record }) = device.poll_action() else { panic!() };
    drop(record);
    device.handle_disconnected();

    // B is here when the storage is done.
    link.device = device;
    assert!(comes_back(&mut link, 1, &known).contains("Resumed"));
    link.device.handle_stored(at(1), job, Ok(())).unwrap();
    link.disconnect();

    // A comes again and asks the very same: in a new session, so that it is nobody's answer.
    let mut device = link.device;
    let mut of_a = raw::session(&mut device, at(2), &mut workshop, 10);
    let answer = raw::ask(&mut device, at(2), &mut workshop, &mut of_a, &grant);
    assert_ne!(answer[0], 0x81);
    let secret = &known.to_bytes()[33..65];
    assert!(!answer.windows(8).any(|window| secret.windows(8).any(|part| part == window)));
}

#[test]
fn a_grant_that_could_not_be_stored_takes_nothing_from_the_phone_that_came_next() {
    let mut link = link();
    link.phone = phone_of(8);
    let known = pair_up(&mut link, at(0));
    link.disconnect();
    let mut of_a = raw::session(&mut link.device, at(1), &mut link.maker, 10);
    let grant = Request::Grant(grant_for(&mut owner_wallet(), of_a.hash(), Role::Viewer, SOON));
    raw::say(&mut link.device, at(1), &mut of_a, &raw::message(1, &grant));
    let Some(Action::Store { job, .. }) = link.device.poll_action() else { panic!() };
    link.device.handle_disconnected();
    assert!(comes_back(&mut link, 2, &known).contains("Resumed"));
    link.device.handle_stored(at(2), job, Err(dimo_pairing::StorageFailed)).unwrap();
    assert_eq!(link.device.role(), Some(Role::Owner));
    assert!(ask(&mut link, at(3), &Request::Identify).contains("Identity"));
    // And A has no slot.
    assert_eq!(ask(&mut link, at(4), &Request::ListPhones).matches("PhoneEntry").count(), 1);
}

#[test]
fn work_of_the_old_owner_is_dropped_though_another_phone_is_connected() {
    let (mut device, mut workshop) = (device(), Workshop::default());
    device.set_owner(Some(owner()));
    let mut of_a = raw::session(&mut device, at(0), &mut workshop, 10);
    let grant = Request::Grant(grant_for(&mut owner_wallet(), of_a.hash(), Role::Owner, SOON));
    raw::ask(&mut device, at(0), &mut workshop, &mut of_a, &raw::message(1, &grant));
    let claim = raw::message(2, &Request::Claim(claim()));
    assert_eq!(raw::say(&mut device, at(0), &mut of_a, &claim), None);
    let Some(Action::Store { job, .. }) = device.poll_action() else { panic!() };
    device.handle_disconnected();
    let _of_b = raw::session(&mut device, at(1), &mut Workshop::default(), 11);
    device.set_owner(Some(stranger().address()));
    device.handle_stored(at(1), job, Ok(())).unwrap();
    workshop.signed.clear();
    raw::serve(&mut device, at(1), &mut workshop);
    assert!(workshop.signed.is_empty(), "{:?}", workshop.signed);
}

#[test]
fn a_stranger_with_the_label_neither_gets_nor_drops_the_answer_that_waits_for_another() {
    let mut link = link();
    pair_up(&mut link, at(0));
    link.device.handle_clock(at(0), unix(NOW_UNIX));
    let (mut workshop, vin) = (Workshop::default(), Request::ReadVin(VinSource::Vehicle));
    let mut of_a = raw::session(&mut link.device, at(1), &mut workshop, 10);
    let grant = Request::Grant(grant_for(&mut owner_wallet(), of_a.hash(), Role::Owner, SOON));
    raw::ask(&mut link.device, at(1), &mut workshop, &mut of_a, &raw::message(1, &grant));
    let answer = raw::ask(&mut link.device, at(1), &mut workshop, &mut of_a, &raw::message(2, &vin));
    assert_eq!(answer[0], 0x86);
    // The same phone without a grant, and another one.
    for key in [10, 11] {
        let mut other = raw::session(&mut link.device, at(2), &mut workshop, key);
        for message in
            [&raw::message(2, &vin)[..], &raw::message(3, &Request::Identify), &[0x7F, 0, 4], &[0x06, 0, 5]]
        {
            let answer = raw::say(&mut link.device, at(2), &mut other, message).unwrap();
            assert_eq!(refused(&answer), Refusal::NoGrant.code());
        }
    }
    assert_eq!(workshop.performed, [vin.kind()]);
}

// ---- the PIN
#[cfg(feature = "pin")]
#[test]
fn a_pin_is_not_guessed_by_windows_links_and_resets() {
    use dimo_pairing::spake2plus::{Ephemeral, Prover};
    use dimo_pairing::{Pin, PinParameters, PinRecord};

    let record = || {
        let pin: Pin = "04711337".parse().unwrap();
        PinRecord::enrol(&pin, PinParameters::new([1; 16], 10_000).unwrap())
    };
    let secrets = "00000000".parse::<Pin>().unwrap().secrets(record().parameters());
    let (_, share) = Prover::begin(&secrets, Ephemeral::from_random([0xA5; 48]).unwrap());
    let guess = [&[4, 3][..], &share].concat();
    let begin = |memory| {
        let setup = Setup::new(identity(), NoiseKey::from_bytes([3; 32])).with_pin(record());
        Device::new(setup, memory, Limits::SPEC)
    };
    let mut workshop = Workshop::default();
    let attempt = |device: &mut Device, workshop: &mut Workshop, number: u8| {
        device.handle_connected(at(0), raw::mtu(), Seed::from_bytes([number; 32]));
        raw::write(device, at(0), &guess).unwrap();
        assert_eq!(raw::read(device).filter(|packet| packet[0] != 0), None, "counted before it is answered");
        raw::serve(device, at(0), workshop);
    };

    let mut device = begin(Memory::new());
    // No window, no guess.
    device.handle_connected(at(0), raw::mtu(), Seed::from_bytes([1; 32]));
    assert_eq!(refusal(&mut device, &guess), [0, 1]);
    let mut guesses = 0;
    for window in 0..20 {
        device.open_window(at(0), Presence::ButtonPressed);
        for number in 0..5 {
            attempt(&mut device, &mut workshop, number);
            let answer = raw::read(&mut device).unwrap();
            assert_eq!(answer[..2], [4, 4]);
            // A wrong confirmation ends it.
            assert_eq!(refusal(&mut device, &[&[4, 5][..], &[number; 32]].concat()), [0, 30]);
            guesses += 1;
        }
        // A new link in the same window brings nothing, and asking for the salt neither.
        device.handle_connected(at(0), raw::mtu(), Seed::from_bytes([9; 32]));
        let wanted = if window == 19 { 32 } else { 31 };
        assert_eq!(refusal(&mut device, &guess), [0, wanted]);
        assert_eq!(refusal(&mut device, &[4, 1]), [0, wanted]);
        // Nor does a reset.
        device = begin(workshop.memory());
    }
    assert_eq!(guesses, 100);
    device.open_window(at(0), Presence::ButtonPressed);
    device.handle_connected(at(0), raw::mtu(), Seed::from_bytes([9; 32]));
    assert_eq!(refusal(&mut device, &guess), [0, 32]);
    // A person resets it.
    device.factory_reset();
    attempt(&mut device, &mut workshop, 3);
    assert_eq!(raw::read(&mut device).unwrap()[..2], [4, 4]);
}

#[cfg(feature = "pin")]
#[test]
fn an_attempt_that_could_not_be_counted_is_not_answered() {
    use dimo_pairing::spake2plus::{Ephemeral, Prover};
    use dimo_pairing::{Pin, PinParameters, PinRecord};

    let pin: Pin = "04711337".parse().unwrap();
    let record = PinRecord::enrol(&pin, PinParameters::new([1; 16], 10_000).unwrap());
    let secrets = pin.secrets(record.parameters());
    let (_, share) = Prover::begin(&secrets, Ephemeral::from_random([0xA5; 48]).unwrap());
    let setup = Setup::new(identity(), NoiseKey::from_bytes([3; 32])).with_pin(record);
    let mut device = Device::new(setup, Memory::new(), Limits::SPEC);
    device.open_window(at(0), Presence::ButtonPressed);
    device.handle_connected(at(0), raw::mtu(), Seed::from_bytes([1; 32]));
    let mut workshop = Workshop { storage_broken: true, ..Workshop::default() };
    raw::write(&mut device, at(0), &[&[4, 3][..], &share].concat()).unwrap();
    raw::serve(&mut device, at(0), &mut workshop);
    assert_eq!(raw::read(&mut device).unwrap(), [0, 18]);
}
