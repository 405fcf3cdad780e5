//! [`RamFlash`]: NOR flash that takes no time, so that what is counted is the program's.

use embedded_storage_async::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};

const PAGE: usize = 4096;

/// So many pages of 4 KiB, erased at first. What is written is ones that become zeros.
pub struct RamFlash<const PAGES: usize>([[u8; PAGE]; PAGES]);

/// Outside of it, or across its words.
#[derive(Debug)]
pub struct Outside;

impl NorFlashError for Outside {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::OutOfBounds
    }
}

impl<const PAGES: usize> RamFlash<PAGES> {
    /// Erased.
    #[must_use]
    pub const fn new() -> Self {
        Self([[0xFF; PAGE]; PAGES])
    }

    fn bytes(&mut self, offset: u32, len: usize) -> Result<&mut [u8], Outside> {
        let start = offset as usize;
        self.0.as_flattened_mut().get_mut(start..start + len).ok_or(Outside)
    }
}

impl<const PAGES: usize> Default for RamFlash<PAGES> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const PAGES: usize> ErrorType for RamFlash<PAGES> {
    type Error = Outside;
}

impl<const PAGES: usize> ReadNorFlash for RamFlash<PAGES> {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Outside> {
        bytes.copy_from_slice(self.bytes(offset, bytes.len())?);
        Ok(())
    }

    fn capacity(&self) -> usize {
        PAGES * PAGE
    }
}

impl<const PAGES: usize> NorFlash for RamFlash<PAGES> {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = PAGE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Outside> {
        self.bytes(from, to.checked_sub(from).ok_or(Outside)? as usize)?.fill(0xFF);
        Ok(())
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Outside> {
        self.bytes(offset, bytes.len())?.iter_mut().zip(bytes).for_each(|(cell, byte)| *cell &= byte);
        Ok(())
    }
}
