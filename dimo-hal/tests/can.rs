//! The CAN traits: filters, listen-only and bus-off on the mock; faults; the suites and what they catch.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers over constants")]
#![cfg(feature = "dev")]

use core::convert::Infallible;

use dimo_crypto::dev::block_on;
use dimo_hal::blocking::{CanReceiver, CanTransmitter};
use dimo_hal::can::{BusMode, BusState, BusStatus, Error as _, ErrorKind, ErrorType, Filter, Filtering};
use dimo_hal::conformance::{
    CanViolation, check_blocking_can_receiver, check_can_receiver, check_listen_only,
};
use dimo_hal::mock::{Fault, FaultyCan, MockBus, MockBusError};
use dimo_hal::{BlockingAsync, can};
use dimo_types::{CanId, Frame, FrameKind, Timestamp};
use proptest::prelude::*;

fn id(number: u16) -> CanId {
    CanId::standard(number).unwrap()
}

fn frame(millis: u64, number: u16, data: &[u8]) -> Frame {
    Frame::classic(Timestamp::from_millis(millis).unwrap(), id(number), data).unwrap()
}

/// `n` frames, a millisecond apart, of four identifiers in turn.
fn traffic(n: u8) -> impl Iterator<Item = Frame> {
    (0..n).map(|i| frame(u64::from(i), 0x100 + u16::from(i % 4), &[i]))
}

/// Everything that still arrives.
fn drain<R: CanReceiver>(receiver: &mut R) -> Vec<Frame> {
    core::iter::from_fn(|| receiver.receive().ok()).collect()
}

#[test]
fn the_mock_delivers_what_the_iterator_has_and_then_closes() {
    let mut bus = MockBus::new(traffic(5));
    assert_eq!(drain(&mut bus), traffic(5).collect::<Vec<_>>());
    assert_eq!(CanReceiver::receive(&mut bus).unwrap_err().kind(), ErrorKind::Closed);
}

#[test]
fn filters_hold_back_what_does_not_match_until_they_are_cleared() {
    let mut bus = MockBus::new(traffic(12));
    let filters = [Filter::exact(id(0x101)), Filter::exact(id(0x103))];
    assert_eq!(CanReceiver::set_filters(&mut bus, &filters), Ok(Filtering::Exact));
    let first = [(); 2].map(|()| CanReceiver::receive(&mut bus).unwrap().id());
    assert_eq!(first, [id(0x101), id(0x103)]);
    assert_eq!(CanReceiver::set_filters(&mut bus, &[]), Ok(Filtering::Exact));
    assert_eq!(CanReceiver::receive(&mut bus).unwrap().id(), id(0x100));
}

#[test]
fn more_filters_than_banks_hold_back_nothing_and_the_answer_says_so() {
    let mut bus = MockBus::new(traffic(12));
    let filters = [Filter::exact(id(0x101)); MockBus::<()>::BANKS + 1];
    assert_eq!(CanReceiver::set_filters(&mut bus, &filters), Ok(Filtering::Off));
    assert_eq!(drain(&mut bus).len(), 12);
}

#[test]
fn nothing_is_sent_while_listening_or_after_bus_off_until_recovery() {
    let mut bus = MockBus::new([]);
    let request = frame(0, 0x7DF, &[2, 1, 0]);
    assert_eq!(CanTransmitter::transmit(&mut bus, &request), Err(MockBusError::ListenOnly));
    CanReceiver::set_mode(&mut bus, BusMode::Normal).unwrap();
    CanTransmitter::transmit(&mut bus, &request).unwrap();
    bus.force_bus_off();
    assert_eq!(CanReceiver::status(&mut bus).unwrap().state, BusState::BusOff);
    assert_eq!(CanTransmitter::transmit(&mut bus, &request), Err(MockBusError::BusOff));
    assert_eq!((bus.sent(), bus.last_sent()), (1, Some(&request)));
    CanTransmitter::recover(&mut bus).unwrap();
    CanTransmitter::transmit(&mut bus, &request).unwrap();
    assert_eq!(bus.sent(), 2);
}

#[test]
fn an_error_frame_is_nothing_to_send() {
    let mut bus = MockBus::new([]);
    CanReceiver::set_mode(&mut bus, BusMode::Normal).unwrap();
    let error = Frame::error(Timestamp::EPOCH, id(4), &[0; 8]).unwrap();
    let refused = CanTransmitter::transmit(&mut bus, &error).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::FrameUnsupported);
}

#[test]
fn faults_drop_damage_and_delay_the_frames_they_should_and_are_counted() {
    let mut bus = FaultyCan::new(MockBus::new(traffic(6)))
        .every(2, Fault::Drop)
        .every(3, Fault::Corrupt)
        .every(5, Fault::Delay { micros: 250 });
    let arrived = drain(&mut bus);
    // Of frames 0 to 5: 1, 3 and 5 are lost, 2 has a bit flipped, 4 is late.
    assert_eq!(arrived[0], frame(0, 0x100, &[0]));
    assert_eq!((arrived[1].id(), arrived[1].data()), (id(0x102), &[2 ^ 2][..]));
    assert_eq!(arrived[2].time(), Timestamp::from_micros(4250).unwrap());
    assert_eq!((arrived.len(), bus.faults()), (3, 5));
}

#[test]
fn every_kind_of_frame_keeps_its_kind_through_faults() {
    let at = Timestamp::EPOCH;
    let frames = [
        Frame::fd(at, id(1), &[0; 48]).unwrap(),
        Frame::remote(at, id(2), 8).unwrap(),
        Frame::error(at, id(3), &[1; 8]).unwrap(),
        Frame::classic(at, id(4), &[]).unwrap(),
    ];
    let faulty = FaultyCan::new(MockBus::new(frames));
    let mut bus = faulty.every(1, Fault::Corrupt).every(1, Fault::Delay { micros: 1 });
    let arrived = drain(&mut bus);
    for (before, after) in frames.iter().zip(&arrived) {
        assert_eq!((after.kind(), after.id(), after.length()), (before.kind(), before.id(), before.length()));
        assert_eq!(after.time().as_micros(), 1);
        let has_data = !before.data().is_empty();
        assert_eq!(before.data() != after.data(), has_data, "{:?}", before.kind());
    }
    assert_eq!(arrived[1].kind(), FrameKind::Remote);
}

#[test]
fn the_suites_pass_the_mock_with_and_without_faults_and_through_the_adapter() {
    check_blocking_can_receiver(&mut MockBus::new(traffic(40)), 16).unwrap();
    block_on(check_can_receiver(&mut MockBus::new(traffic(40)), 16)).unwrap();
    let lossy = FaultyCan::new(MockBus::new(traffic(40))).every(3, Fault::Drop);
    block_on(check_can_receiver(&mut BlockingAsync::new(lossy), 16)).unwrap();
    let request = frame(0, 0x7DF, &[2, 1, 0]);
    block_on(check_listen_only(&mut MockBus::new([]), &request)).unwrap();
    block_on(check_listen_only(&mut BlockingAsync::new(MockBus::new([])), &request)).unwrap();
}

/// A driver with one thing wrong.
struct BadDriver {
    wrong: Wrong,
    received: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    StartsActive,
    ClockGoesBack,
    IgnoresFilters,
    IgnoresMode,
    SendsAlways,
}

impl ErrorType for BadDriver {
    type Error = Infallible;
}

impl CanReceiver for BadDriver {
    fn receive(&mut self) -> Result<Frame, Infallible> {
        self.received += 1;
        let millis = if self.wrong == Wrong::ClockGoesBack { 100 - self.received } else { self.received };
        Ok(frame(millis, 0x100 + (self.received % 4) as u16, &[]))
    }

    fn set_filters(&mut self, _filters: &[Filter]) -> Result<Filtering, Infallible> {
        Ok(if self.wrong == Wrong::IgnoresFilters { Filtering::Exact } else { Filtering::Off })
    }

    fn set_mode(&mut self, _mode: BusMode) -> Result<(), Infallible> {
        Ok(())
    }

    fn status(&mut self) -> Result<BusStatus, Infallible> {
        let active = matches!(self.wrong, Wrong::StartsActive | Wrong::IgnoresMode);
        Ok(BusStatus::new(if active { BusMode::Normal } else { BusMode::ListenOnly }))
    }
}

impl CanTransmitter for BadDriver {
    fn transmit(&mut self, _frame: &Frame) -> Result<(), Infallible> {
        Ok(())
    }

    fn recover(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[test]
fn the_receiver_suite_names_what_is_wrong_with_a_bad_driver() {
    let violation =
        |wrong| check_blocking_can_receiver(&mut BadDriver { wrong, received: 0 }, 8).unwrap_err();
    assert_eq!(violation(Wrong::StartsActive), CanViolation::StartsActive);
    assert!(matches!(violation(Wrong::ClockGoesBack), CanViolation::TimeWentBack { .. }));
    assert_eq!(violation(Wrong::IgnoresFilters), CanViolation::FilterIgnored { id: id(0x102) });
    let silent = check_blocking_can_receiver(&mut MockBus::new([]), 8).unwrap_err();
    assert_eq!(silent, CanViolation::NoFrames);
}

#[test]
fn the_listen_only_suite_names_what_is_wrong_with_a_bad_driver() {
    let violation = |wrong| {
        let mut driver = BlockingAsync::new(BadDriver { wrong, received: 0 });
        block_on(check_listen_only(&mut driver, &frame(0, 0x7DF, &[2, 1, 0]))).unwrap_err()
    };
    assert_eq!(violation(Wrong::IgnoresMode), CanViolation::ModeIgnored);
    assert_eq!(violation(Wrong::SendsAlways), CanViolation::SentWhileListening);
}

#[test]
fn generic_code_takes_a_borrowed_driver_blocking_or_async() {
    fn blocking_one(mut receiver: impl CanReceiver) -> Frame {
        receiver.receive().map_err(|error| error.kind()).unwrap()
    }
    async fn async_one(mut receiver: impl can::CanReceiver) -> Frame {
        receiver.receive().await.map_err(|error| error.kind()).unwrap()
    }
    let mut bus = MockBus::new(traffic(2));
    assert_eq!(blocking_one(&mut bus).data(), [0]);
    assert_eq!(block_on(async_one(&mut bus)).data(), [1]);
}

proptest! {
    #[test]
    fn a_filter_compares_kind_and_masked_bits(packed in any::<u32>(), other in any::<u32>(), mask in any::<u32>()) {
        if let (Some(id), Some(other)) = (CanId::from_packed(packed), CanId::from_packed(other)) {
            let filter = Filter::masked(id, mask);
            prop_assert!(filter.matches(id));
            prop_assert!(Filter::exact(id).matches(id));
            prop_assert_eq!(Filter::exact(id).matches(other), id == other);
            let same_kind = id.is_extended() == other.is_extended();
            prop_assert_eq!(filter.matches(other), same_kind && id.number() & mask == other.number() & mask);
        }
    }
}
