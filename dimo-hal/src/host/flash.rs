//! [`FileFlash`]: NOR flash in a file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash, check_erase, check_write,
};

/// What erased flash reads as.
const ERASED: u8 = 0xFF;

/// A file that behaves as NOR flash with words of `WORD` bytes and pages of `PAGE`: a word is written once between two erasures, and what was written is on the disk when the call returns. So whatever is built on
/// flash for a board runs on a gateway too, power cuts included.
///
/// One program at a time has it open. For the async traits see [`BlockingFlash`](crate::flash::BlockingFlash).
///
/// # Example: a record on a disk
///
/// ```
/// use dimo_hal::flash::BlockingFlash;
/// use dimo_hal::host::FileFlash;
/// use dimo_hal::record::RecordStore;
/// use dimo_hal::wait;
///
/// let folder = tempfile::tempdir()?;
/// let flash = FileFlash::<4, 4096>::open(&folder.path().join("flash.bin"), 3)?;
/// let mut record = wait(RecordStore::<_, 64>::open(BlockingFlash(flash)))?;
/// wait(record.store(b"kept"))?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FileFlash<const WORD: usize, const PAGE: usize> {
    file: File,
    pages: usize,
}

impl<const WORD: usize, const PAGE: usize> FileFlash<WORD, PAGE> {
    /// Opens a flash of so many pages; a file that is not there is made, erased.
    ///
    /// # Errors
    ///
    /// [`FileFlashError::Length`] for a file of another length, [`FileFlashError::InUse`], [`FileFlashError::Io`].
    pub fn open(path: &Path, pages: usize) -> Result<Self, FileFlashError> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => FileFlashError::InUse,
            TryLockError::Error(error) => error.into(),
        })?;
        let flash = Self { file, pages };
        let len = flash.file.metadata()?.len();
        let wanted = place(pages.saturating_mul(PAGE));
        if len != 0 && len != wanted {
            return Err(FileFlashError::Length { len, wanted });
        }
        if len == 0 {
            // A file that is cut off here has another length the next time, or none.
            let page = [ERASED; PAGE];
            for number in 0..pages {
                flash.file.write_all_at(&page, place(number.saturating_mul(PAGE)))?;
            }
            flash.file.sync_all()?;
        }
        Ok(flash)
    }

    fn is_erased(&self, offset: u32, len: usize) -> io::Result<bool> {
        let mut word = [0; WORD];
        for start in (0..len).step_by(WORD) {
            self.file.read_exact_at(&mut word, u64::from(offset) + place(start))?;
            if word.iter().any(|byte| *byte != ERASED) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn place(offset: usize) -> u64 {
    u64::try_from(offset).unwrap_or(u64::MAX)
}

impl<const WORD: usize, const PAGE: usize> ErrorType for FileFlash<WORD, PAGE> {
    type Error = FileFlashError;
}

impl<const WORD: usize, const PAGE: usize> ReadNorFlash for FileFlash<WORD, PAGE> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), FileFlashError> {
        let end = place(bytes.len()).saturating_add(offset.into());
        if end > place(self.capacity()) {
            return Err(FileFlashError::Place(NorFlashErrorKind::OutOfBounds));
        }
        Ok(self.file.read_exact_at(bytes, offset.into())?)
    }

    fn capacity(&self) -> usize {
        self.pages.saturating_mul(PAGE)
    }
}

impl<const WORD: usize, const PAGE: usize> NorFlash for FileFlash<WORD, PAGE> {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), FileFlashError> {
        check_erase(self, from, to).map_err(FileFlashError::Place)?;
        let page = [ERASED; PAGE];
        for start in (from..to).step_by(PAGE) {
            self.file.write_all_at(&page, start.into())?;
        }
        Ok(self.file.sync_data()?)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), FileFlashError> {
        check_write(self, offset, bytes.len()).map_err(FileFlashError::Place)?;
        if !self.is_erased(offset, bytes.len())? {
            return Err(FileFlashError::NotErased { offset });
        }
        self.file.write_all_at(bytes, offset.into())?;
        Ok(self.file.sync_data()?)
    }
}

/// Why a flash in a file failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileFlashError {
    /// The file cannot be read or written.
    #[error("the file: {0}")]
    Io(#[from] io::Error),
    /// The file is of another flash, or its making was cut off. Remove it if nothing in it is needed.
    #[error("the file has {len} bytes, not {wanted}")]
    Length {
        /// Its length.
        len: u64,
        /// That of the flash.
        wanted: u64,
    },
    /// Another program has it open.
    #[error("another program has it open")]
    InUse,
    /// Beyond the end, or no whole words or pages.
    #[error("{0:?}")]
    Place(NorFlashErrorKind),
    /// Something is written there already.
    #[error("something is written at {offset} already")]
    NotErased {
        /// Where writing was to begin.
        offset: u32,
    },
}

impl NorFlashError for FileFlashError {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::Place(kind) => *kind,
            _ => NorFlashErrorKind::Other,
        }
    }
}
