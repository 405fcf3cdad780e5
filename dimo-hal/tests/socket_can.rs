//! SocketCAN on a virtual interface, `vcan0`: whoever runs these tests makes it, which needs rights and a kernel that has it.
#![cfg(all(feature = "linux", target_os = "linux"))]
#![allow(clippy::unwrap_used, reason = "test helpers over constants")]

use dimo_hal::blocking::{CanReceiver as _, CanTransmitter as _};
use dimo_hal::can::{BusMode, Filter, Filtering};
use dimo_hal::linux::SocketCan;
use dimo_types::{CanId, Frame, Timestamp};

const INTERFACE: &str = "vcan0";

fn frame(id: u16, data: &[u8]) -> Frame {
    Frame::classic(Timestamp::EPOCH, CanId::standard(id).unwrap(), data).unwrap()
}

#[test]
#[ignore = "needs vcan0"]
fn a_frame_arrives_with_the_time_of_the_kernel() {
    let (mut one, mut other) = (SocketCan::open(INTERFACE).unwrap(), SocketCan::open(INTERFACE).unwrap());
    assert_eq!(one.status().unwrap().mode, BusMode::Normal);
    one.transmit(&frame(0x7DF, &[2, 1, 13])).unwrap();
    let came = other.receive().unwrap();
    assert_eq!((came.id(), came.data()), (CanId::standard(0x7DF).unwrap(), &[2, 1, 13][..]));
    assert!(came.time() > "2026-01-01T00:00:00Z".parse().unwrap());
}

#[test]
#[ignore = "needs vcan0"]
fn what_no_filter_matches_does_not_arrive() {
    let (mut one, mut other) = (SocketCan::open(INTERFACE).unwrap(), SocketCan::open(INTERFACE).unwrap());
    let answers = Filter::masked(CanId::standard(0x7E8).unwrap(), 0x7F8);
    assert_eq!(other.set_filters(&[answers]).unwrap(), Filtering::Exact);
    for id in [0x7DF, 0x100, 0x7EA] {
        one.transmit(&frame(id, &[])).unwrap();
    }
    assert_eq!(other.receive().unwrap().id(), CanId::standard(0x7EA).unwrap());
}

#[test]
#[ignore = "needs vcan0"]
fn an_interface_that_takes_part_cannot_be_told_to_listen_only() {
    let mut bus = SocketCan::open(INTERFACE).unwrap();
    assert!(bus.set_mode(BusMode::ListenOnly).is_err());
    bus.set_mode(BusMode::Normal).unwrap();
}
