//! Flash, through the traits of `embedded-storage-async`: [`BlockingFlash`] makes such a part of a blocking one.
//!
//! What is built here on flash writes each word once between two erasures, so it runs on parts with error correction, and asks for
//! nothing but `NorFlash`.

use embedded_storage::nor_flash as blocking;
use embedded_storage_async::nor_flash::{ErrorType, NorFlash, ReadNorFlash};

/// The async flash traits over a part that implements the blocking ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a wrapper")]
pub struct BlockingFlash<F>(pub F);

impl<F: ErrorType> ErrorType for BlockingFlash<F> {
    type Error = F::Error;
}

impl<F: blocking::ReadNorFlash> ReadNorFlash for BlockingFlash<F> {
    const READ_SIZE: usize = F::READ_SIZE;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.read(offset, bytes)
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl<F: blocking::NorFlash> NorFlash for BlockingFlash<F> {
    const WRITE_SIZE: usize = F::WRITE_SIZE;
    const ERASE_SIZE: usize = F::ERASE_SIZE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        self.0.erase(from, to)
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0.write(offset, bytes)
    }
}

/// A part of a flash, from one page to another, as a flash of its own.
#[derive(Debug)]
pub struct Region<F> {
    flash: F,
    start: u32,
    len: u32,
}

impl<F: NorFlash> Region<F> {
    /// The pages from `start` on, `len` bytes; `None` unless both are multiples of a page and within the flash.
    pub fn new(flash: F, start: u32, len: u32) -> Option<Self> {
        let page = u32::try_from(F::ERASE_SIZE).ok()?;
        let end = usize::try_from(start.checked_add(len)?).ok()?;
        let fits = start.is_multiple_of(page) && len.is_multiple_of(page) && end <= flash.capacity();
        fits.then_some(Self { flash, start, len })
    }
}

impl<F: ErrorType> ErrorType for Region<F> {
    type Error = RegionError<F::Error>;
}

impl<F: ReadNorFlash> Region<F> {
    /// Where a piece of the region is in the flash; what does not fit is refused before anything happens.
    fn place(&self, offset: u32, len: usize) -> Result<u32, RegionError<F::Error>> {
        let end = u32::try_from(len).ok().and_then(|len| offset.checked_add(len));
        match end {
            Some(end) if end <= self.len => self.start.checked_add(offset).ok_or(RegionError::OutOfBounds),
            _ => Err(RegionError::OutOfBounds),
        }
    }
}

impl<F: ReadNorFlash> ReadNorFlash for Region<F> {
    const READ_SIZE: usize = F::READ_SIZE;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        let at = self.place(offset, bytes.len())?;
        self.flash.read(at, bytes).await.map_err(RegionError::Flash)
    }

    fn capacity(&self) -> usize {
        usize::try_from(self.len).unwrap_or(usize::MAX)
    }
}

impl<F: NorFlash> NorFlash for Region<F> {
    const WRITE_SIZE: usize = F::WRITE_SIZE;
    const ERASE_SIZE: usize = F::ERASE_SIZE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        let len = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
        let at = self.place(from, len)?;
        self.flash.erase(at, at.saturating_add(to.saturating_sub(from))).await.map_err(RegionError::Flash)
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        let at = self.place(offset, bytes.len())?;
        self.flash.write(at, bytes).await.map_err(RegionError::Flash)
    }
}

/// Why a part of a flash failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegionError<E: core::fmt::Debug> {
    /// The flash failed.
    #[error("the flash failed: {0:?}")]
    Flash(E),
    /// Beyond the end of the region.
    #[error("beyond the end of the region")]
    OutOfBounds,
}

impl<E: embedded_storage_async::nor_flash::NorFlashError> embedded_storage_async::nor_flash::NorFlashError
    for RegionError<E>
{
    fn kind(&self) -> embedded_storage_async::nor_flash::NorFlashErrorKind {
        match self {
            Self::Flash(error) => error.kind(),
            Self::OutOfBounds => embedded_storage_async::nor_flash::NorFlashErrorKind::OutOfBounds,
        }
    }
}
