//! [`Flash`]: NOR flash of pages and words, made of RAM that the host keeps.

use core::ops::Range;

use blueprint::memory::{FLASH, FLASH_LEN, PAGE, WORD};
use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};
use thiserror::Error;

const ERASED: u32 = u32::MAX;

/// Some pages of the flash, as a flash of its own. Strict: a word is written once between two erasures, as parts with error correction demand.
///
/// It is blocking; `dimo_hal::flash::BlockingFlash` makes an async one of it.
#[derive(Debug)]
pub struct Flash {
    /// As the core sees it.
    start: u32,
    len: u32,
}

/// What the flash does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FlashError {
    /// Beyond the end.
    #[error("beyond the end of the flash")]
    OutOfBounds,
    /// No whole words, or no whole pages.
    #[error("no whole words or pages")]
    NotAligned,
    /// A word was to be written a second time.
    #[error("a word that is not erased")]
    NotErased,
}

impl NorFlashError for FlashError {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::OutOfBounds => NorFlashErrorKind::OutOfBounds,
            Self::NotAligned => NorFlashErrorKind::NotAligned,
            Self::NotErased => NorFlashErrorKind::Other,
        }
    }
}

impl Flash {
    /// These bytes of the flash: whole pages, within it.
    pub(crate) const fn new(range: Range<u32>) -> Self {
        assert!(range.start <= range.end && range.end <= FLASH_LEN, "the memory map is wrong");
        Self { start: FLASH + range.start, len: range.end - range.start }
    }

    /// The address of a piece, which is within the flash and in whole units.
    fn place(&self, offset: u32, len: u32, unit: u32) -> Result<u32, FlashError> {
        if !offset.is_multiple_of(unit) || !len.is_multiple_of(unit) {
            return Err(FlashError::NotAligned);
        }
        let end = offset.checked_add(len).filter(|end| *end <= self.len);
        end.and_then(|_| self.start.checked_add(offset)).ok_or(FlashError::OutOfBounds)
    }
}

impl Flash {
    /// All of it as memory, as long as the program runs. Nobody writes to it from now on: this was the only handle to it.
    #[must_use]
    #[expect(unsafe_code, reason = "flash is memory at a fixed address")]
    pub fn into_memory(self) -> &'static [u8] {
        // SAFETY: `new` found these bytes within the flash, which is readable memory; handles do not overlap, and this one, the only one that could write here, is given up.
        unsafe { core::slice::from_raw_parts(self.start as *const u8, self.len as usize) }
    }

    /// All of it as memory, until it is written again.
    #[must_use]
    #[expect(unsafe_code, reason = "flash is memory at a fixed address")]
    pub fn memory(&self) -> &[u8] {
        // SAFETY: as in `into_memory`, and whoever writes needs this handle for itself.
        unsafe { core::slice::from_raw_parts(self.start as *const u8, self.len as usize) }
    }
}

fn length(bytes: &[u8]) -> Result<u32, FlashError> {
    u32::try_from(bytes.len()).map_err(|_| FlashError::OutOfBounds)
}

/// A word of the flash.
#[expect(unsafe_code, reason = "flash is memory at a fixed address")]
fn load(address: u32) -> u32 {
    // SAFETY: `place` found the address, a multiple of 4, within the flash, which is readable memory that no reference of Rust points to.
    unsafe { core::ptr::read_volatile(address as *const u32) }
}

#[expect(unsafe_code, reason = "flash is memory at a fixed address")]
fn store(address: u32, word: u32) {
    // SAFETY: as in `load`. The image that runs is in flash too; the boot loader's rules never write to its slot.
    unsafe { core::ptr::write_volatile(address as *mut u32, word) }
}

impl ErrorType for Flash {
    type Error = FlashError;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    #[expect(unsafe_code, reason = "flash is memory at a fixed address")]
    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), FlashError> {
        let address = self.place(offset, length(bytes)?, 1)?;
        // SAFETY: `place` found all of it within the flash, which is readable memory; `bytes` is RAM elsewhere, since nobody has a slice of the flash.
        unsafe { core::ptr::copy_nonoverlapping(address as *const u8, bytes.as_mut_ptr(), bytes.len()) };
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.len as usize
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = WORD as usize;
    const ERASE_SIZE: usize = PAGE as usize;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), FlashError> {
        let len = to.checked_sub(from).ok_or(FlashError::OutOfBounds)?;
        let start = self.place(from, len, PAGE)?;
        (start..start + len).step_by(4).for_each(|address| store(address, ERASED));
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), FlashError> {
        let start = self.place(offset, length(bytes)?, WORD)?;
        let addresses = (start..).step_by(4);
        for (address, word) in addresses.zip(bytes.as_chunks::<4>().0) {
            if load(address) != ERASED {
                return Err(FlashError::NotErased);
            }
            store(address, u32::from_le_bytes(*word));
        }
        Ok(())
    }
}
