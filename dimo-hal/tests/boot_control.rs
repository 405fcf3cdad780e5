//! The suite of boot controls, on both of ours and on others with one thing wrong.
#![cfg(all(feature = "boot", feature = "dev", feature = "alloc"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]

#[path = "util/device.rs"]
mod device;
#[path = "util/release.rs"]
mod release;

use device::{Device, NEW};
use dimo_hal::blocking;
use dimo_hal::boot::{BootSlot, BootState, ConfirmToken};
use dimo_hal::boot_control::{ErrorKind, ErrorType, ImagePiece, Running};
use dimo_hal::conformance::{BootControlViolation as Violation, check_boot_control};
use dimo_hal::mock::{MockBootControl, MockBootError};
use dimo_hal::{BlockingAsync, wait};

#[test]
fn slots_in_flash_and_in_memory_keep_the_contract() {
    let new = NEW.build();
    Device::new().with(|_, control| wait(check_boot_control(control, &new.signed, &new.image))).unwrap();
    let mut mock = BlockingAsync::new(MockBootControl::new(1024, 5));
    wait(check_boot_control(&mut mock, &new.signed, &new.image)).unwrap();
}

#[test]
fn an_image_in_memory_is_tried_confirmed_or_taken_back() {
    use blocking::BootControl as _;
    let new = NEW.build();
    let mut boot = MockBootControl::new(1024, 5);
    boot.prepare(BootSlot::B, &new.signed).unwrap();
    boot.image_mut(BootSlot::B)[..new.image.len()].copy_from_slice(&new.image);
    boot.stage(BootSlot::B, 1).unwrap();
    assert_eq!((boot.restart(), boot.restart()), (BootSlot::B, BootSlot::A));
    boot.stage(BootSlot::B, 1).unwrap();
    boot.restart();
    boot.confirm(ConfirmToken::after_self_test(BootSlot::B)).unwrap();
    assert_eq!((boot.restart(), boot.running().unwrap().least_seq), (BootSlot::B, 6));
    assert_eq!(boot.stage(BootSlot::A, 1), Err(MockBootError(ErrorKind::Image)));
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    PreparesAnything,
    WritesAnywhere,
    StagesAnything,
    ReadsZeros,
    ConfirmsAnything,
    HidesTheTrial,
    KeepsTheTrial,
}

struct Bad {
    inner: MockBootControl,
    wrong: Wrong,
    new: release::Release,
}

impl ErrorType for Bad {
    type Error = MockBootError;
}

impl blocking::BootControl for Bad {
    fn page_len(&self) -> u32 {
        self.inner.page_len()
    }

    fn running(&mut self) -> Result<Running, MockBootError> {
        self.inner.running()
    }

    fn state(&mut self) -> Result<BootState, MockBootError> {
        let mut state = self.inner.state()?;
        if self.wrong == Wrong::HidesTheTrial {
            state.trial = None;
        }
        Ok(state)
    }

    fn prepare(&mut self, slot: BootSlot, signed: &[u8]) -> Result<(), MockBootError> {
        let prepared = self.inner.prepare(slot, signed);
        if self.wrong == Wrong::PreparesAnything { Ok(()) } else { prepared }
    }

    fn write(&mut self, slot: BootSlot, piece: ImagePiece<'_>) -> Result<(), MockBootError> {
        let written = self.inner.write(slot, piece);
        if self.wrong == Wrong::WritesAnywhere { Ok(()) } else { written }
    }

    fn read(&mut self, slot: BootSlot, offset: u32, bytes: &mut [u8]) -> Result<(), MockBootError> {
        let read = self.inner.read(slot, offset, bytes);
        if self.wrong == Wrong::ReadsZeros {
            bytes.fill(0);
        }
        read
    }

    fn stage(&mut self, slot: BootSlot, starts: u8) -> Result<(), MockBootError> {
        if self.wrong == Wrong::StagesAnything {
            self.inner.image_mut(slot)[..self.new.image.len()].copy_from_slice(&self.new.image);
        }
        self.inner.stage(slot, starts)
    }

    fn confirm(&mut self, token: ConfirmToken) -> Result<(), MockBootError> {
        let confirmed = self.inner.confirm(token);
        if self.wrong == Wrong::ConfirmsAnything { Ok(()) } else { confirmed }
    }

    fn take_back(&mut self) -> Result<(), MockBootError> {
        if self.wrong == Wrong::KeepsTheTrial { Ok(()) } else { self.inner.take_back() }
    }
}

#[test]
fn the_suite_finds_each_thing_that_is_wrong() {
    let expected = [
        (Wrong::PreparesAnything, Violation::WritesOverWhatRuns),
        (Wrong::WritesAnywhere, Violation::WritesBeyondTheSlot),
        (Wrong::StagesAnything, Violation::StagesAnotherImage),
        (Wrong::ReadsZeros, Violation::ReadsOtherwise),
        (Wrong::ConfirmsAnything, Violation::ConfirmsWhatIsNotTried),
        (Wrong::HidesTheTrial, Violation::DoesNotSayWhatItTries),
        (Wrong::KeepsTheTrial, Violation::DoesNotTakeBack),
    ];
    for (wrong, violation) in expected {
        let new = NEW.build();
        let bad = Bad { inner: MockBootControl::new(1024, 5), wrong, new: new.clone() };
        let found = wait(check_boot_control(&mut BlockingAsync::new(bad), &new.signed, &new.image));
        assert_eq!(found, Err(violation), "{wrong:?}");
    }
}
