//! [`Message`]: the fields of a protobuf message, written one after the other into a buffer.

use super::varint;

/// The buffer is full.
#[derive(Clone, Copy, Debug)]
pub(super) struct Full;

/// Where fields go: a buffer, or nowhere, to learn how many bytes they are.
pub(super) struct Message<'o> {
    out: Option<&'o mut [u8]>,
    pub(super) len: usize,
}

impl<'o> Message<'o> {
    pub(super) const fn into(out: &'o mut [u8]) -> Self {
        Self { out: Some(out), len: 0 }
    }

    /// The length of the message that `write` writes.
    pub(super) fn measure(write: impl FnOnce(&mut Message<'_>) -> Result<(), Full>) -> Result<usize, Full> {
        let mut message = Message { out: None, len: 0 };
        write(&mut message)?;
        Ok(message.len)
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) -> Result<(), Full> {
        let end = self.len + bytes.len();
        if let Some(out) = &mut self.out {
            out.get_mut(self.len..end).ok_or(Full)?.copy_from_slice(bytes);
        }
        self.len = end;
        Ok(())
    }

    pub(super) fn varint(&mut self, value: u64) -> Result<(), Full> {
        let (bytes, len) = varint::bytes(value);
        self.raw(bytes.get(..len).unwrap_or_default())
    }

    /// The beginning of a field of `len` bytes: a list of numbers, bytes, text or a message.
    pub(super) fn head(&mut self, number: u32, len: usize) -> Result<(), Full> {
        self.varint(u64::from(number << 3 | 2))?;
        self.varint(len as u64)
    }

    pub(super) fn bytes(&mut self, number: u32, bytes: &[u8]) -> Result<(), Full> {
        self.head(number, bytes.len())?;
        self.raw(bytes)
    }

    /// A field that is left out when it is empty, as proto3 has it.
    pub(super) fn text(&mut self, number: u32, text: &str) -> Result<(), Full> {
        if text.is_empty() { Ok(()) } else { self.bytes(number, text.as_bytes()) }
    }

    /// A field that is left out when it is zero, as proto3 has it.
    pub(super) fn unsigned(&mut self, number: u32, value: u64) -> Result<(), Full> {
        if value == 0 { Ok(()) } else { self.optional_unsigned(number, Some(value)) }
    }

    pub(super) fn optional_unsigned(&mut self, number: u32, value: Option<u64>) -> Result<(), Full> {
        let Some(value) = value else { return Ok(()) };
        self.varint(u64::from(number << 3))?;
        self.varint(value)
    }

    pub(super) fn optional_double(&mut self, number: u32, value: Option<f64>) -> Result<(), Full> {
        let Some(value) = value else { return Ok(()) };
        self.varint(u64::from(number << 3 | 1))?;
        self.raw(&value.to_le_bytes())
    }

    /// A message within this one: measured, then written.
    pub(super) fn message(
        &mut self,
        number: u32,
        write: impl Fn(&mut Message<'_>) -> Result<(), Full>,
    ) -> Result<(), Full> {
        let len = Message::measure(&write)?;
        self.head(number, len)?;
        let end = self.len + len;
        if let Some(out) = &mut self.out {
            write(&mut Message::into(out.get_mut(self.len..end).ok_or(Full)?))?;
        }
        self.len = end;
        Ok(())
    }
}
