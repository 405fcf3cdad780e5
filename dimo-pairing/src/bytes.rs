//! Fields in and out of bytes: [`Reader`] that can only say no, [`Writer`] over a buffer that is long enough by construction.

use crate::{MESSAGE_MAX, MessageError};

/// Takes fields from the front of a message.
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

    /// Bytes behind a length of one byte.
    pub(crate) fn prefixed(&mut self) -> Result<&'a [u8], MessageError> {
        let len = usize::from(self.byte()?);
        let (field, left) = self.left.split_at_checked(len).ok_or(MessageError::Truncated)?;
        self.left = left;
        Ok(field)
    }

    /// Nothing may be left.
    pub(crate) const fn finish(self) -> Result<(), MessageError> {
        if self.left.is_empty() { Ok(()) } else { Err(MessageError::Trailing { extra: self.left.len() }) }
    }
}

/// Puts fields one behind the other. The types of the messages bound their length below [`MESSAGE_MAX`], which a test holds.
pub(crate) struct Writer<'b> {
    buffer: &'b mut [u8; MESSAGE_MAX],
    len: usize,
}

impl<'b> Writer<'b> {
    pub(crate) const fn new(buffer: &'b mut [u8; MESSAGE_MAX]) -> Self {
        Self { buffer, len: 0 }
    }

    pub(crate) fn put(&mut self, field: &[u8]) {
        let end = self.len + field.len();
        if let Some(room) = self.buffer.get_mut(self.len..end) {
            room.copy_from_slice(field);
            self.len = end;
        }
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
