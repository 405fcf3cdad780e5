//! Deltas: round trips, hostile ones, and updates that are deltas.
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

use device::{Device, NEW, OLD, begin, orders};
use dimo_crypto::manifest::{Dependencies, ImageHash, Manifest, chunk_root};
use dimo_hal::boot::BootReason;
use dimo_hal::delta::{DeltaApplier, DeltaError, DeltaTarget, encode};
use dimo_hal::mock::{CutModel, Supply};
use dimo_hal::update::UpdateError;
use dimo_hal::wait;
use proptest::prelude::*;
use release::{CHUNK, Release};

struct Memory<'b> {
    base: &'b [u8],
    image: Vec<u8>,
}

#[derive(Debug, PartialEq)]
struct BeyondBase;

impl DeltaTarget for Memory<'_> {
    type Error = BeyondBase;

    async fn read_base(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), BeyondBase> {
        let base = self.base.get(usize::try_from(offset).unwrap()..).and_then(|base| base.get(..bytes.len()));
        bytes.copy_from_slice(base.ok_or(BeyondBase)?);
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), BeyondBase> {
        assert!(!bytes.is_empty() && bytes.len() <= 64);
        self.image.extend(bytes);
        Ok(())
    }
}

/// The delta in pieces of so many bytes.
fn apply(
    base: &[u8],
    delta: &[u8],
    image_len: usize,
    piece: usize,
) -> Result<Vec<u8>, DeltaError<BeyondBase>> {
    let mut memory = Memory { base, image: vec![] };
    let mut applier = DeltaApplier::new(u32::try_from(image_len).unwrap());
    for piece in delta.chunks(piece) {
        wait(applier.push(piece, &mut memory))?;
        assert!(memory.image.len() <= image_len);
    }
    applier.finish()?;
    Ok(memory.image)
}

/// Pseudo-random code: words of which many repeat.
fn firmware(len: usize, mut seed: u32) -> Vec<u8> {
    let mut out = vec![];
    while out.len() < len {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let word = if seed >> 30 == 0 { seed & 0xFFF } else { seed };
        out.extend(word.to_le_bytes());
    }
    out.truncate(len);
    out
}

#[test]
fn a_function_that_grew_and_the_calls_over_it_cost_a_few_bytes_each() {
    let old = firmware(100_000, 1);
    // 40 bytes more in the middle, and 200 calls whose distance is another.
    let mut new = [&old[..50_000], &firmware(40, 2), &old[50_000..]].concat();
    for call in 0..200 {
        let place = call * 500 + 17;
        new[place] = new[place].wrapping_add(40);
    }
    let delta = encode(&old, &new);
    assert!(delta.len() < 200 * 5 + 100, "{} bytes", delta.len());
    for piece in [1, 7, 64, 4096, delta.len()] {
        assert_eq!(apply(&old, &delta, new.len(), piece).unwrap(), new);
    }
}

#[test]
fn nothing_in_common_costs_little_more_than_the_image() {
    let (old, new) = (firmware(5_000, 1), firmware(6_000, 99));
    let delta = encode(&old, &new);
    assert!(delta.len() < new.len() + 100);
    assert_eq!(apply(&old, &delta, new.len(), 100).unwrap(), new);
    assert_eq!(apply(&[], &encode(&[], &new), new.len(), 100).unwrap(), new);
    assert!(encode(&new, &new).len() < 16);
}

#[test]
fn each_thing_that_is_wrong_has_its_error() {
    let base = [5; 100];
    let of = |bytes: &[u8]| apply(&base, &[b"DFD1", bytes].concat(), 10, 3).unwrap_err();
    assert_eq!(apply(&base, b"DFD2", 10, 4), Err(DeltaError::Head));
    assert_eq!(of(&[11]), DeltaError::Length { delta: 11, image: 10 });
    assert_eq!(of(&[0x80, 0x80, 0x80, 0x80, 0x80, 0]), DeltaError::Number);
    assert_eq!(of(&[0xFF, 0xFF, 0xFF, 0xFF, 0x7F]), DeltaError::Number);
    assert_eq!(of(&[10, 11]), DeltaError::BeyondImage);
    assert_eq!(of(&[10, 0, 11]), DeltaError::BeyondImage);
    assert_eq!(of(&[10, 0, 5, 0, 6]), DeltaError::BeyondImage);
    assert_eq!(of(&[10, 0, 5, 0, 0, 6]), DeltaError::BeyondImage);
    assert_eq!(of(&[10, 0, 0]), DeltaError::Empty);
    assert_eq!(of(&[10, 0, 5, 0, 0, 0]), DeltaError::Empty);
    assert_eq!(of(&[10, 0, 5, 1]), DeltaError::BeforeBase);
    assert_eq!(of(&[10, 0, 5, 0xC8, 1, 5]), DeltaError::Target(BeyondBase));
    assert_eq!(of(&[10, 2, 1, 1]), DeltaError::Truncated { left: 8 });
    assert_eq!(of(&[10, 0, 10, 0, 10, 0]), DeltaError::TrailingBytes);
    assert_eq!(
        apply(&base, &[b"DFD1", &[10, 0, 10, 2, 9, 1, 3][..]].concat(), 10, 2).unwrap(),
        [5, 5, 5, 5, 5, 5, 5, 5, 5, 8]
    );
}

/// A release whose payload is the delta from the old one.
fn delta_release(delta: &[u8], image: &[u8]) -> (Release, Vec<u8>) {
    let manifest = Manifest {
        payload_len: u32::try_from(delta.len()).unwrap(),
        chunk_root: chunk_root(delta, CHUNK).unwrap(),
        delta_base: Some(ImageHash::of(&OLD.image())),
        dependencies: Dependencies::NONE,
        ..NEW.manifest(image)
    };
    (Release { signed: NEW.sign(&manifest), image: image.to_vec() }, delta.to_vec())
}

/// Fetches as many chunks of the payload as are wanted.
fn fetch(device: &mut Device, release: &Release, payload: &[u8], chunks: u32) -> Result<(), device::Error> {
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[release]), &[release])?;
        for _ in 0..chunks {
            let Some(wanted) = updater.wanted() else { break };
            let _ = device::chunk(updater, control, payload, &wanted)?;
        }
        if updater.wanted().is_none() { wait(updater.stage(control)) } else { Ok(()) }
    })
}

/// An image that has parts of the old one in other places, and enough of its own for several chunks.
fn moved() -> Vec<u8> {
    let old = OLD.image();
    [&old[300..640], &firmware(420, 3), &old[100..240]].concat()
}

#[test]
fn a_delta_is_fetched_applied_tried_and_confirmed() {
    let image = moved();
    let delta = encode(&OLD.image(), &image);
    assert!((300..700).contains(&delta.len()), "{} bytes", delta.len());
    let (release, payload) = delta_release(&delta, &image);
    let mut device = Device::new();
    fetch(&mut device, &release, &payload, 99).unwrap();
    assert_eq!(device.runs(), (6, BootReason::Trial));
    device.confirm().unwrap();
    assert_eq!(&device.flash.cells()[1024..1024 + image.len()], image);
    assert_eq!(device.flash.misuses(), 0);
}

#[test]
fn a_delta_that_was_interrupted_begins_anew() {
    let image = moved();
    let (release, payload) = delta_release(&encode(&OLD.image(), &image), &image);
    let mut device = Device::new();
    fetch(&mut device, &release, &payload, 1).unwrap();
    fetch(&mut device, &release, &payload, 99).unwrap();
    assert_eq!(device.runs(), (6, BootReason::Trial));
    assert_eq!(device.flash.misuses(), 0);
}

#[test]
fn a_delta_whose_writing_failed_begins_anew_in_the_same_session() {
    let image = moved();
    let (release, payload) = delta_release(&encode(&OLD.image(), &image), &image);
    for after in 0..400 {
        let supply = Supply::new(after);
        let mut device = Device::on(&supply);
        let root = device.roots.0.clone();
        let mut failed = false;
        device.with(|updater, control| {
            begin(updater, control, &root, &orders(1, &[&release]), &[&release]).unwrap();
            supply.cut_after(after, CutModel::TornPrefix);
            while let Some(wanted) = updater.wanted() {
                if device::chunk(updater, control, &payload, &wanted).is_err() {
                    failed = true;
                    supply.restore();
                }
            }
            let staged = wait(updater.stage(control));
            supply.restore();
            staged.or_else(|_| wait(updater.stage(control))).unwrap();
        });
        assert_eq!(device.runs(), (6, BootReason::Trial), "after {after}");
        if !failed {
            return;
        }
    }
    panic!("it never came to its end");
}

#[test]
fn a_signed_payload_that_is_no_delta_is_given_up_and_what_runs_runs_on() {
    let image = moved();
    let mut delta = encode(&OLD.image(), &image);
    delta[4] ^= 1;
    let (release, payload) = delta_release(&delta, &image);
    let mut device = Device::new();
    let refused = fetch(&mut device, &release, &payload, 99);
    assert!(matches!(refused, Err(UpdateError::Delta(DeltaError::Length { .. }))), "{refused:?}");
    assert_eq!(device.runs(), (5, BootReason::Confirmed));
}

#[test]
fn a_delta_that_makes_another_image_than_was_signed_is_not_staged() {
    let image = moved();
    let mut other = image.clone();
    other[700] ^= 1;
    let (release, payload) = delta_release(&encode(&OLD.image(), &other), &image);
    let mut device = Device::new();
    assert!(matches!(fetch(&mut device, &release, &payload, 99), Err(UpdateError::Boot(_))));
    assert_eq!(device.runs(), (5, BootReason::Confirmed));
}

proptest! {
    #[test]
    fn any_image_comes_out_of_its_delta(
        base in prop::collection::vec(0u8..4, 0..600),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..200, any::<u8>()), 0..8),
        piece in 1usize..100,
    ) {
        // Pieces of the base, one byte of each changed, with noise between them.
        let mut image = vec![];
        for (from, len, byte) in cuts {
            let start = if base.is_empty() { 0 } else { from.index(base.len()) };
            let end = (start + len).min(base.len());
            image.extend(&base[start..end]);
            if let Some(last) = image.last_mut() {
                *last = byte;
            }
            image.extend([byte; 3]);
        }
        let delta = encode(&base, &image);
        prop_assert_eq!(apply(&base, &delta, image.len(), piece).unwrap(), image);
    }

    #[test]
    fn any_bytes_as_a_delta_end_and_stay_within_both_images(
        bytes in prop::collection::vec(any::<u8>(), 0..300), len in 0usize..2_000, small in any::<bool>(),
    ) {
        let base = firmware(1_000, 5);
        let bytes: Vec<u8> = bytes.into_iter().map(|byte| if small { byte % 8 } else { byte }).collect();
        let mut head = encode(&base, &vec![0; len])[..4].to_vec();
        let mut number = u32::try_from(len).unwrap();
        while number >= 128 {
            head.push(number.to_le_bytes()[0] | 128);
            number >>= 7;
        }
        head.push(number.to_le_bytes()[0]);
        let _ = apply(&base, &[head, bytes].concat(), len, 50);
    }
}
