//! [`SlcanLine`]: one line, read and written.

use dimo_types::{CanId, Frame, FrameKind, Timestamp};

/// The longest line, its end included: a CAN FD frame of 64 bytes with a time.
pub const LINE_MAX: usize = 1 + 8 + 1 + 128 + 4 + 1;

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlcanLine {
    /// A frame.
    Frame(Frame),
    /// Yes to a command.
    Done,
    /// Something else: a version, a serial number, noise.
    Other,
}

impl SlcanLine {
    /// Reads a line without its carriage return.
    #[must_use]
    pub fn parse(line: &[u8], time: Timestamp) -> Self {
        match line {
            [] | b"z" | b"Z" => Self::Done,
            line => parse_frame(line, time).map_or(Self::Other, Self::Frame),
        }
    }
}

fn parse_frame(line: &[u8], time: Timestamp) -> Option<Frame> {
    let (&kind, rest) = line.split_first()?;
    let (id, rest) = match kind {
        b't' | b'r' | b'd' | b'b' => {
            let (digits, rest) = rest.split_at_checked(3)?;
            (CanId::standard(u16::try_from(number(digits)?).ok()?)?, rest)
        }
        b'T' | b'R' | b'D' | b'B' => {
            let (digits, rest) = rest.split_at_checked(8)?;
            (CanId::extended(number(digits)?)?, rest)
        }
        _ => return None,
    };
    let (&code, rest) = rest.split_first()?;
    let code = u8::try_from(number(&[code])?).ok()?;
    let is_fd = matches!(kind, b'd' | b'D' | b'b' | b'B');
    let len = usize::from(if is_fd { fd_len(code) } else { Some(code).filter(|code| *code <= 8)? });
    let is_remote = matches!(kind, b'r' | b'R');
    let digits = if is_remote { 0 } else { len * 2 };
    let (data, time_of_adapter) = rest.split_at_checked(digits)?;
    if !time_of_adapter.is_empty() && (time_of_adapter.len() != 4 || number(time_of_adapter).is_none()) {
        return None;
    }
    if is_remote {
        return Frame::remote(time, id, code).ok();
    }
    let mut bytes = [0; Frame::MAX_LEN];
    for (byte, pair) in bytes.iter_mut().zip(data.chunks_exact(2)) {
        *byte = u8::try_from(number(pair)?).ok()?;
    }
    let bytes = bytes.get(..len)?;
    if is_fd { Frame::fd(time, id, bytes).ok() } else { Frame::classic(time, id, bytes).ok() }
}

/// Writes a frame as a line with its carriage return; `None` for a frame that has no line, which is an error frame.
#[must_use]
pub fn write_frame<'b>(frame: &Frame, line: &'b mut [u8; LINE_MAX]) -> Option<&'b [u8]> {
    let extended = frame.id().is_extended();
    let (kind, code) = match frame.kind() {
        FrameKind::Classic => (b't', frame.length()),
        FrameKind::Remote => (b'r', frame.length()),
        FrameKind::Fd => (b'd', fd_code(frame.length())?),
        _ => return None,
    };
    let kind = if extended { kind.to_ascii_uppercase() } else { kind };
    let id = frame.id().number();
    let id_digits = (0..if extended { 8u32 } else { 3 }).rev().map(|place| digit(id >> (4 * place)));
    let data = frame.data().iter().flat_map(|byte| [digit(u32::from(byte >> 4)), digit(u32::from(*byte))]);
    let text = [kind].into_iter().chain(id_digits).chain([digit(u32::from(code))]).chain(data).chain([b'\r']);
    let mut len = 0;
    for (place, byte) in line.iter_mut().zip(text) {
        *place = byte;
        len += 1;
    }
    line.get(..len)
}

/// Bytes of a CAN FD frame by its length code (ISO 11898-1).
const FD_LENGTHS: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64];

fn fd_len(code: u8) -> u8 {
    FD_LENGTHS.get(usize::from(code)).copied().unwrap_or(0)
}

fn fd_code(len: u8) -> Option<u8> {
    FD_LENGTHS.iter().position(|known| *known == len).and_then(|code| u8::try_from(code).ok())
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |number, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(number.checked_mul(16)? + digit)
    })
}

fn digit(value: u32) -> u8 {
    char::from_digit(value & 0xF, 16).map_or(b'0', |digit| digit.to_ascii_uppercase() as u8)
}
