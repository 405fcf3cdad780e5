//! Long messages of J1939 are sent as SAE J1939-21 lays down, and arrive at our receiver.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use std::time::Duration;

use dimo_dbc::request::j1939::{
    Address, MessageError, SendError, TransportError, TransportReceiver, TransportSender,
};
use dimo_types::{CanId, Frame, Timestamp};
use proptest::prelude::*;

const OWN: Address = Address(0xF9);
const THEIRS: Address = Address(0x03);
/// A group that is sent to a destination.
const PGN: u32 = 0xEF00;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

fn message(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 3 + at / 200) as u8).collect()
}

fn to_them(message: &[u8]) -> TransportSender<'_> {
    TransportSender::to(THEIRS, PGN, OWN, message).unwrap()
}

/// What the other unit says of connection management.
fn says(data: [u8; 5]) -> Frame {
    let data = [&data[..], &[0x00, 0xEF, 0x00]].concat();
    Frame::classic(at(0), CanId::extended(0x1CEC_F903).unwrap(), &data).unwrap()
}

fn clear(count: u8, next: u8) -> Frame {
    says([17, count, next, 0xFF, 0xFF])
}

fn confirms(len: u16) -> Frame {
    let [low, high] = len.to_le_bytes();
    says([19, low, high, len.div_ceil(7) as u8, 0xFF])
}

/// All frames that may go now.
fn frames(sender: &mut TransportSender<'_>, millis: u64) -> Vec<Frame> {
    core::iter::from_fn(|| sender.poll_transmit(at(millis))).collect()
}

/// The numbers of the packets that may go now.
fn numbers(sender: &mut TransportSender<'_>, millis: u64) -> Vec<u8> {
    let packets = frames(sender, millis);
    assert!(packets.iter().all(|packet| packet.id() == CanId::extended(0x1CEB_03F9).unwrap()));
    packets.iter().map(|packet| packet.data()[0]).collect()
}

/// Asserts that the receiver is told of that reason, and of nothing else after it.
#[track_caller]
fn assert_told(sender: &mut TransportSender<'_>, reason: u8) {
    assert!(sender.is_finished());
    let [told] = &frames(sender, 9999)[..] else { panic!("one frame") };
    assert_eq!(told.id(), CanId::extended(0x1CEC_03F9).unwrap());
    assert_eq!(told.data(), [255, reason, 0xFF, 0xFF, 0xFF, 0x00, 0xEF, 0x00]);
    assert_eq!(sender.poll_timeout(), None);
    assert_eq!(sender.handle_frame(at(9999), &clear(1, 1)), Ok(()));
    assert_eq!(sender.handle_timeout(at(99_999)), Ok(()));
    assert_eq!(frames(sender, 99_999), []);
}

#[test]
fn broadcasts_of_every_length_arrive_in_time() {
    let mut receiver = TransportReceiver::<1, 1785>::listening();
    for len in 9..=1785 {
        let sent = message(len);
        let spacing = Duration::from_millis(50 + len as u64 % 151);
        let sender = TransportSender::broadcast(0xFECA, OWN, &sent).unwrap();
        let mut sender = sender.with_spacing(spacing).unwrap();
        let (mut now, mut received, mut count) = (at(0), None, 0);
        while !sender.is_finished() {
            let frame = sender.poll_transmit(now).unwrap();
            assert_eq!(sender.poll_transmit(now), None, "one frame at a time");
            count += 1;
            if let Some(whole) = receiver.handle_frame(now, &frame).unwrap() {
                assert_eq!((whole.pgn, whole.source, whole.destination), (0xFECA, OWN, Address::ALL));
                received = Some(whole.data.to_vec());
            }
            if let Some(due) = sender.poll_timeout() {
                assert_eq!(due.micros_since(now), spacing.as_micros() as i64);
                now = due;
            }
        }
        assert_eq!((received.as_ref(), count), (Some(&sent), 1 + len.div_ceil(7)));
        assert_eq!(sender.sent(), len);
    }
}

#[test]
fn messages_of_every_length_arrive_at_one_unit() {
    let mut receiver = TransportReceiver::<1, 1785>::at(THEIRS);
    for len in 9..=1785 {
        let sent = message(len);
        let mut sender = to_them(&sent);
        let mut received = None;
        while !sender.is_finished() {
            for frame in frames(&mut sender, 0) {
                if let Some(whole) = receiver.handle_frame(at(0), &frame).unwrap() {
                    received = Some(whole.data.to_vec());
                }
            }
            while let Some(reply) = receiver.poll_transmit(at(0)) {
                sender.handle_frame(at(0), &reply).unwrap();
            }
        }
        assert_eq!((received.as_ref(), sender.sent()), (Some(&sent), len));
        assert_eq!((sender.poll_transmit(at(0)), sender.poll_timeout()), (None, None));
    }
}

#[test]
fn the_frames_are_those_of_the_standard() {
    let sent = message(16);
    let mut sender = TransportSender::broadcast(0x1_FECA, OWN, &sent).unwrap();
    let all: Vec<Frame> = (0..4).flat_map(|tick| frames(&mut sender, tick * 50)).collect();
    let told: Vec<_> = all.iter().map(|frame| (frame.id().number(), frame.data().to_vec())).collect();
    let expected = [
        (0x1CEC_FFF9, vec![32, 16, 0, 3, 0xFF, 0xCA, 0xFE, 0x01]),
        (0x1CEB_FFF9, vec![1, 0, 3, 6, 9, 12, 15, 18]),
        (0x1CEB_FFF9, vec![2, 21, 24, 27, 30, 33, 36, 39]),
        (0x1CEB_FFF9, vec![3, 42, 45, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
    ];
    assert_eq!(told, expected);
    assert!(all.iter().all(|frame| frame.id().is_extended()));
}

#[test]
fn a_broadcast_waits_for_its_next_packet_and_hears_nobody() {
    let sent = message(20);
    let mut sender = TransportSender::broadcast(PGN, OWN, &sent).unwrap();
    assert_eq!(frames(&mut sender, 0).len(), 1);
    assert_eq!(frames(&mut sender, 49), []);
    assert_eq!(frames(&mut sender, 90).len(), 1);
    assert_eq!(sender.poll_timeout(), Some(at(140)), "from when it went");
    let from_all =
        Frame::classic(at(0), CanId::extended(0x1CEC_F9FF).unwrap(), says([255; 5]).data()).unwrap();
    for stranger in [from_all, clear(1, 1), says([255, 1, 0xFF, 0xFF, 0xFF])] {
        assert_eq!(sender.handle_frame(at(100), &stranger), Ok(()));
    }
    assert_eq!((sender.is_finished(), frames(&mut sender, 140).len()), (false, 1));
    sender.give_up();
    assert_eq!((sender.is_finished(), frames(&mut sender, 300)), (true, vec![]));
}

#[test]
fn packets_go_in_the_blocks_that_the_receiver_allows() {
    let sent = message(40);
    let mut sender = to_them(&sent);
    assert_eq!(frames(&mut sender, 0)[0].data()[..5], [16, 40, 0, 6, 0xFF]);
    assert_eq!(sender.poll_timeout(), Some(at(1250)));
    sender.handle_frame(at(10), &clear(2, 1)).unwrap();
    assert_eq!(sender.poll_timeout(), None, "packets may go");
    assert_eq!(numbers(&mut sender, 10), [1, 2]);
    assert_eq!((sender.sent(), sender.poll_timeout()), (14, Some(at(1260))));
    sender.handle_frame(at(20), &clear(255, 3)).unwrap();
    assert_eq!(numbers(&mut sender, 20), [3, 4, 5, 6]);
    assert!(!sender.is_finished(), "it was not confirmed");
    sender.handle_frame(at(30), &confirms(40)).unwrap();
    assert_eq!((sender.is_finished(), sender.sent()), (true, 40));
    assert_eq!(frames(&mut sender, 30), []);
}

#[test]
fn a_receiver_may_hold_the_sender_as_long_as_it_says_so() {
    let sent = message(20);
    let mut sender = to_them(&sent);
    frames(&mut sender, 0);
    for hold in 0..20 {
        sender.handle_frame(at(hold * 500), &clear(0, 0xFF)).unwrap();
        assert!(numbers(&mut sender, hold * 500).is_empty());
        assert_eq!(sender.poll_timeout(), Some(at(hold * 500 + 1050)));
    }
    sender.handle_frame(at(10_000), &clear(3, 1)).unwrap();
    assert_eq!(numbers(&mut sender, 10_000), [1, 2, 3]);
    sender.handle_frame(at(10_100), &clear(0, 0xFF)).unwrap();
    assert_eq!(sender.handle_timeout(at(11_149)), Ok(()));
    assert_eq!(sender.handle_timeout(at(11_150)), Err(SendError::Timeout { sent: 20, len: 20 }));
    assert_told(&mut sender, 3);
}

#[test]
fn packets_are_sent_again_when_the_receiver_asks() {
    let sent = message(40);
    let mut sender = to_them(&sent);
    frames(&mut sender, 0);
    sender.handle_frame(at(0), &clear(5, 1)).unwrap();
    assert_eq!(numbers(&mut sender, 0), [1, 2, 3, 4, 5]);
    sender.handle_frame(at(0), &clear(2, 3)).unwrap();
    let again = frames(&mut sender, 0);
    assert_eq!(again[0].data(), [&[3][..], &sent[14..21]].concat());
    assert_eq!((again.len(), sender.sent()), (2, 35));
    sender.handle_frame(at(0), &clear(2, 4)).unwrap();
    assert_eq!(numbers(&mut sender, 0), [4, 5]);
    // Something new in between: the count begins anew.
    sender.handle_frame(at(0), &clear(1, 6)).unwrap();
    assert_eq!(numbers(&mut sender, 0), [6]);
    for _ in 0..2 {
        sender.handle_frame(at(0), &clear(1, 6)).unwrap();
        assert_eq!(numbers(&mut sender, 0), [6]);
    }
    assert_eq!(sender.handle_frame(at(0), &clear(1, 6)), Err(SendError::Repeats { limit: 2 }));
    assert_told(&mut sender, 5);
}

#[test]
fn silence_ends_a_message_wherever_it_is() {
    let sent = message(20);
    let mut sender = to_them(&sent);
    frames(&mut sender, 0);
    assert_eq!(sender.handle_timeout(at(1249)), Ok(()));
    let late = sender.handle_frame(at(1250), &clear(1, 1));
    assert_eq!(late, Err(SendError::Timeout { sent: 0, len: 20 }));
    assert_told(&mut sender, 3);

    let mut sender = to_them(&sent);
    frames(&mut sender, 0);
    sender.handle_frame(at(0), &clear(1, 1)).unwrap();
    assert_eq!(numbers(&mut sender, 100), [1]);
    assert_eq!(sender.handle_timeout(at(1350)), Err(SendError::Timeout { sent: 7, len: 20 }));
    assert_told(&mut sender, 3);
}

#[test]
fn a_receiver_that_gives_up_is_told_nothing() {
    let sent = message(20);
    for reason in [1, 2, 3, 9, 250] {
        let mut sender = to_them(&sent);
        frames(&mut sender, 0);
        let ended = sender.handle_frame(at(1), &says([255, reason, 0xFF, 0xFF, 0xFF]));
        assert_eq!(ended, Err(SendError::Aborted { reason }));
        assert_eq!((sender.is_finished(), frames(&mut sender, 1)), (true, vec![]));
    }
}

#[test]
fn a_receiver_that_breaks_the_protocol_is_told() {
    let sent = message(20);
    let under_way = |frame: &Frame| {
        let mut sender = to_them(&sent);
        frames(&mut sender, 0);
        sender.handle_frame(at(0), &clear(1, 1)).unwrap();
        assert_eq!(numbers(&mut sender, 0), [1]);
        let result = sender.handle_frame(at(0), frame);
        (sender, result)
    };
    for number in [0, 3, 4, 255] {
        let (mut sender, result) = under_way(&clear(1, number));
        assert_eq!(result, Err(SendError::NoSuchPacket { number }));
        assert_told(&mut sender, 250);
    }
    for confirmed in [7, 20] {
        let (mut sender, result) = under_way(&confirms(confirmed));
        assert_eq!(result, Err(SendError::WrongEnd { sent: 7, confirmed: confirmed.into() }));
        assert_told(&mut sender, 250);
    }
    let (mut sender, _) = under_way(&clear(2, 2));
    sender.poll_transmit(at(0)).unwrap();
    assert_eq!(sender.handle_frame(at(0), &clear(1, 3)), Err(SendError::ClearedWhileSending));
    assert_told(&mut sender, 4);
}

#[test]
fn giving_up_tells_a_receiver_that_was_asked() {
    let sent = message(20);
    let mut sender = to_them(&sent);
    frames(&mut sender, 0);
    sender.give_up();
    assert_told(&mut sender, 2);
    let mut sender = to_them(&sent);
    sender.give_up();
    assert_eq!((sender.is_finished(), frames(&mut sender, 0)), (true, vec![]), "nobody knows of it");
}

#[test]
fn frames_of_others_are_ignored() {
    let sent = message(20);
    let mut sender = to_them(&sent);
    assert_eq!(sender.handle_frame(at(0), &clear(1, 1)), Ok(()), "nothing was sent");
    frames(&mut sender, 0);
    let cleared = clear(3, 1);
    let from = |id: CanId, data: &[u8]| Frame::classic(at(0), id, data).unwrap();
    let other_group = [&cleared.data()[..5], &[0x00, 0xEE, 0x00]].concat();
    for stranger in [
        from(CanId::extended(0x1CEC_F904).unwrap(), cleared.data()),
        from(CanId::extended(0x1CEC_F803).unwrap(), cleared.data()),
        from(CanId::extended(0x1CEB_F903).unwrap(), cleared.data()),
        from(CanId::extended(0x1DEC_F903).unwrap(), cleared.data()),
        from(CanId::standard(0x103).unwrap(), cleared.data()),
        from(cleared.id(), &cleared.data()[..7]),
        from(cleared.id(), &other_group),
        says([18, 3, 1, 0xFF, 0xFF]),
        Frame::remote(at(0), cleared.id(), 8).unwrap(),
    ] {
        assert_eq!(sender.handle_frame(at(0), &stranger), Ok(()));
        assert_eq!(frames(&mut sender, 0), []);
    }
    // With any priority.
    let urgent = from(CanId::extended(0x00EC_F903).unwrap(), cleared.data());
    sender.handle_frame(at(0), &urgent).unwrap();
    assert_eq!(numbers(&mut sender, 0), [1, 2, 3]);
}

#[test]
fn what_the_protocol_cannot_carry_is_refused() {
    let long = message(1786);
    for len in [0, 8, 1786] {
        let refused = TransportSender::broadcast(PGN, OWN, &long[..len]);
        assert_eq!(refused.unwrap_err(), MessageError::Length { len });
    }
    let fits = &long[..1785];
    for pgn in [0x4_0000, 0xEF01, u32::MAX] {
        let refused = TransportSender::broadcast(pgn, OWN, fits).unwrap_err();
        assert_eq!(refused, MessageError::Pgn { pgn });
    }
    assert!(TransportSender::broadcast(0x3_FFFF, OWN, fits).is_ok());
    for address in [Address(0xFE), Address::ALL] {
        let refused = TransportSender::broadcast(PGN, address, fits).unwrap_err();
        assert_eq!(refused, MessageError::Address { address });
        assert_eq!(
            TransportSender::to(address, PGN, OWN, fits).unwrap_err(),
            MessageError::Address { address }
        );
    }
    for millis in [0, 49, 201] {
        let spacing = Duration::from_millis(millis);
        let refused = TransportSender::broadcast(PGN, OWN, fits).unwrap().with_spacing(spacing).unwrap_err();
        assert_eq!(refused, MessageError::Spacing { spacing });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn frames_that_are_lost_end_a_message_typed_on_both_sides(
        len in 9_usize..300,
        is_lost in proptest::collection::vec(prop::bool::weighted(0.03), 120),
    ) {
        let sent = message(len);
        let mut sender = to_them(&sent);
        let mut receiver = TransportReceiver::<1, 300>::at(THEIRS);
        let mut lost = is_lost.into_iter();
        let (mut received, mut failed, mut refused) = (None, None, None);
        let mut now = at(0);
        loop {
            let mut quiet = true;
            while let Some(frame) = sender.poll_transmit(now) {
                quiet = false;
                if lost.next() == Some(true) {
                    continue;
                }
                match receiver.handle_frame(now, &frame) {
                    Ok(Some(whole)) => received = Some(whole.data.to_vec()),
                    Ok(None) => {}
                    Err(error) => refused = Some(error),
                }
            }
            while let Some(reply) = receiver.poll_transmit(now) {
                quiet = false;
                if lost.next() != Some(true)
                    && let Err(error) = sender.handle_frame(now, &reply)
                {
                    failed = Some(error);
                }
            }
            if quiet {
                let next = [sender.poll_timeout(), receiver.poll_timeout()].into_iter().flatten().min();
                let Some(next) = next else { break };
                now = next;
                failed = sender.handle_timeout(now).err().or(failed);
                refused = receiver.handle_timeout(now).err().or(refused);
            }
        }
        prop_assert!(sender.is_finished());
        match received {
            Some(received) => prop_assert_eq!(received, sent),
            None => prop_assert!(failed.is_some()),
        }
        if let Some(error) = refused {
            let is_loss = matches!(
                error,
                TransportError::Timeout { .. } | TransportError::Sequence { .. } | TransportError::Aborted { .. }
            );
            prop_assert!(is_loss, "{}", error);
        }
    }

    #[test]
    fn no_answers_make_it_send_what_was_not_allowed(
        answers in proptest::collection::vec((0_u8..=20, 0_u8..12, 0_u8..8), 0..40),
    ) {
        let sent = message(50);
        let mut sender = to_them(&sent);
        frames(&mut sender, 0);
        for (control, count, next) in answers {
            let allowed = control == 17 && !sender.is_finished();
            let result = sender.handle_frame(at(0), &says([control, count, next, 0xFF, 0xFF]));
            for frame in frames(&mut sender, 0) {
                let data = frame.data();
                if data[0] == 255 {
                    prop_assert!(result.is_err() && sender.is_finished());
                } else {
                    prop_assert!(allowed && (next..next.saturating_add(count)).contains(&data[0]));
                    let start = usize::from(data[0] - 1) * 7;
                    prop_assert_eq!(&data[1..=7.min(50 - start)], &sent[start..50.min(start + 7)]);
                }
            }
        }
    }
}
