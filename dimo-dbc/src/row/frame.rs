//! [`BusFrame`]: frames in whatever form a program keeps them.

use dimo_types::{CanId, Frame, Timestamp};

/// A received frame, in whatever form a program keeps it. [`Frame`] is one; a program with millions of classic frames
/// may have a smaller one.
///
/// # Example: 24 bytes for a classic frame
///
/// ```
/// use dimo_dbc::BusFrame;
/// use dimo_types::{CanId, Timestamp};
///
/// struct Classic { time: Timestamp, id: CanId, length: u8, data: [u8; 8] }
///
/// impl BusFrame for Classic {
///     fn time(&self) -> Timestamp { self.time }
///     fn id(&self) -> CanId { self.id }
///     fn length(&self) -> u8 { self.length }
///     fn bytes(&self) -> &[u8] { &self.data }
/// }
/// # let frame = Classic { time: Timestamp::EPOCH, id: CanId::standard(1).unwrap(), length: 1, data: [7, 0, 0, 0, 0, 0, 0, 0] };
/// # assert_eq!((frame.time(), frame.id(), frame.length()), (Timestamp::EPOCH, CanId::standard(1).unwrap(), 1));
/// # assert!(frame.is_data() && core::mem::size_of::<Classic>() == 24);
/// ```
pub trait BusFrame {
    /// When it was received.
    fn time(&self) -> Timestamp;
    /// Its identifier.
    fn id(&self) -> CanId;
    /// How many bytes it has, 0 to 64.
    fn length(&self) -> u8;
    /// Its bytes. Those behind [`BusFrame::length`], if any, must be zero; eight and more are read fastest.
    fn bytes(&self) -> &[u8];
    /// Whether it carries data: remote and error frames do not, and are never decoded.
    fn is_data(&self) -> bool {
        true
    }
}

impl BusFrame for Frame {
    fn time(&self) -> Timestamp {
        Frame::time(self)
    }
    fn id(&self) -> CanId {
        Frame::id(self)
    }
    fn length(&self) -> u8 {
        Frame::length(self)
    }
    fn bytes(&self) -> &[u8] {
        self.padded()
    }
    fn is_data(&self) -> bool {
        Frame::is_data(self)
    }
}
