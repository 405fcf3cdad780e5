//! The bytes of a DBC file as text, and positions in it.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::ImportError;

/// UTF-8 with or without a byte order mark; bytes that are no UTF-8 are read as Windows-1252, which older tools write.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Ok(text) = str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + 64);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().copied().map(windows_1252));
    }
    Cow::Owned(text)
}

/// The character of one byte; the five that Windows-1252 leaves open are read as control characters, as browsers do.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    let high = byte.checked_sub(0x80).and_then(|high| HIGH.get(usize::from(high)));
    high.copied().unwrap_or(char::from(byte))
}

/// Where the lines of a text begin.
pub(super) struct Lines<'s> {
    text: &'s str,
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    /// Lines end with a line feed, a carriage return, or both.
    pub(super) fn of(text: &'s str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = alloc::vec![0];
        let mut before = 0;
        for (at, byte) in bytes.iter().copied().enumerate() {
            if byte == b'\n' || before == b'\r' {
                // The start behind a lone carriage return is this byte; behind a line feed it is the next.
                starts.push(if byte == b'\n' { at + 1 } else { at });
            }
            before = byte;
        }
        Self { text, starts }
    }

    /// The number of the line of byte `at`, from 1.
    pub(super) fn line(&self, at: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= at)).unwrap_or(u32::MAX)
    }

    /// An error at byte `at`.
    pub(super) fn error(&self, at: usize, reason: impl Into<String>) -> ImportError {
        let line = self.line(at);
        let start = self.starts.get(line as usize - 1).copied().unwrap_or(0);
        let before = self.text.get(start..at).unwrap_or_default();
        let column = u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX);
        ImportError { line, column, reason: reason.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_utf8_are_windows_1252() {
        assert_eq!(decode(b"\xEF\xBB\xBFkm"), "km");
        assert_eq!(decode("°C".as_bytes()), "°C");
        assert_eq!(decode(b"\xB0C \x80 \xB5"), "°C € µ");
    }

    #[test]
    fn lines_end_in_each_of_the_three_ways() {
        let lines = Lines::of("a\nb\r\nc\rd\n\re");
        let found: Vec<u32> = (0..12).map(|at| lines.line(at)).collect();
        assert_eq!(found, [1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 6, 6]);
        assert_eq!(lines.error(7, "x"), ImportError { line: 4, column: 1, reason: "x".into() });
    }
}
