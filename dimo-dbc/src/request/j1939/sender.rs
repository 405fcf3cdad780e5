//! [`TransportSender`]: one message on its way out.

use core::time::Duration;

use dimo_types::{CanId, Frame, Timestamp};

use super::session::{
    ABORT, BROADCAST, CLEAR_TO_SEND, CLEARED_WHILE_SENDING, END_OF_MESSAGE, MAX_LEN, MAX_PGN, NO_RESOURCES,
    OTHER, PACKET_LEN, REQUEST_TO_SEND, TIMEOUT, TOO_MANY_REPEATS, pgn,
};
use super::{Address, MessageError, SendError};
use crate::request::clock::after;

/// Priority 7 and connection management, without addresses.
const MANAGEMENT_ID: u32 = 0x1CEC_0000;
/// Priority 7 and data transfer, without addresses.
const DATA_ID: u32 = 0x1CEB_0000;
/// What identifies a frame of connection management, whatever its priority: data pages, PDU format, addresses.
const BELOW_PRIORITY: u32 = 0x03FF_FFFF;
/// The first PDU format whose groups have no destination.
const PDU2_FORMAT: u32 = 240;
/// T3: how long a receiver may take to allow more packets, or to confirm the message.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(1250);
/// T4: how long it may take after it asked to wait.
const HOLD_TIMEOUT: Duration = Duration::from_millis(1050);

/// Sends one message of 9 to 1785 bytes, which it borrows: to all units, or to one that allows it block by block. Messages
/// of up to 8 bytes need no transport protocol.
///
/// - Getters: [`is_finished`](Self::is_finished), [`sent`](Self::sent).
/// - `handle_*`: [`handle_frame`](Self::handle_frame) for every frame from the bus,
///   [`handle_timeout`](Self::handle_timeout) when the time of `poll_timeout` has come.
/// - Commands: [`give_up`](Self::give_up).
/// - `poll_*`: [`poll_transmit`](Self::poll_transmit) for frames to send, [`poll_timeout`](Self::poll_timeout).
///
/// After creation and after everything else, also an error, call `poll_transmit` until it returns `None`; then wait for a
/// frame or for the time that `poll_timeout` says, whichever is first. An error is the end: the sender stays finished. A
/// unit sends one broadcast at a time, and one message at a time to each other unit. `now` must not run backwards during a
/// message.
///
/// # Example: a message to one unit, which nobody answers
///
/// ```
/// use dimo_dbc::request::j1939::{Address, SendError, TransportSender};
/// use dimo_types::Timestamp;
/// let message = [0x55; 20];
/// let mut sender = TransportSender::to(Address(0x00), 0xEF00, Address(0xF9), &message)?;
/// let request = sender.poll_transmit(Timestamp::EPOCH).unwrap();
/// assert_eq!((request.id().number(), request.data()), (0x1CEC_00F9, &[16, 20, 0, 3, 0xFF, 0x00, 0xEF, 0x00][..]));
///
/// let deadline = sender.poll_timeout().unwrap();
/// assert_eq!(sender.handle_timeout(deadline), Err(SendError::Timeout { sent: 0, len: 20 }));
/// assert_eq!(sender.poll_transmit(deadline).unwrap().data()[..2], [255, 3]); // the receiver is told
/// assert!(sender.is_finished());
/// # Ok::<(), dimo_dbc::request::j1939::MessageError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TransportSender<'a> {
    message: &'a [u8],
    pgn: u32,
    source: Address,
    destination: Address,
    spacing: Duration,
    state: State,
    /// The next packet, from 1.
    next: u16,
    /// Packets sent at least once.
    reached: u16,
    /// Requests in a row for packets sent before.
    repeats: u8,
    /// Why the receiver is to be told that nothing more comes.
    abort: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was sent yet.
    New,
    /// A packet of a broadcast is due.
    Broadcasting {
        due: Timestamp,
    },
    /// The receiver has to say something.
    Waiting {
        deadline: Timestamp,
    },
    /// Packets may go up to this one.
    Allowed {
        last: u16,
    },
    Finished,
}

impl<'a> TransportSender<'a> {
    /// The shortest time between packets of a broadcast, which is taken when no other is set: 50 ms.
    pub const MIN_SPACING: Duration = Duration::from_millis(50);
    /// The longest time between packets of a broadcast: 200 ms.
    pub const MAX_SPACING: Duration = Duration::from_millis(200);
    /// How often in a row a receiver may ask for packets that were sent before: twice.
    pub const MAX_REPEATS: u8 = 2;

    /// A sender of `message` of the parameter group `pgn` from `source` to all units (BAM).
    ///
    /// # Errors
    ///
    /// [`MessageError`] for what the protocol cannot carry.
    pub fn broadcast(pgn: u32, source: Address, message: &'a [u8]) -> Result<Self, MessageError> {
        Self::build(pgn, source, Address::ALL, message)
    }

    /// A sender of `message` of the parameter group `pgn` from `source` to `destination` alone (RTS/CTS).
    ///
    /// # Errors
    ///
    /// [`MessageError`] for what the protocol cannot carry.
    pub fn to(
        destination: Address,
        pgn: u32,
        source: Address,
        message: &'a [u8],
    ) -> Result<Self, MessageError> {
        if !destination.is_unit() {
            return Err(MessageError::Address { address: destination });
        }
        Self::build(pgn, source, destination, message)
    }

    /// The same with another time between packets of a broadcast. Packets to one unit go as fast as it allows.
    ///
    /// # Errors
    ///
    /// [`MessageError::Spacing`] below 50 ms or above 200 ms.
    pub fn with_spacing(self, spacing: Duration) -> Result<Self, MessageError> {
        if (Self::MIN_SPACING..=Self::MAX_SPACING).contains(&spacing) {
            Ok(Self { spacing, ..self })
        } else {
            Err(MessageError::Spacing { spacing })
        }
    }

    fn build(
        pgn: u32,
        source: Address,
        destination: Address,
        message: &'a [u8],
    ) -> Result<Self, MessageError> {
        let len = message.len();
        if len <= 8 || len > MAX_LEN {
            return Err(MessageError::Length { len });
        }
        let has_destination = (pgn >> 8) & 0xFF < PDU2_FORMAT;
        if pgn > MAX_PGN || has_destination && pgn & 0xFF != 0 {
            return Err(MessageError::Pgn { pgn });
        }
        if !source.is_unit() {
            return Err(MessageError::Address { address: source });
        }
        Ok(Self {
            message,
            pgn,
            source,
            destination,
            spacing: Self::MIN_SPACING,
            state: State::New,
            next: 1,
            reached: 0,
            repeats: 0,
            abort: None,
        })
    }

    /// Whether it is over: all was sent, and confirmed where it went to one unit; or it failed.
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        matches!(self.state, State::Finished)
    }

    /// The bytes of the message that were sent so far.
    #[must_use]
    pub fn sent(&self) -> usize {
        self.message.len().min(usize::from(self.reached) * PACKET_LEN)
    }

    /// Takes a frame from the bus; those of others are ignored.
    ///
    /// # Errors
    ///
    /// [`SendError`] when the receiver ends the message or breaks the protocol, or when it answers too late.
    pub fn handle_frame(&mut self, now: Timestamp, frame: &Frame) -> Result<(), SendError> {
        let Some([control, a, b, ..]) = self.answer(frame) else { return Ok(()) };
        if matches!(self.state, State::New | State::Finished) {
            return Ok(());
        }
        self.handle_timeout(now)?;
        match control {
            CLEAR_TO_SEND => self.clear(now, a, b),
            END_OF_MESSAGE => self.end(usize::from(u16::from_le_bytes([a, b]))),
            ABORT => {
                self.state = State::Finished;
                Err(SendError::Aborted { reason: a })
            }
            _ => Ok(()),
        }
    }

    /// Lets time pass.
    ///
    /// # Errors
    ///
    /// [`SendError::Timeout`] when the receiver did not answer in time.
    pub fn handle_timeout(&mut self, now: Timestamp) -> Result<(), SendError> {
        match self.state {
            State::Waiting { deadline } if now >= deadline => {
                self.fail(TIMEOUT, SendError::Timeout { sent: self.sent(), len: self.message.len() })
            }
            _ => Ok(()),
        }
    }

    /// Ends the message before its end. A receiver that allows it is told; the receivers of a broadcast notice.
    pub fn give_up(&mut self) {
        let was_under_way = !matches!(self.state, State::New | State::Finished);
        self.abort = (was_under_way && self.destination != Address::ALL).then_some(NO_RESOURCES);
        self.state = State::Finished;
    }

    /// The next frame to send now, with `now` as its time. Packets that a receiver allows must go within 200 ms (Tr).
    pub fn poll_transmit(&mut self, now: Timestamp) -> Option<Frame> {
        if let Some(reason) = self.abort.take() {
            return self.management(now, [ABORT, reason, 0xFF, 0xFF, 0xFF]);
        }
        match self.state {
            State::New => self.announce(now),
            State::Broadcasting { due } if now >= due => {
                let packet = self.packet(now);
                self.state = if self.next > self.packets() {
                    State::Finished
                } else {
                    State::Broadcasting { due: after(now, self.spacing) }
                };
                packet
            }
            State::Allowed { last } => {
                let packet = self.packet(now);
                if self.next > last {
                    self.state = State::Waiting { deadline: after(now, ANSWER_TIMEOUT) };
                }
                packet
            }
            _ => None,
        }
    }

    /// When to call next: a packet is due, or an answer is overdue.
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<Timestamp> {
        match self.state {
            State::Broadcasting { due } => Some(due),
            State::Waiting { deadline } => Some(deadline),
            State::New | State::Allowed { .. } | State::Finished => None,
        }
    }

    /// What the receiver says of this message; nobody answers a broadcast.
    fn answer(&self, frame: &Frame) -> Option<[u8; 8]> {
        let addresses = u32::from(self.source.0) << 8 | u32::from(self.destination.0);
        let is_answer = self.destination != Address::ALL
            && frame.is_data()
            && frame.id().is_extended()
            && frame.id().number() & BELOW_PRIORITY == (MANAGEMENT_ID & BELOW_PRIORITY) | addresses;
        let data = is_answer.then(|| frame.data().try_into().ok())??;
        (pgn(data) == self.pgn).then_some(data)
    }

    /// The receiver allows `count` packets from `next` on.
    fn clear(&mut self, now: Timestamp, count: u8, next: u8) -> Result<(), SendError> {
        if let State::Allowed { .. } = self.state {
            return self.fail(CLEARED_WHILE_SENDING, SendError::ClearedWhileSending);
        }
        if count == 0 {
            self.state = State::Waiting { deadline: after(now, HOLD_TIMEOUT) };
            return Ok(());
        }
        let first = u16::from(next);
        if first == 0 || first > self.packets() || first > self.reached + 1 {
            return self.fail(OTHER, SendError::NoSuchPacket { number: next });
        }
        self.repeats = if first <= self.reached { self.repeats + 1 } else { 0 };
        if self.repeats > Self::MAX_REPEATS {
            return self.fail(TOO_MANY_REPEATS, SendError::Repeats { limit: Self::MAX_REPEATS });
        }
        self.next = first;
        self.state = State::Allowed { last: self.packets().min(first - 1 + u16::from(count)) };
        Ok(())
    }

    /// The receiver has all of the `len` bytes that it counts.
    fn end(&mut self, len: usize) -> Result<(), SendError> {
        if self.reached < self.packets() || len != self.message.len() {
            return self.fail(OTHER, SendError::WrongEnd { sent: self.sent(), confirmed: len });
        }
        self.state = State::Finished;
        Ok(())
    }

    fn fail(&mut self, reason: u8, error: SendError) -> Result<(), SendError> {
        self.abort = Some(reason);
        self.state = State::Finished;
        Err(error)
    }

    fn announce(&mut self, now: Timestamp) -> Option<Frame> {
        let control = if self.destination == Address::ALL {
            self.state = State::Broadcasting { due: after(now, self.spacing) };
            BROADCAST
        } else {
            self.state = State::Waiting { deadline: after(now, ANSWER_TIMEOUT) };
            REQUEST_TO_SEND
        };
        let [low, high] = u16::try_from(self.message.len()).ok()?.to_le_bytes();
        // Reserved in a broadcast; else the receiver alone decides how many packets go at once.
        self.management(now, [control, low, high, u8::try_from(self.packets()).ok()?, 0xFF])
    }

    fn management(&self, now: Timestamp, [a, b, c, d, e]: [u8; 5]) -> Option<Frame> {
        let [low, middle, high, _] = self.pgn.to_le_bytes();
        self.frame(now, MANAGEMENT_ID, [a, b, c, d, e, low, middle, high])
    }

    fn packet(&mut self, now: Timestamp) -> Option<Frame> {
        let number = self.next;
        let start = usize::from(number - 1) * PACKET_LEN;
        let rest = self.message.get(start..).unwrap_or_default();
        let mut data = [0xFF; PACKET_LEN + 1];
        for (room, byte) in data.iter_mut().zip([u8::try_from(number).ok()?].iter().chain(rest)) {
            *room = *byte;
        }
        self.next += 1;
        self.reached = self.reached.max(number);
        self.frame(now, DATA_ID, data)
    }

    fn frame(&self, now: Timestamp, id: u32, data: [u8; 8]) -> Option<Frame> {
        let id = CanId::extended(id | u32::from(self.destination.0) << 8 | u32::from(self.source.0))?;
        Frame::classic(now, id, &data).ok()
    }

    /// How many packets the message has, 2 to 255.
    fn packets(&self) -> u16 {
        u16::try_from(self.message.len().div_ceil(PACKET_LEN)).unwrap_or(u16::MAX)
    }
}
