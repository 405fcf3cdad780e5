//! Long messages of J1939: they arrive whole, and what is lost ends typed. Frames are of our own making.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use dimo_dbc::request::j1939::{Address, TransportError, TransportReceiver};
use dimo_types::{CanId, Frame, Timestamp};
use proptest::prelude::*;

const OWN: u8 = 0xF9;
const PGN: [u8; 3] = [0xCA, 0xFE, 0x00];

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

fn frame(id: u32, data: &[u8]) -> Frame {
    Frame::classic(at(0), CanId::extended(id).unwrap(), data).unwrap()
}

fn management(to: u8, from: u8, data: [u8; 5]) -> Frame {
    frame(0x1CEC_0000 | u32::from(to) << 8 | u32::from(from), &[&data[..], &PGN].concat())
}

/// What announces a message of `len` bytes.
fn announced(to: u8, from: u8, len: usize) -> Frame {
    let [low, high] = (len as u16).to_le_bytes();
    let packets = len.div_ceil(7) as u8;
    let (control, at_once) = if to == 0xFF { (32, 0xFF) } else { (16, 3) };
    management(to, from, [control, low, high, packets, at_once])
}

/// The packets of a message.
fn packets(to: u8, from: u8, message: &[u8]) -> Vec<Frame> {
    let id = 0x1CEB_0000 | u32::from(to) << 8 | u32::from(from);
    let packet = |(at, chunk): (usize, &[u8])| {
        let mut data = [0xFF; 8];
        data[0] = at as u8 + 1;
        data[1..=chunk.len()].copy_from_slice(chunk);
        frame(id, &data)
    };
    message.chunks(7).enumerate().map(packet).collect()
}

fn message(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 3 + at / 200) as u8).collect()
}

#[test]
fn broadcasts_of_every_length_arrive() {
    let mut receiver = TransportReceiver::<1, 1785>::listening();
    for len in 9..=1785 {
        let sent = message(len);
        assert_eq!(receiver.handle_frame(at(0), &announced(0xFF, 3, len)), Ok(None));
        let all = packets(0xFF, 3, &sent);
        let (last, first) = all.split_last().unwrap();
        for packet in first {
            assert_eq!(receiver.handle_frame(at(0), packet), Ok(None));
            assert_eq!(receiver.poll_transmit(at(0)), None);
        }
        let whole = receiver.handle_frame(at(0), last).unwrap().unwrap();
        assert_eq!((whole.pgn, whole.source, whole.data), (0xFECA, Address(3), &sent[..]));
        assert_eq!(receiver.poll_timeout(), None);
    }
}

#[test]
fn a_message_to_us_is_allowed_block_by_block_and_confirmed() {
    let mut receiver = TransportReceiver::<2, 64>::at(Address(OWN));
    let sent = message(30);
    receiver.handle_frame(at(0), &announced(OWN, 0, 30)).unwrap();
    let mut said = Vec::new();
    let mut received = None;
    let mut hear = |receiver: &mut TransportReceiver<2, 64>| {
        while let Some(reply) = receiver.poll_transmit(at(0)) {
            assert_eq!(reply.id(), CanId::extended(0x1CEC_00F9).unwrap());
            assert_eq!(reply.data()[5..], PGN);
            said.push(reply.data()[..5].to_vec());
        }
    };
    hear(&mut receiver);
    for packet in packets(OWN, 0, &sent) {
        if let Some(whole) = receiver.handle_frame(at(0), &packet).unwrap() {
            received = Some(whole.data.to_vec());
        }
        hear(&mut receiver);
    }
    assert_eq!(received, Some(sent));
    assert_eq!(said, [[17, 3, 1, 0xFF, 0xFF], [17, 2, 4, 0xFF, 0xFF], [19, 30, 0, 5, 0xFF]]);
}

#[test]
fn two_units_broadcast_at_the_same_time() {
    let mut receiver = TransportReceiver::<2, 64>::listening();
    let (a, b) = (message(20), message(21));
    receiver.handle_frame(at(0), &announced(0xFF, 1, 20)).unwrap();
    receiver.handle_frame(at(0), &announced(0xFF, 2, 21)).unwrap();
    let third = receiver.handle_frame(at(0), &announced(0xFF, 3, 21));
    assert_eq!(third, Err(TransportError::Full { capacity: 2 }));
    let mut heard = Vec::new();
    for (of_a, of_b) in packets(0xFF, 1, &a).into_iter().zip(packets(0xFF, 2, &b)) {
        for packet in [of_a, of_b] {
            if let Some(whole) = receiver.handle_frame(at(0), &packet).unwrap() {
                heard.push((whole.source.0, whole.data.to_vec()));
            }
        }
    }
    assert_eq!(heard, [(1, a), (2, b)]);
}

#[test]
fn a_lost_packet_ends_the_message_and_its_sender_is_told() {
    let mut receiver = TransportReceiver::<1, 64>::at(Address(OWN));
    let all = packets(OWN, 0, &message(30));
    receiver.handle_frame(at(0), &announced(OWN, 0, 30)).unwrap();
    receiver.handle_frame(at(0), &all[0]).unwrap();
    let lost = receiver.handle_frame(at(0), &all[2]);
    assert_eq!(lost, Err(TransportError::Sequence { expected: 2, found: 3 }));
    assert_eq!(receiver.poll_transmit(at(0)).unwrap().data()[..2], [255, 7]);
    assert_eq!(receiver.poll_transmit(at(0)), None);
    assert_eq!(receiver.handle_frame(at(0), &all[1]), Ok(None), "nothing is under way");
}

#[test]
fn silence_ends_a_message() {
    for (to, millis, reply) in [(0xFF, 750, None), (OWN, 1250, Some([255, 3]))] {
        let mut receiver = TransportReceiver::<1, 64>::at(Address(OWN));
        receiver.handle_frame(at(0), &announced(to, 0, 30)).unwrap();
        let _ = receiver.poll_transmit(at(0));
        assert_eq!(receiver.poll_timeout(), Some(at(millis)));
        assert_eq!(receiver.handle_timeout(at(millis - 1)), Ok(()));
        let late = TransportError::Timeout { pgn: 0xFECA, received: 0, len: 30 };
        assert_eq!(receiver.handle_timeout(at(millis)), Err(late));
        let said = receiver.poll_transmit(at(millis)).map(|reply| [reply.data()[0], reply.data()[1]]);
        assert_eq!((said, receiver.poll_timeout()), (reply, None));
    }
}

#[test]
fn what_does_not_fit_or_contradicts_itself_begins_nothing() {
    let mut receiver = TransportReceiver::<1, 64>::at(Address(OWN));
    let long = receiver.handle_frame(at(0), &announced(OWN, 0, 65));
    assert_eq!(long, Err(TransportError::TooLong { len: 65, capacity: 64 }));
    assert_eq!(receiver.poll_transmit(at(0)).unwrap().data()[..2], [255, 9]);
    for ignored in [
        announced(0xFF, 0, 8),                                    // a frame would do
        management(0xFF, 0, [32, 30, 0, 4, 0xFF]),                // four packets are too few
        management(0xFF, 0, [16, 30, 0, 5, 0xFF]),                // a request to all
        management(OWN, 0, [32, 30, 0, 5, 0xFF]),                 // a broadcast to one
        announced(0x21, 0, 30),                                   // to somebody else
        frame(0x1DEC_FF00, &[32, 30, 0, 5, 0xFF, 0xCA, 0xFE, 0]), // the other data page
        frame(0x1CEC_FF00, &[32, 30, 0, 5, 0xFF, 0xCA, 0xFE, 4]), // a group of 19 bits
        frame(0x1CEC_FF00, &[32, 30, 0, 5]),
    ] {
        assert_eq!(receiver.handle_frame(at(0), &ignored), Ok(None), "{ignored:?}");
        assert_eq!((receiver.poll_timeout(), receiver.poll_transmit(at(0))), (None, None), "{ignored:?}");
    }
}

#[test]
fn a_sender_may_give_up_or_begin_anew() {
    let mut receiver = TransportReceiver::<1, 64>::at(Address(OWN));
    receiver.handle_frame(at(0), &announced(OWN, 0, 30)).unwrap();
    let given_up = receiver.handle_frame(at(0), &management(OWN, 0, [255, 1, 0xFF, 0xFF, 0xFF]));
    assert_eq!(given_up, Err(TransportError::Aborted { reason: 1 }));
    assert_eq!(receiver.poll_timeout(), None);

    let sent = message(12);
    receiver.handle_frame(at(0), &announced(0xFF, 0, 30)).unwrap();
    receiver.handle_frame(at(0), &packets(0xFF, 0, &message(30))[0]).unwrap();
    receiver.handle_frame(at(0), &announced(0xFF, 0, 12)).unwrap();
    let all = packets(0xFF, 0, &sent);
    receiver.handle_frame(at(0), &all[0]).unwrap();
    assert_eq!(receiver.handle_frame(at(0), &all[1]).unwrap().unwrap().data, sent);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn packets_that_are_lost_repeated_or_swapped_never_make_a_wrong_message(
        len in 9_usize..300,
        to in proptest::sample::select(vec![0xFF_u8, OWN]),
        fates in proptest::collection::vec(0_u8..8, 43),
    ) {
        let sent = message(len);
        let mut all = packets(to, 0, &sent);
        for (at, fate) in fates.iter().enumerate().rev().filter(|(at, _)| *at < len.div_ceil(7)) {
            match fate {
                0 => drop(all.remove(at)),
                1 => all.insert(at, all[at]),
                2 if at > 0 => all.swap(at, at - 1),
                _ => {}
            }
        }
        let mut receiver = TransportReceiver::<2, 300>::at(Address(OWN));
        receiver.handle_frame(at(0), &announced(to, 0, len)).unwrap();
        let mut whole = None;
        let mut error = None;
        for packet in &all {
            match receiver.handle_frame(at(0), packet) {
                Ok(Some(message)) => whole = Some(message.data.to_vec()),
                Ok(None) => {}
                Err(found) => error = Some(found),
            }
            while receiver.poll_transmit(at(0)).is_some() {}
        }
        if let Err(found) = receiver.handle_timeout(at(2000)) {
            error = Some(found);
        }
        prop_assert_eq!(receiver.poll_timeout(), None);
        match whole {
            Some(whole) => prop_assert_eq!(whole, sent),
            None => prop_assert!(error.is_some()),
        }
    }
}
