//! Numbers that never repeat: of openings, of records, and the [`Reservation`] that keeps the latter so over power cuts.

use core::num::NonZeroU64;

use thiserror::Error;

/// The number of an opening: from the monotonic counter of the secure element, one higher each time, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpeningCounter(NonZeroU64);

impl OpeningCounter {
    /// A counter's value; `None` for 0, which is below every opening.
    #[must_use]
    pub const fn new(value: u64) -> Option<Self> {
        match NonZeroU64::new(value) {
            Some(value) => Some(Self(value)),
            None => None,
        }
    }

    /// Its value.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get()
    }
}

/// The number of a record, `0 ..= 2^48 - 1`. A device never gives one out twice, over all its sessions; a server counts from 0 in
/// each of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SequenceNumber(u64);

impl SequenceNumber {
    /// The first one.
    pub const ZERO: Self = Self(0);
    /// The last one, 2^48 - 1: at a thousand records a second, that of the year 8900 of the device's life.
    pub const MAX: Self = Self((1 << 48) - 1);

    /// A number; `None` above [`MAX`](Self::MAX).
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        if number > Self::MAX.0 { None } else { Some(Self(number)) }
    }

    /// Its value.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Six bytes, big-endian.
    #[must_use]
    pub(super) fn to_bytes(self) -> [u8; 6] {
        let [_, _, bytes @ ..] = self.0.to_be_bytes();
        bytes
    }

    pub(super) fn from_bytes([a, b, c, d, e, f]: [u8; 6]) -> Self {
        Self(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    }
}

/// How many numbers a [`Reservation`] takes at a time: one write to flash for as many records.
pub const RESERVATION_LEN: u64 = 1024;

/// The promise, kept in flash, that no record below it will be numbered again: "all below this may have been used".
///
/// A device numbers a record only below a reservation that is known to be stored. So a power cut at any point skips numbers and
/// never repeats one, whatever else goes wrong with the random source or the counter of the secure element.
///
/// The store has to be one that a cut leaves at the old or the new value, never at a third. When it is lost, begin again at
/// [`NONE`](Self::NONE): then only the fresh key of each session keeps its records apart from those of another, which is what it
/// is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reservation(u64);

impl Reservation {
    /// Of a device that never sealed a record.
    pub const NONE: Self = Self(0);
    /// All numbers are taken.
    pub(super) const ALL: Self = Self(SequenceNumber::MAX.0 + 1);

    /// What was stored.
    ///
    /// # Errors
    ///
    /// [`ReservationError::OutOfRange`]: the store is damaged, or these bytes are something else.
    pub const fn from_bytes(bytes: [u8; 8]) -> Result<Self, ReservationError> {
        let end = u64::from_be_bytes(bytes);
        if end > Self::ALL.0 { Err(ReservationError::OutOfRange { end }) } else { Ok(Self(end)) }
    }

    /// What to store: the first number that was never used, big-endian.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    /// The first number not reserved, at most 2^48.
    #[must_use]
    pub const fn end(self) -> u64 {
        self.0
    }

    /// One block more, or fewer at the end of the numbers.
    pub(super) const fn extended(self) -> Self {
        let end = self.0 + RESERVATION_LEN;
        if end > Self::ALL.0 { Self::ALL } else { Self(end) }
    }
}

/// Why bytes are no [`Reservation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReservationError {
    /// Beyond the last number of a record. Treat the store as lost.
    #[error("a reservation ends at 2^48 at most, not at {end}")]
    OutOfRange {
        /// What the bytes say.
        end: u64,
    },
}
