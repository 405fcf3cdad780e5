//! The transmit guard: what passes, and each thing that does not.
#![cfg(feature = "dev")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use core::time::Duration;

use dimo_hal::blocking::{CanReceiver as _, CanTransmitter as _};
use dimo_hal::can::{BusMode, Error as _, ErrorKind};
use dimo_hal::clock::Uptime;
use dimo_hal::guard::{ClearRefusal, Driving, GuardError, GuardPolicy, Ignition, Refusal, TransmitGuard};
use dimo_hal::mock::MockBus;
use dimo_types::{CanId, Frame, Timestamp};
use proptest::prelude::*;

type Bus = MockBus<std::iter::Empty<Frame>>;
type Guard = TransmitGuard<Bus>;

fn guard_with(policy: GuardPolicy) -> Guard {
    let mut bus = MockBus::new(std::iter::empty());
    bus.set_mode(BusMode::Normal).unwrap();
    let mut guard = TransmitGuard::new(bus, policy, Uptime::START);
    guard.set_mode(BusMode::Normal);
    guard.set_driving(Driving::Standing);
    guard
}

fn guard() -> Guard {
    guard_with(GuardPolicy::new(500_000).with_load_permille(100))
}

fn frame(id: u16, data: &[u8]) -> Frame {
    Frame::classic(Timestamp::EPOCH, CanId::standard(id).unwrap(), data).unwrap()
}

/// A request of one frame to the engine's control unit, padded.
fn request(message: &[u8]) -> Frame {
    let mut data = [0xCC; 8];
    data[0] = u8::try_from(message.len()).unwrap();
    data[1..=message.len()].copy_from_slice(message);
    frame(0x7E0, &data)
}

fn send(guard: &mut Guard, frame: &Frame) -> Result<(), Refusal> {
    let before = sent(guard);
    match guard.transmit(frame) {
        Ok(()) => Ok(()),
        Err(GuardError::Refused(refusal)) => {
            assert_eq!(sent(guard), before, "refused and sent");
            Err(refusal)
        }
        Err(error) => panic!("{error}"),
    }
}

/// Of the transmitter behind the guard.
fn sent(guard: &Guard) -> String {
    format!("{guard:?}").split("sent: ").nth(1).unwrap().split(',').next().unwrap().to_owned()
}

fn assert_service_refused(service: u8) {
    let mut guard = guard();
    for parameters in [&[][..], &[1], &[1, 2], &[0xF1, 0x90, 0x41], &[1, 2, 3, 4, 5, 6]] {
        let message = [&[service], parameters].concat();
        assert_eq!(send(&mut guard, &request(&message)), Err(Refusal::Service { service }));
        let everybody =
            Frame::classic(Timestamp::EPOCH, CanId::standard(0x7DF).unwrap(), request(&message).data());
        assert_eq!(send(&mut guard, &everybody.unwrap()), Err(Refusal::Service { service }));
    }
    let first = frame(0x7E0, &[0x10, 0x20, service, 1, 2, 3, 4, 5]);
    assert_eq!(send(&mut guard, &first), Err(Refusal::Service { service }));
    assert_eq!(send(&mut guard, &frame(0x7E0, &[0x21, 1, 2, 3, 4, 5, 6, 7])), Err(Refusal::Transfer));
    assert_eq!(guard.refused().service, 11);
}

#[test]
fn ecu_reset_11_is_refused() {
    assert_service_refused(0x11);
}

#[test]
fn security_access_27_is_refused() {
    assert_service_refused(0x27);
}

#[test]
fn communication_control_28_is_refused() {
    assert_service_refused(0x28);
}

#[test]
fn write_data_by_identifier_2e_is_refused() {
    assert_service_refused(0x2E);
}

#[test]
fn input_output_control_2f_is_refused() {
    assert_service_refused(0x2F);
}

#[test]
fn routine_control_31_is_refused() {
    assert_service_refused(0x31);
}

#[test]
fn request_download_34_is_refused() {
    assert_service_refused(0x34);
}

#[test]
fn request_upload_35_is_refused() {
    assert_service_refused(0x35);
}

#[test]
fn transfer_data_36_is_refused() {
    assert_service_refused(0x36);
}

#[test]
fn request_transfer_exit_37_is_refused() {
    assert_service_refused(0x37);
}

#[test]
fn control_dtc_setting_85_is_refused() {
    assert_service_refused(0x85);
}

#[test]
fn every_other_service_that_is_not_listed_is_refused() {
    let listed = [1, 2, 3, 4, 5, 6, 7, 9, 0x0A, 0x10, 0x14, 0x19, 0x22, 0x3E];
    (0..=u8::MAX).filter(|service| !listed.contains(service)).for_each(assert_service_refused);
}

#[test]
fn the_programming_session_is_refused_and_the_default_one_is_not() {
    let mut guard = guard();
    assert_eq!(send(&mut guard, &request(&[0x10, 0x01])), Ok(()));
    for session in [0x00, 0x02, 0x03, 0x82, 0x83, 0xFF] {
        assert_eq!(send(&mut guard, &request(&[0x10, session])), Err(Refusal::Service { service: 0x10 }));
    }
}

#[test]
fn what_reads_passes() {
    let mut guard = guard();
    let reads: [&[u8]; 13] = [
        &[0x01, 0x0D],
        &[0x01, 0x0C, 0x0D, 0x05, 0x04, 0x11, 0x2F],
        &[0x02, 0x0C, 0x00],
        &[0x03],
        &[0x05, 0x01, 0x01],
        &[0x06, 0x00],
        &[0x07],
        &[0x09, 0x02],
        &[0x0A],
        &[0x19, 0x02, 0xFF],
        &[0x22, 0xF1, 0x90],
        &[0x3E, 0x00],
        &[0x3E, 0x80],
    ];
    for message in reads {
        assert_eq!(send(&mut guard, &request(message)), Ok(()), "{message:02X?}");
    }
}

#[test]
fn obd_identifiers_of_both_kinds_pass_and_others_do_not() {
    let mut guard = guard();
    let data = *request(&[0x01, 0x0D]).padded();
    let extended = |id| Frame::classic(Timestamp::EPOCH, CanId::extended(id).unwrap(), &data[..8]).unwrap();
    for frame in
        [frame(0x7DF, &data[..8]), frame(0x7E7, &data[..8]), extended(0x18DB_33F1), extended(0x18DA_10F1)]
    {
        assert_eq!(send(&mut guard, &frame), Ok(()));
    }
    let strangers = [
        frame(0x7E8, &data[..8]),
        frame(0x000, &data[..8]),
        frame(0x1DB, &data[..8]),
        extended(0x7E0),
        extended(0x18DA_F110),
        extended(0x18DA_F1F1),
        extended(0x18DB_33F2),
    ];
    for frame in strangers {
        assert_eq!(send(&mut guard, &frame), Err(Refusal::Identifier { id: frame.id() }));
    }
}

#[test]
fn an_identifier_of_the_manufacturer_passes_where_the_policy_has_it() {
    static OWN: [CanId; 1] = [CanId::standard(0x714).unwrap()];
    let data = *request(&[0x22, 0xF1, 0x90]).padded();
    let own = frame(0x714, &data[..8]);
    assert!(send(&mut guard(), &own).is_err());
    assert_eq!(send(&mut guard_with(GuardPolicy::new(500_000).with_identifiers(&OWN)), &own), Ok(()));
}

#[test]
fn remote_error_and_fd_frames_are_refused() {
    let mut guard = guard();
    let id = CanId::standard(0x7E0).unwrap();
    let data = [2, 0x01, 0x0D, 0, 0, 0, 0, 0];
    let frames = [
        Frame::remote(Timestamp::EPOCH, id, 8).unwrap(),
        Frame::error(Timestamp::EPOCH, id, &data).unwrap(),
        Frame::fd(Timestamp::EPOCH, id, &data).unwrap(),
    ];
    for frame in frames {
        assert_eq!(send(&mut guard, &frame), Err(Refusal::Kind));
    }
}

#[test]
fn frames_that_lie_about_their_length_are_refused() {
    let mut guard = guard();
    let lies: [&[u8]; 10] = [
        &[],
        &[0x02],
        &[0x03, 0x22, 0xF1],
        // No length: the escape of CAN FD.
        &[0x00, 0x08, 0x22, 0xF1, 0x90, 0, 0, 0],
        &[0x08, 0x22, 0xF1, 0x90, 0, 0, 0, 0],
        // A first frame of what fits into a single one, one that is not full, and the escape of long lengths.
        &[0x10, 0x07, 0x22, 0xF1, 0x90, 0xF1, 0x91, 0xF1],
        &[0x10, 0x09, 0x22, 0xF1, 0x90],
        &[0x10, 0x00, 0x22, 0x00, 0x00, 0x09, 0xF1, 0x90],
        // No such frame.
        &[0x40, 0x22, 0xF1, 0x90, 0, 0, 0, 0],
        &[0x33, 0x00, 0x00],
    ];
    for data in lies {
        assert_eq!(send(&mut guard, &frame(0x7E0, data)), Err(Refusal::Malformed), "{data:02X?}");
    }
    assert_eq!(send(&mut guard, &request(&[0x22, 0xF1, 0x90, 0xF1])), Err(Refusal::Malformed));
    assert_eq!(send(&mut guard, &request(&[0x03, 0x01])), Err(Refusal::Malformed));
}

#[test]
fn a_long_request_passes_frame_by_frame_and_not_beyond_its_length() {
    let mut guard = guard();
    let first = frame(0x7E0, &[0x10, 0x11, 0x22, 0xF1, 0x90, 0xF1, 0x91, 0xF1]);
    assert_eq!(send(&mut guard, &first), Ok(()));
    assert_eq!(send(&mut guard, &frame(0x7E0, &[0x21, 1, 2, 3, 4, 5, 6, 7])), Ok(()));
    assert_eq!(send(&mut guard, &frame(0x7E0, &[0x22, 1, 2, 3, 4, 5, 6, 7])), Ok(()));
    assert_eq!(send(&mut guard, &frame(0x7E0, &[0x23, 1, 2, 3, 4, 5, 6, 7])), Err(Refusal::Transfer));
}

#[test]
fn a_consecutive_frame_out_of_turn_elsewhere_or_too_late_is_refused() {
    let first = frame(0x7E0, &[0x10, 0x11, 0x22, 0xF1, 0x90, 0xF1, 0x91, 0xF1]);
    let next = [0x21, 1, 2, 3, 4, 5, 6, 7];
    let mut orphan = guard();
    assert_eq!(send(&mut orphan, &frame(0x7E0, &next)), Err(Refusal::Transfer));
    let mut skipping = guard();
    send(&mut skipping, &first).unwrap();
    assert_eq!(send(&mut skipping, &frame(0x7E0, &[0x22, 1, 2, 3, 4, 5, 6, 7])), Err(Refusal::Transfer));
    let mut elsewhere = guard();
    send(&mut elsewhere, &first).unwrap();
    assert_eq!(send(&mut elsewhere, &frame(0x7E1, &next)), Err(Refusal::Transfer));
    let mut late = guard();
    send(&mut late, &first).unwrap();
    late.advance(Uptime::START.after(Duration::from_secs(6)));
    assert_eq!(send(&mut late, &frame(0x7E0, &next)), Err(Refusal::Transfer));
    let mut interrupted = guard();
    send(&mut interrupted, &first).unwrap();
    send(&mut interrupted, &request(&[0x3E, 0x00])).unwrap();
    assert_eq!(send(&mut interrupted, &frame(0x7E0, &next)), Err(Refusal::Transfer));
}

#[test]
fn a_long_message_to_everybody_is_refused() {
    let mut guard = guard();
    for data in [[0x10, 0x11, 0x22, 0xF1, 0x90, 0xF1, 0x91, 0xF1], [0x21; 8], [0x30, 0, 0, 0, 0, 0, 0, 0]] {
        assert_eq!(send(&mut guard, &frame(0x7DF, &data)), Err(Refusal::Malformed));
    }
}

#[test]
fn trouble_codes_are_cleared_once_for_each_permission() {
    let mut guard = guard();
    for clear in [request(&[0x04]), request(&[0x14, 0xFF, 0xFF, 0xFF])] {
        assert_eq!(send(&mut guard, &clear), Err(Refusal::NotPermitted));
        guard.permit_clear(Ignition::On).unwrap();
        assert_eq!(send(&mut guard, &clear), Ok(()));
        assert_eq!(send(&mut guard, &clear), Err(Refusal::NotPermitted));
    }
}

#[test]
fn a_permission_to_clear_ends_after_ten_seconds_and_when_the_vehicle_may_move() {
    let mut guard = guard();
    guard.permit_clear(Ignition::On).unwrap();
    guard.advance(Uptime::START.after(Duration::from_millis(10_001)));
    assert_eq!(send(&mut guard, &request(&[0x04])), Err(Refusal::NotPermitted));
    guard.permit_clear(Ignition::On).unwrap();
    guard.set_driving(Driving::Unknown);
    guard.set_driving(Driving::Standing);
    assert_eq!(send(&mut guard, &request(&[0x04])), Err(Refusal::NotPermitted));
}

#[test]
fn clearing_is_permitted_standing_with_the_ignition_on_only() {
    let mut guard = guard();
    assert_eq!(guard.permit_clear(Ignition::Off), Err(ClearRefusal::IgnitionNotOn));
    assert_eq!(guard.permit_clear(Ignition::Unknown), Err(ClearRefusal::IgnitionNotOn));
    for driving in [Driving::Moving, Driving::Unknown] {
        guard.set_driving(driving);
        assert_eq!(guard.permit_clear(Ignition::On), Err(ClearRefusal::NotStanding));
    }
}

#[test]
fn nothing_is_sent_in_listen_only_mode_and_a_guard_starts_in_it() {
    let mut bus = MockBus::new(std::iter::empty());
    bus.set_mode(BusMode::Normal).unwrap();
    let mut guard = TransmitGuard::new(bus, GuardPolicy::new(500_000), Uptime::START);
    let refused = guard.transmit(&request(&[0x01, 0x0D])).unwrap_err();
    assert_eq!((refused, refused.kind()), (GuardError::Refused(Refusal::ListenOnly), ErrorKind::ListenOnly));
    guard.set_mode(BusMode::Normal);
    guard.transmit(&request(&[0x01, 0x0D])).unwrap();
    assert_eq!(guard.refused().listen_only, 1);
}

#[test]
fn a_moving_vehicle_is_not_asked_where_the_policy_says_so() {
    let mut guard = guard_with(GuardPolicy::new(500_000).silent_while_driving());
    assert_eq!(send(&mut guard, &request(&[0x01, 0x0D])), Ok(()));
    for driving in [Driving::Moving, Driving::Unknown] {
        guard.set_driving(driving);
        assert_eq!(send(&mut guard, &request(&[0x01, 0x0D])), Err(Refusal::Driving));
    }
    assert_eq!(guard.refused().driving, 2);
}

#[test]
fn the_device_takes_its_share_of_the_bus_and_no_more() {
    // Two per cent of 500 kbit/s are 10,000 bits a second: 74 frames of at most 135 bits.
    let mut guard = guard_with(GuardPolicy::new(500_000));
    let one = request(&[0x01, 0x0D]);
    let passed = (0..200).filter(|_| send(&mut guard, &one).is_ok()).count();
    assert_eq!(passed, 74);
    assert_eq!(guard.refused().load, 126);
    guard.advance(Uptime::START.after(Duration::from_millis(500)));
    let passed = (0..200).filter(|_| send(&mut guard, &one).is_ok()).count();
    assert!((36..=38).contains(&passed), "{passed}");
}

proptest! {
    /// Whatever is tried, in whatever order: what reaches the bus has a listed service in its first byte.
    #[test]
    fn no_sequence_of_frames_gets_a_service_past_the_guard(
        frames in prop::collection::vec((prop::sample::select(vec![0x7DFu16, 0x7E0, 0x7E1, 0x123]), prop::collection::vec(any::<u8>(), 0..=8)), 0..60),
    ) {
        let mut guard = guard();
        for (id, data) in frames {
            if send(&mut guard, &frame(id, &data)).is_ok() {
                let service = match data[0] >> 4 {
                    0 => data[1],
                    1 => data[2],
                    _ => continue,
                };
                prop_assert!([1, 2, 3, 5, 6, 7, 9, 0x0A, 0x10, 0x19, 0x22, 0x3E].contains(&service), "{data:02X?}");
            }
        }
    }
}
