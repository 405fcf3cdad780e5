//! One message on its way in.

use core::time::Duration;

use dimo_types::Timestamp;

use super::{Address, TransportError};
use crate::request::clock::after;

pub(super) const REQUEST_TO_SEND: u8 = 16;
pub(super) const CLEAR_TO_SEND: u8 = 17;
pub(super) const END_OF_MESSAGE: u8 = 19;
pub(super) const BROADCAST: u8 = 32;
pub(super) const ABORT: u8 = 255;

/// Abort: no room for another message.
pub(super) const NO_RESOURCES: u8 = 2;
/// Abort: nothing came in time.
pub(super) const TIMEOUT: u8 = 3;
/// Abort: packets were allowed while others were being sent.
pub(super) const CLEARED_WHILE_SENDING: u8 = 4;
/// Abort: the same packets were asked for too often.
pub(super) const TOO_MANY_REPEATS: u8 = 5;
/// Abort: a packet out of order.
pub(super) const BAD_SEQUENCE: u8 = 7;
/// Abort: too long.
pub(super) const TOO_LONG: u8 = 9;
/// Abort: what no other reason says.
pub(super) const OTHER: u8 = 250;

/// Bytes of a message in one packet.
pub(super) const PACKET_LEN: usize = 7;
/// The longest message in bytes: 255 packets.
pub(super) const MAX_LEN: usize = 255 * PACKET_LEN;
/// The greatest parameter group: 18 bits, where a frame has room for 24.
pub(super) const MAX_PGN: u32 = 0x3_FFFF;
/// T1: how long the next packet of a broadcast may take.
const BROADCAST_TIMEOUT: Duration = Duration::from_millis(750);
/// T2: how long a packet may take that was asked for.
const DIRECTED_TIMEOUT: Duration = Duration::from_millis(1250);

/// What the first frame of a message states.
#[derive(Clone, Copy, Debug)]
pub(super) struct Announcement {
    pub(super) source: Address,
    pub(super) destination: Address,
    pub(super) pgn: u32,
    pub(super) len: usize,
    packets: u8,
    /// How many packets the sender lets itself be allowed at once.
    at_once: u8,
}

impl Announcement {
    /// `None` when its length is none of this protocol or contradicts its number of packets, and for a parameter group of
    /// more than 18 bits.
    pub(super) fn parse(source: Address, destination: Address, data: [u8; 8]) -> Option<Self> {
        let [_, low, high, packets, at_once, ..] = data;
        let len = usize::from(u16::from_le_bytes([low, high]));
        let at_once = if destination == Address::ALL { packets } else { at_once.max(1) };
        let pgn = pgn(data);
        let fits = len > 8 && len <= MAX_LEN && len.div_ceil(PACKET_LEN) == usize::from(packets);
        (fits && pgn <= MAX_PGN).then_some(Self { source, destination, pgn, len, packets, at_once })
    }
}

/// The parameter group that a frame of connection management speaks of.
pub(super) fn pgn([.., low, middle, high]: [u8; 8]) -> u32 {
    u32::from_le_bytes([low, middle, high, 0])
}

/// A frame of connection management to a sender.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reply {
    pub(super) to: Address,
    pub(super) data: [u8; 8],
}

impl Reply {
    pub(super) fn new(to: Address, pgn: u32, [a, b, c, d, e]: [u8; 5]) -> Self {
        let [low, middle, high, _] = pgn.to_le_bytes();
        Self { to, data: [a, b, c, d, e, low, middle, high] }
    }

    pub(super) fn abort(to: Address, pgn: u32, reason: u8) -> Self {
        Self::new(to, pgn, [ABORT, reason, 0xFF, 0xFF, 0xFF])
    }
}

#[derive(Clone, Copy, Debug)]
struct Progress {
    of: Announcement,
    received: usize,
    /// The next packet, from 1.
    next: u8,
    /// The last packet that the sender may send before it is allowed more.
    allowed: u8,
    deadline: Timestamp,
}

/// Room for one message.
#[derive(Clone, Debug)]
pub(super) struct Session<const N: usize> {
    buffer: [u8; N],
    state: Option<Progress>,
    pub(super) reply: Option<Reply>,
}

impl<const N: usize> Session<N> {
    pub(super) const fn new() -> Self {
        Self { buffer: [0; N], state: None, reply: None }
    }

    /// What is under way.
    pub(super) fn announcement(&self) -> Option<Announcement> {
        self.state.map(|state| state.of)
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.state.map(|state| state.deadline)
    }

    pub(super) fn begin(&mut self, now: Timestamp, of: Announcement) {
        self.reply = None;
        let mut state = Progress { of, received: 0, next: 1, allowed: 0, deadline: now };
        self.allow(now, &mut state);
        self.state = Some(state);
    }

    /// Takes a packet; the message when it is the last one.
    pub(super) fn packet(
        &mut self,
        now: Timestamp,
        [number, data @ ..]: [u8; 8],
    ) -> Result<Option<(Announcement, &[u8])>, TransportError> {
        self.expire(now)?;
        let Some(mut state) = self.state else { return Ok(None) };
        if number != state.next {
            self.abort(BAD_SEQUENCE);
            return Err(TransportError::Sequence { expected: state.next, found: number });
        }
        let count = PACKET_LEN.min(state.of.len - state.received);
        let end = state.received + count;
        if let (Some(room), Some(data)) = (self.buffer.get_mut(state.received..end), data.get(..count)) {
            room.copy_from_slice(data);
        }
        if end == state.of.len {
            self.state = None;
            self.reply = state.of.end_of_message();
            return Ok(Some((state.of, self.buffer.get(..end).unwrap_or_default())));
        }
        state.received = end;
        state.next = number.saturating_add(1);
        if number == state.allowed {
            self.allow(now, &mut state);
        } else {
            state.deadline = after(now, state.of.timeout());
        }
        self.state = Some(state);
        Ok(None)
    }

    /// Ends a message whose next packet is overdue.
    pub(super) fn expire(&mut self, now: Timestamp) -> Result<(), TransportError> {
        match self.state {
            Some(state) if now >= state.deadline => {
                self.abort(TIMEOUT);
                Err(TransportError::Timeout {
                    pgn: state.of.pgn,
                    received: state.received,
                    len: state.of.len,
                })
            }
            _ => Ok(()),
        }
    }

    /// Forgets the message under way.
    pub(super) fn forget(&mut self) {
        self.state = None;
        self.reply = None;
    }

    /// Forgets it and tells its sender, unless it is a broadcast.
    fn abort(&mut self, reason: u8) {
        if let Some(Progress { of, .. }) = self.state.take() {
            self.reply = of.is_directed().then(|| Reply::abort(of.source, of.pgn, reason));
        }
    }

    /// Allows the next packets.
    fn allow(&mut self, now: Timestamp, state: &mut Progress) {
        let of = state.of;
        let left = of.packets.saturating_sub(state.next - 1);
        let count = left.min(of.at_once);
        state.allowed = (state.next - 1).saturating_add(count);
        state.deadline = after(now, of.timeout());
        if of.is_directed() {
            self.reply = Some(Reply::new(of.source, of.pgn, [CLEAR_TO_SEND, count, state.next, 0xFF, 0xFF]));
        }
    }
}

impl Announcement {
    pub(super) fn is_directed(self) -> bool {
        self.destination != Address::ALL
    }

    fn timeout(self) -> Duration {
        if self.is_directed() { DIRECTED_TIMEOUT } else { BROADCAST_TIMEOUT }
    }

    fn end_of_message(self) -> Option<Reply> {
        let [low, high] = u16::try_from(self.len).ok()?.to_le_bytes();
        let stated = [END_OF_MESSAGE, low, high, self.packets, 0xFF];
        self.is_directed().then(|| Reply::new(self.source, self.pgn, stated))
    }
}
