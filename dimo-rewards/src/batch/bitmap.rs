//! [`Bitmap`]: a column of bits.

use thiserror::Error;

use super::BLOCK;

/// A borrowed column of bits in Arrow's layout: the first row is the lowest bit of the first byte.
///
/// Of an Arrow `BooleanBuffer`: `Bitmap::new(bits.values(), bits.offset(), bits.len())`.
///
/// # Example: ten devices, of which the first and the last are connected
///
/// ```
/// use dimo_rewards::{Bitmap, BitmapError};
/// let connected = Bitmap::new(&[0b0000_0001, 0b0000_0010], 0, 10)?;
/// assert_eq!(connected.len(), 10);
/// let refused = Bitmap::new(&[1], 0, 10).unwrap_err();
/// assert_eq!(refused.to_string(), "10 bits from bit 0 on do not lie in 1 bytes");
/// # Ok::<(), BitmapError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Bitmap<'a> {
    bytes: &'a [u8],
    offset: usize,
    len: usize,
}

impl<'a> Bitmap<'a> {
    /// `len` bits of `bytes`, from bit `offset` on.
    ///
    /// # Errors
    ///
    /// [`BitmapError`] when the bytes end before the bits do.
    pub const fn new(bytes: &'a [u8], offset: usize, len: usize) -> Result<Self, BitmapError> {
        match offset.checked_add(len) {
            Some(end) if end.div_ceil(8) <= bytes.len() => Ok(Self { bytes, offset, len }),
            _ => Err(BitmapError { bytes: bytes.len(), offset, len }),
        }
    }

    /// How many bits there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bits from `from` on, at most `len` of them: for a batch that is settled in pieces.
    #[must_use]
    pub const fn part(&self, from: usize, len: usize) -> Self {
        let from = if from < self.len { from } else { self.len };
        let rest = self.len - from;
        Self { bytes: self.bytes, offset: self.offset + from, len: if len < rest { len } else { rest } }
    }

    /// One bit, 0 or 1. The caller has checked that it is below the length.
    pub(super) fn bit(&self, index: usize) -> u64 {
        let at = self.offset + index;
        u64::from(self.bytes.get(at / 8).copied().unwrap_or_default() >> (at % 8) & 1)
    }

    /// The bits of a block of rows. What lies behind the last row is anything.
    pub(super) fn word(&self, block: usize) -> u64 {
        let at = self.offset + block * BLOCK;
        let bytes = self.bytes.get(at / 8..).unwrap_or_default();
        // 64 bits that begin in the middle of a byte lie in nine.
        let mut word = [0; 16];
        word.iter_mut().zip(bytes).take(9).for_each(|(to, from)| *to = *from);
        (u128::from_le_bytes(word) >> (at % 8)) as u64
    }
}

/// A bitmap that ends behind its bytes. Check the length: it counts bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{len} bits from bit {offset} on do not lie in {bytes} bytes")]
#[non_exhaustive]
pub struct BitmapError {
    /// How many bytes there are.
    pub bytes: usize,
    /// The first bit asked for.
    pub offset: usize,
    /// How many bits were asked for.
    pub len: usize,
}
