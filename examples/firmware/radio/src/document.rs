//! [`Document`]: a short file that a phone uploads.

use dimo_pairing::Refusal;

/// A short file of at most `N` bytes, kept whole.
#[derive(Debug)]
pub struct Document<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Document<N> {
    /// Nothing has come yet.
    pub const EMPTY: Self = Self { bytes: [0; N], len: 0 };

    /// Another one is to come.
    pub const fn clear(&mut self) {
        self.len = 0;
    }

    /// A piece of it, behind what has come.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooLong`].
    pub fn put(&mut self, offset: u32, piece: &[u8]) -> Result<(), Refusal> {
        let start = usize::try_from(offset).map_err(|_| Refusal::TooLong)?;
        let end = start.checked_add(piece.len()).ok_or(Refusal::TooLong)?;
        self.bytes.get_mut(start..end).ok_or(Refusal::TooLong)?.copy_from_slice(piece);
        self.len = end;
        Ok(())
    }

    /// What has come.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}
