//! Sealed sessions: what passes, what is refused and why, and what is erased when.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]
#![cfg(all(feature = "session", feature = "software-key"))]

mod session_util;
mod util;

use core::time::Duration;

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::session::{
    AcceptError, DeviceSession, GENERATION_LEN, HEADER_LEN, LastOpening, MAX_COUNTER_STEP, MAX_SKIP,
    OPENING_LEN, OVERHEAD, OpeningCounter, OpeningError, RESERVATION_LEN, RecordError, RecordHeader, Refusal,
    ReplyError, Reservation, ReservationError, SealError, SequenceNumber, Server, ServerKey, ServerPublicKey,
    ServerReplyError, SessionAction, SessionAnswerError, SessionRequest, SignedOpening, Stage, StartError,
    Suite, WINDOW_LEN,
};
use dimo_crypto::{Message, Signature, VerifyError};
use dimo_types::{Address, Timestamp};
use session_util::{
    SERVER_SECRET, accept, ephemeral, now, opened_device, pair, receive, receive_down, recipient, request,
    secs, send, send_down, serve, server_key, upgraded_pair,
};
use util::{device, owner};

fn keys() -> [ServerKey; 1] {
    [ServerKey::from_bytes(SERVER_SECRET)]
}

fn number(number: u64) -> SequenceNumber {
    SequenceNumber::new(number).unwrap()
}

/// The opening of the device, and what the server says to it.
fn try_accept(opening: &[u8], last: LastOpening, at: Timestamp) -> Result<LastOpening, AcceptError> {
    let opening = SignedOpening::parse(opening).unwrap();
    let keys = keys();
    let accepted = Server::new(&keys, recipient()).accept(at, &opening, device().address(), last)?;
    Ok(accepted.last_opening())
}

fn opening(request: SessionRequest) -> [u8; OPENING_LEN] {
    *opened_device(request, Reservation::NONE).0.opening().unwrap()
}

#[test]
fn records_go_both_ways_before_and_after_a_reply() {
    let (mut device, mut server) = pair();
    let early = send(&mut device, b"one");
    assert_eq!(early.len(), 3 + OVERHEAD);
    assert_eq!(receive(&mut server, &early), b"one");
    assert_eq!(receive_down(&mut device, &send_down(&mut server, b"down")), b"down");

    let on_the_way = send(&mut device, b"two");
    let reply = server.reply(ephemeral(0x80)).unwrap();
    device.handle_reply(&reply).unwrap();
    assert_eq!(device.stage(), Some(Stage::Upgraded));
    let upgraded = send(&mut device, b"three");
    assert_eq!(RecordHeader::parse(&upgraded).unwrap().stage, Stage::Upgraded);
    assert_eq!(receive(&mut server, &upgraded), b"three");
    // Overtaken by the upgrade, and still read.
    assert_eq!(receive(&mut server, &on_the_way), b"two");

    let down = send_down(&mut server, b"");
    assert_eq!(RecordHeader::parse(&down).unwrap().stage, Stage::Upgraded);
    assert_eq!(receive_down(&mut device, &down), b"");
}

#[test]
fn the_server_learns_who_it_speaks_with() {
    let (_, server) = pair();
    assert_eq!(server.opening().signer(), device().address());
    assert_eq!(server.opening().recipient, recipient());
    assert_eq!(server.opening().suite, Suite::X25519Sha256ChaChaPoly);
}

#[test]
fn sealing_in_place_writes_the_record_that_sealing_a_copy_writes() {
    let (mut a, _) = pair();
    let (mut b, _) = pair();
    let record = send(&mut a, b"reading");
    let mut buffer = [0xAA; 64];
    buffer[HEADER_LEN..][..7].copy_from_slice(b"reading");
    assert_eq!(b.seal_in_place(&mut buffer, 7), Ok(SequenceNumber::ZERO));
    assert_eq!(buffer[..7 + OVERHEAD], record);
    assert_eq!(buffer[7 + OVERHEAD..], [0xAA; 64 - 7 - OVERHEAD]);
}

#[test]
fn a_buffer_that_is_too_small_is_left_alone_and_uses_no_number() {
    let (mut device, mut server) = pair();
    for len in 0..7 + OVERHEAD {
        let mut buffer = vec![0xAA; len];
        let too_small = SealError::BufferTooSmall { needed: 7 + OVERHEAD, len };
        assert_eq!(device.seal(b"reading", &mut buffer), Err(too_small));
        assert_eq!(server.seal(now(), b"reading", &mut buffer), Err(too_small));
        assert_eq!(buffer, vec![0xAA; len]);
    }
    let huge = device.seal_in_place(&mut [0; 64], usize::MAX);
    assert_eq!(huge, Err(SealError::BufferTooSmall { needed: usize::MAX, len: 64 }));
    assert_eq!(device.seal(b"reading", &mut [0; 31]), Ok(SequenceNumber::ZERO));
    assert_eq!(server.seal(now(), b"reading", &mut [0; 31]), Ok(SequenceNumber::ZERO));
}

#[test]
fn nothing_is_sealed_or_opened_before_the_opening_is_signed() {
    let mut session = DeviceSession::new(request(1), ephemeral(1), Reservation::NONE).unwrap();
    assert_eq!((session.opening(), session.stage()), (None, None));
    assert_eq!(session.seal(b"", &mut [0; 64]), Err(SealError::NotOpen));
    assert_eq!(session.open_in_place(&mut [0; 64]).unwrap_err(), RecordError::NotOpen);
    assert_eq!(session.handle_reply(&reply_to(1)), Err(ReplyError::NotOpen));
}

/// A well-formed reply to an opening of that counter, from some other session.
fn reply_to(counter: u64) -> [u8; 60] {
    let (session, _) = opened_device(request(counter), Reservation::NONE);
    accept(&session).reply(ephemeral(0x60)).unwrap()
}

#[test]
fn a_session_asks_for_numbers_first_then_for_the_signature_and_takes_no_other_answer() {
    let mut session = DeviceSession::new(request(1), ephemeral(1), Reservation::NONE).unwrap();
    let block = Reservation::from_bytes(RESERVATION_LEN.to_be_bytes()).unwrap();
    let other = Reservation::from_bytes((RESERVATION_LEN + 1).to_be_bytes()).unwrap();
    let some_signature = device().sign(&dimo_crypto::hazmat::AnyPersonal(b"nonce")).unwrap();

    assert_eq!(session.poll_action(), Some(SessionAction::Persist(block)));
    assert_eq!(session.poll_action(), Some(SessionAction::Persist(block)), "the same until it is answered");
    assert_eq!(session.handle_signature(&some_signature), Err(SessionAnswerError));
    assert_eq!(session.handle_persisted(other), Err(SessionAnswerError));
    assert_eq!(session.handle_persisted(Reservation::NONE), Err(SessionAnswerError));
    session.handle_persisted(block).unwrap();
    assert_eq!(session.handle_persisted(block), Err(SessionAnswerError));

    let Some(SessionAction::Sign(opening)) = session.poll_action() else {
        panic!("no signature is asked for")
    };
    session.handle_signature(&device().sign(&opening).unwrap()).unwrap();
    assert_eq!(session.handle_signature(&some_signature), Err(SessionAnswerError));
    assert_eq!(session.poll_action(), None);
    accept(&session);
}

#[test]
fn the_next_block_is_asked_for_while_a_quarter_is_left_and_needed_when_none_is() {
    let (mut session, flash) = opened_device(request(1), Reservation::NONE);
    assert_eq!(flash.end(), RESERVATION_LEN);
    let mut record = [0; OVERHEAD];
    for _ in 0..RESERVATION_LEN * 3 / 4 {
        assert_eq!(session.poll_action(), None);
        session.seal(b"", &mut record).unwrap();
    }
    assert_eq!(session.poll_action(), None, "a quarter is left");
    session.seal(b"", &mut record).unwrap();
    let wanted = Reservation::from_bytes((2 * RESERVATION_LEN).to_be_bytes()).unwrap();
    assert_eq!(session.poll_action(), Some(SessionAction::Persist(wanted)));
    // The flash is slow.
    for _ in RESERVATION_LEN * 3 / 4 + 1..RESERVATION_LEN {
        session.seal(b"", &mut record).unwrap();
    }
    let before = record;
    assert_eq!(session.seal(b"", &mut record), Err(SealError::NotReserved));
    assert_eq!(record, before);
    session.handle_persisted(wanted).unwrap();
    assert_eq!(session.seal(b"", &mut record), Ok(number(RESERVATION_LEN)));
}

#[test]
fn the_numbers_end_and_do_not_wrap() {
    let last_four = Reservation::from_bytes(((1u64 << 48) - 4).to_be_bytes()).unwrap();
    let (mut session, flash) = opened_device(request(1), last_four);
    assert_eq!(flash.end(), 1 << 48);
    let mut server = accept(&session);
    for left in (0..4).rev() {
        let record = send(&mut session, b"last");
        assert_eq!(RecordHeader::parse(&record).unwrap().sequence.get(), (1 << 48) - 1 - left);
        assert_eq!(receive(&mut server, &record), b"last");
    }
    assert_eq!(session.poll_action(), None);
    assert_eq!(session.seal(b"", &mut [0; 64]), Err(SealError::Exhausted));
    // Also after a restart: a store that says so is no damaged one, which would begin the numbers again.
    let flash = Reservation::from_bytes(flash.to_bytes()).unwrap();
    assert_eq!(DeviceSession::new(request(2), ephemeral(1), flash).unwrap_err(), StartError::Exhausted);
    assert_eq!(
        Reservation::from_bytes(((1u64 << 48) + 1).to_be_bytes()),
        Err(ReservationError::OutOfRange { end: (1 << 48) + 1 })
    );
    assert_eq!(SequenceNumber::new(1 << 48), None);
    assert_eq!(OpeningCounter::new(0), None);
}

#[test]
fn a_server_key_that_contributes_nothing_is_refused_at_the_start() {
    let request = SessionRequest { server: ServerPublicKey::new([0; 32]), ..request(1) };
    let refused = DeviceSession::new(request, ephemeral(1), Reservation::NONE).unwrap_err();
    assert_eq!(refused, StartError::WeakServerKey);
}

#[test]
fn an_opening_is_taken_once_and_none_before_it() {
    let last = try_accept(&opening(request(7)), LastOpening::NONE, now()).unwrap();
    assert_eq!(last.counter(), OpeningCounter::new(7));
    assert_eq!(LastOpening::from_bytes(last.to_bytes()), last);
    for counter in [1, 6, 7] {
        let refused = try_accept(&opening(request(counter)), last, now());
        assert_eq!(
            refused,
            Err(AcceptError::OldCounter { last, counter: OpeningCounter::new(counter).unwrap() })
        );
    }
    assert!(try_accept(&opening(request(8)), last, now()).is_ok());
    assert!(try_accept(&opening(request(7 + MAX_COUNTER_STEP)), last, now()).is_ok());
    let counter = OpeningCounter::new(8 + MAX_COUNTER_STEP).unwrap();
    let refused = try_accept(&opening(request(counter.get())), last, now());
    assert_eq!(refused, Err(AcceptError::CounterTooFarAhead { last, counter }));
}

#[test]
fn a_session_ends_when_the_device_says_and_at_the_servers_limit() {
    let until = SessionRequest { not_after: secs(1_800_000_100), ..request(1) };
    let bytes = opening(until);
    assert!(try_accept(&bytes, LastOpening::NONE, secs(1_800_000_100)).is_ok());
    let refused = try_accept(&bytes, LastOpening::NONE, secs(1_800_000_101));
    assert_eq!(refused, Err(AcceptError::Expired { not_after: secs(1_800_000_100) }));

    let signed = SignedOpening::parse(&bytes).unwrap();
    let keys = keys();
    let server = Server::new(&keys, recipient()).with_max_lifetime(Duration::from_secs(60));
    let mut session = server.accept(now(), &signed, device().address(), LastOpening::NONE).unwrap().stored();
    assert_eq!(session.ends(), secs(1_800_000_060));
    let late = secs(1_800_000_061);
    assert_eq!(session.open_in_place(late, &mut [0; 64]).unwrap_err(), RecordError::Expired);
    assert_eq!(session.seal(late, b"", &mut [0; 64]), Err(SealError::Expired));
    assert!(session.seal(session.ends(), b"", &mut [0; 64]).is_ok());
    let at_the_end = session.open_in_place(session.ends(), &mut [0; 64]).unwrap_err();
    assert_ne!(at_the_end, RecordError::Expired, "the last moment is one of the session");

    assert_eq!(accept(&opened_device(request(1), Reservation::NONE).0).ends(), secs(1_800_003_600));
    let clockless = SessionRequest { not_after: Timestamp::MAX, ..request(1) };
    assert_eq!(accept(&opened_device(clockless, Reservation::NONE).0).ends(), secs(1_800_086_400), "a day");
    let signed = SignedOpening::parse(&opening(clockless)).unwrap();
    let accepted = Server::new(&keys, recipient())
        .with_max_lifetime(Duration::MAX)
        .accept(secs(Timestamp::MAX.as_secs()), &signed, device().address(), LastOpening::NONE)
        .unwrap();
    // Whole seconds are sent.
    assert_eq!(accepted.stored().ends(), secs(Timestamp::MAX.as_secs()));
}

#[test]
fn strangers_and_openings_for_others_are_refused() {
    let bytes = opening(request(1));
    let signed = SignedOpening::parse(&bytes).unwrap();
    assert_eq!(signed.claimed_device(), device().address());
    let keys = keys();
    let accept = |server: Server<'_>, opening: &SignedOpening, device| {
        server.accept(now(), opening, device, LastOpening::NONE).map(|accepted| accepted.last_opening())
    };

    let (expected, claimed) = (owner().address(), device().address());
    assert_eq!(
        accept(Server::new(&keys, recipient()), &signed, expected),
        Err(AcceptError::WrongDevice { expected, claimed })
    );
    let elsewhere = Address::new([9; 20]);
    assert_eq!(
        accept(Server::new(&keys, elsewhere), &signed, claimed),
        Err(AcceptError::WrongRecipient { recipient: recipient() })
    );
    let others = [ServerKey::from_bytes([3; 32]), ServerKey::from_bytes([4; 32])];
    assert_eq!(
        accept(Server::new(&others, recipient()), &signed, claimed),
        Err(AcceptError::UnknownServerKey { id: server_key().id() })
    );

    // Signed by another wallet than that of the device it names.
    let mut session = DeviceSession::new(request(1), ephemeral(1), Reservation::NONE).unwrap();
    serve(&mut session, &mut Reservation::NONE.clone(), &mut owner());
    let forged = SignedOpening::parse(session.opening().unwrap()).unwrap();
    assert_eq!(
        accept(Server::new(&keys, recipient()), &forged, claimed),
        Err(AcceptError::NotSigned(VerifyError::WrongSigner {
            expected: claimed,
            recovered: owner().address()
        }))
    );
}

#[test]
fn a_server_that_changes_its_key_takes_openings_for_both() {
    let keys = [ServerKey::from_bytes([3; 32]), ServerKey::from_bytes(SERVER_SECRET)];
    for key in &keys {
        let request = SessionRequest { server: key.public_key(), ..request(1) };
        let (mut session, _) = opened_device(request, Reservation::NONE);
        let signed = SignedOpening::parse(session.opening().unwrap()).unwrap();
        let accepted = Server::new(&keys, recipient())
            .accept(now(), &signed, device().address(), LastOpening::NONE)
            .unwrap();
        assert_eq!(receive(&mut accepted.stored(), &send(&mut session, b"hello")), b"hello");
    }
}

/// Signed by the device, but with an ephemeral key that anybody knows the secret of.
#[test]
fn an_ephemeral_key_that_contributes_nothing_is_refused() {
    let signed = SignedOpening::parse(&opening(request(1))).unwrap();
    let mut weak = *signed.unverified();
    weak.ephemeral_key = [0; 32];
    let mut bytes = signed.to_bytes();
    bytes[24..56].fill(0);
    bytes[132..].copy_from_slice(device().sign(&weak).unwrap().as_bytes());
    assert_eq!(try_accept(&bytes, LastOpening::NONE, now()), Err(AcceptError::WeakKey));
}

#[test]
fn an_opening_has_one_form_and_one_version() {
    let good = opening(request(1));
    let changed = |at: usize, with: &[u8]| {
        let mut bytes = good;
        bytes[at..at + with.len()].copy_from_slice(with);
        SignedOpening::parse(&bytes).unwrap_err()
    };
    assert_eq!(SignedOpening::parse(&good).unwrap().to_bytes(), good);
    for version in [0, 2, 0xFF] {
        assert_eq!(changed(0, &[version]), OpeningError::Version { version });
    }
    assert_eq!(SignedOpening::parse(&[2]), Err(OpeningError::Version { version: 2 }));
    assert_eq!(changed(1, &[2]), OpeningError::Kind { kind: 2 });
    assert_eq!(changed(2, &[0, 0]), OpeningError::Suite { number: 0 });
    assert_eq!(changed(2, &[1, 1]), OpeningError::Suite { number: 0x101 });
    assert_eq!(changed(108, &[0; 8]), OpeningError::CounterZero);
    assert_eq!(changed(116, &[0, 1]), OpeningError::FirstSequence);
    assert_eq!(changed(124, &[0xFF; 8]), OpeningError::NotAfter);
    assert_eq!(changed(196, &[good[196] - 27]), OpeningError::Form);
    assert!(matches!(changed(196, &[26]), OpeningError::Signature(_)));
    for len in (0..OPENING_LEN).chain([OPENING_LEN + 1]) {
        let mut bytes = good.to_vec();
        bytes.resize(len, 0);
        assert_eq!(SignedOpening::parse(&bytes), Err(OpeningError::Length { len }));
    }
}

#[test]
fn a_record_of_one_session_is_nothing_in_another() {
    let (mut session, mut server) = pair();
    let (mut next, _) = opened_device(request(8), Reservation::NONE);
    let mut record = send(&mut next, b"later");
    let session_id = next.session_id();
    assert_eq!(
        server.open_in_place(now(), &mut record).unwrap_err(),
        RecordError::OtherSession { session: session_id }
    );
    // 15 bits of the counter come back after 32,768 openings: the keys do not.
    let (mut same_id, _) = opened_device(request(7 + (1 << 15)), Reservation::NONE);
    let mut record = send(&mut same_id, b"later");
    assert_eq!(same_id.session_id(), session.session_id());
    assert_eq!([next.session_id().get(), same_id.session_id().get()], [8, 7]);
    let forged = RecordError::Forged { sequence: SequenceNumber::ZERO };
    assert_eq!(server.open_in_place(now(), &mut record).unwrap_err(), forged);
    // Nor does a record come back to who sent it.
    let mut own = send(&mut session, b"echo");
    assert_eq!(session.open_in_place(&mut own).unwrap_err(), forged);
    assert_eq!(receive(&mut server, &own), b"echo", "what is refused is not written to");
}

#[test]
fn a_record_is_opened_once_and_within_the_window() {
    let (mut device, mut server) = pair();
    let records: Vec<_> = (0..=WINDOW_LEN).map(|_| send(&mut device, b"reading")).collect();
    let last = records.last().unwrap();
    receive(&mut server, last);
    let refused = |server: &mut dimo_crypto::session::ServerSession, record: &[u8]| {
        server.open_in_place(now(), &mut record.to_vec()).unwrap_err()
    };
    assert_eq!(refused(&mut server, last), RecordError::Replayed { sequence: number(WINDOW_LEN) });
    assert_eq!(refused(&mut server, &records[0]), RecordError::TooOld { sequence: number(0), floor: 1 });
    for record in records[1..records.len() - 1].iter().rev() {
        assert_eq!(receive(&mut server, record), b"reading");
        assert!(matches!(refused(&mut server, record), RecordError::Replayed { .. }));
    }
}

#[test]
fn no_record_before_the_first_of_the_session_is_taken() {
    let stored = Reservation::from_bytes(5000u64.to_be_bytes()).unwrap();
    let (mut session, _) = opened_device(request(1), stored);
    let mut server = accept(&session);
    let record = send(&mut session, b"first");
    let mut before = record.clone();
    before[2..8].copy_from_slice(&4999u64.to_be_bytes()[2..]);
    assert_eq!(
        server.open_in_place(now(), &mut before).unwrap_err(),
        RecordError::TooOld { sequence: number(4999), floor: 5000 }
    );
    assert_eq!(receive(&mut server, &record), b"first");
}

#[test]
fn records_around_a_ratchet_step_come_in_any_order() {
    let (mut device, mut server) = pair();
    for _ in 0..GENERATION_LEN - 20 {
        send(&mut device, b"");
    }
    let mut records: Vec<_> = (0..40u8).map(|i| send(&mut device, &[i])).collect();
    records.reverse();
    for (i, record) in records.iter().enumerate() {
        assert_eq!(receive(&mut server, record), [39 - i as u8]);
    }
}

#[test]
fn a_session_lives_through_the_loss_of_sixteen_generations_and_not_of_more() {
    for stage in [Stage::Base, Stage::Upgraded] {
        let (mut device, mut server) = if stage == Stage::Base { pair() } else { upgraded_pair() };
        receive(&mut server, &send(&mut device, b"first"));
        let mut record = Vec::new();
        for _ in 0..(MAX_SKIP + 1) * GENERATION_LEN - 1 {
            record = send(&mut device, b"last of the sixteenth");
        }
        let ahead = send(&mut device, b"too far");
        let sequence = number((MAX_SKIP + 1) * GENERATION_LEN);
        assert_eq!(
            server.open_in_place(now(), &mut ahead.clone()).unwrap_err(),
            RecordError::TooFarAhead { sequence }
        );
        assert_eq!(receive(&mut server, &record), b"last of the sixteenth");
        assert_eq!(receive(&mut server, &ahead), b"too far");
    }
}

#[test]
fn a_reply_is_taken_once_for_its_own_session_and_unchanged() {
    let (mut device, mut server) = pair();
    let reply = server.reply(ephemeral(0x80)).unwrap();
    assert_eq!(server.reply(ephemeral(0x90)), Err(ServerReplyError::AlreadyMade));
    assert_eq!(device.handle_reply(&reply_to(8)), Err(ReplyError::OtherSession { counter: 8 }));

    let mut weak = reply;
    weak[12..44].fill(0);
    assert_eq!(device.handle_reply(&weak), Err(ReplyError::WeakKey));
    let changed = |at: usize, to: u8| {
        let mut bytes = reply;
        bytes[at] = to;
        bytes
    };
    assert_eq!(device.handle_reply(&changed(0, 2)), Err(ReplyError::Version { version: 2 }));
    assert_eq!(device.handle_reply(&changed(1, 1)), Err(ReplyError::Kind { kind: 1 }));
    assert_eq!(device.handle_reply(&changed(3, 2)), Err(ReplyError::Suite { number: 2 }));
    assert_eq!(device.handle_reply(&changed(11, 0)), Err(ReplyError::OtherSession { counter: 0 }));
    for (at, byte) in reply.iter().enumerate().skip(12) {
        // The top bit of an X25519 key is not part of the number, and still part of what is confirmed.
        for bit in 0..8 {
            assert_eq!(device.handle_reply(&changed(at, byte ^ 1 << bit)), Err(ReplyError::Forged));
        }
    }
    for len in 0..reply.len() {
        assert_eq!(device.handle_reply(&reply[..len]), Err(ReplyError::Length { len }));
    }
    assert_eq!(device.stage(), Some(Stage::Base));

    device.handle_reply(&reply).unwrap();
    assert_eq!(device.handle_reply(&reply), Err(ReplyError::NotAwaited));
    assert_eq!(receive(&mut server, &send(&mut device, b"goes on")), b"goes on");
}

#[test]
fn a_reply_after_the_first_generation_comes_too_late_and_harms_nothing() {
    let (mut device, mut server) = pair();
    let reply = server.reply(ephemeral(0x80)).unwrap();
    for _ in 0..GENERATION_LEN - 1 {
        send(&mut device, b"");
    }
    let in_time = send(&mut device, b"the last of the first generation");
    assert_eq!(device.handle_reply(&reply), Err(ReplyError::NotAwaited));
    assert_eq!(receive(&mut server, &in_time), b"the last of the first generation");
    assert_eq!(receive(&mut server, &send(&mut device, b"on")), b"on");
    // The server did not see the upgrade, so it does not use it.
    assert_eq!(receive_down(&mut device, &send_down(&mut server, b"down")), b"down");
}

#[test]
fn after_an_upgrade_the_base_keys_are_gone_as_soon_as_nothing_needs_them() {
    let (mut device, mut server) = pair();
    let records: Vec<_> = (0..3).map(|_| send(&mut device, b"base")).collect();
    let reply = server.reply(ephemeral(0x80)).unwrap();
    // Who has the base keys alone: a twin of the device that takes no reply.
    let (mut thief, _) = pair();
    for _ in 0..10 {
        send(&mut thief, b"");
    }
    let forged = send(&mut thief, b"forged");

    let unknown = RecordError::NoKeys { stage: Stage::Upgraded };
    let (_, mut without_reply) = pair();
    device.handle_reply(&reply).unwrap();
    let first = send(&mut device, b"upgraded");
    assert_eq!(without_reply.open_in_place(now(), &mut first.clone()).unwrap_err(), unknown);
    receive(&mut server, &first);
    let ended = RecordError::NoKeys { stage: Stage::Base };
    assert_eq!(server.open_in_place(now(), &mut forged.clone()).unwrap_err(), ended, "above the upgrade");
    receive(&mut server, &records[0]);
    // The first upgraded record is number 3: the window has moved up to it.
    let mut last = Vec::new();
    for _ in 0..WINDOW_LEN - 1 {
        last = send(&mut device, b"upgraded");
    }
    receive(&mut server, &last);
    assert_eq!(
        server.open_in_place(now(), &mut records[1].clone()).unwrap_err(),
        RecordError::TooOld { sequence: number(1), floor: 3 }
    );
}

#[test]
fn every_refusal_has_a_name_of_its_own_to_count_it_by() {
    let mut names: Vec<_> = Refusal::ALL.iter().map(|refusal| refusal.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Refusal::ALL.len());
    let id = server_key().id();
    assert_eq!(Refusal::from(AcceptError::UnknownServerKey { id }).to_string(), "unknown_server_key");
    assert_eq!(Refusal::from(RecordError::Truncated { len: 3 }), Refusal::TruncatedRecord);
    assert_eq!(Refusal::from(OpeningError::Suite { number: 9 }), Refusal::UnknownVersion);
}

#[test]
fn what_is_secret_does_not_show_itself() {
    let (device, server) = pair();
    let shown = format!("{device:?} {server:?} {:?} {:?}", ephemeral(1), keys());
    let secret: String = (1..33).map(|byte| format!("{byte:02x}")).collect();
    for part in [secret.as_str(), "4242424242", "66, 66"] {
        assert!(!shown.contains(part), "{shown}");
    }
}

#[test]
fn what_is_not_secret_is_shown_to_whoever_reads_a_log() {
    let (device, server) = pair();
    let opening =
        format!("opening: {:?}", SignedOpening::parse(device.opening().unwrap()).unwrap().unverified());
    let shown = format!("{device:?}");
    assert!(
        shown.starts_with(&format!("DeviceSession {{ {opening}, stage: Some(Base), next: 0, ")),
        "{shown}"
    );
    let shown = format!("{server:?}");
    assert!(shown.starts_with("ServerSession { opening: Verified {"), "{shown}");
    assert!(shown.ends_with(&format!(", ends: {:?}, next: 0, .. }}", server.ends())), "{shown}");

    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let public = ephemeral(1);
    assert_eq!(format!("{public:?}"), format!("Ephemeral(0x{})", digits(public.public_bytes())));
    let id = server_key().id();
    assert_eq!(id.to_string(), format!("0x{}", digits(id.as_bytes())));
    let shown = format!("{:?}", server_key());
    assert_eq!(shown, format!("ServerPublicKey(0x{})", digits(server_key().as_bytes())));
    let (keys, recipient) = (keys(), recipient());
    let shown = format!("{:?}", Server::new(&keys, recipient));
    let expected = format!("Server {{ keys: {keys:?}, recipient: {recipient:?}, max_lifetime: ");
    assert!(shown.starts_with(&expected), "{shown}");
    assert_eq!(format!("{keys:?}"), format!("[ServerKey {{ id: ServerKeyId({id}), .. }}]"));
}

#[test]
fn a_session_takes_less_than_a_kilobyte_of_memory_on_either_side() {
    let (device, server) = pair();
    assert!(size_of_val(&device) <= 1024, "{}", size_of_val(&device));
    assert!(size_of_val(&server) <= 1024, "{}", size_of_val(&server));
}

/// The struct that wallets show, spelled as EIP-712 wants it.
#[test]
fn the_signature_is_over_the_typed_struct_and_recovers_to_the_device() {
    let signed = SignedOpening::parse(&opening(request(1))).unwrap();
    let signature = Signature::from_bytes(&signed.to_bytes()[132..]).unwrap();
    assert_eq!(dimo_crypto::recover(signed.unverified(), &signature), Ok(device().address()));
    let mut other = *signed.unverified();
    other.not_after = secs(other.not_after.as_secs() + 1);
    assert_ne!(other.digest(), signed.unverified().digest());
}
