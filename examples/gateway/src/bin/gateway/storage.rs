//! The files of the device: flash, a plan that can be read as memory, and files that nobody else may read.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use application::PlanFlash;
use dimo_hal::flash::BlockingFlash;
use dimo_hal::host::{FileFlash, FileFlashError};
use embedded_storage::nor_flash as blocking;
use embedded_storage_async::nor_flash::{ErrorType, NorFlash, ReadNorFlash};
use gateway::Failed;

const PAGE: usize = 4_096;

/// Small values and plans.
pub(crate) type SmallFlash = BlockingFlash<FileFlash<4, PAGE>>;
/// What waits to be sent: 1.5 MiB of batches.
pub(crate) type QueueFlash = BlockingFlash<FileFlash<4, 65_536>>;

const QUEUE_PAGES: usize = 24;
const STORE_PAGES: usize = 3;
const PLAN_PAGES: usize = 16;
/// A plan has at most so many bytes; what stands in front of it takes 16.
pub(crate) const PLAN_MOST: usize = PLAN_PAGES * PAGE - 16;

fn failed(file: &Path, error: impl std::fmt::Display) -> Failed {
    Failed::at(&file.display().to_string(), error)
}

pub(crate) fn store(folder: &Path) -> Result<SmallFlash, Failed> {
    let file = folder.join("values.bin");
    FileFlash::open(&file, STORE_PAGES).map(BlockingFlash).map_err(|error| failed(&file, error))
}

pub(crate) fn queue(folder: &Path) -> Result<QueueFlash, Failed> {
    let file = folder.join("queue.bin");
    FileFlash::open(&file, QUEUE_PAGES).map(BlockingFlash).map_err(|error| failed(&file, error))
}

/// A place for a plan: a file, and what is in it.
pub(crate) struct PlanFile {
    flash: FileFlash<4, PAGE>,
    memory: Vec<u8>,
}

impl PlanFile {
    pub(crate) fn open(folder: &Path, name: &str) -> Result<Self, Failed> {
        let file = folder.join(name);
        let flash = FileFlash::open(&file, PLAN_PAGES).map_err(|error| failed(&file, error))?;
        let mut place = Self { flash, memory: vec![0; PLAN_PAGES * PAGE] };
        place.look().map_err(|error| failed(&file, error))?;
        Ok(place)
    }

    /// Memory is what the file holds.
    fn look(&mut self) -> Result<(), FileFlashError> {
        blocking::ReadNorFlash::read(&mut self.flash, 0, &mut self.memory)
    }
}

impl ErrorType for PlanFile {
    type Error = FileFlashError;
}

impl ReadNorFlash for PlanFile {
    const READ_SIZE: usize = <SmallFlash as ReadNorFlash>::READ_SIZE;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), FileFlashError> {
        blocking::ReadNorFlash::read(&mut self.flash, offset, bytes)
    }

    fn capacity(&self) -> usize {
        self.memory.len()
    }
}

impl NorFlash for PlanFile {
    const WRITE_SIZE: usize = <SmallFlash as NorFlash>::WRITE_SIZE;
    const ERASE_SIZE: usize = <SmallFlash as NorFlash>::ERASE_SIZE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), FileFlashError> {
        blocking::NorFlash::erase(&mut self.flash, from, to)?;
        self.look()
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), FileFlashError> {
        blocking::NorFlash::write(&mut self.flash, offset, bytes)?;
        self.look()
    }
}

impl PlanFlash for PlanFile {
    fn memory(&self) -> &[u8] {
        &self.memory
    }

    fn into_memory(self) -> &'static [u8] {
        self.memory.leak()
    }
}

/// Writes a file that only its owner may read; a power cut leaves the old one or the new one.
pub(crate) fn write_private(file: &Path, bytes: &[u8]) -> Result<(), Failed> {
    let half = file.with_extension("new");
    // What a power cut has left may have other rights.
    let _ = fs::remove_file(&half);
    let write = || {
        let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&half)?;
        new.write_all(bytes)?;
        new.sync_all()?;
        fs::rename(&half, file)?;
        fs::File::open(file.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().map_err(|error| failed(file, error))
}

/// Reads a file that only its owner may read. `None` when there is none.
pub(crate) fn read_private(file: &Path) -> Result<Option<Vec<u8>>, Failed> {
    let mode = match fs::metadata(file) {
        Ok(metadata) => metadata.permissions().mode() & 0o777,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(file, error)),
    };
    if mode & 0o077 != 0 {
        return Err(failed(file, format!("others may read it: its mode is {mode:o}, not 600")));
    }
    fs::read(file).map(Some).map_err(|error| failed(file, error))
}
