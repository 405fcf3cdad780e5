//! Sockets of the system under what takes streams.
#![cfg(all(feature = "std", feature = "dev"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use dimo_hal::ble_link::StreamLink;
use dimo_hal::conformance::{PhoneAnswer, PhoneStep, check_ble_link};
use dimo_hal::host::{StdMonotonic, StdStream};
use dimo_hal::slcan::{Acknowledge, Slcan, SlcanBitRate, SlcanError};
use dimo_hal::{CanReceiver as _, wait};

/// Both ends of a connection.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (far, _) = listener.accept().unwrap();
    near.set_nodelay(true).unwrap();
    far.set_nodelay(true).unwrap();
    (near, far)
}

/// A packet of a controller: kind, length, body.
fn say(controller: &mut TcpStream, kind: u8, body: &[u8]) {
    let [low, high] = u16::try_from(body.len()).unwrap().to_le_bytes();
    controller.write_all(&[&[kind, low, high], body].concat()).unwrap();
}

/// The next packet that the controller is sent.
fn heard(controller: &mut TcpStream) -> (u8, Vec<u8>) {
    let mut head = [0; 3];
    controller.read_exact(&mut head).unwrap();
    let mut body = vec![0; usize::from(u16::from_le_bytes([head[1], head[2]]))];
    controller.read_exact(&mut body).unwrap();
    (head[0], body)
}

fn answer(it_did: bool) -> PhoneAnswer {
    if it_did { PhoneAnswer::Done } else { PhoneAnswer::NotSo }
}

#[test]
fn a_link_over_a_socket_keeps_the_contract_of_links() {
    let (near, mut far) = pair();
    let mut link = StreamLink::new(StdStream(near));
    wait(check_ble_link(&mut link, |_, step| match step {
        PhoneStep::Connect => {
            say(&mut far, 0x81, &[23, 0]);
            answer(heard(&mut far) == (1, vec![3, 2, 1, 6]))
        }
        PhoneStep::Write(packets) => {
            say(&mut far, 0x82, &[100, 0]);
            packets.iter().for_each(|packet| say(&mut far, 0x83, packet));
            PhoneAnswer::Done
        }
        PhoneStep::Expect(packet) => answer(heard(&mut far) == (3, packet.to_vec())),
        PhoneStep::SeeEnd => {
            say(&mut far, 0x84, &[1]);
            answer(heard(&mut far) == (4, vec![]))
        }
    }))
    .unwrap();
}

/// Acknowledges every command, and after `O` or `L` tells of a frame, a byte at a time.
fn adapter(mut host: TcpStream) {
    let mut command = Vec::new();
    let mut byte = [0];
    while host.read_exact(&mut byte).is_ok() {
        command.push(byte[0]);
        if byte != *b"\r" {
            continue;
        }
        host.write_all(b"\r").unwrap();
        if matches!(command[0], b'O' | b'L') {
            b"t7E8206AB\r".iter().for_each(|byte| host.write_all(&[*byte]).unwrap());
        }
        command.clear();
    }
}

#[test]
fn a_can_adapter_in_the_network_is_one_at_a_socket() {
    let (near, far) = pair();
    let adapter = thread::spawn(|| adapter(far));
    let open =
        Slcan::open(StdStream(near), StdMonotonic::new(), SlcanBitRate::Kilo500, Acknowledge::Expected);
    let mut can = wait(open).unwrap();
    let frame = wait(can.receive()).unwrap();
    assert_eq!((frame.id().number(), frame.data()), (0x7E8, &[0x06, 0xAB][..]));
    drop(can);
    adapter.join().unwrap();
}

#[test]
fn a_peer_that_is_gone_ends_the_stream_and_one_that_is_late_may_be_waited_for_again() {
    let (near, mut far) = pair();
    near.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let mut near = StdStream(near);
    let mut byte = [0];
    let late = wait(embedded_io_async::Read::read(&mut near, &mut byte)).unwrap_err().kind();
    assert!(matches!(late, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{late:?}");
    far.write_all(b"x").unwrap();
    assert_eq!(wait(embedded_io_async::Read::read(&mut near, &mut byte)).unwrap(), 1);
    assert_eq!(&byte, b"x");
    drop(far);
    assert_eq!(wait(embedded_io_async::Read::read(&mut near, &mut byte)).unwrap(), 0);
    let can = wait(Slcan::open(near, StdMonotonic::new(), SlcanBitRate::Kilo500, Acknowledge::Expected));
    assert!(matches!(can, Err(SlcanError::Closed | SlcanError::Stream(_))), "{can:?}");
}
