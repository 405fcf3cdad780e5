//! [`FlashFile`]: the flash of a device, as the file that QEMU maps.

use std::error::Error;
use std::fs::File;
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::Path;

use blueprint::memory::{self, FILE_LEN, FLASH_LEN, PAGE, WORD};
use blueprint::trust;
use dimo_hal::boot::{BootSlot, BootState};
use dimo_hal::flash::{BlockingFlash, Region};
use dimo_hal::record::RecordStore;
use dimo_hal::wait;
use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

use crate::release::Release;

/// A flash in the making.
pub(crate) struct FlashFile {
    cells: Cells,
    /// What the boot loader will find in its record.
    pub(crate) state: BootState,
}

impl FlashFile {
    pub(crate) fn new() -> Self {
        Self { cells: Cells(vec![0xFF; FLASH_LEN as usize]), state: BootState::default() }
    }

    /// Puts a release into a slot, whatever is wrong with it. Before a manifest stands its length.
    pub(crate) fn put(&mut self, slot: BootSlot, release: &Release) -> Result<(), Box<dyn Error>> {
        let image = memory::image(slot).start - memory::FLASH;
        let [a, b] = memory::MANIFESTS;
        let manifest = if slot == BootSlot::A { a } else { b };
        self.write(image, &release.image)?;
        if !release.signed.is_empty() {
            let mut stored = u32::try_from(release.signed.len())?.to_le_bytes().to_vec();
            stored.extend(&release.signed);
            stored.resize(stored.len().next_multiple_of(WORD as usize), 0xFF);
            self.write(manifest.start, &stored)?;
        }
        Ok(())
    }

    /// Blows this many fuses of the security counter.
    pub(crate) fn count(&mut self, seq: usize) -> Result<(), Box<dyn Error>> {
        self.write(memory::FUSES.start, &vec![0; seq * WORD as usize])
    }

    /// Stores the secret of the device and the record, and writes the file.
    pub(crate) fn finish(mut self, file: &Path) -> Result<(), Box<dyn Error>> {
        self.write(memory::ELEMENT.start, &trust::DEVICE)?;
        let state = self.state;
        if state != BootState::default() {
            let mut record = wait(RecordStore::<_, 16>::open(self.region(&memory::RECORD)?)).map_err(told)?;
            wait(record.store(&state.to_bytes())).map_err(told)?;
        }
        self.save(file).map_err(|error| format!("{}: {error}", file.display()).into())
    }

    fn save(&self, file: &Path) -> io::Result<()> {
        let mut file = File::create(file)?;
        file.write_all(&self.cells.0)?;
        // The rest is as long as QEMU wants it, and takes no room.
        file.set_len(FILE_LEN)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
        self.cells.write(offset, bytes).map_err(|error| told(error).into())
    }

    fn region(&mut self, range: &Range<u32>) -> Result<Region<BlockingFlash<&mut Cells>>, &'static str> {
        Region::new(BlockingFlash(&mut self.cells), range.start, range.end - range.start)
            .ok_or("the memory map is wrong")
    }
}

fn told(error: impl std::fmt::Debug) -> String {
    format!("the flash: {error:?}")
}

/// Flash in memory.
struct Cells(Vec<u8>);

impl ErrorType for Cells {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Cells {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        bytes.copy_from_slice(self.piece(offset, bytes.len())?);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.0.len()
    }
}

impl NorFlash for Cells {
    const WRITE_SIZE: usize = WORD as usize;
    const ERASE_SIZE: usize = PAGE as usize;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        self.piece(from, (to - from) as usize)?.fill(0xFF);
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        let piece = self.piece(offset, bytes.len())?;
        if piece.iter().any(|cell| *cell != 0xFF) {
            return Err(NorFlashErrorKind::Other);
        }
        piece.copy_from_slice(bytes);
        Ok(())
    }
}

impl Cells {
    fn piece(&mut self, offset: u32, len: usize) -> Result<&mut [u8], NorFlashErrorKind> {
        let start = offset as usize;
        self.0.get_mut(start..start + len).ok_or(NorFlashErrorKind::OutOfBounds)
    }
}

#[cfg(test)]
mod tests {
    use blueprint::trust;
    use dimo_hal::boot::{BootFlash, BootReason, BootSlot, Started};
    use dimo_hal::flash::BlockingFlash;
    use dimo_hal::wait;

    use super::{FlashFile, memory};
    use crate::release::{Fault, Plan};

    /// What the boot loader would do, with no fuse blown.
    fn start(mut flash: FlashFile) -> Option<Started> {
        struct Counter;
        impl dimo_hal::boot::SecurityCounter for Counter {
            type Error = core::convert::Infallible;

            async fn get(&mut self) -> Result<u64, Self::Error> {
                Ok(0)
            }

            async fn raise_to(&mut self, _: u64) -> Result<(), Self::Error> {
                Ok(())
            }
        }
        let verifier = trust::verifier().unwrap();
        let mut boot = BootFlash::new(BlockingFlash(&mut flash.cells), memory::boot_layout()).unwrap();
        wait(boot.start(&verifier, &mut Counter)).ok()
    }

    fn flash(slot: BootSlot, fault: Option<Fault>) -> FlashFile {
        let mut flash = FlashFile::new();
        flash.put(slot, &Plan { slot, seq: 5, fault }.build(vec![7; 5000]).unwrap()).unwrap();
        flash
    }

    #[test]
    fn a_sound_release_starts_in_either_slot_and_one_that_does_nothing_too() {
        for fault in [None, Some(Fault::Dead)] {
            for slot in BootSlot::ALL {
                let started = start(flash(slot, fault)).unwrap();
                assert_eq!((started.slot, started.reason), (slot, BootReason::First));
                assert_eq!(started.image.seq(), 5);
            }
        }
    }

    #[test]
    fn a_release_with_a_fault_does_not_start() {
        use Fault::{OtherClass, OtherSlot, Stranger, Tampered, Unsigned};
        for fault in [OtherClass, OtherSlot, Stranger, Tampered, Unsigned] {
            assert_eq!(start(flash(BootSlot::A, Some(fault))), None, "{fault:?}");
        }
    }

    #[test]
    fn a_second_release_does_not_go_into_the_same_slot() {
        let mut flash = flash(BootSlot::A, None);
        let other = Plan { slot: BootSlot::A, seq: 6, fault: None }.build(vec![1; 100]).unwrap();
        assert!(flash.put(BootSlot::A, &other).is_err());
    }
}
