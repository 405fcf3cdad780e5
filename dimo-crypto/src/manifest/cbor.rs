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
    Tag = 6,
}

impl Major {
    const ALL: [Self; 7] =
        [Self::Uint, Self::Negative, Self::Bytes, Self::Text, Self::Array, Self::Map, Self::Tag];
}

/// Reads items one after the other.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) const fn error(&self, problem: CborProblem) -> CborError {
        CborError { at: self.at, problem }
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], CborError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = usize::try_from(len).ok().and_then(|len| rest.get(..len));
        let taken = taken.ok_or(self.error(CborProblem::Truncated))?;
        self.at += taken.len();
        Ok(taken)
    }

    /// An argument in the fewest bytes that hold it.
    fn argument(&mut self, information: u8) -> Result<u64, CborError> {
        let (len, least) = match information {
            0..=23 => return Ok(information.into()),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            31 => return Err(self.error(CborProblem::Indefinite)),
            _ => return Err(self.error(CborProblem::Reserved)),
        };
        let argument = self.take(len)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
        if argument < least { Err(self.error(CborProblem::NotShortest)) } else { Ok(argument) }
    }

    fn head(&mut self) -> Result<(Option<Major>, u64), CborError> {
        let [first] = *self.take(1)?.first_chunk().unwrap_or(&[0]);
        let argument = self.argument(first & 0x1F)?;
        Ok((Major::ALL.into_iter().find(|major| *major as u8 == first >> 5), argument))
    }

    fn argument_of(&mut self, wanted: Major) -> Result<u64, CborError> {
        let start = *self;
        match self.head()? {
            (Some(major), argument) if major == wanted => Ok(argument),
            _ => Err(start.error(CborProblem::Type)),
        }
    }

    pub(super) fn uint<T: TryFrom<u64>>(&mut self) -> Result<T, CborError> {
        let start = *self;
        T::try_from(self.argument_of(Major::Uint)?).map_err(|_| start.error(CborProblem::Value))
    }

    pub(super) fn negative(&mut self) -> Result<u64, CborError> {
        self.argument_of(Major::Negative)
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], CborError> {
        let len = self.argument_of(Major::Bytes)?;
        self.take(len)
    }

    pub(super) fn byte_array<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        let start = *self;
        <[u8; N]>::try_from(self.bytes()?).map_err(|_| start.error(CborProblem::Value))
    }

    /// The number of items, between `least` and `most`.
    pub(super) fn array(&mut self, least: u64, most: u64) -> Result<u64, CborError> {
        let start = *self;
        let len = self.argument_of(Major::Array)?;
        if (least..=most).contains(&len) { Ok(len) } else { Err(start.error(CborProblem::Value)) }
    }

    pub(super) fn map(&mut self) -> Result<Map<'_, 'a>, CborError> {
        let left = self.argument_of(Major::Map)?;
        Ok(Map { reader: self, left, last: None })
    }

    /// Bytes that can only be these.
    pub(super) fn literal(&mut self, literal: &[u8]) -> Result<(), CborError> {
        let start = *self;
        if self.take(literal.len() as u64)? == literal {
            Ok(())
        } else {
            Err(start.error(CborProblem::Value))
        }
    }

    pub(super) const fn position(&self) -> usize {
        self.at
    }

    /// What was read since `start`.
    pub(super) fn since(&self, start: &Self) -> &'a [u8] {
        self.bytes.get(start.at..self.at).unwrap_or_default()
    }

    pub(super) fn end(&self) -> Result<(), CborError> {
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.error(CborProblem::TrailingBytes)) }
    }
}

/// A map whose keys are small numbers. They are asked for in ascending order, so that any other order leaves some unread.
pub(super) struct Map<'r, 'a> {
    reader: &'r mut Reader<'a>,
    left: u64,
    last: Option<u64>,
}

impl<'a> Map<'_, 'a> {
    pub(super) fn optional<T>(
        &mut self,
        key: u8,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, CborError>,
    ) -> Result<Option<T>, CborError> {
        if self.is_next(key)? { read(self.reader).map(Some) } else { Ok(None) }
    }

    /// Whether this key comes next; then it is read. Apart from what its value is: one function for all fields.
    fn is_next(&mut self, key: u8) -> Result<bool, CborError> {
        let mut ahead = *self.reader;
        if self.left == 0 || ahead.uint::<u64>()? != u64::from(key) {
            return Ok(false);
        }
        *self.reader = ahead;
        self.left -= 1;
        self.last = Some(key.into());
        Ok(true)
    }

    /// Why the key is not there.
    #[cold]
    fn missing(&self, key: u8) -> CborError {
        self.reader.error(self.out_of_order().unwrap_or(CborProblem::MissingKey { key }))
    }

    pub(super) fn required<T>(
        &mut self,
        key: u8,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, CborError>,
    ) -> Result<T, CborError> {
        match self.optional(key, read)? {
            Some(value) => Ok(value),
            None => Err(self.missing(key)),
        }
    }

    pub(super) fn end(self) -> Result<(), CborError> {
        if self.left == 0 {
            return Ok(());
        }
        let key = { *self.reader }.uint()?;
        Err(self.reader.error(self.out_of_order().unwrap_or(CborProblem::UnknownKey { key })))
    }

    /// A key that should have come earlier.
    fn out_of_order(&self) -> Option<CborProblem> {
        let mut ahead = *self.reader;
        let key: u64 = if self.left == 0 { None } else { ahead.uint().ok() }?;
        (self.last.is_some_and(|last| key <= last)).then_some(CborProblem::KeyOrder { key })
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
