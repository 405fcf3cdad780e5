//! The small scanners that the formats share.

use dimo_types::{CanId, Frame, FrameError, Timestamp};

use super::{Field, LineError};

/// The line as text without the white space around it, which includes a carriage return.
pub(super) fn trimmed(line: &[u8]) -> Result<&str, LineError> {
    Ok(core::str::from_utf8(line).map_err(|_| LineError::NotUtf8)?.trim_ascii())
}

/// The value of a hexadecimal digit.
pub(super) fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// A number of digits only (no sign) in `radix`; `None` when it is empty, not a number or beyond 32 bits.
pub(super) fn number(text: &str, radix: u32) -> Option<u32> {
    let is_plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_plain { u32::from_str_radix(text, radix).ok() } else { None }
}

/// Microseconds from seconds with any number of decimals; those beyond the sixth are dropped.
pub(super) fn micros(seconds: &str) -> Result<u64, LineError> {
    let (whole, decimals) = seconds.split_once('.').unwrap_or((seconds, ""));
    if whole.is_empty() || !whole.bytes().chain(decimals.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(LineError::Invalid { field: Field::Time });
    }
    let digits = whole.bytes().chain(decimals.bytes().chain(core::iter::repeat(b'0')).take(6));
    digits
        .map(|digit| u64::from(digit - b'0'))
        .try_fold(0u64, |sum, digit| sum.checked_mul(10)?.checked_add(digit))
        .ok_or(LineError::TimeRange)
}

/// The time of a frame.
pub(super) fn timestamp(micros: u64) -> Result<Timestamp, LineError> {
    Timestamp::from_micros(micros).map_err(|_| LineError::TimeRange)
}

/// An 11-bit identifier.
pub(super) fn standard_id(id: u32) -> Result<CanId, LineError> {
    u16::try_from(id).ok().and_then(CanId::standard).ok_or(LineError::IdRange { id })
}

/// A 29-bit identifier.
pub(super) fn extended_id(id: u32) -> Result<CanId, LineError> {
    CanId::extended(id).ok_or(LineError::IdRange { id })
}

/// The data bytes of one frame, on the stack.
pub(super) struct Payload {
    bytes: [u8; Frame::MAX_LEN],
    len: usize,
}

impl Payload {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; Frame::MAX_LEN], len: 0 }
    }

    /// The bytes of `digits`, two hexadecimal digits each.
    pub(super) fn from_hex(digits: &str) -> Result<Self, LineError> {
        let mut payload = Self::new();
        for pair in digits.as_bytes().chunks(2) {
            let (high, low) = match pair {
                [high, low] => (hex_digit(*high), hex_digit(*low)),
                [high, ..] => (hex_digit(*high), Some(0)),
                [] => (None, None),
            };
            match (high, low) {
                (Some(high), Some(low)) => payload.push(high << 4 | low),
                _ => return Err(LineError::Invalid { field: Field::Data }),
            }
        }
        if !digits.len().is_multiple_of(2) {
            return Err(LineError::OddDigits { digits: digits.len() });
        }
        Ok(payload)
    }

    /// Adds `byte`. More than fit are counted, so that [`Payload::bytes`] can say how many there were.
    pub(super) fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
        }
        self.len = self.len.saturating_add(1);
    }

    /// The bytes, when a frame can hold them.
    pub(super) fn bytes(&self) -> Result<&[u8], LineError> {
        self.bytes.get(..self.len).ok_or(LineError::Length(FrameError::Length { len: self.len }))
    }
}
