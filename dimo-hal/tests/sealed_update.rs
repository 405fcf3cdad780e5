//! Updates whose payload is sealed: with cuts, with wrong keys, and with deltas.
#![cfg(all(feature = "boot", feature = "dev", feature = "alloc", feature = "seal"))]
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

use device::{Device, Error, NEW, NOW, OLD, begin, chunk, orders};
use dimo_crypto::manifest::{ChunkError, ImageHash, Manifest, PayloadKey, ReleaseRefusal, chunk_root};
use dimo_crypto::merkle::Proof;
use dimo_hal::boot::{BootReason, BootSlot};
use dimo_hal::delta::encode;
use dimo_hal::mock::{CutModel, Supply};
use dimo_hal::update::{Begun, OrderRefusal, UpdateError};
use dimo_hal::wait;
use release::{CHUNK, Plan, Release};

const SECRET: [u8; 32] = [0x5C; 32];

/// A release, its sealed payload and the key of it.
struct Sealed {
    release: Release,
    payload: Vec<u8>,
    key: PayloadKey,
}

impl Sealed {
    fn new(plan: Plan) -> Self {
        Self::of(plan, plan.image(), plan.image(), None)
    }

    fn delta(image: Vec<u8>) -> Self {
        Self::of(NEW, encode(&OLD.image(), &image), image, Some(ImageHash::of(&OLD.image())))
    }

    fn of(plan: Plan, mut payload: Vec<u8>, image: Vec<u8>, delta_base: Option<ImageHash>) -> Self {
        let key = PayloadKey::seal(&SECRET, &mut payload);
        let manifest = Manifest {
            payload_len: u32::try_from(payload.len()).unwrap(),
            chunk_root: chunk_root(&payload, CHUNK).unwrap(),
            delta_base,
            payload_key: Some(key.id()),
            ..plan.manifest(&image)
        };
        Self { release: Release { signed: plan.sign(&manifest), image }, payload, key }
    }

    /// The device starts, is handed the key and the order, and fetches so many chunks.
    fn fetch(&self, device: &mut Device, chunks: u32) -> Result<(), Error> {
        let root = device.roots.0.clone();
        device.with(|updater, control| {
            updater.handle_payload_key(self.key.clone());
            let begun = begin(updater, control, &root, &orders(1, &[&self.release]), &[&self.release])?;
            if begun == Begun::AlreadyStaged {
                return Ok(());
            }
            for _ in 0..chunks {
                let Some(wanted) = updater.wanted() else { break };
                let _ = chunk(updater, control, &self.payload, &wanted)?;
            }
            if updater.wanted().is_none() { wait(updater.stage(control)) } else { Ok(()) }
        })
    }
}

/// What the device says to the order of the release when it holds these keys.
fn answer(release: &Release, keys: &[&PayloadKey]) -> Result<(), Error> {
    let mut device = Device::new();
    let root = device.roots.0.clone();
    let before = device.cells();
    let answer = device.with(|updater, control| {
        keys.iter().for_each(|key| updater.handle_payload_key((*key).clone()));
        begin(updater, control, &root, &orders(1, &[release]), &[release]).map(drop)
    });
    assert!(answer.is_ok() || device.cells() == before, "a refusal changes nothing");
    answer
}

fn no_key(sealed: &Sealed) -> Result<(), Error> {
    let key = sealed.key.id();
    Err(UpdateError::Refused(OrderRefusal::Release(ReleaseRefusal::PayloadKey { key })))
}

#[test]
fn a_sealed_release_is_fetched_opened_tried_and_confirmed() {
    let sealed = Sealed::new(NEW);
    let mut device = Device::new();
    sealed.fetch(&mut device, 99).unwrap();
    assert_eq!(device.runs(), (6, BootReason::Trial));
    device.confirm().unwrap();
    assert_eq!(&device.cells()[1024..1024 + 900], NEW.image());
    assert_eq!(device.flash.misuses(), 0);
}

#[test]
fn after_a_cut_in_the_middle_of_a_chunk_fetching_goes_on_in_the_middle_of_the_stream() {
    let sealed = Sealed::new(NEW);
    for after in 0..400 {
        let supply = Supply::new(after);
        let mut device = Device::on(&supply);
        sealed.fetch(&mut device, 2).unwrap();
        supply.cut_after(after, CutModel::TornPrefix);
        let cut = sealed.fetch(&mut device, 2).is_err();
        supply.restore();
        // Two chunks were noted, so the payload does not begin anew.
        let root = device.roots.0.clone();
        device.with(|updater, control| {
            updater.handle_payload_key(sealed.key.clone());
            if begin(updater, control, &root, &orders(1, &[&sealed.release]), &[&sealed.release]).is_ok()
                && let Some(wanted) = updater.wanted()
            {
                assert!(wanted.index >= 2, "after {after}: chunk {}", wanted.index);
            }
        });
        sealed.fetch(&mut device, 99).unwrap();
        assert_eq!(device.runs(), (6, BootReason::Trial), "after {after}");
        assert_eq!(&device.cells()[1024..1024 + 900], NEW.image());
        if !cut {
            assert!(after > 20, "there was something to cut");
            return;
        }
    }
    panic!("it never came to its end");
}

#[test]
fn without_its_key_a_release_is_refused_before_anything_is_fetched() {
    let sealed = Sealed::new(NEW);
    assert_eq!(answer(&sealed.release, &[]), no_key(&sealed));
    assert_eq!(answer(&sealed.release, &[&sealed.key]), Ok(()));
}

#[test]
fn a_wrong_key_is_refused_by_its_name_before_anything_is_fetched() {
    let sealed = Sealed::new(NEW);
    let mut bytes = *sealed.key.as_bytes();
    for bit in 0..256 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(answer(&sealed.release, &[&PayloadKey::from_bytes(bytes)]), no_key(&sealed));
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
}

#[test]
fn the_key_of_another_release_of_the_same_vendor_opens_nothing() {
    let (six, seven) = (Sealed::new(NEW), Sealed::new(Plan::new(BootSlot::B, 7)));
    assert_eq!(answer(&seven.release, &[&six.key]), no_key(&seven));
    let sum = |one: &[u8], other: &[u8]| -> Vec<u8> { one.iter().zip(other).map(|(a, b)| a ^ b).collect() };
    // Under one key, the sum of what is sent would be the sum of the images.
    assert_ne!(sum(&six.payload, &seven.payload), sum(&six.release.image, &seven.release.image));
}

#[test]
fn the_keys_of_both_slots_are_held_and_an_older_one_gives_way() {
    let for_b = Sealed::new(NEW);
    let [one, two] = [Sealed::new(Plan::new(BootSlot::A, 6)), Sealed::new(Plan::new(BootSlot::A, 7))];
    assert_eq!(answer(&for_b.release, &[&for_b.key, &one.key]), Ok(()));
    assert_eq!(answer(&for_b.release, &[&for_b.key, &one.key, &one.key]), Ok(()), "the same one again");
    assert_eq!(answer(&for_b.release, &[&for_b.key, &one.key, &two.key]), no_key(&for_b));
}

#[test]
fn a_key_is_forgotten_at_a_restart_and_what_was_fetched_is_not() {
    let sealed = Sealed::new(NEW);
    let mut device = Device::new();
    sealed.fetch(&mut device, 2).unwrap();
    let root = device.roots.0.clone();
    let again = orders(1, &[&sealed.release]);
    device.with(|updater, control| {
        assert_eq!(begin(updater, control, &root, &again, &[&sealed.release]).map(drop), no_key(&sealed));
        updater.handle_payload_key(sealed.key.clone());
        begin(updater, control, &root, &again, &[&sealed.release]).unwrap();
        assert_eq!(updater.wanted().unwrap().index, 2);
    });
}

#[test]
fn the_chunks_are_those_of_the_sealed_payload_and_an_open_one_is_not_written() {
    let sealed = Sealed::new(NEW);
    let mut device = Device::new();
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        updater.handle_payload_key(sealed.key.clone());
        begin(updater, control, &root, &orders(1, &[&sealed.release]), &[&sealed.release]).unwrap();
        let wanted = updater.wanted().unwrap();
        let open = chunk(updater, control, &sealed.release.image, &wanted);
        assert!(matches!(open, Err(UpdateError::Chunk(ChunkError::Proof(_)))), "{open:?}");
        let short = wait(updater.handle_chunk(NOW, 0, &[0; 255], Proof::default(), control));
        assert!(matches!(short, Err(UpdateError::Chunk(ChunkError::Length { .. }))), "{short:?}");
        assert_eq!(updater.wanted(), Some(wanted));
    });
    assert!(device.cells()[1024..1024 + 900].iter().all(|byte| *byte == 0xFF), "nothing was written");
}

#[test]
fn a_sealed_payload_that_is_shorter_or_longer_than_its_image_is_refused() {
    let key = PayloadKey::from_bytes([1; 32]);
    for payload_len in [899, 901] {
        let image = NEW.image();
        let manifest = Manifest { payload_len, payload_key: Some(key.id()), ..NEW.manifest(&image) };
        let release = Release { signed: NEW.sign(&manifest), image };
        let refused = OrderRefusal::PayloadLength { image: 900, payload: payload_len };
        assert_eq!(answer(&release, &[&key]), Err(UpdateError::Refused(refused)));
    }
}

#[test]
fn a_sealed_delta_is_opened_then_applied_whenever_the_power_goes() {
    let mut image = [&OLD.image()[300..640], &OLD.image()[100..500]].concat();
    image.iter_mut().step_by(3).for_each(|byte| *byte = byte.wrapping_mul(41));
    let sealed = Sealed::delta(image);
    assert!(sealed.payload.len() > 256, "{} bytes, several chunks", sealed.payload.len());
    for after in 0..2000 {
        let supply = Supply::new(after);
        let mut device = Device::on(&supply);
        supply.cut_after(after, CutModel::RandomBits);
        let cut = sealed.fetch(&mut device, 99).is_err();
        supply.restore();
        if cut {
            sealed.fetch(&mut device, 99).unwrap();
        }
        assert_eq!(device.runs(), (6, BootReason::Trial), "after {after}");
        let image = &sealed.release.image;
        assert_eq!(&device.cells()[1024..1024 + image.len()], image);
        if !cut {
            return;
        }
    }
    panic!("it never came to its end");
}
