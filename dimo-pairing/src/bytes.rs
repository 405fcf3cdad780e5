//! Fields in and out of bytes: [`Reader`] that can only say no, [`Writer`] over a buffer that is long enough by construction.

use crate::{MessageError, Text};

/// Takes fields from the front of a message.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], MessageError> {
        let (field, left) = self.left.split_first_chunk::<N>().ok_or(MessageError::Truncated)?;
        self.left = left;
        Ok(*field)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, MessageError> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, MessageError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, MessageError> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, MessageError> {
        self.array().map(u64::from_be_bytes)
    }

    /// Bytes behind a length of one byte.
    pub(crate) fn prefixed(&mut self) -> Result<&'a [u8], MessageError> {
        let len = usize::from(self.byte()?);
        let (field, left) = self.left.split_at_checked(len).ok_or(MessageError::Truncated)?;
        self.left = left;
        Ok(field)
    }

    /// A text behind a length of one byte.
    pub(crate) fn text<const N: usize>(&mut self) -> Result<Text<N>, MessageError> {
        Ok(Text::from_bytes(self.prefixed()?)?)
    }

    /// All that is left.
    pub(crate) const fn rest(&mut self) -> &'a [u8] {
        let rest = self.left;
        self.left = &[];
        rest
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// Nothing may be left.
    pub(crate) const fn finish(self) -> Result<(), MessageError> {
        if self.left.is_empty() { Ok(()) } else { Err(MessageError::Trailing { extra: self.left.len() }) }
    }
}

/// Puts fields one behind the other. The types of the messages bound their length, which a test holds.
pub(crate) struct Writer<'b> {
    buffer: &'b mut [u8],
    len: usize,
}

impl<'b> Writer<'b> {
    pub(crate) const fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, len: 0 }
    }

    /// How many bytes it still takes.
    pub(crate) const fn room(&self) -> usize {
        self.buffer.len().saturating_sub(self.len)
    }

    pub(crate) fn put(&mut self, field: &[u8]) {
        let end = self.len.saturating_add(field.len());
        if let Some(room) = self.buffer.get_mut(self.len..end) {
            room.copy_from_slice(field);
            self.len = end;
        }
    }

    pub(crate) fn put_u16(&mut self, number: u16) {
        self.put(&number.to_be_bytes());
    }

    pub(crate) fn put_u32(&mut self, number: u32) {
        self.put(&number.to_be_bytes());
    }

    /// `field` behind its length of one byte.
    pub(crate) fn put_prefixed(&mut self, field: &[u8]) {
        if let Ok(len) = u8::try_from(field.len()) {
            self.put(&[len]);
            self.put(field);
        }
    }

    pub(crate) fn finish(self) -> &'b [u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }
}
