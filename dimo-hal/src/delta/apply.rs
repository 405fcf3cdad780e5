//! [`DeltaApplier`]: a delta in, an image out.

use super::HEAD;
use super::error::DeltaError;

/// What is copied at once.
const PIECE: usize = 64;

/// Where a delta is applied.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait DeltaTarget {
    /// Why it failed.
    type Error: core::fmt::Debug;

    /// Reads from the old image.
    ///
    /// # Errors
    ///
    /// Beyond its end, and when the medium fails.
    async fn read_base(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error>;

    /// Takes the next bytes of the new image, 64 at most.
    ///
    /// # Errors
    ///
    /// When the medium fails.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error>;
}

/// Applies a delta that comes in pieces of any length. Less than a hundred bytes of state.
///
/// After an error, or a dropped future, begin anew with another one.
#[derive(Clone, Debug)]
pub struct DeltaApplier {
    image_len: u32,
    left: u32,
    expect: Expect,
    number: Number,
    /// Where the next copy begins if it is not moved.
    base: u32,
    /// What is left of the present copy.
    copy: u32,
    /// Whether the last operation did anything.
    idle: bool,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Head(usize),
    Length,
    Insert,
    Inserted(u32),
    Copy,
    From,
    Same,
    Changed,
    Differences(u32),
    End,
}

/// A number of which some bytes have come.
#[derive(Clone, Copy, Debug, Default)]
struct Number {
    value: u64,
    bits: u32,
}

impl Number {
    /// The number, when it is whole.
    fn push<E: core::fmt::Debug>(&mut self, byte: u8) -> Result<Option<u32>, DeltaError<E>> {
        if self.bits > 28 {
            return Err(DeltaError::Number);
        }
        self.value |= u64::from(byte & 0x7F) << self.bits;
        self.bits += 7;
        if byte & 0x80 != 0 {
            return Ok(None);
        }
        let whole = core::mem::take(self).value;
        u32::try_from(whole).map(Some).map_err(|_| DeltaError::Number)
    }
}

impl DeltaApplier {
    /// For an image of so many bytes, as its manifest says.
    #[must_use]
    pub fn new(image_len: u32) -> Self {
        Self {
            image_len,
            left: image_len,
            expect: Expect::Head(0),
            number: Number::default(),
            base: 0,
            copy: 0,
            idle: false,
        }
    }

    /// Takes the next bytes of the delta.
    ///
    /// # Errors
    ///
    /// [`DeltaError`].
    pub async fn push<T: DeltaTarget>(
        &mut self,
        delta: &[u8],
        target: &mut T,
    ) -> Result<(), DeltaError<T::Error>> {
        let mut rest = delta;
        while let Some((byte, tail)) = rest.split_first() {
            rest = match self.expect {
                Expect::Inserted(left) => self.insert(rest, left, target).await?,
                Expect::Differences(left) => self.change(rest, left, target).await?,
                Expect::End => return Err(DeltaError::TrailingBytes),
                Expect::Head(place) => {
                    if HEAD.get(place) != Some(byte) {
                        return Err(DeltaError::Head);
                    }
                    self.expect =
                        if place + 1 == HEAD.len() { Expect::Length } else { Expect::Head(place + 1) };
                    tail
                }
                _ => {
                    if let Some(number) = self.number.push(*byte)? {
                        self.take(number, target).await?;
                    }
                    tail
                }
            };
        }
        Ok(())
    }

    /// Whether the image is whole.
    ///
    /// # Errors
    ///
    /// [`DeltaError::Truncated`].
    pub fn finish<E: core::fmt::Debug>(&self) -> Result<(), DeltaError<E>> {
        if self.expect == Expect::End { Ok(()) } else { Err(DeltaError::Truncated { left: self.left }) }
    }

    /// Acts on a number.
    async fn take<T: DeltaTarget>(
        &mut self,
        number: u32,
        target: &mut T,
    ) -> Result<(), DeltaError<T::Error>> {
        match self.expect {
            Expect::Length => {
                if number != self.image_len {
                    return Err(DeltaError::Length { delta: number, image: self.image_len });
                }
                self.next_operation();
            }
            Expect::Insert => {
                self.reserve(number)?;
                self.idle = number == 0;
                self.expect = if number == 0 { Expect::Copy } else { Expect::Inserted(number) };
            }
            Expect::Copy => {
                self.reserve(number)?;
                if number == 0 && self.idle {
                    return Err(DeltaError::Empty);
                }
                self.copy = number;
                if number == 0 {
                    self.next_operation();
                } else {
                    self.expect = Expect::From;
                }
            }
            Expect::From => {
                let by = i64::from(number >> 1) ^ -i64::from(number & 1);
                let base = u32::try_from(i64::from(self.base) + by);
                self.base = base.map_err(|_| DeltaError::BeforeBase)?;
                self.idle = false;
                self.expect = Expect::Same;
            }
            Expect::Same => {
                self.idle = number == 0;
                self.same(number, target).await?;
                self.expect = Expect::Changed;
                self.end_copy();
            }
            Expect::Changed => {
                if number > self.copy {
                    return Err(DeltaError::BeyondImage);
                }
                if number == 0 && self.idle {
                    return Err(DeltaError::Empty);
                }
                self.expect = if number == 0 { Expect::Same } else { Expect::Differences(number) };
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether so many bytes have room in the image, and in what is left of it.
    const fn reserve<E: core::fmt::Debug>(&self, number: u32) -> Result<(), DeltaError<E>> {
        if number > self.left { Err(DeltaError::BeyondImage) } else { Ok(()) }
    }

    fn next_operation(&mut self) {
        self.expect = if self.left == 0 { Expect::End } else { Expect::Insert };
    }

    /// After the last byte of a copy the next operation follows.
    fn end_copy(&mut self) {
        if self.copy == 0 {
            self.next_operation();
        }
    }

    async fn insert<'d, T: DeltaTarget>(
        &mut self,
        rest: &'d [u8],
        left: u32,
        target: &mut T,
    ) -> Result<&'d [u8], DeltaError<T::Error>> {
        let (piece, rest) = rest.split_at(first(rest.len(), left));
        self.write(piece, target).await?;
        let left = left.saturating_sub(len(piece));
        self.expect = match left {
            0 if self.left == 0 => Expect::End,
            0 => Expect::Copy,
            left => Expect::Inserted(left),
        };
        Ok(rest)
    }

    async fn change<'d, T: DeltaTarget>(
        &mut self,
        rest: &'d [u8],
        left: u32,
        target: &mut T,
    ) -> Result<&'d [u8], DeltaError<T::Error>> {
        let (differences, rest) = rest.split_at(first(rest.len(), left));
        let mut piece = [0; PIECE];
        let piece = piece.get_mut(..differences.len()).unwrap_or_default();
        self.read(piece, target).await?;
        for (byte, difference) in piece.iter_mut().zip(differences) {
            *byte = byte.wrapping_add(*difference);
        }
        self.write(piece, target).await?;
        let left = left.saturating_sub(len(differences));
        self.expect = if left == 0 { Expect::Same } else { Expect::Differences(left) };
        self.end_copy();
        Ok(rest)
    }

    async fn same<T: DeltaTarget>(
        &mut self,
        number: u32,
        target: &mut T,
    ) -> Result<(), DeltaError<T::Error>> {
        if number > self.copy {
            return Err(DeltaError::BeyondImage);
        }
        let mut left = number;
        while left > 0 {
            let mut piece = [0; PIECE];
            let piece = piece.get_mut(..first(PIECE, left)).unwrap_or_default();
            self.read(piece, target).await?;
            self.write(piece, target).await?;
            left = left.saturating_sub(len(piece));
        }
        Ok(())
    }

    async fn read<T: DeltaTarget>(
        &mut self,
        piece: &mut [u8],
        target: &mut T,
    ) -> Result<(), DeltaError<T::Error>> {
        target.read_base(self.base, piece).await.map_err(DeltaError::Target)?;
        self.base = self.base.saturating_add(len(piece));
        self.copy = self.copy.saturating_sub(len(piece));
        Ok(())
    }

    async fn write<T: DeltaTarget>(
        &mut self,
        piece: &[u8],
        target: &mut T,
    ) -> Result<(), DeltaError<T::Error>> {
        target.write(piece).await.map_err(DeltaError::Target)?;
        self.left = self.left.saturating_sub(len(piece));
        Ok(())
    }
}

/// How many of the bytes that are there, and of those that are to come, make the next piece.
fn first(there: usize, left: u32) -> usize {
    usize::try_from(left).unwrap_or(usize::MAX).min(there).min(PIECE)
}

fn len(piece: &[u8]) -> u32 {
    u32::try_from(piece.len()).unwrap_or(u32::MAX)
}
