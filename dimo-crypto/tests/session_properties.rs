//! Sealed sessions under whatever a network, a thief and a power cut can do.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]
#![cfg(all(feature = "session", feature = "software-key"))]

mod session_util;
mod util;

use std::collections::BTreeSet;

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::session::{
    DeviceSession, GENERATION_LEN, LastOpening, OVERHEAD, RESERVATION_LEN, RecordError, Reservation, Server,
    ServerKey, ServerSession, SessionAction, SignedOpening, WINDOW_LEN,
};
use proptest::prelude::*;
use session_util::{
    SERVER_SECRET, ephemeral, now, opened_device, pair, receive, receive_down, recipient, request, send,
    send_down, upgraded_pair,
};
use util::device;

fn try_accept(opening: &[u8]) -> Option<ServerSession> {
    let keys = [ServerKey::from_bytes(SERVER_SECRET)];
    let opening = SignedOpening::parse(opening).ok()?;
    let accepted =
        Server::new(&keys, recipient()).accept(now(), &opening, device().address(), LastOpening::NONE);
    accepted.ok().map(|accepted| accepted.stored())
}

#[test]
fn an_opening_with_any_bit_changed_is_refused() {
    let (session, _) = opened_device(request(7), Reservation::NONE);
    let mut opening = *session.opening().unwrap();
    assert!(try_accept(&opening).is_some());
    for at in 0..opening.len() {
        for bit in 0..8 {
            opening[at] ^= 1 << bit;
            assert!(try_accept(&opening).is_none(), "bit {bit} of byte {at}");
            opening[at] ^= 1 << bit;
        }
    }
    assert_eq!(&opening, session.opening().unwrap());
}

#[test]
fn a_record_with_any_bit_changed_is_refused_and_changes_nothing() {
    for (mut device, mut server) in [pair(), upgraded_pair()] {
        let record = send(&mut device, b"a reading");
        let down = send_down(&mut server, b"a setting");
        for at in 0..record.len() {
            for bit in 0..8 {
                let mut changed = record.clone();
                changed[at] ^= 1 << bit;
                let before = changed.clone();
                assert!(server.open_in_place(now(), &mut changed).is_err(), "bit {bit} of byte {at}");
                assert_eq!(changed, before);

                let mut changed = down.clone();
                changed[at] ^= 1 << bit;
                let before = changed.clone();
                assert!(device.open_in_place(&mut changed).is_err(), "bit {bit} of byte {at}, down");
                assert_eq!(changed, before);
            }
        }
        for len in 0..record.len() {
            assert!(server.open_in_place(now(), &mut record[..len].to_vec()).is_err());
        }
        assert_eq!(receive(&mut server, &record), b"a reading");
        assert_eq!(receive_down(&mut device, &down), b"a setting");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Loss, reordering, repetition, steps of the ratchet and an upgrade on the way: the server takes what a complete memory
    /// of all numbers would take, and reads in it what was sealed.
    #[test]
    fn a_session_takes_each_record_once_whatever_the_network_does(
        start in 0..2 * GENERATION_LEN,
        upgrade_at in prop::option::of(0..300usize),
        order in prop::collection::vec((0..300usize, 0..80usize), 1..400),
    ) {
        let (mut device, mut server) = pair();
        for _ in 0..start {
            send(&mut device, b"");
        }
        let reply = upgrade_at.map(|_| server.reply(ephemeral(0x80)).unwrap());
        let records: Vec<_> = (0..300usize)
            .map(|i| {
                if upgrade_at == Some(i) {
                    // Refused when the first generation is over, and then the session goes on as it was.
                    assert_eq!(device.handle_reply(&reply.unwrap()).is_ok(), start + (i as u64) < GENERATION_LEN);
                }
                send(&mut device, &i.to_be_bytes())
            })
            .collect();

        let (mut taken, mut highest) = (BTreeSet::new(), None);
        for (step, (base, ahead)) in order.into_iter().enumerate() {
            // Mostly rising, with gaps and steps back.
            let i = if base % 3 == 0 { base } else { (step * 300 / 400 + ahead) % 300 };
            let answer = server.open_in_place(now(), &mut records[i].clone()).map(|opened| opened.plaintext.to_vec());
            let is_old = highest.is_some_and(|highest| i as u64 + WINDOW_LEN <= highest);
            if is_old {
                let is_too_old = matches!(answer, Err(RecordError::TooOld { .. }));
                prop_assert!(is_too_old, "{i}: {answer:?}");
            } else if !taken.insert(i) {
                let is_replayed = matches!(answer, Err(RecordError::Replayed { .. }));
                prop_assert!(is_replayed, "{i}: {answer:?}");
            } else {
                prop_assert_eq!(answer, Ok(i.to_be_bytes().to_vec()));
                highest = highest.max(Some(i as u64));
            }
        }
    }

    #[test]
    fn bytes_from_nowhere_are_never_a_record(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let (_, mut server) = pair();
        let mut record = bytes.clone();
        prop_assert!(server.open_in_place(now(), &mut record).is_err());
        prop_assert_eq!(&record, &bytes);
        prop_assert!(SignedOpening::parse(&bytes).is_err());
    }
}

/// What happens to a device next.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// It seals so many records, if it may.
    Seal(u64),
    /// It stores what it should, and the power fails ...
    Store(Cut),
    /// The power fails.
    Cut,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Cut {
    /// ... not at all.
    Never,
    /// ... before the write.
    Before,
    /// ... between the write and the device hearing of it.
    After,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..RESERVATION_LEN).prop_map(Step::Seal),
        4 => Just(Step::Store(Cut::Never)),
        1 => Just(Step::Store(Cut::Before)),
        1 => Just(Step::Store(Cut::After)),
        1 => Just(Step::Cut),
    ]
}

/// The worst device: its random source repeats itself and its counter stands still, in every life.
fn reborn(flash: Reservation) -> DeviceSession {
    DeviceSession::new(request(1), ephemeral(1), flash).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Were all keys the same in all lives of the device, still no two records would have the same nonce.
    #[test]
    fn no_number_is_used_twice_whenever_the_power_fails(steps in prop::collection::vec(step(), 1..60)) {
        let mut flash = Reservation::NONE;
        let mut session = reborn(flash);
        let mut used = BTreeSet::new();
        let mut record = [0; OVERHEAD];
        for step in steps {
            let action = session.poll_action();
            if let Some(SessionAction::Sign(opening)) = action {
                session.handle_signature(&device().sign(&opening).unwrap()).unwrap();
            }
            match (step, action) {
                (Step::Seal(count), _) => {
                    for _ in 0..count {
                        let Ok(number) = session.seal(b"", &mut record) else { break };
                        prop_assert!(used.insert(number), "{number:?} is used twice");
                        prop_assert!(number.get() < flash.end(), "{number:?} is used before it is reserved");
                    }
                }
                (Step::Store(cut), Some(SessionAction::Persist(reservation))) => {
                    if cut != Cut::Before {
                        flash = Reservation::from_bytes(reservation.to_bytes()).unwrap();
                    }
                    if cut == Cut::Never {
                        session.handle_persisted(reservation).unwrap();
                    } else {
                        session = reborn(flash);
                    }
                }
                (Step::Store(_), _) => {}
                (Step::Cut, _) => session = reborn(flash),
            }
        }
    }
}
