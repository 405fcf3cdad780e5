//! Recorded bus traffic: readers of `candump -L`, Vector `.asc`, SavvyCAN CSV and PEAK `.trc` text, and a writer of `candump -L`.
//!
//! Each format has a line parser that needs no heap and no `std`, so that a device can replay a recording:
//! [`candump::parse_line`] keeps nothing between lines, [`asc::Parser`], [`savvycan::Parser`] and [`pcan::Parser`] remember
//! what the header said, and [`LineParser`] is any of the four. With `std`, `LogReader` streams a whole file through them.
//!
//! A log is other people's text, so no line of it is fatal. A line is one of three things: a frame, a blank line or
//! metadata (skipped), or malformed, with a [`LineError`] that says why. Times and order are those of the log: nothing
//! is sorted, and a log that counts from its own start yields times close to the epoch.
//!
//! # Example: frames, and the lines that are none
//!
//! ```
//! use dimo_dbc::log::{LineError, candump};
//! let entry = candump::parse_line(b"(1700000000.123456) can0 1DB#EEC0C3EA00F7619B")?.unwrap();
//! assert_eq!(entry.channel, "can0");
//! assert_eq!(entry.frame.id().to_string(), "1DB");
//! assert_eq!(entry.frame.data().len(), 8);
//!
//! let cut_off = candump::parse_line(b"(1700000000.123457) can0 1DB#EEC");
//! assert_eq!(cut_off, Err(LineError::OddDigits { digits: 3 }));
//! # Ok::<(), LineError>(())
//! ```

pub mod asc;
pub mod candump;
mod error;
mod format;
pub mod pcan;
#[cfg(feature = "std")]
mod reader;
pub mod savvycan;
mod text;

use dimo_types::Frame;

pub use error::{Field, LineError};
pub use format::{LineParser, LogFormat};
#[cfg(feature = "std")]
pub use reader::{LogItem, LogOpenError, LogReadError, LogReader, MalformedLine};

/// The longest line a reader takes, in bytes without its end: far more than any frame needs.
pub const MAX_LINE_LEN: usize = 64 * 1024;

/// One line of a log that holds a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry<'a> {
    /// The time as the log writes it: its number without what stands around it.
    pub time: &'a str,
    /// The interface or bus as the log names it: `can0` for `candump`, `1` for `.asc` and `.trc`, `0` for SavvyCAN.
    pub channel: &'a str,
    /// The frame, with the time the log gives it.
    pub frame: Frame,
}
