//! The few things of CBOR (RFC 8949) that the formats here are made of, read strictly and written deterministically.
//!
//! Own code, because deterministic encoding (section 4.2.1) must be *demanded*, not only produced: a second spelling of the same
//! manifest would be a second hash of it. Every head is in its shortest form, keys ascend, nothing is indefinite, nothing follows.

use core::fmt;

use thiserror::Error;

/// The kinds of items that occur, by their major type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Major {
    Uint = 0,
    Negative = 1,
    Bytes = 2,
    Text = 3,
    Array = 4,
    Map = 5,
}

/// Reads items one after the other.
///
/// The first fault is kept, what is read after it is nothing, and [`Self::end`] tells of it: what is made of items that were read
/// counts only after that. Checks behind every field were 6 KB of a boot loader's flash.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    fault: Option<CborError>,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, fault: None }
    }

    /// The offset of what is read next, in bytes.
    pub(super) const fn position(&self) -> usize {
        self.at
    }

    /// Nothing more can be read, for this reason unless there was one before.
    #[cold]
    fn fail(&mut self, at: usize, problem: CborProblem) {
        self.fault.get_or_insert(CborError { at, problem });
    }

    /// The item at this offset has a value that the format does not allow.
    #[cold]
    pub(super) fn refuse(&mut self, at: usize) {
        self.fail(at, CborProblem::Value);
    }

    /// Nothing, when there are fewer bytes or there was a fault.
    fn take(&mut self, len: u64) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = usize::try_from(len).ok().and_then(|len| rest.get(..len));
        match taken {
            _ if self.fault.is_some() => &[],
            Some(taken) => {
                self.at += taken.len();
                taken
            }
            None => {
                self.fail(self.at, CborProblem::Truncated);
                &[]
            }
        }
    }

    /// An argument in the fewest bytes that hold it.
    fn argument(&mut self, information: u8) -> u64 {
        let (len, least) = match information {
            0..=23 => return information.into(),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            31 => {
                self.fail(self.at, CborProblem::Indefinite);
                return 0;
            }
            _ => {
                self.fail(self.at, CborProblem::Reserved);
                return 0;
            }
        };
        let argument = self.take(len).iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
        if argument < least {
            self.fail(self.at, CborProblem::NotShortest);
        }
        argument
    }

    /// The argument of an item of this type.
    fn argument_of(&mut self, wanted: Major) -> u64 {
        let start = self.at;
        let [first] = *self.take(1).first_chunk().unwrap_or(&[0]);
        let argument = self.argument(first & 0x1F);
        if first >> 5 != wanted as u8 {
            self.fail(start, CborProblem::Type);
        }
        if self.fault.is_some() { 0 } else { argument }
    }

    pub(super) fn uint<T: TryFrom<u64> + Default>(&mut self) -> T {
        let start = self.at;
        T::try_from(self.argument_of(Major::Uint)).unwrap_or_else(|_| {
            self.refuse(start);
            T::default()
        })
    }

    pub(super) fn negative(&mut self) -> u64 {
        self.argument_of(Major::Negative)
    }

    pub(super) fn bytes(&mut self) -> &'a [u8] {
        let len = self.argument_of(Major::Bytes);
        self.take(len)
    }

    pub(super) fn byte_array<const N: usize>(&mut self) -> [u8; N] {
        let start = self.at;
        self.bytes().try_into().unwrap_or_else(|_| {
            self.refuse(start);
            [0; N]
        })
    }

    /// What is read of the items in a byte string, and of nothing behind them.
    pub(super) fn inside<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let content = self.bytes();
        let (bytes, end) = (self.bytes, self.at);
        self.bytes = bytes.get(..end).unwrap_or_default();
        self.at = end - content.len();
        let value = read(self);
        self.expect_end();
        (self.bytes, self.at) = (bytes, end);
        value
    }

    /// The number of items, between `least` and `most`; none after a fault.
    pub(super) fn array(&mut self, least: u64, most: u64) -> u64 {
        let start = self.at;
        let len = self.argument_of(Major::Array);
        if (least..=most).contains(&len) {
            return len;
        }
        self.refuse(start);
        0
    }

    pub(super) fn map(&mut self) -> Map<'_, 'a> {
        let left = self.argument_of(Major::Map);
        Map { reader: self, left, last: None }
    }

    /// Bytes that can only be these.
    pub(super) fn literal(&mut self, literal: &[u8]) {
        let start = self.at;
        if self.take(literal.len() as u64) != literal {
            self.refuse(start);
        }
    }

    /// What was read since the offset `start`.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    /// Whether nothing more can be read.
    pub(super) const fn is_at_end(&self) -> bool {
        self.at == self.bytes.len() || self.fault.is_some()
    }

    fn expect_end(&mut self) {
        if !self.is_at_end() {
            self.fail(self.at, CborProblem::TrailingBytes);
        }
    }

    /// Whether all of it was read, and what there was is what was asked for.
    pub(super) fn end(mut self) -> Result<(), CborError> {
        self.expect_end();
        self.fault.map_or(Ok(()), Err)
    }
}

/// A map whose keys are small numbers. They are asked for in ascending order, so that any other order leaves some unread.
pub(super) struct Map<'r, 'a> {
    reader: &'r mut Reader<'a>,
    left: u64,
    last: Option<u64>,
}

impl<'a> Map<'_, 'a> {
    /// Where the value of this key is read, if it comes next.
    pub(super) fn optional(&mut self, key: u8) -> Option<&mut Reader<'a>> {
        let ahead = self.next_key();
        let (reader, _) = ahead.filter(|(_, next)| *next == u64::from(key))?;
        *self.reader = reader;
        self.left -= 1;
        self.last = Some(key.into());
        Some(self.reader)
    }

    /// Where the value of this key is read. One that is not there is a fault.
    pub(super) fn required(&mut self, key: u8) -> &mut Reader<'a> {
        if self.optional(key).is_none() {
            let problem = self.out_of_order().unwrap_or(CborProblem::MissingKey { key });
            self.reader.fail(self.reader.at, problem);
        }
        self.reader
    }

    /// That nothing of it was left unread.
    pub(super) fn end(mut self) {
        if let Some((_, key)) = self.next_key() {
            let problem = self.out_of_order().unwrap_or(CborProblem::UnknownKey { key });
            self.reader.fail(self.reader.at, problem);
        }
    }

    /// A key that should have come earlier.
    fn out_of_order(&mut self) -> Option<CborProblem> {
        let (_, key) = self.next_key()?;
        self.last.is_some_and(|last| key <= last).then_some(CborProblem::KeyOrder { key })
    }

    /// The key that comes next, and a reader of what follows it.
    fn next_key(&mut self) -> Option<(Reader<'a>, u64)> {
        if self.left == 0 {
            return None;
        }
        let mut ahead = *self.reader;
        let key = ahead.uint();
        self.reader.fault = ahead.fault;
        ahead.fault.is_none().then_some((ahead, key))
    }
}

/// Writes items one after the other into memory of the caller, in their shortest form.
pub(super) struct Writer<'b> {
    out: &'b mut [u8],
    len: usize,
}

impl<'b> Writer<'b> {
    pub(super) const fn new(out: &'b mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) -> Result<(), BufferTooSmall> {
        let room = self.out.get_mut(self.len..).unwrap_or_default();
        room.get_mut(..bytes.len()).ok_or(BufferTooSmall)?.copy_from_slice(bytes);
        self.len += bytes.len();
        Ok(())
    }

    pub(super) fn head(&mut self, major: Major, argument: u64) -> Result<(), BufferTooSmall> {
        let (information, len) = match argument {
            0..=23 => (argument as u8, 0),
            24..=0xFF => (24, 1),
            0x100..=0xFFFF => (25, 2),
            0x1_0000..=0xFFFF_FFFF => (26, 4),
            _ => (27, 8),
        };
        self.raw(&[(major as u8) << 5 | information])?;
        self.raw(argument.to_be_bytes().get(8 - len..).unwrap_or_default())
    }

    pub(super) fn uint(&mut self, value: impl Into<u64>) -> Result<(), BufferTooSmall> {
        self.head(Major::Uint, value.into())
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), BufferTooSmall> {
        self.head(Major::Bytes, bytes.len() as u64)?;
        self.raw(bytes)
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), BufferTooSmall> {
        self.head(Major::Text, text.len() as u64)?;
        self.raw(text.as_bytes())
    }

    pub(super) fn array(&mut self, len: usize) -> Result<(), BufferTooSmall> {
        self.head(Major::Array, len as u64)
    }

    pub(super) fn map(&mut self, len: usize) -> Result<(), BufferTooSmall> {
        self.head(Major::Map, len as u64)
    }

    /// A key of a map and its value.
    pub(super) fn field(
        &mut self,
        key: u8,
        write: impl FnOnce(&mut Self) -> Result<(), BufferTooSmall>,
    ) -> Result<(), BufferTooSmall> {
        self.uint(key)?;
        write(self)
    }

    pub(super) fn optional<T>(
        &mut self,
        key: u8,
        value: Option<T>,
        write: impl FnOnce(&mut Self, T) -> Result<(), BufferTooSmall>,
    ) -> Result<(), BufferTooSmall> {
        value.map_or(Ok(()), |value| self.field(key, |writer| write(writer, value)))
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn finish(self) -> &'b [u8] {
        let Self { out, len } = self;
        out.get(..len).unwrap_or_default()
    }
}

/// The buffer to write into is too short; each format says what always suffices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the buffer is too short")]
pub struct BufferTooSmall;

/// Where and why bytes are not the deterministic CBOR of the format that was expected.
///
/// Whoever made them did not follow MANIFEST.md, or they were damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CborError {
    /// The offset, in bytes.
    pub at: usize,
    /// What is wrong there.
    pub problem: CborProblem,
}

impl fmt::Display for CborError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.problem, self.at)
    }
}

impl core::error::Error for CborError {}

/// What is wrong with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CborProblem {
    /// The bytes end inside an item.
    #[error("bytes are missing")]
    Truncated,
    /// A number or length is not in its shortest form.
    #[error("not the shortest form")]
    NotShortest,
    /// A string, array or map without a length.
    #[error("indefinite length")]
    Indefinite,
    /// A form that CBOR does not define.
    #[error("a reserved form")]
    Reserved,
    /// Another type of item than the format has here.
    #[error("another type of item")]
    Type,
    /// A value or a length that the format does not allow here.
    #[error("a value that is not allowed here")]
    Value,
    /// A field that must be there is not.
    #[error("field {key} is missing")]
    MissingKey {
        /// The key.
        key: u8,
    },
    /// A key that is not greater than the one before it, or is there twice.
    #[error("field {key} is out of order")]
    KeyOrder {
        /// The key.
        key: u64,
    },
    /// A field that this version of the format does not have. A device must not guess what it would forbid.
    #[error("field {key} is unknown")]
    UnknownKey {
        /// The key.
        key: u64,
    },
    /// Bytes after the end.
    #[error("bytes after the end")]
    TrailingBytes,
}
