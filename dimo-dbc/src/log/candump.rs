//! The text of `candump -L`, the log format of the Linux `can-utils`.
//!
//! ```text
//! (1700000000.123456) can0 1DB#EEC0C3EA00F7619B      standard identifier: exactly 3 digits
//! (1700000000.123456) can0 18F00503#FFFF             extended identifier: exactly 8 digits
//! (1700000000.123456) can0 1DB##1AABBCC              CAN FD: one digit of flags, then 0 to 8, 12, 16, 20, 24, 32, 48, 64 bytes
//! (1700000000.123456) can0 1DB#R                     remote request; R4 asks for 4 bytes
//! (1700000000.123456) can0 20000080#0000000000000000 error frame: bit 29 of 8 digits
//! (1700000000.123456) can0 1DB#0011223344556677_B R  raw length code 9 to F; received (R) or transmitted (T)
//! ```
//!
//! Digits may be of either case. The time is seconds, absolute or from any start, with any number of decimals.

use core::fmt;

use dimo_types::{CanId, Frame, FrameKind, Timestamp};

use super::text::{Payload, extended_id, hex_digit, micros, number, standard_id, timestamp, trimmed};
use super::{Entry, Field, LineError};

/// Set in the identifier of an error frame, as in Linux's `can_id`.
const ERROR_FLAG: u32 = 0x2000_0000;
/// What a classic frame holds when it needs no raw length code.
const RAW_DLC_LEN: u8 = 8;

/// The entry of one line without its end, or `None` for a blank line.
///
/// The identifier of an error frame is the extended one of its low 29 bits, the error classes.
/// Flags of CAN FD, raw length codes and directions are checked and not kept.
///
/// # Errors
///
/// [`LineError`] for everything else.
pub fn parse_line(line: &[u8]) -> Result<Option<Entry<'_>>, LineError> {
    let line = trimmed(line)?;
    if line.is_empty() {
        return Ok(None);
    }
    let (time_text, rest) = split_time(line)?;
    let time = timestamp(micros(time_text)?)?;
    let mut words = rest.split_ascii_whitespace();
    let channel = words.next().ok_or(LineError::Missing { field: Field::Channel })?;
    let frame = words.next().ok_or(LineError::Missing { field: Field::Id })?;
    match (words.next(), words.next()) {
        (None | Some("R" | "T"), None) => {}
        _ => return Err(LineError::Trailing),
    }
    Ok(Some(Entry { time: time_text, channel, frame: parse_frame(time, frame)? }))
}

/// What stands in the parentheses of `(12.345678)`, and the rest of the line behind it.
fn split_time(line: &str) -> Result<(&str, &str), LineError> {
    let invalid = LineError::Invalid { field: Field::Time };
    let (time, rest) = line.strip_prefix('(').and_then(|line| line.split_once(')')).ok_or(invalid)?;
    if !rest.is_empty() && !rest.starts_with(|c: char| c.is_ascii_whitespace()) {
        return Err(invalid);
    }
    Ok((time, rest))
}

/// `ID#DATA` and its forms.
fn parse_frame(time: Timestamp, text: &str) -> Result<Frame, LineError> {
    let (id, data) = text.split_once('#').ok_or(LineError::Missing { field: Field::Separator })?;
    let (id, kind) = parse_id(id)?;
    if kind == FrameKind::Error {
        return Ok(Frame::error(time, id, Payload::from_hex(data)?.bytes()?)?);
    }
    if let Some(fd) = data.strip_prefix('#') {
        return parse_fd(time, id, fd);
    }
    let (data, raw_dlc) = match data.split_once('_') {
        Some((data, raw_dlc)) => (data, Some(raw_dlc)),
        None => (data, None),
    };
    let frame = match data.strip_prefix('R') {
        Some(len) => Frame::remote(time, id, parse_remote_len(len)?)?,
        None => Frame::classic(time, id, Payload::from_hex(data)?.bytes()?)?,
    };
    match raw_dlc {
        Some(code) => check_raw_dlc(code, &frame).map(|()| frame),
        None => Ok(frame),
    }
}

/// An identifier, and whether it is that of an error frame.
fn parse_id(text: &str) -> Result<(CanId, FrameKind), LineError> {
    let id = || number(text, 16).ok_or(LineError::Invalid { field: Field::Id });
    match text.len() {
        3 => Ok((standard_id(id()?)?, FrameKind::Classic)),
        8 => match id()? {
            id if id & ERROR_FLAG != 0 => Ok((extended_id(id & 0x1FFF_FFFF)?, FrameKind::Error)),
            id => Ok((extended_id(id)?, FrameKind::Classic)),
        },
        digits => Err(LineError::IdDigits { digits }),
    }
}

/// The part behind `##`: a digit of flags, then the data.
fn parse_fd(time: Timestamp, id: CanId, text: &str) -> Result<Frame, LineError> {
    let flags = text.bytes().next().ok_or(LineError::Missing { field: Field::Flags })?;
    hex_digit(flags).ok_or(LineError::Invalid { field: Field::Flags })?;
    let data = text.get(1..).unwrap_or_default();
    Ok(Frame::fd(time, id, Payload::from_hex(data)?.bytes()?)?)
}

/// The part behind `R`: nothing, or a number of bytes.
fn parse_remote_len(text: &str) -> Result<u8, LineError> {
    match text.as_bytes() {
        [] => Ok(0),
        [digit @ b'0'..=b'8'] => Ok(digit - b'0'),
        _ => Err(LineError::Invalid { field: Field::Length }),
    }
}

/// The part behind `_`: a length code above 8, which only a frame of 8 bytes can have.
fn check_raw_dlc(code: &str, frame: &Frame) -> Result<(), LineError> {
    match code.as_bytes() {
        [b'9' | b'a'..=b'f' | b'A'..=b'F'] if frame.length() == RAW_DLC_LEN => Ok(()),
        _ => Err(LineError::Invalid { field: Field::RawDlc }),
    }
}

/// Writes a frame as a line of `candump -L`, without the line's end.
///
/// What [`parse_line`] drops is not there to write: the flags of CAN FD are written 0.
/// `channel` must be a word, as interface names are, or the line will not read back.
///
/// # Example: a frame to a line and back
///
/// ```
/// use dimo_dbc::log::candump;
/// use dimo_types::{CanId, Frame, Timestamp};
/// let time = Timestamp::from_micros(1_700_000_000_000_042)?;
/// let frame = Frame::classic(time, CanId::standard(0x7E8).unwrap(), &[3, 0x41, 0x0D, 0x32])?;
/// let line = candump::Line { channel: "can0", frame: &frame }.to_string();
/// assert_eq!(line, "(1700000000.000042) can0 7E8#03410D32");
/// assert_eq!(candump::parse_line(line.as_bytes())?.unwrap().frame, frame);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The interface, such as `can0`.
    pub channel: &'a str,
    /// The frame.
    pub frame: &'a Frame,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frame = self.frame;
        let (seconds, micros) = (frame.time().as_secs(), frame.time().as_micros() % 1_000_000);
        write!(f, "({seconds}.{micros:06}) {} ", self.channel)?;
        match frame.kind() {
            FrameKind::Error => write!(f, "{:08X}#", frame.id().number() | ERROR_FLAG)?,
            FrameKind::Fd => write!(f, "{}##0", frame.id())?,
            FrameKind::Remote if frame.length() == 0 => write!(f, "{}#R", frame.id())?,
            FrameKind::Remote => write!(f, "{}#R{}", frame.id(), frame.length())?,
            // Classic, and what the vocabulary may add: its data.
            _ => write!(f, "{}#", frame.id())?,
        }
        frame.data().iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}
