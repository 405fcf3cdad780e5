//! SLCAN: lines, an adapter on a line in memory, noise, and a driver whose futures are dropped.
#![cfg(feature = "dev")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use core::time::Duration;
use std::collections::VecDeque;

use dimo_hal::can::{BusMode, CanReceiver, CanTransmitter, Error as _, ErrorKind};
use dimo_hal::clock::InSleep;
use dimo_hal::conformance::{check_can_receiver, check_listen_only};
use dimo_hal::mock::{MockMonotonic, dropped_after};
use dimo_hal::slcan::{Acknowledge, LINE_MAX, Slcan, SlcanBitRate, SlcanError, SlcanLine, write_frame};
use dimo_hal::wait;
use dimo_types::{CanId, Frame, Timestamp};
use proptest::prelude::*;

const T: Timestamp = Timestamp::EPOCH;

fn id(number: u16) -> CanId {
    CanId::standard(number).unwrap()
}

/// An adapter: answers commands as they say, and sends what it was given.
#[derive(Debug, Default)]
struct Adapter {
    /// To the driver.
    to_host: VecDeque<u8>,
    from_host: Vec<u8>,
    refuses: Option<u8>,
    /// Sent before each answer.
    before: Vec<u8>,
}

impl embedded_io::ErrorType for Adapter {
    type Error = core::convert::Infallible;
}

impl embedded_io_async::Read for Adapter {
    async fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Self::Error> {
        let len = bytes.len().min(7).min(self.to_host.len());
        self.to_host.drain(..len).zip(bytes).for_each(|(from, to)| *to = from);
        Ok(len)
    }
}

impl embedded_io_async::Write for Adapter {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.from_host.extend(bytes);
        for command in bytes.split_inclusive(|byte| *byte == b'\r').filter(|command| command.len() > 1) {
            self.to_host.extend(&self.before);
            let refused = self.refuses == command.first().copied();
            self.to_host.extend(if refused { &b"\x07"[..] } else { b"\r" });
        }
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn clock() -> MockMonotonic {
    let clock = MockMonotonic::new(InSleep::Counts);
    clock.advance(Duration::from_micros(5));
    clock
}

fn open(adapter: Adapter) -> Result<Slcan<Adapter, MockMonotonic>, SlcanError<core::convert::Infallible>> {
    let clock = clock();
    wait(Slcan::open(adapter, clock, SlcanBitRate::Kilo500, Acknowledge::Expected))
}

fn with_frames(lines: &[u8]) -> Slcan<Adapter, MockMonotonic> {
    let mut bus = open(Adapter::default()).unwrap().into_inner();
    bus.to_host.extend(lines);
    let clock = clock();
    wait(Slcan::open(bus, clock, SlcanBitRate::Kilo500, Acknowledge::Never)).unwrap()
}

#[test]
fn lines_of_every_kind_are_read() {
    let classic = |line: &[u8]| SlcanLine::parse(line, T);
    let frame =
        |frame: Result<Frame, _>| SlcanLine::Frame(frame.map_err(|_: dimo_types::FrameError| ()).unwrap());
    assert_eq!(classic(b"t1232AbCd"), frame(Frame::classic(T, id(0x123), &[0xAB, 0xCD])));
    assert_eq!(classic(b"t1230"), frame(Frame::classic(T, id(0x123), &[])));
    assert_eq!(classic(b"t12311100F0"), frame(Frame::classic(T, id(0x123), &[0x11])));
    let extended = CanId::extended(0x18DA_F110).unwrap();
    assert_eq!(classic(b"T18DAF1101FF"), frame(Frame::classic(T, extended, &[0xFF])));
    assert_eq!(classic(b"r7E08"), frame(Frame::remote(T, id(0x7E0), 8)));
    let long = [&b"d7E0A"[..], &[b'5'; 32]].concat();
    assert_eq!(classic(&long), frame(Frame::fd(T, id(0x7E0), &[0x55; 16])));
    assert_eq!(
        (classic(b""), classic(b"z"), classic(b"Z")),
        (SlcanLine::Done, SlcanLine::Done, SlcanLine::Done)
    );
}

#[test]
fn what_is_no_line_is_none() {
    let none: [&[u8]; 9] = [
        b"V1013",
        b"t",
        b"t800",
        b"t8001FF",
        b"t1239001122334455667788",
        b"t1232AB",
        b"t1232ABCDE",
        b"T200000000",
        b"t1g30",
    ];
    for line in none {
        assert_eq!(SlcanLine::parse(line, T), SlcanLine::Other, "{}", String::from_utf8_lossy(line));
    }
}

#[test]
fn an_adapter_keeps_the_contract_and_listens_first() {
    let mut bus = with_frames(b"t1231AA\rt1241AA\rt1231AA\rt1231AA\rt1231AA\rt1231AA\rt1231AA\rt1231AA\r");
    assert_eq!(wait(check_can_receiver(&mut bus, 2)), Ok(()));
    let harmless = Frame::classic(T, id(0x7FF), &[]).unwrap();
    assert_eq!(wait(check_listen_only(&mut bus, &harmless)), Ok(()));
    let sent = String::from_utf8(bus.into_inner().from_host).unwrap();
    assert!(sent.starts_with("\rC\rS6\rL\r"), "{sent:?}");
    assert!(!sent.contains('t'), "{sent:?}");
}

#[test]
fn a_frame_is_sent_once_the_mode_was_changed_and_a_bell_says_that_it_was_not() {
    let frame = Frame::classic(T, id(0x7E0), &[2, 1, 0x0D]).unwrap();
    let mut bus = open(Adapter::default()).unwrap();
    assert_eq!(wait(bus.transmit(&frame)).unwrap_err().kind(), ErrorKind::ListenOnly);
    wait(bus.set_mode(BusMode::Normal)).unwrap();
    assert_eq!(wait(bus.transmit(&frame)), Ok(()));
    assert!(bus.into_inner().from_host.ends_with(b"O\rt7E0302010D\r"));
    let mut bus = open(Adapter { refuses: Some(b't'), ..Adapter::default() }).unwrap();
    wait(bus.set_mode(BusMode::Normal)).unwrap();
    assert_eq!(wait(bus.transmit(&frame)).unwrap_err().kind(), ErrorKind::NotAcknowledged);
}

#[test]
fn an_adapter_that_refuses_to_open_is_told_and_one_that_was_closed_is_not() {
    assert_eq!(open(Adapter { refuses: Some(b'S'), ..Adapter::default() }).unwrap_err(), SlcanError::Refused);
    assert!(open(Adapter { refuses: Some(b'C'), ..Adapter::default() }).is_ok());
}

#[test]
fn frames_that_come_between_a_command_and_its_answer_are_kept_in_order() {
    let mut bus = open(Adapter { before: b"t0011AA\rt0021BB\r".to_vec(), ..Adapter::default() }).unwrap();
    // Three commands to open it.
    for number in [1, 2, 1, 2, 1, 2] {
        let frame = wait(bus.receive()).unwrap();
        assert_eq!((frame.id().number(), frame.time().as_micros()), (number, 5));
    }
    assert_eq!(wait(bus.receive()), Err(SlcanError::Closed));
}

#[test]
fn frames_beyond_those_that_can_wait_are_counted() {
    let mut bus = open(Adapter { before: b"t0011AA\r".repeat(4), ..Adapter::default() }).unwrap();
    assert_eq!(wait(bus.status()).unwrap().frames_lost, 4);
}

#[test]
fn noise_costs_the_frames_it_hits_only() {
    let noise = [&b"\xFF\x00t12"[..], &[b'A'; 500], b"\rt1231AA\r\x07\x07t12\x07t1241BB\r"].concat();
    let mut bus = with_frames(&noise);
    assert_eq!(wait(bus.receive()).unwrap().id(), id(0x123));
    assert_eq!(wait(bus.receive()).unwrap().id(), id(0x124));
}

fn any_frame() -> impl Strategy<Value = Frame> {
    let id = prop_oneof![
        (0..0x800u16).prop_map(id),
        (0..0x2000_0000u32).prop_map(|number| CanId::extended(number).unwrap()),
    ];
    (
        id,
        prop::collection::vec(any::<u8>(), 0..=8),
        0..3u8,
        prop::sample::select(vec![0usize, 8, 12, 16, 20, 24, 32, 48, 64]),
    )
        .prop_map(|(id, data, kind, fd)| match kind {
            0 => Frame::classic(T, id, &data).unwrap(),
            1 => Frame::remote(T, id, u8::try_from(data.len()).unwrap()).unwrap(),
            _ => Frame::fd(T, id, &vec![0x5A; fd]).unwrap(),
        })
}

proptest! {
    #[test]
    fn a_frame_comes_back_from_its_line(frame in any_frame()) {
        let mut line = [0; LINE_MAX];
        let line = write_frame(&frame, &mut line).unwrap();
        prop_assert_eq!(SlcanLine::parse(&line[..line.len() - 1], T), SlcanLine::Frame(frame));
    }

    #[test]
    fn no_bytes_on_the_line_stop_the_driver(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut bus = with_frames(&bytes);
        while wait(bus.receive()).is_ok() {}
    }
}

/// A line on which a few bytes come with every second reading.
struct Slow {
    to_host: VecDeque<u8>,
    is_there: bool,
    piece: usize,
}

impl embedded_io::ErrorType for Slow {
    type Error = core::convert::Infallible;
}

impl embedded_io_async::Read for Slow {
    async fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Self::Error> {
        core::future::poll_fn(|_| {
            self.is_there = !self.is_there;
            if self.is_there { core::task::Poll::Ready(()) } else { core::task::Poll::Pending }
        })
        .await;
        let len = bytes.len().min(self.piece).min(self.to_host.len());
        self.to_host.drain(..len).zip(bytes).for_each(|(from, to)| *to = from);
        Ok(len)
    }
}

impl embedded_io_async::Write for Slow {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

#[test]
fn a_receive_that_is_dropped_again_and_again_loses_no_frame_and_none_comes_twice() {
    for (piece, polls) in
        [1, 2, 5, 7, 11, 64].into_iter().flat_map(|piece| (1..5).map(move |polls| (piece, polls)))
    {
        let lines: String = (0..100u16).map(|number| format!("t{number:03X}2{:04X}\r", number * 3)).collect();
        let stream = Slow { to_host: lines.bytes().collect(), is_there: false, piece };
        let clock = clock();
        let opened = Slcan::open(stream, clock, SlcanBitRate::Kilo500, Acknowledge::Never);
        let mut bus = wait(opened).unwrap();
        let mut seen = vec![];
        loop {
            match dropped_after(bus.receive(), polls) {
                Some(Ok(frame)) => seen.push((frame.id().number(), frame.data().to_vec())),
                Some(Err(error)) => {
                    assert_eq!(error, SlcanError::Closed);
                    break;
                }
                None => {}
            }
        }
        let expected: Vec<_> = (0..100u16).map(|n| (u32::from(n), (n * 3).to_be_bytes().to_vec())).collect();
        assert_eq!(seen, expected, "{piece} bytes at once, dropped after {polls} polls");
        assert_eq!(wait(bus.status()).unwrap().frames_lost, 0);
    }
}

#[test]
fn the_shortest_frames_that_come_at_once_all_wait_their_turn() {
    for start in 0..6 {
        let lines = "t1230\r".repeat(40);
        let stream = Slow { to_host: lines[start..].bytes().collect(), is_there: false, piece: 240 };
        let opened = Slcan::open(stream, clock(), SlcanBitRate::Kilo500, Acknowledge::Never);
        let mut bus = wait(opened).unwrap();
        let mut count = 0;
        while wait(bus.receive()).is_ok() {
            count += 1;
        }
        assert_eq!((count, wait(bus.status()).unwrap().frames_lost), (if start == 0 { 40 } else { 39 }, 0));
    }
}
