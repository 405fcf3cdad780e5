//! Messages over ISO-TP: what the frames look like, that they arrive whole, and that what is lost ends typed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use std::time::Duration;

use dimo_dbc::request::isotp::{
    Link, MessageError, Padding, ReceiveError, Receiver, Reception, SendError, Sender, SeparationTime,
};
use dimo_types::{CanId, Frame, Timestamp};
use proptest::prelude::*;

/// More than a short first frame can state.
const ROOM: usize = 5000;

fn tester() -> Link {
    Link::normal(CanId::standard(0x7E0).unwrap(), CanId::standard(0x7E8).unwrap())
}

fn ecu() -> Link {
    tester().mirrored().unwrap()
}

fn at(micros: u64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

/// A frame from the control unit.
fn from_ecu(data: &[u8]) -> Frame {
    Frame::classic(at(0), CanId::standard(0x7E8).unwrap(), data).unwrap()
}

fn message(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 7 + at / 251) as u8).collect()
}

fn links() -> Vec<Link> {
    let (a, b) = (CanId::standard(0x6F1).unwrap(), CanId::standard(0x660).unwrap());
    let normal = [tester(), Link::normal_fixed(0x10, 0xF1), Link::extended(a, 0x60, b, 0xF1)];
    let mut links = Vec::new();
    for link in normal {
        for padding in [Padding::None, Padding::Byte(0), Padding::Byte(0xCC)] {
            let link = link.with_padding(padding);
            links.push(link);
            links.extend([8, 12, 16, 20, 24, 32, 48, 64].map(|len| link.with_fd(len).unwrap()));
        }
    }
    links
}

/// How a message ended on both sides.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    received: Option<Vec<u8>>,
    send_error: Option<SendError>,
    receive_error: Option<ReceiveError>,
    /// All frames that were sent, in order.
    frames: Vec<Frame>,
    ended: u64,
}

/// Lets a message travel until both sides have nothing more to do. `bus` says what becomes of a frame.
fn travel(
    mut sender: Sender<'_>,
    receiver: &mut Receiver<ROOM>,
    mut bus: impl FnMut(&Frame) -> Vec<Frame>,
) -> Outcome {
    let (mut outcome, mut now) = (Outcome::default(), at(1_000_000));
    for _ in 0..100_000 {
        let mut idle = true;
        while let Some(frame) = sender.poll_transmit(now) {
            idle = false;
            outcome.frames.push(frame);
            for frame in bus(&frame) {
                match receiver.handle_frame(now, &frame) {
                    Ok(Reception::Complete(bytes)) => outcome.received = Some(bytes.to_vec()),
                    Ok(_) => {}
                    Err(error) => outcome.receive_error = Some(error),
                }
            }
        }
        while let Some(frame) = receiver.poll_transmit(now) {
            idle = false;
            outcome.frames.push(frame);
            for frame in bus(&frame) {
                if let Err(error) = sender.handle_frame(now, &frame) {
                    outcome.send_error = Some(error);
                }
            }
        }
        if !idle {
            continue;
        }
        let Some(next) = [sender.poll_timeout(), receiver.poll_timeout()].into_iter().flatten().min() else {
            assert!(sender.is_finished() && !receiver.is_receiving());
            outcome.ended = now.as_micros() - 1_000_000;
            return outcome;
        };
        now = now.max(next);
        if let Err(error) = sender.handle_timeout(now) {
            outcome.send_error = Some(error);
        }
        if let Err(error) = receiver.handle_timeout(now) {
            outcome.receive_error = Some(error);
        }
    }
    panic!("it hangs: {outcome:?}");
}

#[track_caller]
fn arrives(link: Link, len: usize, block_size: u8) -> Outcome {
    let bytes = message(len);
    let mut receiver = Receiver::new(link.mirrored().unwrap()).with_flow(block_size, SeparationTime::NONE);
    let outcome = travel(Sender::new(link, &bytes).unwrap(), &mut receiver, |frame| vec![*frame]);
    assert_eq!((outcome.send_error, outcome.receive_error), (None, None), "{len} bytes over {link:?}");
    assert_eq!(outcome.received.as_ref(), Some(&bytes), "{len} bytes over {link:?}");
    outcome
}

#[test]
fn every_length_arrives_over_every_link_in_every_block_size() {
    let short = 1..150;
    let around_the_escape = 4085..=4105;
    for link in links() {
        for len in short.clone() {
            arrives(link, len, [0, 1, 2, 3, 15, 16, 17, 255][len % 8]);
        }
        for len in around_the_escape.clone().step_by(3).chain([4095, 4096]) {
            arrives(link, len, 0);
        }
    }
}

#[test]
fn a_single_frame_is_one_while_it_fits() {
    for link in links() {
        let capacity = link.single_capacity();
        assert_eq!(arrives(link, capacity, 0).frames.len(), 1, "{link:?}");
        assert_eq!(arrives(link, capacity + 1, 0).frames.len(), 3, "first, flow control, consecutive");
    }
}

/// The frames of a message in hexadecimal.
fn hex(link: Link, bytes: &[u8]) -> Vec<String> {
    let mut receiver = Receiver::new(link.mirrored().unwrap());
    let outcome = travel(Sender::new(link, bytes).unwrap(), &mut receiver, |frame| vec![*frame]);
    let text = |frame: &Frame| frame.data().iter().map(|byte| format!("{byte:02x}")).collect();
    outcome.frames.iter().map(text).collect()
}

#[test]
fn frames_look_as_the_standard_draws_them() {
    let digits: Vec<u8> = (1..=9).collect();
    assert_eq!(hex(tester(), &digits[..2]), ["0201020000000000"]);
    assert_eq!(hex(tester(), &digits), ["1009010203040506", "3000000000000000", "2107080900000000"]);

    let bare = tester().with_padding(Padding::None);
    assert_eq!(hex(bare, &digits[..2]), ["020102"]);
    assert_eq!(hex(bare, &digits), ["1009010203040506", "300000", "21070809"]);

    let (a, b) = (CanId::standard(0x6F1).unwrap(), CanId::standard(0x660).unwrap());
    let extended = Link::extended(a, 0x60, b, 0xF1);
    assert_eq!(hex(extended, &digits[..6]), ["6006010203040506"]);
    assert_eq!(hex(extended, &digits[..7]), ["6010070102030405", "f130000000000000", "6021060700000000"]);

    let fd = tester().with_fd(12).unwrap().with_padding(Padding::Byte(0xCC));
    assert_eq!(hex(fd, &digits[..7]), ["0701020304050607"]);
    assert_eq!(hex(fd, &digits[..8]), ["00080102030405060708cccc"]);
    assert_eq!(hex(fd, &[0xAB; 11]), ["100babababababababababab", "300000cccccccccc", "21abcccccccccccc"]);

    assert_eq!(hex(tester(), &[0xEE; 4095])[0], "1fffeeeeeeeeeeee");
    assert_eq!(hex(tester(), &[0xEE; 4096])[0], "100000001000eeee");
}

#[test]
fn a_pause_is_kept_to_the_microsecond() {
    for (byte, micros) in [(0x00, 0), (0x01, 1000), (0x7F, 127_000), (0xF1, 100), (0xF9, 900)] {
        let separation = SeparationTime::from_byte(byte);
        let bytes = message(6 + 7 * 10);
        let mut receiver = Receiver::new(ecu()).with_flow(0, separation);
        let outcome = travel(Sender::new(tester(), &bytes).unwrap(), &mut receiver, |frame| vec![*frame]);
        assert_eq!(outcome.received, Some(bytes), "{byte:02x}");
        assert_eq!(outcome.ended, micros * 9, "ten frames, nine pauses of {byte:02x}");
    }
}

#[test]
fn a_reserved_pause_is_the_longest() {
    for byte in (0x80..=0xF0).chain(0xFA..=0xFF) {
        assert_eq!(SeparationTime::from_byte(byte).duration(), Duration::from_millis(127), "{byte:02x}");
    }
    assert_eq!(SeparationTime::from_hundreds_of_micros(0), None);
    assert_eq!(SeparationTime::from_hundreds_of_micros(10), None);
}

#[test]
fn what_cannot_be_sent_is_refused_at_once() {
    assert_eq!(Sender::new(tester(), &[]).unwrap_err(), MessageError::Empty);
    let everyone = Link::functional(CanId::standard(0x7DF).unwrap());
    assert!(Sender::new(everyone, &[1; 7]).is_ok());
    let refused = Sender::new(everyone, &[1; 8]).unwrap_err();
    assert_eq!(refused, MessageError::Functional { len: 8, capacity: 7 });
}

/// A sender whose first frame is out.
fn begun(bytes: &[u8]) -> Sender<'_> {
    let mut sender = Sender::new(tester(), bytes).unwrap();
    sender.poll_transmit(at(0)).unwrap();
    sender
}

#[test]
fn a_receiver_may_ask_to_wait_but_not_forever() {
    let bytes = message(20);
    let wait = from_ecu(&[0x31, 0, 0]);
    let mut sender = begun(&bytes).with_max_waits(3);
    for round in 1..=3 {
        assert_eq!(sender.handle_frame(at(round * 900_000), &wait), Ok(()));
        assert_eq!(sender.poll_transmit(at(round * 900_000)), None);
    }
    let mut patient = sender.clone();
    assert_eq!(sender.handle_frame(at(3_000_000), &wait), Err(SendError::Waits { limit: 3 }));
    assert!(sender.is_finished());

    assert_eq!(patient.handle_frame(at(3_000_000), &from_ecu(&[0x30, 1, 0])), Ok(()));
    assert!(patient.poll_transmit(at(3_000_000)).is_some());
    assert_eq!(patient.handle_frame(at(3_000_000), &wait), Ok(()), "they count anew after each block");
}

#[test]
fn flow_control_that_refuses_says_why() {
    let bytes = message(20);
    let refusals = [
        (&[0x32, 0, 0][..], SendError::Overflow { len: 20 }),
        (&[0x33, 0, 0], SendError::FlowStatus { status: 3 }),
        (&[0x3F, 0, 0, 0, 0, 0, 0, 0], SendError::FlowStatus { status: 15 }),
    ];
    for (frame, error) in refusals {
        let mut sender = begun(&bytes);
        assert_eq!(sender.handle_frame(at(1), &from_ecu(frame)), Err(error));
        assert_eq!((sender.poll_transmit(at(1)), sender.poll_timeout()), (None, None));
    }
}

#[test]
fn flow_control_that_is_cut_off_or_not_for_us_or_too_late_allows_nothing() {
    let bytes = message(20);
    let mut sender = begun(&bytes);
    let other = Frame::classic(at(0), CanId::standard(0x7E9).unwrap(), &[0x30, 0, 0]).unwrap();
    let extended = Frame::classic(at(0), CanId::extended(0x7E8).unwrap(), &[0x30, 0, 0]).unwrap();
    let fd = Frame::fd(at(0), CanId::standard(0x7E8).unwrap(), &[0x30, 0, 0]).unwrap();
    let remote = Frame::remote(at(0), CanId::standard(0x7E8).unwrap(), 8).unwrap();
    for ignored in [from_ecu(&[]), from_ecu(&[0x30]), from_ecu(&[0x30, 0]), other, extended, fd, remote] {
        assert_eq!(sender.handle_frame(at(1), &ignored), Ok(()));
        assert_eq!(sender.poll_transmit(at(1)), None);
    }
    let late = sender.handle_frame(at(1_000_000), &from_ecu(&[0x30, 0, 0]));
    assert_eq!(late, Err(SendError::Timeout { sent: 6 }));
}

#[test]
fn frames_that_contradict_themselves_are_ignored() {
    let mut receiver = Receiver::<64>::new(tester());
    for data in [
        &[][..],
        &[0x00, 1, 2],                         // a single frame without bytes
        &[0x07, 1, 2],                         // longer than its frame
        &[0x08, 1, 2, 3, 4, 5, 6, 7],          // longer than any
        &[0x10, 0x07, 1, 2, 3, 4, 5, 6],       // a first frame that a single one could be
        &[0x10, 0x14, 1, 2, 3, 4, 5],          // a first frame that is not full
        &[0x10, 0x00, 0, 0, 0x0F, 0xFF, 1, 2], // the long form without need
        &[0x10],                               // no length
        &[0x21, 1, 2, 3, 4, 5, 6, 7],          // a consecutive frame of nothing
        &[0x30, 0, 0],                         // flow control for nothing
        &[0x40, 0, 0],                         // a kind that is none
        &[0xF0, 0, 0],
    ] {
        assert_eq!(receiver.handle_frame(at(0), &from_ecu(data)), Ok(Reception::Ignored), "{data:02x?}");
        assert_eq!((receiver.poll_transmit(at(0)), receiver.poll_timeout()), (None, None));
    }
    let fd = |data: &[u8]| Frame::fd(at(0), CanId::standard(0x7E8).unwrap(), data).unwrap();
    let mut receiver = Receiver::<64>::new(tester().with_fd(64).unwrap());
    for frame in [fd(&[0x01; 12]), fd(&[0x00; 12]), fd(&[0, 11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])] {
        assert_eq!(receiver.handle_frame(at(0), &frame), Ok(Reception::Ignored), "{frame:?}");
    }
}

#[test]
fn a_length_beyond_the_buffer_is_refused_whatever_it_claims() {
    for length in [17_u32, 4095, 4096, u32::MAX] {
        let [a, b, c, d] = length.to_be_bytes();
        let first =
            if length < 4096 { vec![0x10 | c, d, 1, 2, 3, 4, 5, 6] } else { vec![0x10, 0, a, b, c, d, 1, 2] };
        let mut receiver = Receiver::<16>::new(tester());
        let refused = receiver.handle_frame(at(0), &from_ecu(&first));
        assert_eq!(refused, Err(ReceiveError::TooLong { length, capacity: 16 }));
        assert_eq!(receiver.poll_transmit(at(0)).unwrap().data()[..3], [0x32, 0, 0]);
        assert!(!receiver.is_receiving());
    }
    let mut small = Receiver::<3>::new(tester());
    let refused = small.handle_frame(at(0), &from_ecu(&[0x04, 1, 2, 3, 4]));
    assert_eq!(refused, Err(ReceiveError::TooLong { length: 4, capacity: 3 }));
}

#[test]
fn a_new_message_replaces_the_one_under_way() {
    let mut receiver = Receiver::<64>::new(tester());
    receiver.handle_frame(at(0), &from_ecu(&[0x10, 0x14, 1, 2, 3, 4, 5, 6])).unwrap();
    let single = receiver.handle_frame(at(1), &from_ecu(&[0x02, 0x41, 0x0D])).unwrap();
    assert_eq!(single, Reception::Complete(&[0x41, 0x0D]));
    assert_eq!((receiver.superseded(), receiver.is_receiving()), (1, false));
    assert_eq!(receiver.poll_transmit(at(1)), None, "nothing is left to say about the old one");

    receiver.handle_frame(at(2), &from_ecu(&[0x10, 0x14, 1, 2, 3, 4, 5, 6])).unwrap();
    receiver.handle_frame(at(3), &from_ecu(&[0x10, 0x08, 9, 9, 9, 9, 9, 9])).unwrap();
    let complete = receiver.handle_frame(at(4), &from_ecu(&[0x21, 9, 9])).unwrap();
    assert_eq!(complete, Reception::Complete(&[9; 8]));
    assert_eq!(receiver.superseded(), 2);
}

#[test]
fn a_frame_that_comes_too_late_ends_the_message_even_if_nobody_looked_at_the_clock() {
    let mut receiver = Receiver::<64>::new(tester());
    receiver.handle_frame(at(0), &from_ecu(&[0x10, 0x14, 1, 2, 3, 4, 5, 6])).unwrap();
    assert_eq!(receiver.poll_timeout(), Some(at(1_000_000)));
    let late = receiver.handle_frame(at(1_000_000), &from_ecu(&[0x21, 1, 2, 3, 4, 5, 6, 7]));
    assert_eq!(late, Err(ReceiveError::Timeout { received: 6, length: 20 }));
    assert_eq!(receiver.handle_timeout(at(2_000_000)), Ok(()), "it is said once");
}

/// What may happen to a frame on its way.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Arrives,
    IsLost,
    ComesTwice,
    /// It comes behind the next one.
    IsOvertaken,
    IsCutOff,
    Changes(u8, u8),
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        12 => Just(Fate::Arrives),
        1 => Just(Fate::IsLost),
        1 => Just(Fate::ComesTwice),
        1 => Just(Fate::IsOvertaken),
        1 => Just(Fate::IsCutOff),
        1 => (0_u8..64, any::<u8>()).prop_map(|(at, xor)| Fate::Changes(at, xor)),
    ]
}

fn rebuilt(frame: &Frame, data: &[u8]) -> Frame {
    Frame::fd(frame.time(), frame.id(), data)
        .or_else(|_| Frame::classic(frame.time(), frame.id(), data))
        .unwrap_or(*frame)
}

/// A bus that does to each frame what the list says, and loses nothing once the list is over.
fn bus(fates: Vec<Fate>) -> impl FnMut(&Frame) -> Vec<Frame> {
    let (mut fates, mut held) = (fates.into_iter(), None);
    move |frame| {
        let mut data = frame.data().to_vec();
        let mut out = match fates.next().unwrap_or(Fate::Arrives) {
            Fate::Arrives => vec![*frame],
            Fate::IsLost => vec![],
            Fate::ComesTwice => vec![*frame, *frame],
            Fate::IsOvertaken => {
                // One of the two directions may never speak again: then it is lost.
                let before = held.replace(*frame);
                return before.into_iter().collect();
            }
            Fate::IsCutOff => {
                data.pop();
                vec![rebuilt(frame, &data)]
            }
            Fate::Changes(at, xor) => {
                if let Some(byte) = data.get_mut(usize::from(at)) {
                    *byte ^= xor;
                }
                vec![rebuilt(frame, &data)]
            }
        };
        out.extend(held.take());
        out
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn whatever_the_bus_does_both_sides_end(
        link in proptest::sample::select(links()),
        len in 1_usize..400,
        block_size in 0_u8..5,
        fates in proptest::collection::vec(fate(), 0..60),
    ) {
        let bytes = message(len);
        let mut receiver =
            Receiver::new(link.mirrored().unwrap()).with_flow(block_size, SeparationTime::NONE);
        let outcome = travel(Sender::new(link, &bytes).unwrap(), &mut receiver, bus(fates));
        if outcome.received.is_none() && outcome.frames.len() > 1 {
            prop_assert!(outcome.send_error.is_some() || outcome.receive_error.is_some(), "{outcome:?}");
        }
    }

    #[test]
    fn frames_that_are_lost_repeated_or_late_never_make_a_wrong_message(
        len in 8_usize..120, // with more than 16 frames a run of 16 lost ones would look right
        block_size in 0_u8..5,
        fates in proptest::collection::vec(
            fate().prop_filter("bytes arrive as sent", |fate| !matches!(fate, Fate::Changes(..) | Fate::IsCutOff)),
            0..40,
        ),
    ) {
        let bytes = message(len);
        let mut receiver = Receiver::new(ecu()).with_flow(block_size, SeparationTime::NONE);
        let outcome = travel(Sender::new(tester(), &bytes).unwrap(), &mut receiver, bus(fates));
        if let Some(received) = outcome.received {
            prop_assert_eq!(received, bytes);
        }
    }

    #[test]
    fn any_bytes_of_any_frames_leave_the_receiver_ready(
        frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..=8), 0..50),
        link in proptest::sample::select(links()),
    ) {
        let mut receiver = Receiver::<64>::new(link);
        for data in &frames {
            let frame = Frame::classic(at(0), link.receive().unwrap(), data).unwrap();
            let _ = receiver.handle_frame(at(0), &frame);
            let _ = receiver.poll_transmit(at(0));
        }
        let _ = receiver.handle_timeout(at(10_000_000));
        prop_assert!(!receiver.is_receiving());
        let sender = link.mirrored().unwrap();
        let hello = Sender::new(sender, b"hello").unwrap().poll_transmit(at(10_000_000)).unwrap();
        prop_assert_eq!(receiver.handle_frame(at(10_000_000), &hello), Ok(Reception::Complete(b"hello")));
    }
}
