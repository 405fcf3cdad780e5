//! [`Receiver`]: messages on their way in.

use core::time::Duration;

use dimo_types::{Frame, Timestamp};

use super::pdu::{CONTINUE, FLOW_CONTROL, OVERFLOW, Pdu};
use super::{Link, ReceiveError, SeparationTime};
use crate::request::clock::after;

/// What a frame was to a [`Receiver`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reception<'r> {
    /// Nothing: of others, flow control, or what ISO 15765-2 tells to ignore.
    Ignored,
    /// A part of a message.
    Partial {
        /// The bytes received so far.
        received: usize,
        /// The length of the message in bytes.
        length: usize,
    },
    /// A message is complete. It stays in the buffer until the next frame.
    Complete(&'r [u8]),
}

/// Receives one message after the other from one sender, each of up to `N` bytes.
///
/// - Getters: [`link`](Self::link), [`is_receiving`](Self::is_receiving), [`superseded`](Self::superseded).
/// - `handle_*`: [`handle_frame`](Self::handle_frame) for every frame from the bus,
///   [`handle_timeout`](Self::handle_timeout) when the time of `poll_timeout` has come.
/// - `poll_*`: [`poll_transmit`](Self::poll_transmit) for flow control, [`poll_timeout`](Self::poll_timeout).
///
/// Call `poll_transmit` after every `handle_frame`, also after one that failed: the sender may have to be told. After
/// an error the receiver is ready for the next message. `now` must not run backwards during a message.
///
/// # Example: a message that is too long is refused, to the sender too
///
/// ```
/// use dimo_dbc::request::isotp::{Link, ReceiveError, Receiver, SendError, Sender};
/// use dimo_types::Timestamp;
/// let (link, now) = (Link::normal_fixed(0x10, 0xF1), Timestamp::EPOCH);
/// let mut receiver = Receiver::<16>::new(link.mirrored().unwrap());
/// let mut sender = Sender::new(link, &[0; 17])?;
/// let first = sender.poll_transmit(now).unwrap();
/// assert_eq!(receiver.handle_frame(now, &first), Err(ReceiveError::TooLong { length: 17, capacity: 16 }));
/// let refusal = receiver.poll_transmit(now).unwrap();
/// assert_eq!(sender.handle_frame(now, &refusal), Err(SendError::Overflow { len: 17 }));
/// # Ok::<(), dimo_dbc::request::isotp::MessageError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Receiver<const N: usize> {
    link: Link,
    buffer: [u8; N],
    state: Option<Progress>,
    /// The status of the flow control frame to send.
    flow: Option<u8>,
    superseded: u32,
    block_size: u8,
    separation: SeparationTime,
    timeout: Duration,
}

/// A message of several frames that is not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Progress {
    length: usize,
    received: usize,
    /// The number of the next consecutive frame.
    number: u8,
    /// Frames before the next flow control; `None` means all.
    left: Option<u8>,
    /// What each consecutive frame but the last carries.
    step: usize,
    deadline: Timestamp,
}

impl<const N: usize> Receiver<N> {
    /// How long the next frame of a message may take (N_Cr): 1 s.
    pub const TIMEOUT: Duration = Duration::from_secs(1);

    /// A receiver that lets senders send all at once without a pause.
    #[must_use]
    pub const fn new(link: Link) -> Self {
        Self {
            link,
            buffer: [0; N],
            state: None,
            flow: None,
            superseded: 0,
            block_size: 0,
            separation: SeparationTime::NONE,
            timeout: Self::TIMEOUT,
        }
    }

    /// The same, which allows `block_size` frames at once (0: all) with a pause between them.
    #[must_use]
    pub const fn with_flow(self, block_size: u8, separation: SeparationTime) -> Self {
        Self { block_size, separation, ..self }
    }

    /// The same with another time that the next frame may take.
    #[must_use]
    pub const fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The addresses.
    #[must_use]
    pub const fn link(&self) -> Link {
        self.link
    }

    /// Whether a message of several frames has begun and is not complete.
    #[must_use]
    pub const fn is_receiving(&self) -> bool {
        self.state.is_some()
    }

    /// How many messages were not completed because their sender began another one.
    #[must_use]
    pub const fn superseded(&self) -> u32 {
        self.superseded
    }

    /// Takes a frame from the bus; those of others are ignored.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`] when the message under way ends incomplete, or a new one does not fit.
    pub fn handle_frame(&mut self, now: Timestamp, frame: &Frame) -> Result<Reception<'_>, ReceiveError> {
        let frame_len = frame.data().len();
        match self.link.payload(frame).and_then(|bytes| Pdu::parse(bytes, frame_len)) {
            Some(Pdu::Single(data)) => self.single(data),
            Some(Pdu::First { length, data }) => self.first(now, length, data, frame_len),
            Some(Pdu::Consecutive { number, data }) => self.consecutive(now, number, data),
            Some(Pdu::FlowControl { .. }) | None => Ok(Reception::Ignored),
        }
    }

    /// Lets time pass.
    ///
    /// # Errors
    ///
    /// [`ReceiveError::Timeout`] when the next frame of a message did not come in time.
    pub fn handle_timeout(&mut self, now: Timestamp) -> Result<(), ReceiveError> {
        match self.state {
            Some(Progress { deadline, received, length, .. }) if now >= deadline => {
                self.abandon();
                Err(ReceiveError::Timeout { received, length })
            }
            _ => Ok(()),
        }
    }

    /// The flow control frame to send now, with `now` as its time.
    pub fn poll_transmit(&mut self, now: Timestamp) -> Option<Frame> {
        let status = self.flow.take()?;
        if let Some(progress) = &mut self.state {
            progress.deadline = after(now, self.timeout);
        }
        let (block_size, separation) =
            if status == CONTINUE { (self.block_size, self.separation.to_byte()) } else { (0, 0) };
        self.link.frame(now, &[FLOW_CONTROL | status, block_size, separation], &[])
    }

    /// When to call [`handle_timeout`](Self::handle_timeout): the next frame of a message is overdue.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.state.map(|progress| progress.deadline)
    }

    fn single(&mut self, data: &[u8]) -> Result<Reception<'_>, ReceiveError> {
        self.supersede();
        let Some(room) = self.buffer.get_mut(..data.len()) else {
            let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
            return Err(ReceiveError::TooLong { length, capacity: N });
        };
        room.copy_from_slice(data);
        Ok(Reception::Complete(room))
    }

    fn first(
        &mut self,
        now: Timestamp,
        length: u32,
        data: &[u8],
        frame_len: usize,
    ) -> Result<Reception<'_>, ReceiveError> {
        self.supersede();
        let refused = ReceiveError::TooLong { length, capacity: N };
        let fits = usize::try_from(length).ok().filter(|length| *length <= N);
        let (Some(length), Some(room)) = (fits, self.buffer.get_mut(..data.len())) else {
            self.flow = Some(OVERFLOW);
            return Err(refused);
        };
        room.copy_from_slice(data);
        let received = data.len();
        self.state = Some(Progress {
            length,
            received,
            number: 1,
            left: self.block(),
            step: frame_len - self.header_len(),
            deadline: after(now, self.timeout),
        });
        self.flow = Some(CONTINUE);
        Ok(Reception::Partial { received, length })
    }

    fn consecutive(
        &mut self,
        now: Timestamp,
        number: u8,
        data: &[u8],
    ) -> Result<Reception<'_>, ReceiveError> {
        self.handle_timeout(now)?;
        let Some(mut progress) = self.state else { return Ok(Reception::Ignored) };
        if number != progress.number {
            self.abandon();
            return Err(ReceiveError::Sequence { expected: progress.number, found: number });
        }
        let count = progress.step.min(progress.length - progress.received);
        let end = progress.received + count;
        let (Some(data), Some(room)) = (data.get(..count), self.buffer.get_mut(progress.received..end))
        else {
            // Shorter than the frames before it and not the last one: ignored, so the next number will be wrong.
            return Ok(Reception::Ignored);
        };
        room.copy_from_slice(data);
        if end == progress.length {
            self.abandon();
            return Ok(Reception::Complete(self.buffer.get(..end).unwrap_or_default()));
        }
        progress.received = end;
        progress.number = (number + 1) & 0x0F;
        progress.deadline = after(now, self.timeout);
        progress.left = progress.left.map(|left| left - 1);
        if progress.left == Some(0) {
            progress.left = self.block();
            self.flow = Some(CONTINUE);
        }
        self.state = Some(progress);
        Ok(Reception::Partial { received: end, length: progress.length })
    }

    /// Frames until the next flow control.
    fn block(&self) -> Option<u8> {
        (self.block_size != 0).then_some(self.block_size)
    }

    /// The bytes of a consecutive frame that carry none of the message.
    const fn header_len(&self) -> usize {
        Frame::MAX_CLASSIC_LEN - self.link.short_single_capacity()
    }

    /// A new message ends the one under way.
    fn supersede(&mut self) {
        if self.state.is_some() {
            self.superseded = self.superseded.saturating_add(1);
        }
        self.abandon();
    }

    /// Forgets the message under way, and what was to be said about it.
    fn abandon(&mut self) {
        self.state = None;
        self.flow = None;
    }
}
