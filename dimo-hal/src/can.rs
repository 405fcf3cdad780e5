//! The vehicle's bus: [`CanReceiver`], [`CanTransmitter`] and their vocabulary.
//!
//! The `embedded-can` traits have neither receive times, nor CAN FD, nor an async form, nor a listen-only mode; all four are
//! what a vehicle device needs first. The two traits are apart so that most of a firmware can hold the receiver alone:
//! what has no transmitter cannot disturb a vehicle.

mod filter;
mod status;

use dimo_types::Frame;

use crate::twin::error_type;

pub use filter::{Filter, Filtering};
pub use status::{BusMode, BusState, BusStatus};

error_type!("a CAN controller");

/// Why a CAN controller failed, as far as generic code cares. Errors *on the bus* are frames or counters, not errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There will be no more frames: the interface went down, or a recording ended.
    Closed,
    /// The controller is in [`BusMode::ListenOnly`] and sends nothing. Change the mode on purpose, or do not send.
    ListenOnly,
    /// The controller took itself off the bus after too many errors. See [`CanTransmitter::recover`].
    BusOff,
    /// Nobody acknowledged the frame: the bus is asleep, or the device is alone on it.
    NotAcknowledged,
    /// The controller cannot send this frame: CAN FD on a classic controller, or an error frame.
    FrameUnsupported,
    /// What stands before the controller does not let the frame pass. Do not send it again.
    Refused,
    /// The controller cannot do this at all.
    Unsupported,
    /// Something else; the driver's error says what.
    Other,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Closed,
        Self::ListenOnly,
        Self::BusOff,
        Self::NotAcknowledged,
        Self::FrameUnsupported,
        Self::Refused,
        Self::Unsupported,
        Self::Other,
    ];
}

/// The receiving half of a CAN controller.
///
/// The blocking twin is [`blocking::CanReceiver`](crate::blocking::CanReceiver).
///
/// # Contract for makers
///
/// - The driver starts in [`BusMode::ListenOnly`]: plugging a device in changes nothing on the bus.
/// - [`Frame::time`] is the moment of reception in microseconds of the device's clock, taken in hardware or in the interrupt,
///   and never goes back from one frame to the next unless the clock itself was set.
/// - Frames come in the order of the bus. Those that were lost are counted in [`BusStatus::frames_lost`], not reported as errors.
/// - Remote and error frames are delivered as such where the controller shows them, never as data.
/// - [`conformance::check_can_receiver`](https://docs.rs/dimo-hal/latest/dimo_hal/conformance/fn.check_can_receiver.html) passes.
///
/// # Contract for callers
///
/// - Cancel safety: dropping the future of [`receive`](Self::receive) loses no frame.
/// - The queue of a controller holds a few milliseconds of a busy bus; who does not receive loses frames.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait CanReceiver: ErrorType {
    /// Waits for the next frame.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when there will be none.
    async fn receive(&mut self) -> Result<Frame, Self::Error>;

    /// Asks for those frames only that match any of `filters`; none means all frames.
    ///
    /// What was honoured comes back: a controller never holds back a matching frame, but with too few filter banks it may
    /// deliver others too. Use [`Filter::matches`] on what arrives unless the answer is [`Filtering::Exact`].
    ///
    /// # Errors
    ///
    /// When the controller could not be reached; the old filters still hold.
    async fn set_filters(&mut self, filters: &[Filter]) -> Result<Filtering, Self::Error>;

    /// Listens only, or takes part on the bus: acknowledges, and may transmit.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] when the hardware does not have the mode; the old mode still holds.
    async fn set_mode(&mut self, mode: BusMode) -> Result<(), Self::Error>;

    /// The state of the controller.
    ///
    /// # Errors
    ///
    /// When the controller could not be reached.
    async fn status(&mut self) -> Result<BusStatus, Self::Error>;
}

/// The transmitting half of a CAN controller.
///
/// DIP-4: a connection must not interfere with the safe operation of the vehicle. A frame that reaches this trait is sent;
/// whether it may be is decided above it.
///
/// # Contract for makers
///
/// - Nothing is sent in [`BusMode::ListenOnly`], no acknowledgement, no error flag: [`ErrorKind::ListenOnly`].
/// - Nothing is sent twice: no retransmission after an error was returned.
/// - After bus-off the driver waits for [`recover`](Self::recover); it does not come back by itself.
///
/// # Contract for callers
///
/// - Cancel safety: after a dropped [`transmit`](Self::transmit) the frame was either sent whole or not at all.
/// - The time of a frame to send is ignored.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait CanTransmitter: ErrorType {
    /// Sends a frame and waits until it was acknowledged on the bus.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ListenOnly`], [`ErrorKind::BusOff`], [`ErrorKind::NotAcknowledged`], [`ErrorKind::FrameUnsupported`].
    async fn transmit(&mut self, frame: &Frame) -> Result<(), Self::Error>;

    /// Comes back after bus-off: waits for the 128 idle sequences of ISO 11898-1 and starts with clear error counters.
    /// Without bus-off it does nothing.
    ///
    /// # Errors
    ///
    /// When the bus stays unusable.
    async fn recover(&mut self) -> Result<(), Self::Error>;
}
