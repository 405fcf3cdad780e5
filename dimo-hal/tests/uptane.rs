//! Every attack on updates that the Uptane standard names, and those that boards have met besides, each as a test of its name.
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

use device::{Device, Error, NEW, NONCE, NOW, OLD, begin, chunk, fetch, orders};
use dimo_crypto::manifest::{
    ChunkError, ClassId, DirectiveRefusal, ImageHash, PayloadKeyId, ReleaseRefusal, SignatureRefusal, Target,
};
use dimo_crypto::merkle::Proof;
use dimo_hal::boot::{BootError, BootReason, BootSlot};
use dimo_hal::mock::{CutModel, Supply};
use dimo_hal::update::{OrderRefusal, Progress, UpdateError, UpdateEvent};
use dimo_hal::{BootControl as _, wait};
use dimo_types::Address;
use proptest::prelude::*;
use release::{Orders, Plan, Release, root};

/// The device refuses this, and its flash is as before.
fn refused(device: &mut Device, directive: &[u8], releases: &[&Release]) -> OrderRefusal {
    let before = (device.cells(), device.store.cells().to_vec());
    let Err(UpdateError::Refused(refusal)) = device.install(directive, releases) else {
        panic!("it was taken")
    };
    assert_eq!((device.cells(), device.store.cells().to_vec()), before, "a refusal changes nothing");
    assert_eq!(device.runs(), (5, BootReason::Confirmed));
    refusal
}

fn release_refusal(refusal: OrderRefusal) -> ReleaseRefusal {
    let OrderRefusal::Release(refusal) = refusal else { panic!("{refusal}") };
    refusal
}

fn directive_refusal(refusal: OrderRefusal) -> DirectiveRefusal {
    let OrderRefusal::Directive(refusal) = refusal else { panic!("{refusal}") };
    refusal
}

/// A release with a manifest of its own.
fn with(plan: Plan, change: impl FnOnce(&mut dimo_crypto::manifest::Manifest)) -> Release {
    let image = plan.image();
    let mut manifest = plan.manifest(&image);
    change(&mut manifest);
    Release { signed: plan.sign(&manifest), image }
}

/// What goes over the air, and what of the image is in it: pieces of 8 bytes.
#[cfg(feature = "seal")]
fn overheard(image: &[u8], wire: &[u8]) -> usize {
    image.windows(8).filter(|piece| wire.windows(8).any(|heard| heard == *piece)).count()
}

#[cfg(feature = "seal")]
#[test]
fn eavesdrop_nothing_of_a_sealed_image_is_on_the_wire_and_all_of_it_is_in_the_slot() {
    let mut payload = NEW.image();
    let key = dimo_crypto::manifest::PayloadKey::seal(&[7; 32], &mut payload);
    let sealed = with(NEW, |manifest| {
        manifest.payload_key = Some(key.id());
        manifest.chunk_root = dimo_crypto::manifest::chunk_root(&payload, release::CHUNK).unwrap();
    });
    let mut device = Device::new();
    let root = device.roots.0.clone();
    let mut wire = orders(1, &[&sealed]);
    wire.extend(&sealed.signed);
    wire.extend(dimo_hal::update::payload_with_proofs(&payload, release::CHUNK).unwrap());
    device.with(|updater, control| {
        updater.handle_payload_key(key);
        begin(updater, control, &root, &orders(1, &[&sealed]), &[&sealed]).unwrap();
        while let Some(wanted) = updater.wanted() {
            chunk(updater, control, &payload, &wanted).unwrap();
        }
        wait(updater.stage(control)).unwrap();
    });
    assert_eq!(overheard(&sealed.image, &wire), 0);
    let open = dimo_hal::update::payload_with_proofs(&sealed.image, release::CHUNK).unwrap();
    assert!(overheard(&sealed.image, &open) > 800, "who listens would have heard it");
    assert_eq!(&device.cells()[1024..1024 + 900], sealed.image);
    assert_eq!(device.runs(), (6, BootReason::Trial));
}

#[test]
fn eavesdrop_a_payload_for_a_key_that_the_device_has_not_is_not_fetched() {
    let sealed = with(NEW, |manifest| manifest.payload_key = Some(PayloadKeyId([3; 8])));
    let refusal = refused(&mut Device::new(), &orders(1, &[&sealed]), &[&sealed]);
    assert!(matches!(release_refusal(refusal), ReleaseRefusal::PayloadKey { .. }));
}

#[test]
fn drop_request_a_director_that_does_not_answer_is_reported() {
    Device::new().with(|updater, _| {
        updater.ask(NOW, NONCE);
        let timer = updater.poll_timeout().unwrap();
        assert_eq!(updater.poll(NOW), None);
        assert_eq!(updater.poll(timer), Some(UpdateEvent::NoAnswer));
        assert_eq!(updater.poll_timeout(), None);
    });
}

#[test]
fn slow_retrieval_a_source_below_the_least_rate_is_left() {
    let mut device = Device::new();
    let new = NEW.build();
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        fetch(updater, control, &new, 1).unwrap();
        let late = NOW.after(Duration::from_secs(61));
        let wanted = updater.wanted().unwrap();
        let answer = wait(updater.handle_chunk(late, wanted.index, &[0; 256], Proof::default(), control));
        assert_eq!(answer, Err(UpdateError::TooSlow));
    });
}

#[test]
fn freeze_an_answer_without_the_nonce_is_none() {
    let mut device = Device::new();
    let new = NEW.build();
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        updater.ask(NOW, NONCE);
        let stale = begin(updater, control, &root, &orders(1, &[&new]), &[&new]);
        assert_eq!(stale, Err(UpdateError::Refused(OrderRefusal::Directive(DirectiveRefusal::Nonce))));
        let answer = Orders { nonce: Some(NONCE), ..Orders::new(1) }.of(&[&new]);
        begin(updater, control, &root, &answer, &[&new]).unwrap();
    });
}

#[test]
fn freeze_an_older_directive_is_not_taken_after_a_restart_either() {
    let mut device = Device::new();
    let (six, seven) = (NEW.build(), Plan::new(BootSlot::B, 7).build());
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(8, &[&seven]), &[&seven]).unwrap();
    });
    for seq in [7, 8] {
        let refusal = refused(&mut device, &orders(seq, &[&six]), &[&six]);
        assert_eq!(directive_refusal(refusal), DirectiveRefusal::Replayed { last: 8, seq });
    }
}

#[test]
fn a_directive_counts_before_anything_is_written_whenever_the_power_goes() {
    let new = NEW.build();
    for after in 0..200 {
        let supply = Supply::new(after);
        let mut device = Device::on(&supply);
        let root = device.roots.0.clone();
        let slot_before = device.cells();
        supply.cut_after(after, CutModel::Done);
        let _ = device.with(|updater, control| begin(updater, control, &root, &orders(8, &[&new]), &[&new]));
        let done = !supply.is_off();
        supply.restore();
        if device.cells() != slot_before {
            let old = OLD.build();
            let older =
                device.with(|updater, control| begin(updater, control, &root, &orders(7, &[&old]), &[&old]));
            assert!(matches!(older, Err(UpdateError::Refused(OrderRefusal::Directive(_)))), "after {after}");
        }
        if done {
            return;
        }
    }
    panic!("it never came to its end");
}

#[test]
fn partial_bundle_nothing_is_fetched_while_a_release_is_missing() {
    let (six, other) = (NEW.build(), Plan::new(BootSlot::A, 6).build());
    let refusal = refused(&mut Device::new(), &orders(1, &[&six, &other]), &[&six]);
    assert!(matches!(refusal, OrderRefusal::Missing { .. }));
}

#[test]
fn partial_bundle_what_cannot_be_installed_stops_the_others_too() {
    let six = NEW.build();
    let seven = Plan::new(BootSlot::A, 7).build();
    let refusal = refused(&mut Device::new(), &orders(1, &[&six, &seven]), &[&six, &seven]);
    assert!(matches!(refusal, OrderRefusal::CannotInstall { .. }), "not the same release");
}

#[test]
fn rollback_an_older_release_is_not_fetched_whoever_orders_it() {
    let four = Plan::new(BootSlot::B, 4).build();
    let refusal = refused(&mut Device::new(), &orders(1, &[&four]), &[&four]);
    assert_eq!(release_refusal(refusal), ReleaseRefusal::Rollback { least: 5, seq: 4 });
}

#[test]
fn endless_data_a_chunk_beyond_the_last_or_longer_than_it_is_not_written() {
    let mut device = Device::new();
    let new = NEW.build();
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        let longer = wait(updater.handle_chunk(NOW, 0, &[0; 257], Proof::default(), control));
        assert_eq!(longer, Err(UpdateError::Chunk(ChunkError::Length { expected: 256, got: 257 })));
        fetch(updater, control, &new, 9).unwrap();
        let beyond = wait(updater.handle_chunk(NOW, 4, &[0; 256], Proof::default(), control));
        assert_eq!(beyond, Err(UpdateError::NotNow));
    });
}

#[test]
fn mix_and_match_a_release_whose_companions_are_older_is_not_fetched() {
    use dimo_crypto::manifest::{Dependencies, Dependency, ImageKind};
    let needs = Dependency { kind: ImageKind::new(1).unwrap(), min_seq: 3 };
    let new = with(NEW, |manifest| manifest.dependencies = Dependencies::new(&[needs]).unwrap());
    let refusal = refused(&mut Device::new(), &orders(1, &[&new]), &[&new]);
    assert!(matches!(release_refusal(refusal), ReleaseRefusal::Dependency { .. }));
    let new = with(NEW, |manifest| manifest.min_boot_seq = 2);
    let refusal = refused(&mut Device::new(), &orders(1, &[&new]), &[&new]);
    assert_eq!(release_refusal(refusal), ReleaseRefusal::BootLoader { has: 1, needs: 2 });
}

#[test]
fn arbitrary_software_one_stolen_key_of_either_role_is_not_enough() {
    let forged = Plan { role: 3, ..NEW }.build();
    let refusal = refused(&mut Device::new(), &orders(1, &[&forged]), &[&forged]);
    assert!(matches!(release_refusal(refusal), ReleaseRefusal::Signatures(SignatureRefusal::TooFew { .. })));
    let new = NEW.build();
    let by_release_key = Orders { role: 2, ..Orders::new(1) }.of(&[&new]);
    let refusal = refused(&mut Device::new(), &by_release_key, &[&new]);
    assert!(matches!(directive_refusal(refusal), DirectiveRefusal::Signatures(_)));
    let stranger = NEW.build();
    let other = Plan::new(BootSlot::B, 7).build();
    let refusal = refused(&mut Device::new(), &orders(1, &[&other]), &[&stranger]);
    assert!(matches!(refusal, OrderRefusal::Missing { .. }), "a signed release that nobody ordered");
}

#[test]
fn arbitrary_software_a_chunk_with_a_bit_changed_is_not_written() {
    let mut device = Device::new();
    let new = NEW.build();
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
    });
    let before = device.cells();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        let mut tampered = new.image.clone();
        tampered[17] ^= 1;
        let wanted = updater.wanted().unwrap();
        let answer = chunk(updater, control, &tampered, &wanted);
        assert!(matches!(answer, Err(UpdateError::Chunk(ChunkError::Proof(_)))));
        // A chunk of another place, with its own proof.
        let second = dimo_hal::update::payload_with_proofs(&new.image, release::CHUNK).unwrap();
        let place = &second[second.len() / 4..][..64 + 256];
        let elsewhere = Proof::from_bytes(&place[..64]).unwrap();
        let answer = wait(updater.handle_chunk(NOW, 0, &place[64..], elsewhere, control));
        assert!(matches!(answer, Err(UpdateError::Chunk(ChunkError::Proof(_)))));
    });
    assert_eq!(before[..1024 + 512], device.cells()[..1024 + 512], "the slot was not touched");
}

#[test]
fn tamper_after_verify_what_changes_in_flash_is_found_at_staging_and_at_each_start() {
    let new = NEW.build();
    let mut device = Device::new();
    device.install(&orders(1, &[&new]), &[&new]).unwrap();
    device.flash.cells_mut()[1024 + 64] ^= 0x10;
    assert_eq!(device.runs(), (5, BootReason::TrialRefused));
}

#[test]
fn truncated_and_oversized_lengths_are_refused_before_a_byte_is_fetched() {
    let long = with(NEW, |manifest| (manifest.image_len, manifest.payload_len) = (1025, 1025));
    let refusal = refused(&mut Device::new(), &orders(1, &[&long]), &[&long]);
    assert_eq!(release_refusal(refusal), ReleaseRefusal::TooLong { capacity: 1024, len: 1025 });
    let mut device = Device::new();
    let short = with(NEW, |manifest| {
        (manifest.image_len, manifest.payload_len) = (899, 899);
    });
    let answer = device.install(&orders(1, &[&short]), &[&short]);
    assert!(matches!(answer, Err(UpdateError::Chunk(_))), "its chunks are others");
    assert_eq!(device.runs(), (5, BootReason::Confirmed));
}

#[test]
fn wrong_hardware_class_and_wrong_slot_are_refused() {
    let elsewhere = Plan { class: ClassId([9; 16]), ..NEW }.build();
    let refusal = refused(&mut Device::new(), &orders(1, &[&elsewhere]), &[&elsewhere]);
    assert!(matches!(release_refusal(refusal), ReleaseRefusal::Class { .. }));
    let for_a = Plan::new(BootSlot::A, 6).build();
    let refusal = refused(&mut Device::new(), &orders(1, &[&for_a]), &[&for_a]);
    assert_eq!(refusal, OrderRefusal::NoneForSlot);
    let anywhere = with(NEW, |manifest| manifest.slot = None);
    let refusal = refused(&mut Device::new(), &orders(1, &[&anywhere]), &[&anywhere]);
    assert_eq!(refusal, OrderRefusal::NoneForSlot, "it would have to be copied");
}

#[test]
fn a_delta_against_another_image_is_refused() {
    let delta = with(NEW, |manifest| manifest.delta_base = Some(ImageHash([1; 32])));
    let refusal = refused(&mut Device::new(), &orders(1, &[&delta]), &[&delta]);
    assert!(matches!(release_refusal(refusal), ReleaseRefusal::DeltaBase { .. }));
}

#[test]
fn manifest_downgrade_another_format_or_an_unknown_field_is_no_manifest() {
    let mut new = NEW.build();
    // The format stands in the first entry of the map, behind the envelope's head and the map's.
    let place = new.signed.windows(4).position(|bytes| bytes == [1, 1, 2, 0x50]).unwrap();
    let directive = orders(1, &[&new]);
    new.signed[place + 1] = 0;
    assert!(matches!(refused(&mut Device::new(), &directive, &[&new]), OrderRefusal::Parse(_)));
}

#[test]
fn key_epoch_replay_what_the_keys_of_another_epoch_signed_is_refused() {
    let mut device = Device::new();
    device.roots = (root(1, 0), Some(root(0, 0)));
    let new = NEW.build();
    let refusal = refused(&mut device, &orders(1, &[&new]), &[&new]);
    assert_eq!(directive_refusal(refusal), DirectiveRefusal::Epoch { root: 1, directive: 0 });
    let by_new_director = Orders { epoch: 1, ..Orders::new(1) }.of(&[&new]);
    let refusal = refused(&mut device, &by_new_director, &[&new]);
    assert_eq!(release_refusal(refusal), ReleaseRefusal::Epoch { root: 1, manifest: 0 });
}

#[test]
fn a_root_that_fell_back_takes_no_directive_of_its_epoch() {
    let mut device = Device::new();
    device.roots = (root(1, 0), Some(root(0, 0)));
    let new = Plan { epoch: 1, ..NEW }.build();
    let directive = Orders { epoch: 1, ..Orders::new(1) }.of(&[&new]);
    device.install(&directive, &[&new]).unwrap();
    let mut device = Device { roots: (root(0, 0), None), ..device };
    let old = Plan::new(BootSlot::B, 6).build();
    let answer = device.install(&orders(99, &[&old]), &[&old]);
    let Err(UpdateError::Refused(refusal)) = answer else { panic!("it was taken") };
    assert!(matches!(directive_refusal(refusal), DirectiveRefusal::Epoch { .. }));
}

#[test]
fn signature_malleability_the_other_form_of_a_signature_is_refused() {
    // The order of the group of Ed25519, little-endian: S + L signs the same for a lax verifier.
    const L: [u8; 32] = [
        0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut new = NEW.build();
    let start = new.signed.len() - 32;
    let mut carry = 0;
    for (byte, add) in new.signed[start..].iter_mut().zip(L) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    let refusal = refused(&mut Device::new(), &orders(1, &[&new]), &[&new]);
    assert!(matches!(release_refusal(refusal), ReleaseRefusal::Signatures(SignatureRefusal::Invalid { .. })));
}

#[test]
fn fast_forward_a_number_that_would_use_the_counter_up_is_refused() {
    let far = Plan::new(BootSlot::B, u64::MAX).build();
    let refusal = refused(&mut Device::new(), &orders(1, &[&far]), &[&far]);
    assert!(matches!(release_refusal(refusal), ReleaseRefusal::FastForward { least: 5, .. }));
}

#[test]
fn bundle_replay_to_another_device_is_refused() {
    let new = NEW.build();
    let target = Target::Device(Address::new([0xD2; 20]));
    let elsewhere = Orders { target, ..Orders::new(1) }.of(&[&new]);
    let refusal = refused(&mut Device::new(), &elsewhere, &[&new]);
    assert_eq!(directive_refusal(refusal), DirectiveRefusal::Target { target });
}

#[test]
fn double_fault_a_bad_update_and_then_a_rotten_image_still_start_what_is_sound() {
    let mut device = Device::new();
    let new = NEW.build();
    device.install(&orders(1, &[&new]), &[&new]).unwrap();
    device.restart();
    device.confirm().unwrap();
    let same = Plan::new(BootSlot::A, 6).build();
    device.install(&orders(2, &[&same]), &[&same]).unwrap();
    // The trial is tampered with, and the record says nothing any more.
    device.flash.cells_mut()[10] ^= 1;
    device.flash.cells_mut()[6144..7680].fill(0x5A);
    assert_eq!(device.runs(), (6, BootReason::First));
    assert_eq!(device.running, BootSlot::B);
}

#[test]
fn interrupted_confirm_the_counter_follows_at_the_next_start() {
    let new = NEW.build();
    for after in 0.. {
        let supply = Supply::new(after);
        let mut device = Device::on(&supply);
        device.install(&orders(1, &[&new]), &[&new]).unwrap();
        device.restart();
        supply.cut_after(after, CutModel::Done);
        let confirmed = device.confirm();
        let was_cut = supply.is_off();
        supply.restore();
        let (seq, _) = device.runs();
        let state = device.with(|_, control| wait(control.state())).unwrap();
        assert_eq!(seq, 6);
        let is_confirmed = state.confirmed == Some(BootSlot::B);
        assert_eq!(device.counter.0, if is_confirmed { 6 } else { 5 }, "after {after}");
        if !was_cut {
            confirmed.unwrap();
            return;
        }
    }
}

#[test]
fn counter_exhausted_its_own_number_is_still_taken() {
    let mut device = Device::new();
    device.counter.0 = u64::MAX;
    device.roots.0 = root(0, 0);
    let last = Plan::new(BootSlot::B, u64::MAX).build();
    device.install(&orders(1, &[&last]), &[&last]).unwrap();
    assert_eq!(device.runs(), (u64::MAX, BootReason::Trial));
}

#[test]
fn a_boot_control_that_refuses_a_release_ends_its_fetching() {
    let mut device = Device::new();
    let new = NEW.build();
    let root = device.roots.0.clone();
    let answer: Error = device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        fetch(updater, control, &new, 9).unwrap();
        // Somebody writes over the manifest that lies beside the slot: another release, for the other slot.
        let wrong = OLD.build();
        wait(control.prepare(BootSlot::B, &wrong.signed)).unwrap();
        wait(updater.stage(control)).unwrap_err()
    });
    assert_eq!(answer, UpdateError::Boot(BootError::Slot));
}

proptest! {
    #[test]
    fn parser_no_bytes_in_any_place_do_more_than_be_refused(
        directive in prop::collection::vec(any::<u8>(), 0..200),
        release in prop::collection::vec(any::<u8>(), 0..200),
        flip in (any::<prop::sample::Index>(), 1u8..),
    ) {
        let mut device = Device::new();
        let new = NEW.build();
        let noise = Release { image: new.image.clone(), signed: release };
        prop_assert!(device.install(&directive, &[&noise]).is_err());
        let mut flipped = orders(1, &[&new]);
        let place = flip.0.index(flipped.len());
        flipped[place] ^= flip.1;
        prop_assert!(device.install(&flipped, &[&new]).is_err());
        let mut signed = new.clone();
        let place = flip.0.index(signed.signed.len());
        signed.signed[place] ^= flip.1;
        prop_assert!(device.install(&orders(1, &[&new]), &[&signed]).is_err());
        prop_assert_eq!(device.runs(), (5, BootReason::Confirmed));
    }

    #[test]
    fn chunks_in_any_order_with_any_bytes_and_restarts_end_with_the_signed_image_or_none(
        steps in prop::collection::vec((0u8..6, any::<u8>()), 0..40),
    ) {
        let mut device = Device::new();
        let new = NEW.build();
        let directive = orders(1, &[&new]);
        let root = device.roots.0.clone();
        let mut staged = false;
        for step in steps.chunks(5) {
            device.with(|updater, control| {
                let _ = begin(updater, control, &root, &directive, &[&new]);
                for (what, byte) in step {
                    match what {
                        0..=2 => { let _ = fetch(updater, control, &new, u32::from(byte % 4)); }
                        3 => {
                            let bytes = vec![*byte; 256];
                            let _ = wait(updater.handle_chunk(NOW, u32::from(byte % 6), &bytes, Proof::default(), control));
                        }
                        4 => staged |= wait(updater.stage(control)).is_ok(),
                        _ => { let _ = wait(updater.abandon()); }
                    }
                }
            });
        }
        prop_assert_eq!(device.runs().0, if staged { 6 } else { 5 });
        prop_assert_eq!(device.flash.misuses(), 0);
    }
}

#[test]
fn progress_is_said_for_each_chunk() {
    let mut device = Device::new();
    let new = NEW.build();
    let root = device.roots.0.clone();
    device.with(|updater, control| {
        begin(updater, control, &root, &orders(1, &[&new]), &[&new]).unwrap();
        for index in 0..4 {
            let wanted = updater.wanted().unwrap();
            let said = chunk(updater, control, &new.image, &wanted).unwrap();
            assert_eq!(said, if index == 3 { Progress::Fetched } else { Progress::More });
        }
    });
}
