//! [`MockFlash`]: NOR flash in memory, as strict as a part with error correction, that loses its power on demand.

use alloc::vec;
use alloc::vec::Vec;

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};
use thiserror::Error;

use super::supply::{CutModel, Power, Supply};

/// NOR flash of pages of `PAGE` bytes, written in words of `WORD` bytes. Each word programmed and each page erased is one operation of
/// the [`Supply`].
///
/// A word is written once between two erasures, as parts with error correction demand: a second time is refused and counted in
/// [`misuses`](Self::misuses), also over a word whose first writing was cut off.
///
/// # Example: a word that was torn
///
/// ```
/// use dimo_hal::mock::{CutModel, MockFlash, Supply};
/// use embedded_storage::nor_flash::{NorFlash, ReadNorFlash};
///
/// let supply = Supply::new(1);
/// let mut flash = MockFlash::<4, 4096>::new(2, &supply);
/// supply.cut_after(1, CutModel::NotBegun);
/// assert!(flash.write(0, &[0x11; 8]).is_err());
/// supply.restore();
/// let mut found = [0; 8];
/// flash.read(0, &mut found)?;
/// assert_eq!(found, [0x11, 0x11, 0x11, 0x11, 0xFF, 0xFF, 0xFF, 0xFF]);
/// # Ok::<(), dimo_hal::mock::MockFlashError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MockFlash<const WORD: usize = 4, const PAGE: usize = 4096> {
    cells: Vec<u8>,
    /// Bits that read as either value.
    unstable: Vec<u8>,
    written: Vec<bool>,
    erasures: Vec<u32>,
    misuses: u32,
    rewritable: bool,
    supply: Supply,
}

impl<const WORD: usize, const PAGE: usize> MockFlash<WORD, PAGE> {
    /// Blank flash of so many pages.
    #[must_use]
    pub fn new(pages: usize, supply: &Supply) -> Self {
        let len = pages * PAGE;
        Self {
            cells: vec![0xFF; len],
            unstable: vec![0; len],
            written: vec![false; len / WORD],
            erasures: vec![0; pages],
            misuses: 0,
            rewritable: false,
            supply: supply.clone(),
        }
    }

    /// The same contents on another supply: a world to begin many times from.
    #[must_use]
    pub fn on(&self, supply: &Supply) -> Self {
        Self { supply: supply.clone(), ..self.clone() }
    }

    /// Flash without error correction: a word may be written again, which clears more of its bits.
    #[must_use]
    pub fn rewritable(self) -> Self {
        Self { rewritable: true, ..self }
    }

    /// How often each page was erased.
    #[must_use]
    pub fn erasures(&self) -> &[u32] {
        &self.erasures
    }

    /// How often a word was written that was not erased.
    #[must_use]
    pub const fn misuses(&self) -> u32 {
        self.misuses
    }

    /// What is in the cells, unstable bits as they would read if they were stable.
    #[must_use]
    pub fn cells(&self) -> &[u8] {
        &self.cells
    }

    /// The cells, to damage them as age or an attacker would.
    #[must_use]
    pub fn cells_mut(&mut self) -> &mut [u8] {
        &mut self.cells
    }

    fn program_word(&mut self, offset: usize, data: &[u8]) -> Result<(), MockFlashError> {
        let word = offset / WORD;
        if !self.rewritable && self.written.get(word).copied().unwrap_or(true) {
            self.misuses = self.misuses.saturating_add(1);
            return Err(MockFlashError::NotErased);
        }
        let power = self.supply.begin();
        let begun = !matches!(power, Power::Off | Power::GoesNow(CutModel::NotBegun));
        if let Some(written) = self.written.get_mut(word) {
            *written |= begun;
        }
        let old = self.cells.get(offset..offset + WORD).unwrap_or_default();
        let new: Vec<u8> = data.iter().zip(old).map(|(new, old)| new & old).collect();
        self.change(power, offset, &new)
    }

    fn erase_page(&mut self, page: usize) -> Result<(), MockFlashError> {
        let power = self.supply.begin();
        let offset = page * PAGE;
        let result = self.change(power, offset, &[0xFF; PAGE]);
        if result.is_ok() {
            let words = offset / WORD..(offset + PAGE) / WORD;
            self.written.get_mut(words).into_iter().flatten().for_each(|written| *written = false);
        }
        if let Some(count) = self.erasures.get_mut(page) {
            *count = count.saturating_add(1);
        }
        result
    }

    /// The cells from `offset` on become `new`, or what the supply makes of it.
    fn change(&mut self, power: Power, offset: usize, new: &[u8]) -> Result<(), MockFlashError> {
        let done = match power {
            Power::Off | Power::GoesNow(CutModel::NotBegun) => return Err(MockFlashError::NoPower),
            Power::GoesNow(CutModel::TornPrefix) => self.below(new.len()),
            _ => new.len(),
        };
        for (place, &byte) in new.iter().enumerate().take(done) {
            let mask = match power {
                Power::GoesNow(CutModel::RandomBits) => self.noise_byte(),
                _ => 0xFF,
            };
            let at = offset + place;
            let (Some(cell), Some(unstable)) = (self.cells.get_mut(at), self.unstable.get_mut(at)) else {
                break;
            };
            let old = *cell;
            *cell = (old & !mask) | (byte & mask);
            *unstable = match power {
                Power::GoesNow(CutModel::UnstableRead) => *unstable | (old ^ byte),
                _ => *unstable & !mask,
            };
        }
        match power {
            Power::On => Ok(()),
            _ => Err(MockFlashError::NoPower),
        }
    }

    fn below(&self, len: usize) -> usize {
        let len = u64::try_from(len).unwrap_or(u64::MAX);
        usize::try_from(self.supply.noise().checked_rem(len).unwrap_or(0)).unwrap_or(0)
    }

    fn noise_byte(&self) -> u8 {
        self.supply.noise().to_le_bytes()[0]
    }
}

impl<const WORD: usize, const PAGE: usize> ErrorType for MockFlash<WORD, PAGE> {
    type Error = MockFlashError;
}

impl<const WORD: usize, const PAGE: usize> ReadNorFlash for MockFlash<WORD, PAGE> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), MockFlashError> {
        check_read(self, offset, bytes.len())?;
        if self.supply.is_off() {
            return Err(MockFlashError::NoPower);
        }
        let offset = usize::try_from(offset).map_err(|_| MockFlashError::OutOfBounds)?;
        let range = offset..offset + bytes.len();
        let cells = self.cells.get(range.clone()).unwrap_or_default();
        bytes.copy_from_slice(cells);
        for (byte, unstable) in bytes.iter_mut().zip(self.unstable.get(range).unwrap_or_default()) {
            if *unstable != 0 {
                *byte ^= unstable & self.noise_byte();
            }
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.cells.len()
    }
}

impl<const WORD: usize, const PAGE: usize> NorFlash for MockFlash<WORD, PAGE> {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), MockFlashError> {
        check_erase(self, from, to)?;
        let pages = [from, to].map(|offset| usize::try_from(offset).unwrap_or(usize::MAX) / PAGE);
        (pages[0]..pages[1]).try_for_each(|page| self.erase_page(page))
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), MockFlashError> {
        check_write(self, offset, bytes.len())?;
        let offset = usize::try_from(offset).map_err(|_| MockFlashError::OutOfBounds)?;
        bytes
            .chunks(WORD)
            .enumerate()
            .try_for_each(|(word, data)| self.program_word(offset + word * WORD, data))
    }
}

/// Why a [`MockFlash`] failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MockFlashError {
    /// The power is gone: nothing works until the next start.
    #[error("the power is gone")]
    NoPower,
    /// A word was to be written that was not erased.
    #[error("the word is not erased")]
    NotErased,
    /// Not a multiple of the word or the page.
    #[error("not aligned")]
    NotAligned,
    /// Beyond the end.
    #[error("beyond the end of the flash")]
    OutOfBounds,
}

impl From<NorFlashErrorKind> for MockFlashError {
    fn from(kind: NorFlashErrorKind) -> Self {
        match kind {
            NorFlashErrorKind::NotAligned => Self::NotAligned,
            _ => Self::OutOfBounds,
        }
    }
}

impl NorFlashError for MockFlashError {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::NoPower | Self::NotErased => NorFlashErrorKind::Other,
            Self::NotAligned => NorFlashErrorKind::NotAligned,
            Self::OutOfBounds => NorFlashErrorKind::OutOfBounds,
        }
    }
}
