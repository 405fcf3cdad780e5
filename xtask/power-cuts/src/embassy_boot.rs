//! The same cuts for embassy-boot: what a device that swaps unsigned images does.

use std::cell::RefCell;
use std::rc::Rc;

use dimo_hal::mock::{MockFlash, MockFlashError, Run, Scenario, Supply};
use embassy_boot::{BlockingFirmwareUpdater, BootLoader, BootLoaderConfig, FirmwareUpdaterConfig};
use embedded_storage::nor_flash::{ErrorType, NorFlash, ReadNorFlash};

const WORD: usize = 4;
const PAGE: usize = 512;
const ACTIVE_PAGES: usize = 4;
const STATE_PAGES: usize = 2;
const ACTIVE: usize = ACTIVE_PAGES * PAGE;
/// embassy-boot swaps through one spare page.
const STAGED: usize = ACTIVE + PAGE;

/// What happens to the device, and what it must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Update {
    /// The second image is fetched, swapped in and confirmed.
    Confirmed,
    /// It is swapped in, never confirmed, and the first one comes back.
    Reverted,
    /// A bit of it is flipped once it was fetched: it must not start.
    Tampered,
    /// The second image runs and is confirmed; the first one is offered again: it must not start.
    Older,
}

impl Update {
    pub(crate) const ALL: [Self; 4] = [Self::Confirmed, Self::Reverted, Self::Tampered, Self::Older];
}

type Flash = MockFlash<WORD, PAGE>;

/// A part of the flash, as embassy-boot wants it.
#[derive(Clone)]
struct Part {
    flash: Rc<RefCell<Flash>>,
    start: usize,
    len: usize,
}

impl Part {
    fn absolute(&self, offset: u32) -> u32 {
        u32::try_from(self.start).unwrap_or(u32::MAX).saturating_add(offset)
    }
}

impl ErrorType for Part {
    type Error = MockFlashError;
}

impl ReadNorFlash for Part {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), MockFlashError> {
        self.flash.borrow_mut().read(self.absolute(offset), bytes)
    }

    fn capacity(&self) -> usize {
        self.len
    }
}

impl NorFlash for Part {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), MockFlashError> {
        self.flash.borrow_mut().erase(self.absolute(from), self.absolute(to))
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), MockFlashError> {
        self.flash.borrow_mut().write(self.absolute(offset), bytes)
    }
}

/// The device, and what its bench has seen of it.
pub(crate) struct World {
    flash: Rc<RefCell<Flash>>,
    fetched: bool,
    confirmed: bool,
    offered_again: bool,
    started_second: bool,
}

fn image(number: u8) -> Vec<u8> {
    (0..ACTIVE).map(|place| (place % 251) as u8 ^ number.wrapping_mul(0x5D)).collect()
}

impl World {
    fn part(&self, start: usize, len: usize) -> Part {
        Part { flash: self.flash.clone(), start, len }
    }

    fn active(&self) -> Part {
        self.part(0, ACTIVE)
    }

    fn staged(&self) -> Part {
        self.part(ACTIVE, STAGED)
    }

    fn state(&self) -> Part {
        self.part(ACTIVE + STAGED, STATE_PAGES * PAGE)
    }

    fn fetch(&self, image: &[u8]) -> Result<(), ()> {
        let mut word = [0; WORD];
        let parts = FirmwareUpdaterConfig { dfu: self.staged(), state: self.state() };
        let mut updater = BlockingFirmwareUpdater::new(parts, &mut word);
        updater.write_firmware(0, image).map_err(drop)?;
        updater.mark_updated().map_err(drop)
    }

    fn confirm(&self) -> Result<(), ()> {
        let mut word = [0; WORD];
        let parts = FirmwareUpdaterConfig { dfu: self.staged(), state: self.state() };
        BlockingFirmwareUpdater::new(parts, &mut word).mark_booted().map_err(drop)
    }

    /// Which image the boot loader starts; `None` when the power went.
    fn boot(&self) -> Result<Option<u8>, String> {
        let parts = BootLoaderConfig { active: self.active(), dfu: self.staged(), state: self.state() };
        let mut page = [0; PAGE];
        if let Err(error) = BootLoader::new(parts).prepare_boot(&mut page) {
            let gone = self.flash.borrow().cells().is_empty() || self.is_off();
            return if gone { Ok(None) } else { Err(format!("it does not start: {error:?}")) };
        }
        let flash = self.flash.borrow();
        let active = flash.cells().get(..ACTIVE).unwrap_or_default();
        (1..=2)
            .find(|number| active == image(*number))
            .map(Some)
            .ok_or_else(|| "what starts is neither the one image nor the other".to_owned())
    }

    fn is_off(&self) -> bool {
        self.active().read(0, &mut [0]).is_err()
    }
}

impl Scenario for Update {
    type World = World;

    fn name(&self) -> &'static str {
        match self {
            Self::Confirmed => "update",
            Self::Reverted => "revert",
            Self::Tampered => "tampered-image",
            Self::Older => "older-image",
        }
    }

    fn world(&self, supply: &Supply) -> World {
        let mut flash =
            Flash::new(ACTIVE_PAGES + ACTIVE_PAGES + 1 + STATE_PAGES, &Supply::new(0)).rewritable();
        let _ = flash.write(0, &image(1));
        World {
            flash: Rc::new(RefCell::new(flash.on(supply))),
            fetched: false,
            confirmed: false,
            offered_again: false,
            started_second: false,
        }
    }

    fn run(&self, world: &mut World) -> Result<Run, String> {
        let Some(started) = world.boot()? else { return Ok(Run::Interrupted) };
        match started {
            2 => self.run_second(world),
            _ => self.run_first(world),
        }
    }

    fn check(&self, world: &mut World) -> Result<(), String> {
        let expected = if *self == Self::Reverted || *self == Self::Tampered { 1 } else { 2 };
        match world.boot()? {
            Some(started) if started == expected => Ok(()),
            started => Err(format!("in the end {started:?} starts, not {expected}")),
        }
    }
}

impl Update {
    fn run_first(self, world: &mut World) -> Result<Run, String> {
        if world.confirmed {
            return Err("an older image was started".to_owned());
        }
        // A revert: the second image had its chance.
        if (self == Self::Reverted && world.started_second) || (self == Self::Tampered && world.fetched) {
            return Ok(Run::Finished);
        }
        if world.fetch(&image(2)).is_ok() {
            world.fetched = true;
            if self == Self::Tampered
                && let Some(cell) = world.flash.borrow_mut().cells_mut().get_mut(ACTIVE + 100)
            {
                *cell ^= 1;
            }
        }
        Ok(Run::Interrupted)
    }

    fn run_second(self, world: &mut World) -> Result<Run, String> {
        world.started_second = true;
        if self == Self::Reverted {
            return Ok(Run::Interrupted);
        }
        if !world.confirmed {
            world.confirmed = world.confirm().is_ok();
            if !world.confirmed {
                return Ok(Run::Interrupted);
            }
        }
        if self == Self::Older && !world.offered_again {
            world.offered_again = world.fetch(&image(1)).is_ok();
            return Ok(Run::Interrupted);
        }
        Ok(Run::Finished)
    }
}
