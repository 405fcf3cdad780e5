//! Links to one phone: in memory, and over a stream to a controller.
#![cfg(all(feature = "dev", feature = "alloc"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use dimo_hal::ble_link::{
    AttMtu, Disconnection, ErrorKind, ErrorType, LinkEvent, LinkHandler, StreamLink, StreamLinkError,
    hand_over, send_all,
};
use dimo_hal::conformance::{BleLinkViolation, PhoneAnswer, PhoneStep, check_ble_link};
use dimo_hal::mock::{MockBleLink, MockBleLinkError};
use dimo_hal::{BleLink as _, BlockingAsync, blocking, wait};
use proptest::prelude::*;

fn answer(it_did: bool) -> PhoneAnswer {
    if it_did { PhoneAnswer::Done } else { PhoneAnswer::NotSo }
}

fn phone(link: &mut MockBleLink, step: PhoneStep) -> PhoneAnswer {
    match step {
        PhoneStep::Connect => return answer(link.phone_connects(AttMtu::LEAST)),
        PhoneStep::Write(packets) => {
            link.phone_exchanges_mtu(AttMtu::new(40).unwrap());
            packets.iter().for_each(|packet| link.phone_writes(packet));
        }
        PhoneStep::Expect(packet) => {
            let read = link.phone_reads();
            return answer(read.as_deref() == Some(packet) && link.phone_reads().is_none());
        }
        PhoneStep::SeeEnd => {}
    }
    PhoneAnswer::Done
}

#[test]
fn the_mock_keeps_the_contract() {
    let mut link = BlockingAsync::new(MockBleLink::default());
    wait(check_ble_link(&mut link, |link, step| phone(link.get_mut(), step))).unwrap();
}

/// Both directions of a stream; what is read comes in pieces of at most three bytes.
#[derive(Clone, Default)]
struct Wire {
    to_device: Rc<RefCell<VecDeque<u8>>>,
    to_controller: Rc<RefCell<VecDeque<u8>>>,
}

impl embedded_io_async::ErrorType for Wire {
    type Error = Infallible;
}

impl embedded_io_async::Read for Wire {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let mut queue = self.to_device.borrow_mut();
        let len = buffer.len().min(queue.len()).min(3);
        buffer.iter_mut().zip(queue.drain(..len)).for_each(|(to, from)| *to = from);
        Ok(len)
    }
}

impl embedded_io_async::Write for Wire {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.to_controller.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Wire {
    fn say(&self, kind: u8, body: &[u8]) {
        let len = u16::try_from(body.len()).unwrap().to_le_bytes();
        self.to_device.borrow_mut().extend([kind, len[0], len[1]].iter().chain(body));
    }

    fn heard(&self) -> Option<(u8, Vec<u8>)> {
        let mut queue = self.to_controller.borrow_mut();
        let len = queue.len().min(3);
        let head: Vec<u8> = queue.drain(..len).collect();
        let [kind, low, high] = head[..] else { return None };
        let body = queue.drain(..usize::from(u16::from_le_bytes([low, high]))).collect();
        Some((kind, body))
    }
}

#[test]
fn a_controller_at_the_end_of_a_stream_keeps_the_contract() {
    let wire = Wire::default();
    let mut link = StreamLink::new(wire.clone());
    wait(check_ble_link(&mut link, |_, step| match step {
        PhoneStep::Connect => {
            wire.say(0x81, &[23, 0]);
            answer(wire.heard() == Some((1, vec![3, 2, 1, 6])))
        }
        PhoneStep::Write(packets) => {
            wire.say(0x82, &[100, 0]);
            packets.iter().for_each(|packet| wire.say(0x83, packet));
            PhoneAnswer::Done
        }
        PhoneStep::Expect(packet) => answer(wire.heard() == Some((3, packet.to_vec()))),
        PhoneStep::SeeEnd => {
            wire.say(0x84, &[1]);
            answer(wire.heard() == Some((4, vec![])))
        }
    }))
    .unwrap();
}

#[test]
fn a_packet_that_the_buffer_is_too_short_for_stays_for_a_longer_one() {
    let wire = Wire::default();
    let mut link = StreamLink::new(wire.clone());
    wire.say(0x83, b"hello");
    assert_eq!(wait(link.next_event(&mut [0; 4])), Err(StreamLinkError::TooLong));
    assert_eq!(wait(link.next_event(&mut [0; 5])), Ok(LinkEvent::Received { len: 5 }));
    assert_eq!(wait(link.next_event(&mut [0; 5])), Err(StreamLinkError::End));
}

/// Takes two bytes, then nothing for once.
#[derive(Clone, Default)]
struct Slow {
    wire: Wire,
    waits: bool,
}

impl embedded_io_async::ErrorType for Slow {
    type Error = Infallible;
}

impl embedded_io_async::Read for Slow {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        self.wire.read(buffer).await
    }
}

impl embedded_io_async::Write for Slow {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        if std::mem::replace(&mut self.waits, false) {
            pending_once().await;
        }
        self.waits = true;
        self.wire.write(&bytes[..bytes.len().min(2)]).await
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

async fn pending_once() {
    let mut asked = false;
    std::future::poll_fn(|context| {
        context.waker().wake_by_ref();
        if std::mem::replace(&mut asked, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

#[test]
fn a_message_whose_future_is_dropped_is_finished_before_the_next_one() {
    // A message of eight bytes is taken two at a time, so that it waits three times.
    for polls in 1..=3 {
        let wire = Wire::default();
        let mut link = StreamLink::new(Slow { wire: wire.clone(), waits: false });
        wire.say(0x81, &[23, 0]);
        wait(link.next_event(&mut [])).unwrap();
        {
            let mut sending = std::pin::pin!(link.send(b"first"));
            for _ in 0..polls {
                let mut context = Context::from_waker(Waker::noop());
                assert!(sending.as_mut().poll(&mut context).is_pending());
            }
        }
        wait(link.send(b"second")).unwrap();
        assert_eq!(wire.heard(), Some((3, b"first".to_vec())), "dropped after {polls}");
        assert_eq!(wire.heard(), Some((3, b"second".to_vec())), "dropped after {polls}");
        assert_eq!(wire.heard(), None);
    }
}

#[test]
fn an_mtu_without_a_connection_is_nonsense() {
    let wire = Wire::default();
    let mut link = StreamLink::new(wire.clone());
    wire.say(0x82, &[100, 0]);
    assert_eq!(wait(link.next_event(&mut [])), Err(StreamLinkError::Nonsense));
    assert_eq!(wait(link.send(b"hello")), Err(StreamLinkError::NotConnected));
    wire.say(0x81, &[23, 0]);
    wire.say(0x84, &[0]);
    wire.say(0x82, &[100, 0]);
    assert!(matches!(wait(link.next_event(&mut [])), Ok(LinkEvent::Connected { .. })));
    assert_eq!(wait(link.next_event(&mut [])), Ok(LinkEvent::Disconnected(Disconnection::Phone)));
    assert_eq!(wait(link.next_event(&mut [])), Err(StreamLinkError::Nonsense));
}

/// Answers each packet with itself, twice.
#[derive(Default)]
struct Echo {
    replies: VecDeque<Vec<u8>>,
    connected: bool,
}

impl LinkHandler for Echo {
    fn connected(&mut self, _: AttMtu) {
        self.connected = true;
    }

    fn mtu_changed(&mut self, _: AttMtu) {}

    fn received(&mut self, packet: &[u8]) {
        self.replies.extend([packet.to_vec(), packet.to_vec()]);
    }

    fn disconnected(&mut self, _: Disconnection) {
        self.connected = false;
    }

    fn transmit(&mut self, buffer: &mut [u8]) -> Option<usize> {
        let reply = self.replies.pop_front()?;
        buffer[..reply.len()].copy_from_slice(&reply);
        Some(reply.len())
    }
}

#[test]
fn a_machine_without_input_and_output_is_carried_over_a_link() {
    let mut link = BlockingAsync::new(MockBleLink::default());
    let mut machine = Echo::default();
    let mut buffer = [0; 64];
    wait(link.advertise(&[], &[])).unwrap();
    assert!(link.get_mut().phone_connects(AttMtu::LEAST));
    link.get_mut().phone_writes(b"hello");
    link.get_mut().phone_leaves(Disconnection::Lost);
    while let Ok(event) = wait(link.next_event(&mut buffer)) {
        hand_over(&mut machine, event, &buffer);
        // The phone is gone before the answer; its leaving is still to be read.
        wait(send_all(&mut link, &mut machine, &mut buffer)).unwrap();
    }
    assert!(!machine.connected && machine.replies.is_empty());

    wait(link.advertise(&[], &[])).unwrap();
    assert!(link.get_mut().phone_connects(AttMtu::LEAST));
    link.get_mut().phone_writes(b"again");
    while let Ok(event) = wait(link.next_event(&mut buffer)) {
        hand_over(&mut machine, event, &buffer);
        wait(send_all(&mut link, &mut machine, &mut buffer)).unwrap();
    }
    assert_eq!(link.get_mut().phone_reads().as_deref(), Some(&b"again"[..]));
    assert_eq!(link.get_mut().phone_reads().as_deref(), Some(&b"again"[..]));
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    SendsToNobody,
    AdvertisesAnything,
    SendsAnything,
    MixesPackets,
    DropsAnswers,
    NeverEnds,
}

struct Bad(MockBleLink, Wrong);

impl ErrorType for Bad {
    type Error = MockBleLinkError;
}

impl blocking::BleLink for Bad {
    fn advertise(&mut self, advertising: &[u8], scan_response: &[u8]) -> Result<(), MockBleLinkError> {
        let result = self.0.advertise(advertising, scan_response);
        if self.1 == Wrong::AdvertisesAnything { Ok(()) } else { result }
    }

    fn stop_advertising(&mut self) -> Result<(), MockBleLinkError> {
        self.0.stop_advertising()
    }

    fn next_event(&mut self, buffer: &mut [u8]) -> Result<LinkEvent, MockBleLinkError> {
        let event = self.0.next_event(buffer)?;
        if self.1 == Wrong::MixesPackets {
            buffer[0] ^= 1;
        }
        Ok(event)
    }

    fn send(&mut self, packet: &[u8]) -> Result<(), MockBleLinkError> {
        match (self.1, self.0.send(packet)) {
            (Wrong::SendsToNobody, Err(MockBleLinkError(ErrorKind::NotConnected)))
            | (Wrong::SendsAnything, Err(MockBleLinkError(ErrorKind::Length))) => Ok(()),
            (Wrong::DropsAnswers, result) => {
                let _ = self.0.phone_reads();
                result
            }
            (_, result) => result,
        }
    }

    fn disconnect(&mut self) -> Result<(), MockBleLinkError> {
        if self.1 == Wrong::NeverEnds { Ok(()) } else { self.0.disconnect() }
    }
}

#[test]
fn the_suite_finds_each_thing_that_is_wrong() {
    let found = |wrong| {
        let mut bad = BlockingAsync::new(Bad(MockBleLink::default(), wrong));
        wait(check_ble_link(&mut bad, |link, step| phone(&mut link.get_mut().0, step))).unwrap_err()
    };
    assert_eq!(found(Wrong::SendsToNobody), BleLinkViolation::SendsToNobody);
    assert_eq!(found(Wrong::AdvertisesAnything), BleLinkViolation::AdvertisesTooMuch);
    assert_eq!(found(Wrong::SendsAnything), BleLinkViolation::SendsTooMuch);
    assert_eq!(found(Wrong::MixesPackets), BleLinkViolation::Packet);
    assert!(matches!(found(Wrong::DropsAnswers), BleLinkViolation::Phone { step: PhoneStep::Expect(_) }));
    assert_eq!(found(Wrong::NeverEnds), BleLinkViolation::Failed(MockBleLinkError(ErrorKind::Other)));
}

proptest! {
    #[test]
    fn any_bytes_of_a_controller_are_events_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let wire = Wire::default();
        wire.to_device.borrow_mut().extend(&bytes);
        let mut link = StreamLink::new(wire);
        let mut buffer = [0; AttMtu::LONGEST_PACKET];
        for _ in 0..=bytes.len() {
            match wait(link.next_event(&mut buffer)) {
                Ok(LinkEvent::Received { len }) => prop_assert!(len <= buffer.len()),
                Ok(_) => {}
                Err(error) => {
                    prop_assert_ne!(error, StreamLinkError::TooLong);
                    return Ok(());
                }
            }
        }
        prop_assert!(false, "it never ends");
    }
}
