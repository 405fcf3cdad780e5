//! Bluetooth, as far as pairing needs it: [`BleLink`], bytes to and from one phone.
//!
//! The trait names no stack. A peripheral of `trouble-host`, a module behind a UART, a daemon of a gateway implement it; what is said over it is not its business.
//! [`StreamLink`] is one over any stream of bytes, to a controller that lives elsewhere.

mod mtu;
mod stream;

use crate::twin::error_type;

pub use mtu::{AttMtu, MtuError};
pub use stream::{StreamLink, StreamLinkError};

error_type!("a Bluetooth link");

/// Why a link failed, as far as generic code cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No phone is connected, or no longer.
    NotConnected,
    /// The bytes do not fit into a packet, or into the buffer.
    Length,
    /// The controller does not answer, or answers nonsense. Reset it.
    Controller,
    /// Something else; the driver's error says what.
    Other,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::NotConnected, Self::Length, Self::Controller, Self::Other];
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Disconnection {
    /// The phone ended it.
    Phone,
    /// This device ended it.
    Device,
    /// Nothing was heard for too long.
    Lost,
    /// Something else.
    Other,
}

/// What a link reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkEvent {
    /// A phone is connected; no other one is until it leaves. Advertising has ended.
    Connected {
        /// How long a packet may be, until it changes.
        mtu: AttMtu,
    },
    /// Packets may be longer now.
    Mtu(AttMtu),
    /// The phone wrote so many bytes; they are in the buffer.
    Received {
        /// How many.
        len: usize,
    },
    /// The phone is gone. What was not sent is lost, and what it wrote before was reported before.
    Disconnected(Disconnection),
}

/// Bytes to and from one phone: writes come in, notifications go out.
///
/// # Contract for makers
///
/// - One phone at a time. Who connects meanwhile is refused or waits.
/// - Each write of the phone is one [`LinkEvent::Received`], whole, in the order in which they came. What comes while nobody asks for events is kept, eight packets at least.
/// - Each [`send`](Self::send) is one notification. It returns when the stack has taken the bytes: with a full queue it waits, and never drops.
/// - The link does not encrypt, pair or bond by itself; whoever needs that does it below.
///
/// # Contract for callers
///
/// - Cancel safety: a dropped [`next_event`](Self::next_event) loses no event. A dropped `send` has sent the packet, sends it before the next one, or does not send it; never a part of it. End the connection then, or the phone may miss a piece.
/// - After [`LinkEvent::Disconnected`], advertise again: the link does not by itself.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait BleLink: ErrorType {
    /// Advertises with these bytes, at most 31 each, until a phone connects. Calling it again changes them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Length`], [`ErrorKind::Controller`].
    async fn advertise(&mut self, advertising: &[u8], scan_response: &[u8]) -> Result<(), Self::Error>;

    /// Stops advertising. A phone that is connected stays.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Controller`].
    async fn stop_advertising(&mut self) -> Result<(), Self::Error>;

    /// Waits for what happens next. A buffer of [`AttMtu::LONGEST_PACKET`] takes whatever comes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Length`] when the buffer is too short for a packet, which stays; [`ErrorKind::Controller`].
    async fn next_event(&mut self, buffer: &mut [u8]) -> Result<LinkEvent, Self::Error>;

    /// Sends a packet, at most [`AttMtu::packet`] bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotConnected`], [`ErrorKind::Length`], [`ErrorKind::Controller`].
    async fn send(&mut self, packet: &[u8]) -> Result<(), Self::Error>;

    /// Ends the connection, if there is one; [`LinkEvent::Disconnected`] follows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Controller`].
    async fn disconnect(&mut self) -> Result<(), Self::Error>;
}

/// What is at the device's end of a link: a machine without input and output, such as the device of `dimo-pairing`.
pub trait LinkHandler {
    /// A phone is connected.
    fn connected(&mut self, mtu: AttMtu);
    /// Packets may be longer.
    fn mtu_changed(&mut self, mtu: AttMtu);
    /// The phone wrote a packet.
    fn received(&mut self, packet: &[u8]);
    /// The phone is gone.
    fn disconnected(&mut self, why: Disconnection);
    /// The next packet to send, written to the beginning of the buffer, and its length; `None` when there is nothing to say.
    fn transmit(&mut self, buffer: &mut [u8]) -> Option<usize>;
}

/// Tells a handler what happened. `buffer` is the one that [`BleLink::next_event`] filled.
pub fn hand_over(handler: &mut impl LinkHandler, event: LinkEvent, buffer: &[u8]) {
    match event {
        LinkEvent::Connected { mtu } => handler.connected(mtu),
        LinkEvent::Mtu(mtu) => handler.mtu_changed(mtu),
        LinkEvent::Received { len } => handler.received(buffer.get(..len).unwrap_or_default()),
        LinkEvent::Disconnected(why) => handler.disconnected(why),
    }
}

/// Sends everything that a handler has to say. Not to be dropped half-way: see [`BleLink`].
///
/// # Errors
///
/// Those of [`BleLink::send`]. A phone that has left is none: its [`LinkEvent::Disconnected`] comes.
pub async fn send_all<L: BleLink>(
    link: &mut L,
    handler: &mut impl LinkHandler,
    buffer: &mut [u8],
) -> Result<(), L::Error> {
    while let Some(len) = handler.transmit(buffer) {
        match link.send(buffer.get(..len).unwrap_or_default()).await {
            Err(error) if error.kind() != ErrorKind::NotConnected => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
