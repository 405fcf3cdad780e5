//! [`LogLines`]: the last lines of a device's log, page by page.

use core::fmt;

use super::PageBuffer;
use crate::MessageError;
use crate::bytes::{Reader, Writer};

/// As many lines of a device's log as one answer takes.
///
/// # Example: a phone reads on from the last line it has
///
/// ```
/// use dimo_pairing::{LogLines, PageBuffer};
/// let log: [(u32, &[u8]); 3] = [(7, b"woke up"), (8, b"modem on"), (9, b"GPS \xC2\xB1 5 m")];
/// let mut buffer: PageBuffer = [0; _];
/// let page = LogLines::page(log, 7, &mut buffer);
/// assert_eq!(page.last(), 9);
/// assert_eq!(page.iter().collect::<Vec<_>>(), ["modem on", "GPS ?? 5 m"]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LogLines<'a> {
    last: u32,
    text: &'a [u8],
}

impl<'a> LogLines<'a> {
    /// Bytes of the answer before the lines.
    const HEAD: usize = 4;
    const END: u8 = b'\n';
    /// The longest line, in bytes: a longer one is cut.
    pub const LINE_MAX: usize = PAGE_MAX - Self::HEAD - 1;

    /// Those of `lines`, numbered and in their order, whose number is above `after`, as many as fit. A byte that is neither printable ASCII
    /// nor a tab becomes a question mark, and a line of more than [`LogLines::LINE_MAX`] bytes is cut.
    pub fn page<'l>(
        lines: impl IntoIterator<Item = (u32, &'l [u8])>,
        after: u32,
        buffer: &'a mut PageBuffer,
    ) -> Self {
        let mut last = after;
        let mut writer = Writer::new(buffer.get_mut(Self::HEAD..).unwrap_or_default());
        for (number, line) in lines.into_iter().filter(|(number, _)| *number > after) {
            let line = line.get(..Self::LINE_MAX).unwrap_or(line);
            if writer.room() <= line.len() {
                break;
            }
            for byte in line {
                writer.put(&[if is_of_a_line(*byte) { *byte } else { b'?' }]);
            }
            writer.put(&[Self::END]);
            last = number;
        }
        Self { last, text: writer.finish() }
    }

    /// The number of the last line here; without a line, the number that was asked for.
    #[must_use]
    pub const fn last(&self) -> u32 {
        self.last
    }

    /// The lines, without their ends.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        // Checked to be ASCII, and each line to have its end.
        core::str::from_utf8(self.text).unwrap_or_default().split_terminator('\n')
    }

    pub(super) fn read(body: &mut Reader<'a>) -> Result<Self, MessageError> {
        let (last, text) = (body.u32()?, body.rest());
        let ends = text.last().is_none_or(|byte| *byte == Self::END);
        if ends && text.iter().all(|byte| is_of_a_line(*byte) || *byte == Self::END) {
            Ok(Self { last, text })
        } else {
            Err(MessageError::LogLines)
        }
    }

    pub(super) fn put(&self, writer: &mut Writer<'_>) {
        writer.put_u32(self.last);
        writer.put(self.text);
    }
}

const PAGE_MAX: usize = size_of::<PageBuffer>();

const fn is_of_a_line(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t')
}

impl fmt::Debug for LogLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "up to {}: ", self.last)?;
        f.debug_list().entries(self.iter()).finish()
    }
}
