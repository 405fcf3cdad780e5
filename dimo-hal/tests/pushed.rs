//! An update whose payload is pushed in pieces, as a phone does.
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

use device::{Control, Device, Error, NEW, NOW, Store, begin, orders};
use dimo_hal::boot::{BootError, BootReason};
use dimo_hal::key_value::KeyValueError;
use dimo_hal::mock::MockFlashError;
use dimo_hal::update::{Progress, PushError, PushedPayload, UpdateError, Updater, payload_with_proofs};
use dimo_hal::wait;
use release::{CHUNK, Release};

/// A chunk of 256 bytes and its proof of two hashes.
const ROOM: usize = 256 + 2 * 32;
type Pushed = PushedPayload<ROOM>;
type PushResult = Result<Progress, PushError<BootError<MockFlashError>, KeyValueError<MockFlashError>>>;

/// The release, and its payload as it is pushed.
fn release() -> (Release, Vec<u8>) {
    let new = NEW.build();
    let file = payload_with_proofs(&new.image, CHUNK).unwrap();
    (new, file)
}

/// A device that has taken the order to install `new`.
fn ordered<R>(
    device: &mut Device,
    new: &Release,
    act: impl FnOnce(&mut Updater<Store<'_>>, &mut Control<'_>) -> R,
) -> R {
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[new]), &[new]).unwrap();
        act(updater, control)
    })
}

fn push(
    pushed: &mut Pushed,
    updater: &mut Updater<Store<'_>>,
    control: &mut Control<'_>,
    offset: usize,
    bytes: &[u8],
) -> PushResult {
    wait(pushed.push(NOW, u32::try_from(offset).unwrap(), bytes, updater, control))
}

/// Pushes the file from an offset on, in pieces of a length.
fn push_from(
    pushed: &mut Pushed,
    updater: &mut Updater<Store<'_>>,
    control: &mut Control<'_>,
    file: &[u8],
    from: usize,
    len: usize,
) -> PushResult {
    let mut progress = Ok(Progress::More);
    for (piece, number) in file[from..].chunks(len).zip(0..) {
        progress = push(pushed, updater, control, from + number * len, piece);
        if progress.is_err() {
            break;
        }
    }
    progress
}

#[test]
fn pieces_of_any_length_make_the_release() {
    for len in [1, 31, 32, 208, 255, 256, 257, 320, 321, 10_000] {
        let mut device = Device::new();
        let (new, file) = release();
        ordered(&mut device, &new, |updater, control| {
            let mut pushed = Pushed::new();
            let progress = push_from(&mut pushed, updater, control, &file, 0, len);
            assert_eq!(progress, Ok(Progress::Fetched), "pieces of {len}");
            assert_eq!(usize::try_from(pushed.next()), Ok(file.len()));
            wait(updater.stage(control)).unwrap();
        });
        assert_eq!(device.runs(), (6, BootReason::Trial), "pieces of {len}");
        assert_eq!(device.flash.misuses(), 0, "no word was written twice");
    }
}

#[test]
fn after_a_restart_what_is_written_is_passed_over() {
    let mut device = Device::new();
    let (new, file) = release();
    ordered(&mut device, &new, |updater, control| {
        push_from(&mut Pushed::new(), updater, control, &file[..1000], 0, 208).unwrap();
    });
    ordered(&mut device, &new, |updater, control| {
        assert_eq!(updater.wanted().unwrap().index, 2);
        let mut pushed = Pushed::new();
        assert_eq!(push_from(&mut pushed, updater, control, &file, 0, 208), Ok(Progress::Fetched));
        wait(updater.stage(control)).unwrap();
    });
    assert_eq!(device.runs(), (6, BootReason::Trial));
    assert_eq!(device.flash.misuses(), 0, "no word was written twice");
}

#[test]
fn a_piece_that_was_forged_is_not_written_and_the_right_one_may_follow() {
    for at in [0, 40, 100, 319] {
        let mut device = Device::new();
        let (new, file) = release();
        ordered(&mut device, &new, |updater, control| {
            let mut pushed = Pushed::new();
            let mut forged = file[..320].to_vec();
            forged[at] ^= 1;
            push(&mut pushed, updater, control, 0, &file[..at]).unwrap();
            let refused = push(&mut pushed, updater, control, at, &forged[at..]);
            assert!(
                matches!(refused, Err(PushError::Update(UpdateError::Chunk(_)))),
                "byte {at}: {refused:?}"
            );
            assert_eq!((usize::try_from(pushed.next()), updater.wanted().unwrap().index), (Ok(at), 0));
            let progress = push_from(&mut pushed, updater, control, &file, at, 208);
            assert_eq!(progress, Ok(Progress::Fetched), "byte {at}");
            wait(updater.stage(control)).unwrap();
        });
        assert_eq!(device.runs(), (6, BootReason::Trial));
    }
}

#[test]
fn a_gap_is_refused_and_what_was_there_before_is_passed_over() {
    let mut device = Device::new();
    let (new, file) = release();
    ordered(&mut device, &new, |updater, control| {
        let mut pushed = Pushed::new();
        push(&mut pushed, updater, control, 0, &file[..500]).unwrap();
        assert_eq!(push(&mut pushed, updater, control, 501, &file[501..]), Err(PushError::Gap { next: 500 }));
        assert_eq!(push(&mut pushed, updater, control, 100, &file[100..300]), Ok(Progress::More));
        assert_eq!(pushed.next(), 500);
        assert_eq!(push(&mut pushed, updater, control, 100, &file[100..]), Ok(Progress::Fetched));
        wait(updater.stage(control)).unwrap();
    });
    assert_eq!(device.runs(), (6, BootReason::Trial));
}

#[test]
fn a_low_battery_refuses_a_piece_that_may_come_again() {
    let mut device = Device::new();
    let (new, file) = release();
    ordered(&mut device, &new, |updater, control| {
        let mut pushed = Pushed::new();
        push(&mut pushed, updater, control, 0, &file[..600]).unwrap();
        updater.handle_battery(9_000);
        let low = push(&mut pushed, updater, control, 600, &file[600..]);
        assert!(matches!(low, Err(PushError::Update(UpdateError::Voltage { .. }))), "{low:?}");
        updater.handle_battery(12_800);
        assert_eq!(push(&mut pushed, updater, control, 600, &file[600..]), Ok(Progress::Fetched));
    });
}

#[test]
fn a_chunk_that_is_wanted_again_has_the_payload_begin_anew() {
    let mut device = Device::new();
    let (new, file) = release();
    let root = device.roots.0.clone();
    ordered(&mut device, &new, |updater, control| {
        let mut pushed = Pushed::new();
        push(&mut pushed, updater, control, 0, &file[..400]).unwrap();
        assert_eq!(updater.wanted().unwrap().index, 1);
        // The order once more: fetching goes on at the page that was noted, which is the first.
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        assert_eq!(updater.wanted().unwrap().index, 0);
        let earlier = push(&mut pushed, updater, control, 400, &file[400..]);
        assert_eq!(earlier, Err(PushError::Earlier { index: 0 }));
        pushed.restart();
        assert_eq!(push(&mut pushed, updater, control, 0, &file), Ok(Progress::Fetched));
        wait(updater.stage(control)).unwrap();
    });
    assert_eq!(device.runs(), (6, BootReason::Trial));
}

#[test]
fn without_room_for_a_chunk_and_its_proof_nothing_is_taken() {
    let mut device = Device::new();
    let (new, file) = release();
    ordered(&mut device, &new, |updater, control| {
        let mut small = PushedPayload::<{ ROOM - 1 }>::new();
        let refused = wait(small.push(NOW, 0, &file, updater, control));
        assert_eq!(refused, Err(PushError::Room { needed: ROOM }));
        assert_eq!(small.next(), 0);
    });
}

#[test]
fn without_an_order_nothing_is_taken() {
    let mut device = Device::new();
    let (_, file) = release();
    device.with(|updater, control| {
        let refused: Result<Progress, PushError<_, _>> = push(&mut Pushed::new(), updater, control, 0, &file);
        let not_now: Error = UpdateError::NotNow;
        assert_eq!(refused, Err(PushError::Update(not_now)));
    });
}
