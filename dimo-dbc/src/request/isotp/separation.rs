//! [`SeparationTime`]: the pause that a receiver asks for.

use core::time::Duration;

/// The least time between two consecutive frames, STmin: 0 to 127 ms, or 100 to 900 µs (ISO 15765-2, 9.6.5.5).
///
/// # Example: a slow control unit
///
/// ```
/// use core::time::Duration;
/// use dimo_dbc::request::isotp::SeparationTime;
/// assert_eq!(SeparationTime::from_millis(20).unwrap().to_byte(), 0x14);
/// assert_eq!(SeparationTime::from_byte(0xF3).duration(), Duration::from_micros(300));
/// assert_eq!(SeparationTime::from_millis(128), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SeparationTime(u8);

impl SeparationTime {
    /// No pause.
    pub const NONE: Self = Self(0);
    /// 127 ms, the longest one. Reserved codes mean it.
    pub const MAX: Self = Self(0x7F);

    /// A pause in milliseconds; `None` above 127.
    #[must_use]
    pub const fn from_millis(millis: u8) -> Option<Self> {
        if millis <= Self::MAX.0 { Some(Self(millis)) } else { None }
    }

    /// A pause in hundreds of microseconds; `None` unless 1 to 9.
    #[must_use]
    pub const fn from_hundreds_of_micros(hundreds: u8) -> Option<Self> {
        if matches!(hundreds, 1..=9) { Some(Self(0xF0 | hundreds)) } else { None }
    }

    /// What the byte of a flow control frame means: a reserved code is the longest pause.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Self {
        if matches!(byte, 0..=0x7F | 0xF1..=0xF9) { Self(byte) } else { Self::MAX }
    }

    /// The byte of a flow control frame.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        self.0
    }

    /// The pause.
    #[must_use]
    pub const fn duration(self) -> Duration {
        if self.0 <= Self::MAX.0 {
            Duration::from_millis(self.0 as u64)
        } else {
            Duration::from_micros((self.0 & 0xF) as u64 * 100)
        }
    }
}
