//! [`FaultyCan`]: lost, damaged and late frames in front of any receiver.

use dimo_types::{Frame, FrameKind, Timestamp};

use crate::blocking;
use crate::can::{BusMode, BusStatus, CanReceiver, ErrorType, Filter, Filtering};

/// What happens to a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// It never arrives.
    Drop,
    /// One bit of its data is another, a different bit each time. Frames without data stay as they are.
    Corrupt,
    /// It was received so much later.
    Delay {
        /// How much later, in microseconds.
        micros: u32,
    },
}

/// A receiver that drops, damages or delays some frames of another one, always the same ones.
///
/// # Example: every second frame is lost
///
/// ```
/// use dimo_hal::blocking::CanReceiver;
/// use dimo_hal::mock::{Fault, FaultyCan, MockBus};
/// use dimo_types::{CanId, Frame, Timestamp};
///
/// let frames = [1, 2, 3, 4].map(|n| Frame::classic(Timestamp::EPOCH, CanId::standard(n).unwrap(), &[]).unwrap());
/// let mut bus = FaultyCan::new(MockBus::new(frames)).every(2, Fault::Drop);
/// assert_eq!(bus.receive()?.id().number(), 1);
/// assert_eq!(bus.receive()?.id().number(), 3);
/// assert!(bus.receive().is_err());
/// assert_eq!(bus.faults(), 2);
/// # Ok::<(), dimo_hal::mock::MockBusError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FaultyCan<R> {
    inner: R,
    rules: [Option<Rule>; 4],
    frames: u32,
    faults: u32,
}

#[derive(Clone, Copy, Debug)]
struct Rule {
    every: u32,
    fault: Fault,
}

impl<R> FaultyCan<R> {
    /// A receiver without faults.
    pub const fn new(inner: R) -> Self {
        Self { inner, rules: [None; 4], frames: 0, faults: 0 }
    }

    /// Every `n`th frame suffers `fault`; 0 means none. At most four rules; a fifth is not taken.
    #[must_use]
    pub fn every(mut self, n: u32, fault: Fault) -> Self {
        if let Some(place) = self.rules.iter_mut().find(|rule| rule.is_none()) {
            *place = Some(Rule { every: n, fault });
        }
        self
    }

    /// How many faults there were.
    #[must_use]
    pub const fn faults(&self) -> u32 {
        self.faults
    }

    /// Gives the receiver back.
    pub fn into_inner(self) -> R {
        self.inner
    }

    /// The frame as it arrives, if it does.
    fn suffer(&mut self, frame: Frame) -> Option<Frame> {
        self.frames = self.frames.wrapping_add(1);
        let due = |rule: &&Rule| rule.every != 0 && self.frames.is_multiple_of(rule.every);
        let mut arrived = frame;
        for rule in self.rules.iter().flatten().filter(due) {
            let changed = match rule.fault {
                Fault::Drop => {
                    self.faults = self.faults.saturating_add(1);
                    return None;
                }
                Fault::Corrupt => corrupted(&arrived, self.faults),
                Fault::Delay { micros } => delayed(&arrived, micros),
            };
            if let Some(changed) = changed {
                self.faults = self.faults.saturating_add(1);
                arrived = changed;
            }
        }
        Some(arrived)
    }
}

/// The frame with its `nth` data bit flipped, counted round and round.
fn corrupted(frame: &Frame, nth: u32) -> Option<Frame> {
    let mut data = [0; Frame::MAX_LEN];
    let data = data.get_mut(..frame.data().len())?;
    data.copy_from_slice(frame.data());
    let bits = u32::try_from(data.len()).ok()? * 8;
    let bit = nth.checked_rem(bits)?;
    *data.get_mut(usize::try_from(bit / 8).ok()?)? ^= 1 << (bit % 8);
    rebuilt(frame, frame.time(), data)
}

fn delayed(frame: &Frame, micros: u32) -> Option<Frame> {
    rebuilt(frame, frame.time().checked_add_micros(i64::from(micros))?, frame.data())
}

fn rebuilt(frame: &Frame, time: Timestamp, data: &[u8]) -> Option<Frame> {
    match frame.kind() {
        FrameKind::Classic => Frame::classic(time, frame.id(), data).ok(),
        FrameKind::Fd => Frame::fd(time, frame.id(), data).ok(),
        FrameKind::Remote => Frame::remote(time, frame.id(), frame.length()).ok(),
        FrameKind::Error => Frame::error(time, frame.id(), data).ok(),
        _ => None,
    }
}

impl<R: ErrorType> ErrorType for FaultyCan<R> {
    type Error = R::Error;
}

impl<R: blocking::CanReceiver> blocking::CanReceiver for FaultyCan<R> {
    fn receive(&mut self) -> Result<Frame, Self::Error> {
        loop {
            let frame = self.inner.receive()?;
            if let Some(frame) = self.suffer(frame) {
                return Ok(frame);
            }
        }
    }

    fn set_filters(&mut self, filters: &[Filter]) -> Result<Filtering, Self::Error> {
        self.inner.set_filters(filters)
    }

    fn set_mode(&mut self, mode: BusMode) -> Result<(), Self::Error> {
        self.inner.set_mode(mode)
    }

    fn status(&mut self) -> Result<BusStatus, Self::Error> {
        self.inner.status()
    }
}

impl<R: CanReceiver> CanReceiver for FaultyCan<R> {
    async fn receive(&mut self) -> Result<Frame, Self::Error> {
        loop {
            let frame = self.inner.receive().await?;
            if let Some(frame) = self.suffer(frame) {
                return Ok(frame);
            }
        }
    }

    async fn set_filters(&mut self, filters: &[Filter]) -> Result<Filtering, Self::Error> {
        self.inner.set_filters(filters).await
    }

    async fn set_mode(&mut self, mode: BusMode) -> Result<(), Self::Error> {
        self.inner.set_mode(mode).await
    }

    async fn status(&mut self) -> Result<BusStatus, Self::Error> {
        self.inner.status().await
    }
}
