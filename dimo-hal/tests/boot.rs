//! The boot loader: what it starts, and every attack on what it starts.
#![cfg(all(feature = "boot", feature = "dev", feature = "alloc"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

#[path = "util/release.rs"]
mod release;

use dimo_crypto::manifest::{ClassId, ImageError, ReleaseRefusal};
use dimo_hal::boot::{
    BootError, BootFlash, BootLayout, BootReason, BootSlot, ConfirmToken, SecurityCounter, Started,
};
use dimo_hal::flash::BlockingFlash;
use dimo_hal::mock::{MockFlash, MockFlashError, Supply};
use dimo_hal::wait;
use release::{PAGES, Plan, Release, layout, root, verifier};

type Flash = MockFlash<4, 512>;
type Error = BootError<MockFlashError>;

/// A counter that is always there.
#[derive(Debug, Default)]
struct Counter(u64);

impl SecurityCounter for Counter {
    type Error = core::convert::Infallible;

    async fn get(&mut self) -> Result<u64, Self::Error> {
        Ok(self.0)
    }

    async fn raise_to(&mut self, at_least: u64) -> Result<(), Self::Error> {
        self.0 = self.0.max(at_least);
        Ok(())
    }
}

struct Device {
    flash: Flash,
    counter: Counter,
    roots: (Vec<u8>, Option<Vec<u8>>),
}

impl Device {
    /// From the factory: release 5 in slot A, confirmed.
    fn new() -> Self {
        let flash = Flash::new(PAGES, &Supply::new(0));
        let mut device = Self { flash, counter: Counter(0), roots: (root(0, 0), None) };
        device.put(BootSlot::A, &Plan::new(BootSlot::A, 5).build(), BootSlot::B, 1).unwrap();
        assert_eq!(device.start().unwrap().reason, BootReason::Trial);
        device.confirm(BootSlot::A).unwrap();
        device
    }

    fn boot(&mut self) -> BootFlash<BlockingFlash<&mut Flash>> {
        BootFlash::new(BlockingFlash(&mut self.flash), layout()).unwrap()
    }

    fn start(&mut self) -> Result<Started, Error> {
        let roots = self.roots.clone();
        let verifier = verifier(&roots.0, roots.1.as_deref());
        let mut boot = BootFlash::new(BlockingFlash(&mut self.flash), layout()).unwrap();
        wait(boot.start(&verifier, &mut self.counter))
    }

    fn put(&mut self, slot: BootSlot, release: &Release, running: BootSlot, starts: u8) -> Result<(), Error> {
        let roots = self.roots.clone();
        let verifier = verifier(&roots.0, roots.1.as_deref());
        let mut boot = BootFlash::new(BlockingFlash(&mut self.flash), layout()).unwrap();
        wait(boot.prepare(slot, running, &release.signed))?;
        wait(boot.write(slot, 0, &release.image))?;
        wait(boot.stage(slot, starts, &verifier, &mut self.counter)).map(drop)
    }

    fn confirm(&mut self, slot: BootSlot) -> Result<(), Error> {
        let roots = self.roots.clone();
        let verifier = verifier(&roots.0, roots.1.as_deref());
        let mut boot = BootFlash::new(BlockingFlash(&mut self.flash), layout()).unwrap();
        wait(boot.confirm(ConfirmToken::after_self_test(slot), &verifier, &mut self.counter))
    }

    fn update(&mut self, plan: Plan) -> Result<(), Error> {
        self.put(BootSlot::B, &plan.build(), BootSlot::A, 2)
    }

    fn runs(&mut self) -> (BootSlot, u64, BootReason) {
        let started = self.start().unwrap();
        (started.slot, started.image.seq(), started.reason)
    }
}

const NEXT: Plan = Plan::new(BootSlot::B, 6);

#[test]
fn an_update_is_tried_confirmed_and_stays() {
    let mut device = Device::new();
    device.update(NEXT).unwrap();
    assert_eq!(device.runs(), (BootSlot::B, 6, BootReason::Trial));
    assert_eq!(device.counter.0, 5);
    device.confirm(BootSlot::B).unwrap();
    assert_eq!(device.counter.0, 6);
    assert_eq!(device.runs(), (BootSlot::B, 6, BootReason::Confirmed));
}

#[test]
fn an_update_that_is_never_confirmed_is_taken_back_after_its_starts() {
    let mut device = Device::new();
    device.update(NEXT).unwrap();
    assert_eq!(device.runs().2, BootReason::Trial);
    assert_eq!(device.runs().2, BootReason::Trial);
    assert_eq!(device.runs(), (BootSlot::A, 5, BootReason::TrialExhausted));
    assert_eq!(device.runs(), (BootSlot::A, 5, BootReason::TrialExhausted));
    assert_eq!(device.counter.0, 5);
}

#[test]
fn an_application_takes_its_update_back_and_says_so() {
    let mut device = Device::new();
    device.update(NEXT).unwrap();
    device.start().unwrap();
    wait(device.boot().take_back()).unwrap();
    assert_eq!(device.runs(), (BootSlot::A, 5, BootReason::TakenBack));
}

#[test]
fn arbitrary_software_without_a_signature_is_refused() {
    let mut device = Device::new();
    let mut release = NEXT.build();
    release.image[10] ^= 1;
    assert_eq!(device.put(BootSlot::B, &release, BootSlot::A, 2), Err(BootError::Image(ImageError::Hash)));
    let by_the_director = Plan { role: 3, ..NEXT };
    assert!(matches!(device.update(by_the_director), Err(BootError::Release(ReleaseRefusal::Signatures(_)))));
    assert_eq!(device.runs(), (BootSlot::A, 5, BootReason::Confirmed));
}

#[test]
fn a_manifest_with_a_bit_changed_is_refused() {
    let release = NEXT.build();
    for place in (0..release.signed.len()).step_by(7) {
        let mut device = Device::new();
        let mut signed = release.signed.clone();
        signed[place] ^= 4;
        let changed = Release { image: release.image.clone(), signed };
        assert!(device.put(BootSlot::B, &changed, BootSlot::A, 2).is_err(), "byte {place}");
        assert_eq!(device.runs().0, BootSlot::A);
    }
}

#[test]
fn rollback_to_a_lower_number_is_refused_and_to_the_same_is_not() {
    let mut device = Device::new();
    let older = device.update(Plan::new(BootSlot::B, 4));
    assert!(matches!(older, Err(BootError::Release(ReleaseRefusal::Rollback { least: 5, seq: 4 }))));
    device.update(Plan::new(BootSlot::B, 5)).unwrap();
}

#[test]
fn an_older_image_that_was_left_in_its_slot_is_not_started_again() {
    let mut device = Device::new();
    device.update(NEXT).unwrap();
    device.start().unwrap();
    device.confirm(BootSlot::B).unwrap();
    // The confirmed one rots; the one before is sound, signed, and too old.
    device.flash.cells_mut()[1024] ^= 1;
    assert!(matches!(device.start(), Err(BootError::Release(ReleaseRefusal::Rollback { .. }))));
}

#[test]
fn fast_forward_of_the_number_is_refused() {
    let mut device = Device::new();
    let far = device.update(Plan::new(BootSlot::B, 5_000_000));
    assert!(matches!(far, Err(BootError::Release(ReleaseRefusal::FastForward { .. }))));
}

#[test]
fn the_wrong_hardware_and_the_wrong_slot_are_refused() {
    let mut device = Device::new();
    let elsewhere = device.update(Plan { class: ClassId([7; 16]), ..NEXT });
    assert!(matches!(elsewhere, Err(BootError::Release(ReleaseRefusal::Class { .. }))));
    let linked_for_a = Plan::new(BootSlot::A, 6);
    assert_eq!(device.update(linked_for_a), Err(BootError::Slot));
}

#[test]
fn a_tampered_image_is_not_started_although_it_was_staged() {
    let mut device = Device::new();
    device.update(NEXT).unwrap();
    device.flash.cells_mut()[1024 + 500] ^= 1;
    assert_eq!(device.runs(), (BootSlot::A, 5, BootReason::TrialRefused));
}

#[test]
fn a_confirmed_image_that_rots_gives_way_to_the_other_sound_one() {
    let mut device = Device::new();
    device.update(Plan::new(BootSlot::B, 5)).unwrap();
    device.start().unwrap();
    device.flash.cells_mut()[100] ^= 1;
    device.start().unwrap();
    assert_eq!(device.runs(), (BootSlot::B, 5, BootReason::ConfirmedRefused));
}

#[test]
fn nothing_starts_where_nothing_is_sound() {
    let mut device = Device::new();
    device.flash.cells_mut()[100] ^= 1;
    assert_eq!(device.start(), Err(BootError::NoManifest));
}

#[test]
fn after_a_rotation_the_image_of_the_epoch_before_still_starts_and_of_an_older_one_does_not() {
    let mut device = Device::new();
    device.roots = (root(1, 0), Some(root(0, 0)));
    assert_eq!(device.runs().0, BootSlot::A);
    let old_keys = device.update(NEXT);
    assert_eq!(old_keys, Ok(()), "the epoch before");
    device.roots = (root(2, 0), Some(root(1, 0)));
    assert_eq!(device.start(), Err(BootError::Epoch { epoch: 0 }));
}

#[test]
fn the_floor_of_the_current_root_holds_for_images_of_the_epoch_before() {
    let mut device = Device::new();
    device.roots = (root(1, 6), Some(root(0, 0)));
    assert!(device.start().is_err());
}

#[test]
fn the_confirmed_slot_and_the_running_one_are_not_written_over() {
    let mut device = Device::new();
    assert_eq!(wait(device.boot().prepare(BootSlot::A, BootSlot::B, &[])), Err(BootError::SlotInUse));
    assert_eq!(wait(device.boot().prepare(BootSlot::B, BootSlot::B, &[])), Err(BootError::SlotInUse));
}

#[test]
fn only_what_is_on_trial_or_confirmed_is_confirmed() {
    let mut device = Device::new();
    assert_eq!(device.confirm(BootSlot::B), Err(BootError::NothingToConfirm));
    assert_eq!(device.confirm(BootSlot::A), Ok(()));
}

#[test]
fn an_image_longer_than_its_slot_is_not_written() {
    let mut device = Device::new();
    wait(device.boot().prepare(BootSlot::B, BootSlot::A, &[])).unwrap();
    assert_eq!(wait(device.boot().write(BootSlot::B, 1020, &[0; 8])), Err(BootError::Layout));
}

#[test]
fn a_layout_whose_parts_overlap_or_end_within_a_page_is_refused() {
    let wrong = [
        BootLayout { images: [0..1024, 512..1536], ..layout() },
        BootLayout { images: [0..1000, 1024..2048], ..layout() },
        BootLayout { manifests: [2048..2560, 4096..6144], ..layout() },
        BootLayout { record: 6144..1 << 20, ..layout() },
    ];
    for layout in wrong {
        let flash = Flash::new(PAGES, &Supply::new(0));
        assert!(matches!(BootFlash::new(BlockingFlash(flash), layout), Err(BootError::Layout)));
    }
}
