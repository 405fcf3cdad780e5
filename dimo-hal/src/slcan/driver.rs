//! [`Slcan`]: a CAN controller behind a byte stream.

use core::fmt::Debug;

use dimo_types::Frame;
use embedded_io_async::{Read, Write};
use thiserror::Error;

use super::line::{LINE_MAX, SlcanLine, write_frame};
use crate::can::{
    self, BusMode, BusStatus, CanReceiver, CanTransmitter, ErrorKind, ErrorType, Filter, Filtering,
};
use crate::clock::Monotonic;

/// Frames that wait while a command is under way.
const WAITING: usize = 8;
/// How much is read at once: no more than the shortest lines (`t1230` and its end) of as many frames as can wait.
const PIECE: usize = WAITING * 6;
const BELL: u8 = 0x07;

/// The bit rate of the bus: `S0` to `S8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum SlcanBitRate {
    /// 10 kbit/s.
    Kilo10,
    /// 20 kbit/s.
    Kilo20,
    /// 50 kbit/s.
    Kilo50,
    /// 100 kbit/s.
    Kilo100,
    /// 125 kbit/s.
    Kilo125,
    /// 250 kbit/s.
    Kilo250,
    /// 500 kbit/s.
    Kilo500,
    /// 800 kbit/s.
    Kilo800,
    /// 1 Mbit/s.
    Mega1,
}

impl SlcanBitRate {
    const ALL: [Self; 9] = [
        Self::Kilo10,
        Self::Kilo20,
        Self::Kilo50,
        Self::Kilo100,
        Self::Kilo125,
        Self::Kilo250,
        Self::Kilo500,
        Self::Kilo800,
        Self::Mega1,
    ];

    /// In bit/s.
    #[must_use]
    pub const fn bits_per_second(self) -> u32 {
        match self {
            Self::Kilo10 => 10_000,
            Self::Kilo20 => 20_000,
            Self::Kilo50 => 50_000,
            Self::Kilo100 => 100_000,
            Self::Kilo125 => 125_000,
            Self::Kilo250 => 250_000,
            Self::Kilo500 => 500_000,
            Self::Kilo800 => 800_000,
            Self::Mega1 => 1_000_000,
        }
    }

    /// The one of so many bit/s; `None` for any other bit rate.
    ///
    /// # Example: a bit rate that no adapter has a command for
    ///
    /// ```
    /// use dimo_hal::slcan::SlcanBitRate;
    /// assert_eq!(SlcanBitRate::from_bits_per_second(250_000), Some(SlcanBitRate::Kilo250));
    /// assert_eq!(SlcanBitRate::from_bits_per_second(83_333), None);
    /// ```
    #[must_use]
    pub fn from_bits_per_second(bits: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|rate| rate.bits_per_second() == bits)
    }
}

/// Whether the other end answers commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "it does or it does not")]
pub enum Acknowledge {
    /// As adapters do.
    Expected,
    /// As simulators and other hosts at the end of a line.
    Never,
}

/// A CAN adapter that speaks SLCAN.
///
/// It starts in listen-only mode (`L`), as every driver must. Cancel safety: a dropped [`receive`](CanReceiver::receive) loses nothing; a command that was dropped in
/// the middle is ended by the next one, and its frame was sent or not. A silent adapter keeps a command waiting for ever: put a timeout around it.
#[derive(Debug)]
pub struct Slcan<S, C> {
    stream: S,
    clock: C,
    acknowledge: Acknowledge,
    status: BusStatus,
    line: [u8; LINE_MAX],
    filled: usize,
    /// The line is longer than any line: noise until its end.
    overlong: bool,
    waiting: [Option<Frame>; WAITING],
    answer: Option<Answer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
}

impl<S: Read + Write, C: Monotonic> Slcan<S, C> {
    /// Closes the adapter's channel and opens it again at this bit rate, listening only. `clock` gives frames their times.
    ///
    /// # Errors
    ///
    /// [`SlcanError`].
    pub async fn open(
        stream: S,
        clock: C,
        bit_rate: SlcanBitRate,
        acknowledge: Acknowledge,
    ) -> Result<Self, SlcanError<S::Error>> {
        let mut adapter = Self {
            stream,
            clock,
            acknowledge,
            status: BusStatus::new(BusMode::ListenOnly),
            line: [0; LINE_MAX],
            filled: 0,
            overlong: false,
            waiting: [None; WAITING],
            answer: None,
        };
        // A channel that is closed says no.
        let _ = adapter.command(b"\rC\r").await?;
        adapter.expect_yes(&[b'S', b'0'.saturating_add(bit_rate as u8), b'\r']).await?;
        adapter.expect_yes(b"L\r").await?;
        Ok(adapter)
    }

    /// Gives the stream back; the adapter's channel stays open.
    pub fn into_inner(self) -> S {
        self.stream
    }

    async fn expect_yes(&mut self, command: &[u8]) -> Result<(), SlcanError<S::Error>> {
        match self.command(command).await? {
            Answer::Yes => Ok(()),
            Answer::No => Err(SlcanError::Refused),
        }
    }

    async fn command(&mut self, command: &[u8]) -> Result<Answer, SlcanError<S::Error>> {
        self.answer = None;
        self.stream.write_all(command).await.map_err(SlcanError::Stream)?;
        self.stream.flush().await.map_err(SlcanError::Stream)?;
        if self.acknowledge == Acknowledge::Never {
            return Ok(Answer::Yes);
        }
        loop {
            if let Some(answer) = self.answer.take() {
                return Ok(answer);
            }
            self.read().await?;
        }
    }

    /// Reads what is there. After the read nothing waits, so nothing is lost when the future is dropped.
    async fn read(&mut self) -> Result<(), SlcanError<S::Error>> {
        let mut bytes = [0; PIECE];
        let len = self.stream.read(&mut bytes).await.map_err(SlcanError::Stream)?;
        if len == 0 {
            return Err(SlcanError::Closed);
        }
        bytes.iter().take(len).for_each(|byte| self.take(*byte));
        Ok(())
    }

    fn take(&mut self, byte: u8) {
        match byte {
            BELL => {
                self.answer = Some(Answer::No);
                self.begin_line();
            }
            b'\r' | b'\n' => {
                if !self.overlong {
                    self.take_line();
                }
                self.begin_line();
            }
            byte => match self.line.get_mut(self.filled) {
                Some(place) => {
                    *place = byte;
                    self.filled += 1;
                }
                None => self.overlong = true,
            },
        }
    }

    fn begin_line(&mut self) {
        (self.filled, self.overlong) = (0, false);
    }

    fn take_line(&mut self) {
        let line = self.line.get(..self.filled).unwrap_or_default();
        match SlcanLine::parse(line, self.clock.uptime().as_timestamp()) {
            SlcanLine::Frame(frame) => match self.waiting.iter_mut().find(|place| place.is_none()) {
                Some(place) => *place = Some(frame),
                None => self.status.frames_lost = self.status.frames_lost.saturating_add(1),
            },
            SlcanLine::Done => self.answer = Some(Answer::Yes),
            SlcanLine::Other => {}
        }
    }

    fn next_waiting(&mut self) -> Option<Frame> {
        let frame = self.waiting.first_mut().and_then(Option::take);
        self.waiting.rotate_left(1);
        frame
    }
}

impl<S: Read + Write, C> ErrorType for Slcan<S, C> {
    type Error = SlcanError<S::Error>;
}

impl<S: Read + Write, C: Monotonic> CanReceiver for Slcan<S, C> {
    async fn receive(&mut self) -> Result<Frame, Self::Error> {
        loop {
            if let Some(frame) = self.next_waiting() {
                return Ok(frame);
            }
            self.read().await?;
        }
    }

    /// Adapters filter in ways of their own; this driver asks for none.
    async fn set_filters(&mut self, _: &[Filter]) -> Result<Filtering, Self::Error> {
        Ok(Filtering::Off)
    }

    async fn set_mode(&mut self, mode: BusMode) -> Result<(), Self::Error> {
        let _ = self.command(b"\rC\r").await?;
        // Closed: it sends nothing, whatever becomes of the next command.
        self.status.mode = BusMode::ListenOnly;
        match mode {
            BusMode::ListenOnly => self.expect_yes(b"L\r").await?,
            BusMode::Normal => self.expect_yes(b"O\r").await?,
        }
        self.status.mode = mode;
        Ok(())
    }

    async fn status(&mut self) -> Result<BusStatus, Self::Error> {
        Ok(self.status)
    }
}

impl<S: Read + Write, C: Monotonic> CanTransmitter for Slcan<S, C> {
    async fn transmit(&mut self, frame: &Frame) -> Result<(), Self::Error> {
        if self.status.mode == BusMode::ListenOnly {
            return Err(SlcanError::ListenOnly);
        }
        let mut line = [0; LINE_MAX];
        let line = write_frame(frame, &mut line).ok_or(SlcanError::ErrorFrame)?;
        match self.command(line).await? {
            Answer::Yes => Ok(()),
            Answer::No => Err(SlcanError::NotSent),
        }
    }

    async fn recover(&mut self) -> Result<(), Self::Error> {
        self.set_mode(self.status.mode).await
    }
}

/// Why an adapter failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SlcanError<E: Debug> {
    /// The stream failed.
    #[error("the stream failed: {0:?}")]
    Stream(E),
    /// The stream has ended.
    #[error("the stream has ended")]
    Closed,
    /// The adapter said no to a command.
    #[error("the adapter refused a command")]
    Refused,
    /// The adapter could not send the frame.
    #[error("the adapter could not send the frame")]
    NotSent,
    /// Nothing is sent in listen-only mode.
    #[error("the adapter listens only")]
    ListenOnly,
    /// An error frame is nothing to send.
    #[error("an error frame cannot be sent")]
    ErrorFrame,
}

impl<E: Debug> can::Error for SlcanError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Closed => ErrorKind::Closed,
            Self::ListenOnly => ErrorKind::ListenOnly,
            Self::ErrorFrame => ErrorKind::FrameUnsupported,
            Self::NotSent => ErrorKind::NotAcknowledged,
            Self::Refused => ErrorKind::Unsupported,
            Self::Stream(_) => ErrorKind::Other,
        }
    }
}
