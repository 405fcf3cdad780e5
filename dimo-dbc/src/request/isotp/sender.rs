//! [`Sender`]: one message on its way out.

use core::time::Duration;

use dimo_types::{Frame, Timestamp};

use super::pdu::{CONSECUTIVE, CONTINUE, FIRST, MAX_SHORT_LENGTH, OVERFLOW, Pdu, SINGLE, WAIT};
use super::{Link, MessageError, SendError, SeparationTime};
use crate::request::clock::after;

/// Sends one message, which it borrows.
///
/// - Getters: [`is_finished`](Self::is_finished), [`sent`](Self::sent).
/// - `handle_*`: [`handle_frame`](Self::handle_frame) for every frame from the bus,
///   [`handle_timeout`](Self::handle_timeout) when the time of `poll_timeout` has come.
/// - `poll_*`: [`poll_transmit`](Self::poll_transmit) for frames to send, [`poll_timeout`](Self::poll_timeout).
///
/// After creation and after every `handle_*` call `poll_transmit` until it returns `None`; then wait for a frame or for
/// the time that `poll_timeout` says, whichever is first. An error is the end: the sender stays finished. `now` must not
/// run backwards during a message.
///
/// # Example: nobody allows the rest of a long message
///
/// ```
/// use dimo_dbc::request::isotp::{Link, SendError, Sender};
/// use dimo_types::Timestamp;
/// let message = [0x2E; 30];
/// let mut sender = Sender::new(Link::normal_fixed(0x10, 0xF1), &message)?;
/// assert!(sender.poll_transmit(Timestamp::EPOCH).is_some(), "the first frame");
/// let deadline = sender.poll_timeout().unwrap();
/// assert_eq!(sender.handle_timeout(deadline), Err(SendError::Timeout { sent: 6 }));
/// assert!(sender.is_finished());
/// # Ok::<(), dimo_dbc::request::isotp::MessageError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sender<'a> {
    link: Link,
    message: &'a [u8],
    sent: usize,
    /// Consecutive frames sent; its low four bits number them.
    number: u8,
    state: State,
    flow_timeout: Duration,
    max_waits: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was sent yet.
    New,
    /// Flow control is awaited.
    Waiting {
        deadline: Timestamp,
        waits: u8,
    },
    /// Consecutive frames may go, `left` before the next flow control; `None` means all.
    Allowed {
        due: Timestamp,
        separation: SeparationTime,
        left: Option<u8>,
    },
    Finished,
}

impl<'a> Sender<'a> {
    /// How long flow control may take (N_Bs): 1 s.
    pub const FLOW_TIMEOUT: Duration = Duration::from_secs(1);
    /// How often in a row a receiver may ask to wait: 10 times.
    pub const MAX_WAITS: u8 = 10;

    /// A sender of `message`.
    ///
    /// # Errors
    ///
    /// [`MessageError`] for a message that cannot go over the link.
    pub fn new(link: Link, message: &'a [u8]) -> Result<Self, MessageError> {
        let (len, capacity) = (message.len(), link.single_capacity());
        if message.is_empty() {
            return Err(MessageError::Empty);
        }
        if u32::try_from(len).is_err() {
            return Err(MessageError::TooLong { len });
        }
        if link.receive().is_none() && len > capacity {
            return Err(MessageError::Functional { len, capacity });
        }
        Ok(Self {
            link,
            message,
            sent: 0,
            number: 0,
            state: State::New,
            flow_timeout: Self::FLOW_TIMEOUT,
            max_waits: Self::MAX_WAITS,
        })
    }

    /// The same with another time that flow control may take.
    #[must_use]
    pub const fn with_flow_timeout(self, flow_timeout: Duration) -> Self {
        Self { flow_timeout, ..self }
    }

    /// The same with another number of times that a receiver may ask to wait in a row.
    #[must_use]
    pub const fn with_max_waits(self, max_waits: u8) -> Self {
        Self { max_waits, ..self }
    }

    /// Whether there is nothing more to do: all was sent, or it failed.
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        matches!(self.state, State::Finished)
    }

    /// The bytes sent so far.
    #[must_use]
    pub const fn sent(&self) -> usize {
        self.sent
    }

    /// Takes a frame from the bus; those of others are ignored.
    ///
    /// # Errors
    ///
    /// [`SendError`] when the receiver ends the message, or when flow control comes too late.
    pub fn handle_frame(&mut self, now: Timestamp, frame: &Frame) -> Result<(), SendError> {
        let State::Waiting { waits, .. } = self.state else { return Ok(()) };
        let pdu = self.link.payload(frame).and_then(|bytes| Pdu::parse(bytes, frame.data().len()));
        let Some(Pdu::FlowControl { status, block_size, separation }) = pdu else { return Ok(()) };
        self.handle_timeout(now)?;
        match status {
            CONTINUE => {
                let left = (block_size != 0).then_some(block_size);
                let separation = SeparationTime::from_byte(separation);
                self.state = State::Allowed { due: now, separation, left };
                Ok(())
            }
            WAIT if waits >= self.max_waits => self.fail(SendError::Waits { limit: self.max_waits }),
            WAIT => {
                self.state = State::Waiting { deadline: after(now, self.flow_timeout), waits: waits + 1 };
                Ok(())
            }
            OVERFLOW => self.fail(SendError::Overflow { len: self.message.len() }),
            status => self.fail(SendError::FlowStatus { status }),
        }
    }

    /// Lets time pass.
    ///
    /// # Errors
    ///
    /// [`SendError::Timeout`] when flow control did not come in time.
    pub fn handle_timeout(&mut self, now: Timestamp) -> Result<(), SendError> {
        match self.state {
            State::Waiting { deadline, .. } if now >= deadline => {
                self.fail(SendError::Timeout { sent: self.sent })
            }
            _ => Ok(()),
        }
    }

    /// The next frame to send now, with `now` as its time.
    pub fn poll_transmit(&mut self, now: Timestamp) -> Option<Frame> {
        match self.state {
            State::New if self.message.len() <= self.link.single_capacity() => self.single(now),
            State::New => self.first(now),
            State::Allowed { due, separation, left } if now >= due => self.consecutive(now, separation, left),
            _ => None,
        }
    }

    /// When to call next: the next frame is due, or flow control is overdue.
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<Timestamp> {
        match self.state {
            State::Waiting { deadline, .. } => Some(deadline),
            State::Allowed { due, .. } => Some(due),
            State::New | State::Finished => None,
        }
    }

    fn single(&mut self, now: Timestamp) -> Option<Frame> {
        self.state = State::Finished;
        let len = u8::try_from(self.message.len()).ok()?;
        let long = [SINGLE, len];
        let short = [SINGLE | len];
        let header =
            if self.message.len() <= self.link.short_single_capacity() { &short[..] } else { &long[..] };
        self.sent = self.message.len();
        self.link.frame(now, header, self.message)
    }

    fn first(&mut self, now: Timestamp) -> Option<Frame> {
        self.state = State::Waiting { deadline: after(now, self.flow_timeout), waits: 0 };
        let len = u32::try_from(self.message.len()).ok()?;
        let [a, b, c, d] = len.to_be_bytes();
        let long = [FIRST, 0, a, b, c, d];
        let short = [FIRST | c, d];
        let header = if len > MAX_SHORT_LENGTH { &long[..] } else { &short[..] };
        let payload = self.take(self.link.capacity_behind(header));
        self.link.frame(now, header, payload)
    }

    fn consecutive(&mut self, now: Timestamp, separation: SeparationTime, left: Option<u8>) -> Option<Frame> {
        self.number = self.number.wrapping_add(1);
        let header = [CONSECUTIVE | (self.number & 0x0F)];
        let payload = self.take(self.link.capacity_behind(&header));
        self.state = match left {
            _ if self.sent == self.message.len() => State::Finished,
            Some(0 | 1) => State::Waiting { deadline: after(now, self.flow_timeout), waits: 0 },
            left => State::Allowed {
                due: after(now, separation.duration()),
                separation,
                left: left.map(|left| left - 1),
            },
        };
        self.link.frame(now, &header, payload)
    }

    /// The next up to `count` bytes.
    fn take(&mut self, count: usize) -> &'a [u8] {
        let rest = self.message.get(self.sent..).unwrap_or_default();
        let taken = rest.get(..count).unwrap_or(rest);
        self.sent += taken.len();
        taken
    }

    fn fail(&mut self, error: SendError) -> Result<(), SendError> {
        self.state = State::Finished;
        Err(error)
    }
}
