//! [`LineError`]: why a line of a log is no frame.

use core::fmt;

use dimo_types::FrameError;
use thiserror::Error;

/// Why a line of a log is malformed. The line is skipped; the lines behind it are read as if it were not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LineError {
    /// The line has no end within the limit. The file is not of this format, or was damaged.
    #[error("the line is longer than {limit} bytes")]
    TooLong {
        /// The most bytes a line may have.
        limit: usize,
    },
    /// The bytes are no text. The file is binary, or was damaged.
    #[error("the line is not UTF-8 text")]
    NotUtf8,
    /// The line ends too early, as when a recording was cut off.
    #[error("the line has no {field}")]
    Missing {
        /// The first part that is not there.
        field: Field,
    },
    /// A part of the line is not written as the format wants it.
    #[error("the {field} cannot be read")]
    Invalid {
        /// That part.
        field: Field,
    },
    /// The time is beyond the year 9999. Check whether the log counts nanoseconds.
    #[error("the time is beyond the year 9999")]
    TimeRange,
    /// An identifier of `candump` has 3 digits (standard) or 8 (extended).
    #[error("an identifier has 3 or 8 hexadecimal digits, not {digits}")]
    IdDigits {
        /// How many it has, in bytes.
        digits: usize,
    },
    /// The identifier is too large for its kind: `0x7FF` standard, `0x1FFFFFFF` extended.
    #[error("identifier {id:X} is too large for its kind")]
    IdRange {
        /// The identifier given.
        id: u32,
    },
    /// Two hexadecimal digits make a byte. The line was cut off, or a digit got lost.
    #[error("an odd number of data digits ({digits})")]
    OddDigits {
        /// How many there are.
        digits: usize,
    },
    /// No frame of its kind has this length.
    #[error(transparent)]
    Length(#[from] FrameError),
    /// The line goes on where it should end.
    #[error("unexpected text behind the frame")]
    Trailing,
    /// The line has a time and then something that is neither a frame nor an event this reader knows to skip.
    #[error("neither a frame nor a known event")]
    UnknownEvent,
    /// A line of SavvyCAN or PCAN 2.x before the header that names the columns. Put the header back where it was.
    #[error("no header line before the first frame")]
    NoHeader,
}

/// A part of a line, as [`LineError`] names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// The time of reception.
    Time,
    /// The interface or bus.
    Channel,
    /// The identifier.
    Id,
    /// The `#` between identifier and data.
    Separator,
    /// Received or transmitted.
    Direction,
    /// Data or remote frame.
    Kind,
    /// Standard or extended identifier.
    Extended,
    /// The flags of a CAN FD frame.
    Flags,
    /// The number of data bytes.
    Length,
    /// The data length code of a classic frame above 8.
    RawDlc,
    /// The data bytes.
    Data,
    /// The names of the columns.
    Header,
}

/// As it reads in the sentence of a [`LineError`].
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Time => "time",
            Self::Channel => "channel",
            Self::Id => "identifier",
            Self::Separator => "# behind the identifier",
            Self::Direction => "direction",
            Self::Kind => "frame kind",
            Self::Extended => "column Extended",
            Self::Flags => "flags of CAN FD",
            Self::Length => "length",
            Self::RawDlc => "raw length code",
            Self::Data => "data",
            Self::Header => "header",
        })
    }
}
