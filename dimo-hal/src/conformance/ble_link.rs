//! The contract of [`BleLink`].

use core::fmt::Debug;

use thiserror::Error;

use crate::ble_link::{AttMtu, BleLink, Disconnection, ErrorKind, LinkEvent};

/// What the phone of [`check_ble_link`] does next. Whoever runs the suite is the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "what the suite needs of a phone")]
pub enum PhoneStep {
    /// It connects to what is advertised.
    Connect,
    /// It writes these bytes, one packet for each.
    Write(&'static [&'static [u8]]),
    /// It has been notified of this packet, and of no other since the last step.
    Expect(&'static [u8]),
    /// It sees that the connection has ended.
    SeeEnd,
}

const PACKETS: &[&[u8]] = &[b"one", b"", b"twenty bytes of data"];

/// Checks a link with a phone: `phone` does each step, and says whether it went as it should. The link is idle at first, and in the end.
///
/// # Errors
///
/// The first [`BleLinkViolation`] found.
pub async fn check_ble_link<L: BleLink>(
    link: &mut L,
    mut phone: impl FnMut(&mut L, PhoneStep) -> PhoneAnswer,
) -> Result<(), BleLinkViolation<L::Error>> {
    use BleLinkViolation as V;
    let mut step = |link: &mut L, step| match phone(link, step) {
        PhoneAnswer::Done => Ok(()),
        PhoneAnswer::NotSo => Err(V::Phone { step }),
    };
    expect(link.send(b"nobody").await, ErrorKind::NotConnected, V::SendsToNobody)?;
    expect(link.advertise(&[0; 32], &[]).await, ErrorKind::Length, V::AdvertisesTooMuch)?;
    link.advertise(&[2, 1, 6], &[]).await?;
    step(link, PhoneStep::Connect)?;
    let mut buffer = [0; AttMtu::LONGEST_PACKET];
    let LinkEvent::Connected { mut mtu } = link.next_event(&mut buffer).await? else {
        return Err(V::Order);
    };

    step(link, PhoneStep::Write(PACKETS))?;
    for packet in PACKETS {
        let len = loop {
            match link.next_event(&mut buffer).await? {
                LinkEvent::Received { len } => break len,
                LinkEvent::Mtu(longer) => mtu = longer,
                _ => return Err(V::Order),
            }
        };
        if buffer.get(..len) != Some(*packet) {
            return Err(V::Packet);
        }
    }
    link.send(b"an answer").await?;
    step(link, PhoneStep::Expect(b"an answer"))?;
    let too_long = [0; AttMtu::LONGEST_PACKET + 1];
    let longer = too_long.get(..mtu.packet() + 1).unwrap_or(&too_long);
    expect(link.send(longer).await, ErrorKind::Length, V::SendsTooMuch)?;

    link.disconnect().await?;
    step(link, PhoneStep::SeeEnd)?;
    match link.next_event(&mut buffer).await? {
        LinkEvent::Disconnected(Disconnection::Device) => {}
        _ => return Err(V::Order),
    }
    expect(link.send(b"nobody").await, ErrorKind::NotConnected, V::SendsToNobody)
}

/// Whether a step of the phone went as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "yes or no")]
pub enum PhoneAnswer {
    /// It did.
    Done,
    /// It did not.
    NotSo,
}

fn expect<E: crate::ble_link::Error>(
    result: Result<(), E>,
    kind: ErrorKind,
    violation: BleLinkViolation<E>,
) -> Result<(), BleLinkViolation<E>> {
    match result {
        Err(error) if error.kind() == kind => Ok(()),
        _ => Err(violation),
    }
}

/// How a link breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BleLinkViolation<E: Debug> {
    /// A call failed that must not.
    #[error("a call failed: {0:?}")]
    Failed(E),
    /// A packet to nobody was taken, or refused for another reason.
    #[error("it sends to nobody")]
    SendsToNobody,
    /// More was advertised than 31 bytes.
    #[error("it advertises more than 31 bytes")]
    AdvertisesTooMuch,
    /// A packet was taken that is longer than the MTU allows.
    #[error("it sends packets that are too long")]
    SendsTooMuch,
    /// An event came that does not belong there.
    #[error("events come in another order")]
    Order,
    /// A packet arrived otherwise than it was written.
    #[error("a packet arrived otherwise than it was written")]
    Packet,
    /// The phone did not see what it should have.
    #[error("the phone did not see what it should have: {step:?}")]
    Phone {
        /// At which step.
        step: PhoneStep,
    },
}

impl<E: crate::ble_link::Error> From<E> for BleLinkViolation<E> {
    fn from(error: E) -> Self {
        Self::Failed(error)
    }
}
