//! [`StreamLink`]: a link to a controller at the other end of a stream.

use core::fmt::Debug;
use core::ops::Range;

use embedded_io_async::{Read, Write};
use thiserror::Error;

use super::{AttMtu, BleLink, Disconnection, Error, ErrorKind, ErrorType, LinkEvent};

/// A Bluetooth controller at the other end of a stream: a module behind a UART, a daemon behind a socket.
///
/// Each message is a type, a length (2, little-endian) and so many bytes. To the controller: `0x01` advertise, with the length of the advertising data (1), that data and the scan response; `0x02` stop
/// advertising; `0x03` a packet to notify; `0x04` disconnect. From it: `0x81` connected, with the MTU (2, little-endian); `0x82` another MTU (2); `0x83` a packet that the phone wrote;
/// `0x84` disconnected, with 0 by the phone, 1 by the device, 2 lost, 3 otherwise (1). Nothing is longer than 514 bytes.
///
/// Cancel safety: a message that was begun stays, and is finished before the next one begins, so that a dropped future leaves no half of one behind. The packet of a dropped
/// [`send`](BleLink::send) is sent then, or, where an earlier message was still in its way, not at all.
#[derive(Debug)]
pub struct StreamLink<T> {
    stream: T,
    /// What has come of a message.
    message: [u8; HEAD + AttMtu::LONGEST_PACKET],
    len: usize,
    /// What is being said, and what of it was not taken yet.
    saying: [u8; HEAD + AttMtu::LONGEST_PACKET],
    unsaid: Range<usize>,
    mtu: Option<AttMtu>,
}

const HEAD: usize = 3;
const ADVERTISE: u8 = 0x01;
const STOP: u8 = 0x02;
const NOTIFY: u8 = 0x03;
const DISCONNECT: u8 = 0x04;
const CONNECTED: u8 = 0x81;
const MTU: u8 = 0x82;
const WRITTEN: u8 = 0x83;
const DISCONNECTED: u8 = 0x84;

impl<T: Read + Write> StreamLink<T> {
    /// Over this stream. The controller is idle at first.
    pub const fn new(stream: T) -> Self {
        let empty = [0; HEAD + AttMtu::LONGEST_PACKET];
        Self { stream, message: empty, len: 0, saying: empty, unsaid: 0..0, mtu: None }
    }

    /// Gives the stream back.
    pub fn into_inner(self) -> T {
        self.stream
    }

    async fn tell(&mut self, kind: u8, parts: &[&[u8]]) -> Result<(), StreamLinkError<T::Error>> {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        let [low, high] = u16::try_from(len).map_err(|_| StreamLinkError::TooLong)?.to_le_bytes();
        if HEAD + len > self.saying.len() {
            return Err(StreamLinkError::TooLong);
        }
        self.finish().await?;
        let head = [kind, low, high];
        let bytes = head.iter().chain(parts.iter().copied().flatten());
        self.saying.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        self.unsaid = 0..HEAD + len;
        self.finish().await
    }

    /// Says the rest of what was begun. What is left of it stays when the future is dropped.
    async fn finish(&mut self) -> Result<(), StreamLinkError<T::Error>> {
        while let Some(rest) = self.saying.get(self.unsaid.clone()).filter(|rest| !rest.is_empty()) {
            match self.stream.write(rest).await.map_err(StreamLinkError::Stream)? {
                0 => return Err(StreamLinkError::End),
                written => self.unsaid.start = self.unsaid.start.saturating_add(written).min(self.unsaid.end),
            }
        }
        self.stream.flush().await.map_err(StreamLinkError::Stream)
    }

    /// How many bytes the message that is coming has; what is known of it.
    fn wanted(&self) -> Result<usize, StreamLinkError<T::Error>> {
        let [_, low, high, ..] = self.message;
        if self.len < HEAD {
            return Ok(HEAD);
        }
        let wanted = HEAD + usize::from(u16::from_le_bytes([low, high]));
        if wanted > self.message.len() { Err(StreamLinkError::Nonsense) } else { Ok(wanted) }
    }

    /// Reads the rest of a message. What came of it stays when the future is dropped.
    async fn whole(&mut self) -> Result<(), StreamLinkError<T::Error>> {
        loop {
            let wanted = self.wanted()?;
            if self.len >= HEAD && self.len == wanted {
                return Ok(());
            }
            let place = self.message.get_mut(self.len..wanted).ok_or(StreamLinkError::Nonsense)?;
            match self.stream.read(place).await.map_err(StreamLinkError::Stream)? {
                0 => return Err(StreamLinkError::End),
                read => self.len = self.len.saturating_add(read).min(wanted),
            }
        }
    }

    /// What a whole message says.
    fn event(&mut self, buffer: &mut [u8]) -> Result<LinkEvent, StreamLinkError<T::Error>> {
        let (head, body) = self.message.split_at(HEAD);
        let body = body.get(..self.len.saturating_sub(HEAD)).ok_or(StreamLinkError::Nonsense)?;
        let mtu = || match body {
            [low, high] => AttMtu::new(u16::from_le_bytes([*low, *high])).ok(),
            _ => None,
        };
        match (head.first().copied(), body) {
            (Some(CONNECTED), _) => {
                let mtu = mtu().ok_or(StreamLinkError::Nonsense)?;
                self.mtu = Some(mtu);
                Ok(LinkEvent::Connected { mtu })
            }
            (Some(MTU), _) if self.mtu.is_some() => {
                let mtu = mtu().ok_or(StreamLinkError::Nonsense)?;
                self.mtu = Some(mtu);
                Ok(LinkEvent::Mtu(mtu))
            }
            (Some(WRITTEN), packet) => {
                let place = buffer.get_mut(..packet.len()).ok_or(StreamLinkError::TooLong)?;
                place.copy_from_slice(packet);
                Ok(LinkEvent::Received { len: packet.len() })
            }
            (Some(DISCONNECTED), [why]) => {
                self.mtu = None;
                Ok(LinkEvent::Disconnected(match why {
                    0 => Disconnection::Phone,
                    1 => Disconnection::Device,
                    2 => Disconnection::Lost,
                    _ => Disconnection::Other,
                }))
            }
            _ => Err(StreamLinkError::Nonsense),
        }
    }
}

impl<T: embedded_io_async::ErrorType> ErrorType for StreamLink<T> {
    type Error = StreamLinkError<T::Error>;
}

impl<T: Read + Write> BleLink for StreamLink<T> {
    async fn advertise(&mut self, advertising: &[u8], scan_response: &[u8]) -> Result<(), Self::Error> {
        let len = u8::try_from(advertising.len()).ok().filter(|len| *len <= 31 && scan_response.len() <= 31);
        let len = len.ok_or(StreamLinkError::TooLong)?;
        self.tell(ADVERTISE, &[&[len], advertising, scan_response]).await
    }

    async fn stop_advertising(&mut self) -> Result<(), Self::Error> {
        self.tell(STOP, &[]).await
    }

    async fn next_event(&mut self, buffer: &mut [u8]) -> Result<LinkEvent, Self::Error> {
        self.whole().await?;
        let event = self.event(buffer);
        // A packet that the buffer is too short for stays, for a longer one.
        if event != Err(StreamLinkError::TooLong) {
            self.len = 0;
        }
        event
    }

    async fn send(&mut self, packet: &[u8]) -> Result<(), Self::Error> {
        let mtu = self.mtu.ok_or(StreamLinkError::NotConnected)?;
        if packet.len() > mtu.packet() {
            return Err(StreamLinkError::TooLong);
        }
        self.tell(NOTIFY, &[packet]).await
    }

    async fn disconnect(&mut self) -> Result<(), Self::Error> {
        self.tell(DISCONNECT, &[]).await
    }
}

/// Why a [`StreamLink`] failed.
#[derive(Clone, Copy, Debug, Error)]
#[non_exhaustive]
pub enum StreamLinkError<E: Debug> {
    /// The stream failed.
    #[error("the stream failed: {0:?}")]
    Stream(E),
    /// The stream has ended.
    #[error("the stream has ended")]
    End,
    /// What came is no message. The two ends do not agree any more: begin a new stream.
    #[error("what came is no message")]
    Nonsense,
    /// No phone is connected.
    #[error("no phone is connected")]
    NotConnected,
    /// The bytes do not fit into a packet, or into the buffer.
    #[error("too long")]
    TooLong,
}

/// By what happened; errors of streams need not be comparable.
impl<E: Debug> PartialEq for StreamLinkError<E> {
    fn eq(&self, other: &Self) -> bool {
        core::mem::discriminant(self) == core::mem::discriminant(other)
    }
}

impl<E: Debug> Error for StreamLinkError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Stream(_) | Self::End | Self::Nonsense => ErrorKind::Controller,
            Self::NotConnected => ErrorKind::NotConnected,
            Self::TooLong => ErrorKind::Length,
        }
    }
}
