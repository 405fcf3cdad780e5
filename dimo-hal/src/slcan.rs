//! SLCAN, the serial-line protocol of small CAN adapters: [`Slcan`], a controller behind any byte stream.
//!
//! One line a frame, ended by a carriage return: `t` and `T` for data with 11 and 29 bits of identifier, `r` and `R` for remote frames, `d`, `D`, `b`, `B` for
//! CAN FD without and with a faster data phase; identifier, length and bytes in hexadecimal digits, then a time of four digits when the adapter was asked for
//! times. A carriage return alone, `z` or `Z` says yes to a command, a bell no.
//!
//! The times of the adapter run over each minute and are not used: a frame has the time at which its line was complete. What is no line of this protocol is
//! stepped over, so noise costs at most the frames it hits.

mod driver;
mod line;

pub use driver::{Acknowledge, Slcan, SlcanBitRate, SlcanError};
pub use line::{LINE_MAX, SlcanLine, write_frame};
