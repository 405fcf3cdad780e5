//! An update, from the order to the confirmation, and everything that may come between.
#![cfg(all(feature = "boot", feature = "dev", feature = "alloc"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

#[path = "util/device.rs"]
mod device;
#[path = "util/release.rs"]
mod release;

use core::time::Duration;

use device::{Device, NEW, NOW, OLD, POLICY, begin, chunk, fetch, orders};
use dimo_hal::boot::{BootReason, BootSlot};
use dimo_hal::clock::InSleep;
use dimo_hal::mock::{CutModel, MockMonotonic, Supply};
use dimo_hal::update::{
    Begun, FetchError, PayloadReader, PayloadReaderError, Progress, UpdateError, UpdateEvent, UpdatePolicy,
    fetch as fetch_from, payload_with_proofs,
};
use dimo_hal::{BootControl as _, wait};
use release::{CHUNK, Orders, Plan};

#[test]
fn an_ordered_release_is_fetched_tried_confirmed_and_counted() {
    let mut device = Device::new();
    let new = NEW.build();
    device.install(&orders(1, &[&new]), &[&new]).unwrap();
    assert_eq!(device.runs(), (6, BootReason::Trial));
    assert_eq!(device.counter.0, 5);
    device.confirm().unwrap();
    assert_eq!(device.counter.0, 6);
    assert_eq!(device.runs(), (6, BootReason::Confirmed));
    assert_eq!(device.flash.misuses() + device.store.misuses(), 0);
}

#[test]
fn the_chunks_come_from_any_source_of_bytes() {
    let mut device = Device::new();
    let new = NEW.build();
    let file = payload_with_proofs(&new.image, CHUNK).unwrap();
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        let mut source = PayloadReader::new(Seeking { bytes: &file, at: 0 });
        let clock = MockMonotonic::new(InSleep::Counts);
        let short = wait(fetch_from(updater, &mut source, control, &clock, &mut [0; 64]));
        assert_eq!(short, Err(FetchError::Source(PayloadReaderError::Buffer)));
        wait(fetch_from(updater, &mut source, control, &clock, &mut [0; 512])).unwrap();
        wait(updater.stage(control)).unwrap();
    });
    assert_eq!(device.runs(), (6, BootReason::Trial));
}

#[test]
fn a_file_that_ends_early_leaves_what_was_fetched() {
    let mut device = Device::new();
    let new = NEW.build();
    let file = payload_with_proofs(&new.image, CHUNK).unwrap();
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        let mut source = PayloadReader::new(Seeking { bytes: &file[..file.len() / 2], at: 0 });
        let clock = MockMonotonic::new(InSleep::Counts);
        let ended = wait(fetch_from(updater, &mut source, control, &clock, &mut [0; 512]));
        assert_eq!(ended, Err(FetchError::Source(PayloadReaderError::End)));
        assert_eq!(updater.wanted().unwrap().index, 2);
    });
}

#[test]
fn after_a_restart_fetching_goes_on_at_the_page_that_was_noted() {
    let mut device = Device::new();
    let new = NEW.build();
    let directive = orders(1, &[&new]);
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &directive, &[&new]).unwrap();
        fetch(updater, control, &new, 3).unwrap();
    });
    device.with(|updater, control| {
        assert_eq!(updater.wanted(), None, "nothing goes on without the order");
        assert_eq!(begin(updater, control, &root, &directive, &[&new]), Ok(Begun::Fetching));
        assert_eq!(updater.wanted().unwrap().index, 2);
        fetch(updater, control, &new, 9).unwrap();
        wait(updater.stage(control)).unwrap();
    });
    assert_eq!(device.runs(), (6, BootReason::Trial));
    assert_eq!(device.flash.misuses(), 0, "no word was written twice");
}

#[test]
fn what_runs_already_is_not_fetched_but_its_directive_counts() {
    let mut device = Device::new();
    let (old, new) = (OLD.build(), NEW.build());
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        let begun = begin(updater, control, &root, &orders(9, &[&old]), &[&old]);
        assert_eq!(begun, Ok(Begun::AlreadyRuns));
        assert_eq!(updater.wanted(), None);
    });
    assert!(matches!(device.install(&orders(8, &[&new]), &[&new]), Err(UpdateError::Refused(_))));
}

#[test]
fn a_group_is_ordered_the_images_of_both_slots_and_each_device_takes_its_own() {
    let mut device = Device::new();
    let (for_a, for_b) = (Plan::new(BootSlot::A, 6).build(), NEW.build());
    let directive = orders(1, &[&for_a, &for_b]);
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &directive, &[&for_a, &for_b]).unwrap();
        fetch(updater, control, &for_b, 9).unwrap();
        wait(updater.stage(control)).unwrap();
    });
    assert_eq!(device.runs(), (6, BootReason::Trial));
    device.confirm().unwrap();
    // It runs from B now, and the next one goes to A.
    let (for_a, for_b) = (Plan::new(BootSlot::A, 7).build(), Plan::new(BootSlot::B, 7).build());
    device.install(&orders(2, &[&for_a, &for_b]), &[&for_a, &for_b]).unwrap();
    assert_eq!(device.runs(), (7, BootReason::Trial));
    assert_eq!(device.running, BootSlot::A);
}

#[test]
fn a_release_that_was_taken_back_is_tried_again_on_a_new_directive_only() {
    let mut device = Device::new();
    let new = NEW.build();
    let directive = orders(1, &[&new]);
    device.install(&directive, &[&new]).unwrap();
    for _ in 0..POLICY.starts {
        assert_eq!(device.runs(), (6, BootReason::Trial));
    }
    assert_eq!(device.runs(), (5, BootReason::TrialExhausted));
    let again = device.install(&directive, &[&new]);
    assert_eq!(again, Err(UpdateError::TakenBack { reason: BootReason::TrialExhausted }));
    device.install(&orders(2, &[&new]), &[&new]).unwrap();
    assert_eq!(device.runs(), (6, BootReason::Trial));
}

#[test]
fn nothing_is_installed_from_an_image_that_is_on_trial_itself() {
    let mut device = Device::new();
    let new = NEW.build();
    device.install(&orders(1, &[&new]), &[&new]).unwrap();
    device.restart();
    let next = Plan::new(BootSlot::A, 7).build();
    assert_eq!(device.install(&orders(2, &[&next]), &[&next]), Err(UpdateError::OnTrial));
}

#[test]
fn an_application_takes_back_what_it_is_not_happy_with() {
    let mut device = Device::new();
    let new = NEW.build();
    device.install(&orders(1, &[&new]), &[&new]).unwrap();
    device.restart();
    device.with(|_, control| wait(control.take_back())).unwrap();
    assert_eq!(device.runs(), (5, BootReason::TakenBack));
}

#[test]
fn below_the_voltage_and_without_knowing_it_nothing_begins_and_nothing_is_written() {
    let mut device = Device::new();
    let new = NEW.build();
    let before = device.cells();
    for mv in [None, Some(12_299)] {
        device.mv = mv;
        let low = device.install(&orders(1, &[&new]), &[&new]);
        assert_eq!(low, Err(UpdateError::Voltage { mv, least_mv: 12_300 }));
    }
    assert_eq!(device.cells(), before);
    device.policy = UpdatePolicy { least_mv: 0, ..POLICY };
    device.mv = None;
    device.install(&orders(1, &[&new]), &[&new]).unwrap();
}

#[test]
fn a_voltage_that_drops_stops_the_next_chunk_and_not_what_was_fetched() {
    let mut device = Device::new();
    let new = NEW.build();
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        fetch(updater, control, &new, 1).unwrap();
        updater.handle_battery(11_900);
        assert!(matches!(fetch(updater, control, &new, 1), Err(UpdateError::Voltage { .. })));
        updater.handle_battery(12_900);
        assert_eq!(updater.wanted().unwrap().index, 1);
        fetch(updater, control, &new, 9).unwrap();
        updater.handle_battery(11_900);
        assert!(matches!(wait(updater.stage(control)), Err(UpdateError::Voltage { .. })));
    });
}

#[test]
fn another_chunk_than_the_wanted_one_is_handed_back() {
    let mut device = Device::new();
    let new = NEW.build();
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        let first = updater.wanted().unwrap();
        assert_eq!(chunk(updater, control, &new.image, &first), Ok(Progress::More));
        let twice = chunk(updater, control, &new.image, &first);
        assert_eq!(twice, Err(UpdateError::OtherChunkWanted { wanted: 1 }));
        assert_eq!(wait(updater.stage(control)), Err(UpdateError::NotNow));
    });
}

#[test]
fn an_image_that_rotted_in_flash_is_fetched_anew() {
    let mut device = Device::new();
    let new = NEW.build();
    let directive = orders(1, &[&new]);
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &directive, &[&new]).unwrap();
        fetch(updater, control, &new, 9).unwrap();
    });
    device.flash.cells_mut()[1024 + 300] ^= 1;
    device.with(|updater, control| {
        begin(updater, control, &root, &directive, &[&new]).unwrap();
        assert!(matches!(wait(updater.stage(control)), Err(UpdateError::Boot(_))));
        assert_eq!(updater.wanted().unwrap().index, 0);
        fetch(updater, control, &new, 9).unwrap();
        wait(updater.stage(control)).unwrap();
    });
    assert_eq!(device.runs(), (6, BootReason::Trial));
    assert_eq!(device.flash.misuses(), 0);
}

#[test]
fn a_slow_source_is_left_and_another_one_goes_on() {
    let mut device = Device::new();
    let new = NEW.build();
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        fetch(updater, control, &new, 1).unwrap();
        let timer = updater.poll_timeout().unwrap();
        assert_eq!(timer, NOW.after(Duration::from_secs(60)));
        assert_eq!(updater.poll(timer), Some(UpdateEvent::TooSlow));
        assert_eq!(updater.poll(timer), None, "said once");
        assert_eq!((updater.wanted(), updater.poll_timeout()), (None, None));
        updater.go_on(timer);
        assert_eq!(updater.wanted().unwrap().index, 1);
    });
}

#[test]
fn what_was_given_up_is_not_wanted_and_may_be_ordered_again() {
    let mut device = Device::new();
    let new = NEW.build();
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        fetch(updater, control, &new, 3).unwrap();
        wait(updater.abandon()).unwrap();
        assert_eq!(updater.wanted(), None);
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        assert_eq!(updater.wanted().unwrap().index, 0);
    });
}

#[test]
fn a_newer_directive_takes_the_place_of_what_is_being_fetched() {
    let mut device = Device::new();
    let (six, seven) = (NEW.build(), Plan::new(BootSlot::B, 7).build());
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&six]), &[&six]).unwrap();
        fetch(updater, control, &six, 3).unwrap();
        begin(updater, control, &root, &Orders::new(2).of(&[&seven]), &[&seven]).unwrap();
        assert_eq!(updater.wanted().unwrap().index, 0);
        fetch(updater, control, &seven, 9).unwrap();
        wait(updater.stage(control)).unwrap();
    });
    assert_eq!(device.runs(), (7, BootReason::Trial));
    assert_eq!(device.flash.misuses(), 0);
}

#[test]
fn a_write_that_fails_costs_the_page_and_nothing_else() {
    let supply = Supply::new(0);
    let new = NEW.build();
    let mut device = Device::on(&supply);
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        fetch(updater, control, &new, 1).unwrap();
        // In the middle of the second chunk of the first page.
        supply.cut_after(20, CutModel::TornPrefix);
        assert!(matches!(fetch(updater, control, &new, 1), Err(UpdateError::Boot(_))));
        supply.restore();
        assert_eq!(updater.wanted().unwrap().index, 0);
        fetch(updater, control, &new, 9).unwrap();
        wait(updater.stage(control)).unwrap();
    });
    assert_eq!(device.runs(), (6, BootReason::Trial));
    assert_eq!(device.flash.misuses(), 0);
}

/// Bytes that are read from any place.
struct Seeking<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl embedded_io_async::ErrorType for Seeking<'_> {
    type Error = core::convert::Infallible;
}

impl embedded_io_async::Read for Seeking<'_> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        let len = rest.len().min(buffer.len()).min(100);
        buffer[..len].copy_from_slice(&rest[..len]);
        self.at += len;
        Ok(len)
    }
}

impl embedded_io_async::Seek for Seeking<'_> {
    async fn seek(&mut self, to: embedded_io_async::SeekFrom) -> Result<u64, Self::Error> {
        let embedded_io_async::SeekFrom::Start(at) = to else { panic!("from the start") };
        self.at = usize::try_from(at).unwrap();
        Ok(at)
    }
}
