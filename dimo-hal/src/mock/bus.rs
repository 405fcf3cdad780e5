//! [`MockBus`]: a CAN controller whose bus is an iterator.

use core::fmt;

use dimo_types::{Frame, FrameKind};
use thiserror::Error;

use crate::blocking;
use crate::can::{
    BusMode, BusState, BusStatus, CanReceiver, CanTransmitter, Error, ErrorKind, ErrorType, Filter, Filtering,
};

/// A CAN controller on a bus that carries the frames of an iterator, and takes what is transmitted.
///
/// It starts in [`BusMode::ListenOnly`], as every driver must, has [`MockBus::BANKS`] filter banks, and ends with
/// [`ErrorKind::Closed`] when the iterator does.
///
/// # Example: a drive from a recording
///
/// ```
/// use dimo_hal::blocking::CanReceiver;
/// use dimo_hal::can::{Error, ErrorKind, Filter, Filtering};
/// use dimo_hal::mock::MockBus;
/// use dimo_types::{CanId, Frame, Timestamp};
///
/// let id = |number| CanId::standard(number).unwrap();
/// let recording = [
///     Frame::classic(Timestamp::from_micros(10)?, id(0x1DB), &[1])?,
///     Frame::classic(Timestamp::from_micros(20)?, id(0x55B), &[2])?,
/// ];
/// let mut bus = MockBus::new(recording);
/// assert_eq!(bus.set_filters(&[Filter::exact(id(0x55B))]), Ok(Filtering::Exact));
/// assert_eq!(bus.receive()?.data(), [2]);
/// assert_eq!(bus.receive().unwrap_err().kind(), ErrorKind::Closed);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub struct MockBus<I> {
    frames: I,
    filters: [Option<Filter>; MockBus::<()>::BANKS],
    status: BusStatus,
    sent: u32,
    last_sent: Option<Frame>,
}

impl MockBus<()> {
    /// How many filters it can hold; with more it filters nothing.
    pub const BANKS: usize = 8;
}

impl<I: Iterator<Item = Frame>> MockBus<I> {
    /// A bus that will carry `frames`.
    pub fn new(frames: impl IntoIterator<Item = Frame, IntoIter = I>) -> Self {
        Self {
            frames: frames.into_iter(),
            filters: [None; MockBus::<()>::BANKS],
            status: BusStatus::new(BusMode::ListenOnly),
            sent: 0,
            last_sent: None,
        }
    }
}

impl<I> MockBus<I> {
    /// How many frames were transmitted.
    #[must_use]
    pub const fn sent(&self) -> u32 {
        self.sent
    }

    /// The frame transmitted last.
    #[must_use]
    pub const fn last_sent(&self) -> Option<&Frame> {
        self.last_sent.as_ref()
    }

    /// Takes the controller off the bus, as too many transmit errors do.
    pub const fn force_bus_off(&mut self) {
        self.status.state = BusState::BusOff;
        self.status.transmit_errors = 256;
    }

    fn passes(&self, frame: &Frame) -> bool {
        let mut filters = self.filters.iter().flatten().peekable();
        filters.peek().is_none() || filters.any(|filter| filter.matches(frame.id()))
    }
}

impl<I> fmt::Debug for MockBus<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockBus")
            .field("status", &self.status)
            .field("sent", &self.sent)
            .finish_non_exhaustive()
    }
}

impl<I> ErrorType for MockBus<I> {
    type Error = MockBusError;
}

impl<I: Iterator<Item = Frame>> blocking::CanReceiver for MockBus<I> {
    fn receive(&mut self) -> Result<Frame, MockBusError> {
        loop {
            let frame = self.frames.next().ok_or(MockBusError::Closed)?;
            if self.passes(&frame) {
                return Ok(frame);
            }
        }
    }

    fn set_filters(&mut self, filters: &[Filter]) -> Result<Filtering, MockBusError> {
        self.filters = [None; MockBus::<()>::BANKS];
        if filters.len() > self.filters.len() {
            return Ok(Filtering::Off);
        }
        self.filters.iter_mut().zip(filters).for_each(|(bank, filter)| *bank = Some(*filter));
        Ok(Filtering::Exact)
    }

    fn set_mode(&mut self, mode: BusMode) -> Result<(), MockBusError> {
        self.status.mode = mode;
        Ok(())
    }

    fn status(&mut self) -> Result<BusStatus, MockBusError> {
        Ok(self.status)
    }
}

impl<I> blocking::CanTransmitter for MockBus<I> {
    fn transmit(&mut self, frame: &Frame) -> Result<(), MockBusError> {
        if self.status.mode == BusMode::ListenOnly {
            return Err(MockBusError::ListenOnly);
        }
        if self.status.state == BusState::BusOff {
            return Err(MockBusError::BusOff);
        }
        if frame.kind() == FrameKind::Error {
            return Err(MockBusError::ErrorFrame);
        }
        self.sent = self.sent.saturating_add(1);
        self.last_sent = Some(*frame);
        Ok(())
    }

    fn recover(&mut self) -> Result<(), MockBusError> {
        self.status.state = BusState::ErrorActive;
        self.status.transmit_errors = 0;
        self.status.receive_errors = 0;
        Ok(())
    }
}

/// As the blocking twin, which never waits for anything.
impl<I: Iterator<Item = Frame>> CanReceiver for MockBus<I> {
    async fn receive(&mut self) -> Result<Frame, MockBusError> {
        blocking::CanReceiver::receive(self)
    }

    async fn set_filters(&mut self, filters: &[Filter]) -> Result<Filtering, MockBusError> {
        blocking::CanReceiver::set_filters(self, filters)
    }

    async fn set_mode(&mut self, mode: BusMode) -> Result<(), MockBusError> {
        blocking::CanReceiver::set_mode(self, mode)
    }

    async fn status(&mut self) -> Result<BusStatus, MockBusError> {
        blocking::CanReceiver::status(self)
    }
}

/// As the blocking twin, which never waits for anything.
impl<I> CanTransmitter for MockBus<I> {
    async fn transmit(&mut self, frame: &Frame) -> Result<(), MockBusError> {
        blocking::CanTransmitter::transmit(self, frame)
    }

    async fn recover(&mut self) -> Result<(), MockBusError> {
        blocking::CanTransmitter::recover(self)
    }
}

/// Why a [`MockBus`] failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MockBusError {
    /// The iterator has ended.
    #[error("the bus carries no more frames")]
    Closed,
    /// Nothing is sent in listen-only mode.
    #[error("the controller listens only")]
    ListenOnly,
    /// Nothing is sent after bus-off.
    #[error("the controller has left the bus")]
    BusOff,
    /// An error frame is nothing to send.
    #[error("an error frame cannot be sent")]
    ErrorFrame,
}

impl Error for MockBusError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Closed => ErrorKind::Closed,
            Self::ListenOnly => ErrorKind::ListenOnly,
            Self::BusOff => ErrorKind::BusOff,
            Self::ErrorFrame => ErrorKind::FrameUnsupported,
        }
    }
}
