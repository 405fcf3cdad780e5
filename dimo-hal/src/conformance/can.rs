//! The suites of [`CanReceiver`] and [`CanTransmitter`].

use core::fmt::Debug;

use dimo_crypto::dev::block_on;
use dimo_types::{CanId, Frame, Timestamp};
use thiserror::Error;

use crate::can::{BusMode, CanReceiver, CanTransmitter, Error as _, ErrorKind, Filter, Filtering};
use crate::{BlockingAsync, blocking};

/// Checks the contract of [`CanReceiver`] on a freshly started driver, on a bus with traffic of which some identifier repeats.
///
/// Receives up to `2 * frames` frames: the first half unfiltered, the second half filtered to the identifier received first.
/// A bus that closes early is fine as long as at least one frame arrived in each half. Filters are cleared afterwards.
///
/// # Errors
///
/// The first [`CanViolation`] found.
///
/// # Example: the test of a new driver
///
/// ```
/// use dimo_hal::conformance::check_blocking_can_receiver;
/// use dimo_hal::mock::MockBus;
/// use dimo_types::{CanId, Frame, Timestamp};
/// let traffic = (0..40u8).map(|n| {
///     let (time, id) = (Timestamp::from_micros(u64::from(n) * 250).unwrap(), CanId::standard(0x100 + u16::from(n % 4)));
///     Frame::classic(time, id.unwrap(), &[n]).unwrap()
/// });
/// check_blocking_can_receiver(&mut MockBus::new(traffic), 20)?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub async fn check_can_receiver<R: CanReceiver>(
    receiver: &mut R,
    frames: u32,
) -> Result<(), CanViolation<R::Error>> {
    use CanViolation as V;
    let mode = receiver.status().await.map_err(V::Call)?.mode;
    if mode != BusMode::ListenOnly {
        return Err(V::StartsActive);
    }
    let mut latest = Timestamp::EPOCH;
    let first = check_frames(receiver, frames, &mut latest, None).await?;
    let filter = Filter::exact(first);
    let filtering = receiver.set_filters(&[filter]).await.map_err(V::Call)?;
    let only = (filtering == Filtering::Exact).then_some(filter);
    check_frames(receiver, frames, &mut latest, only).await?;
    receiver.set_filters(&[]).await.map_err(V::Call)?;
    Ok(())
}

/// [`check_can_receiver`] for the blocking twin.
///
/// # Errors
///
/// The first [`CanViolation`] found.
pub fn check_blocking_can_receiver<R: blocking::CanReceiver>(
    receiver: &mut R,
    frames: u32,
) -> Result<(), CanViolation<R::Error>> {
    block_on(check_can_receiver(&mut BlockingAsync::new(receiver), frames))
}

/// Receives `frames` frames, checks them, and returns the identifier of the first.
async fn check_frames<R: CanReceiver>(
    receiver: &mut R,
    frames: u32,
    latest: &mut Timestamp,
    only: Option<Filter>,
) -> Result<CanId, CanViolation<R::Error>> {
    let mut first = None;
    for _ in 0..frames {
        let frame = match receiver.receive().await {
            Ok(frame) => frame,
            Err(error) if error.kind() == ErrorKind::Closed => break,
            Err(error) => return Err(CanViolation::Call(error)),
        };
        if frame.time() < *latest {
            return Err(CanViolation::TimeWentBack { latest: *latest, time: frame.time() });
        }
        if only.is_some_and(|filter| !filter.matches(frame.id())) {
            return Err(CanViolation::FilterIgnored { id: frame.id() });
        }
        *latest = frame.time();
        first = first.or(Some(frame.id()));
    }
    first.ok_or(CanViolation::NoFrames)
}

/// Checks that a controller in listen-only mode sends nothing: `frame` is refused with [`ErrorKind::ListenOnly`].
///
/// Give it a frame that does no harm, should the driver be wrong.
///
/// # Errors
///
/// The first [`CanViolation`] found.
pub async fn check_listen_only<B: CanReceiver + CanTransmitter>(
    bus: &mut B,
    frame: &Frame,
) -> Result<(), CanViolation<B::Error>> {
    bus.set_mode(BusMode::ListenOnly).await.map_err(CanViolation::Call)?;
    if bus.status().await.map_err(CanViolation::Call)?.mode != BusMode::ListenOnly {
        return Err(CanViolation::ModeIgnored);
    }
    match bus.transmit(frame).await {
        Err(error) if error.kind() == ErrorKind::ListenOnly => Ok(()),
        Err(error) => Err(CanViolation::Call(error)),
        Ok(()) => Err(CanViolation::SentWhileListening),
    }
}

/// How a CAN controller breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CanViolation<E: Debug> {
    /// A call failed that must not, or with another kind than it must.
    #[error("a call failed: {0:?}")]
    Call(E),
    /// The driver started in normal mode.
    #[error("the driver does not start in listen-only mode")]
    StartsActive,
    /// Nothing was received; a filter held back frames that match, or the bus is silent.
    #[error("no frame was received")]
    NoFrames,
    /// A frame is older than the one before it.
    #[error("a frame of {time} came after one of {latest}")]
    TimeWentBack {
        /// The time of the frame before.
        latest: Timestamp,
        /// The time of the frame.
        time: Timestamp,
    },
    /// A frame arrived that the filter holds back, although filtering was said to be exact.
    #[error("frame {id} passed a filter that was said to be exact")]
    FilterIgnored {
        /// Its identifier.
        id: CanId,
    },
    /// The mode set is not the mode reported.
    #[error("the mode set is not the mode reported")]
    ModeIgnored,
    /// A frame was sent in listen-only mode.
    #[error("a frame was sent in listen-only mode")]
    SentWhileListening,
}
