//! One test for each attack on an update that can be seen before the payload is there, or in a chunk of it. The names are those
//! of the table in MANIFEST.md, which says where the others are met.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]
#![cfg(feature = "ed25519")]

mod firmware;

use dimo_crypto::manifest::*;
use dimo_crypto::merkle::{Proof, ProofError};
use dimo_types::Timestamp;
use firmware::*;

fn refused(result: Result<OrderedManifest, UpdateRefusal>) -> ReleaseRefusal {
    match result.unwrap_err() {
        UpdateRefusal::Release(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

fn refused_directive(result: Result<OrderedManifest, UpdateRefusal>) -> DirectiveRefusal {
    match result.unwrap_err() {
        UpdateRefusal::Directive(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

fn id(seed: u8) -> KeyId {
    KeyId::of(key(seed).verifying_key().as_bytes())
}

fn with(change: impl FnOnce(&mut Manifest)) -> Manifest {
    let mut manifest = manifest();
    change(&mut manifest);
    manifest
}

fn ordered_by(change: impl FnOnce(&mut Directive)) -> Vec<u8> {
    let mut directive = directive(&[&manifest()]);
    change(&mut directive);
    order(&directive)
}

#[test]
fn an_honest_update_is_taken() {
    let images = images();
    let update = install(&manifest(), &state(&images)).unwrap();
    assert_eq!(**update, manifest());
    assert_eq!(update.mark().seq, 9);
    assert_eq!(update.chunk_count(), 3);
}

// Arbitrary software.

#[test]
fn arbitrary_software_has_too_few_signatures() {
    let images = images();
    for (seeds, valid) in [(&[4][..], 1), (&[21, 22], 0), (&[5, 21, 22], 1)] {
        let release = sign(Role::Release, seeds, &encoded(&manifest()));
        assert_eq!(
            refused(update(&release, &ordered_by(|_| ()), &state(&images))),
            ReleaseRefusal::Signatures(SignatureRefusal::TooFew { valid, needed: 2 })
        );
    }
}

#[test]
fn signatures_of_strangers_beside_enough_others_do_no_harm() {
    let images = images();
    let release = sign(Role::Release, &[21, 4, 22, 6], &encoded(&manifest()));
    assert!(update(&release, &ordered_by(|_| ()), &state(&images)).is_ok());
}

#[test]
fn one_key_twice_is_not_two_keys() {
    let payload = encoded(&manifest());
    let twice = vec![signature(Role::Release, 4, &payload); 2];
    let refusal = Envelope::write(&payload, &twice, &mut [0; 1024]).unwrap_err();
    let BuildError::Form(CborError { problem: CborProblem::Value, .. }) = refusal else {
        panic!("{refusal:?}")
    };
    // Nor in the list of keys.
    let doubled = RootOf { release: (2, &[4, 4, 5]), ..FIRST_ROOT };
    assert!(doubled.try_encode().is_err());
}

#[test]
fn a_wrong_signature_of_a_known_key_is_not_overlooked() {
    let images = images();
    let payload = encoded(&manifest());
    let mut signatures: Vec<_> =
        RELEASE_KEYS.into_iter().map(|seed| signature(Role::Release, seed, &payload)).collect();
    signatures[1].signature = signatures[0].signature;
    assert_eq!(
        refused(update(&envelope(&payload, signatures), &ordered_by(|_| ()), &state(&images))),
        ReleaseRefusal::Signatures(SignatureRefusal::Invalid { key: id(5), error: SchemeError::Signature })
    );
}

#[test]
fn a_signature_in_one_role_is_none_in_another() {
    let images = images();
    for role in [Role::Director, Role::Root] {
        let release = sign(role, &RELEASE_KEYS, &encoded(&manifest()));
        let refusal = refused(update(&release, &ordered_by(|_| ()), &state(&images)));
        assert!(matches!(refusal, ReleaseRefusal::Signatures(SignatureRefusal::Invalid { .. })), "{refusal}");
    }
}

#[test]
fn the_director_alone_installs_nothing() {
    let images = images();
    let release = sign(Role::Release, &DIRECTOR_KEYS, &encoded(&manifest()));
    assert_eq!(
        refused(update(&release, &ordered_by(|_| ()), &state(&images))),
        ReleaseRefusal::Signatures(SignatureRefusal::TooFew { valid: 0, needed: 2 })
    );
}

#[test]
fn the_release_keys_alone_install_nothing() {
    let images = images();
    let payload = directive(&[&manifest()]).encode(&mut [0; Directive::MAX_LEN]).unwrap().to_vec();
    let order = sign(Role::Director, &RELEASE_KEYS, &payload);
    assert_eq!(
        refused_directive(update(&release(&manifest()), &order, &state(&images))),
        DirectiveRefusal::Signatures(SignatureRefusal::TooFew { valid: 0, needed: 1 })
    );
}

#[test]
fn no_key_has_two_roles() {
    for root in [
        RootOf { director: (1, &[7, 4]), ..FIRST_ROOT },
        RootOf { director: (1, &[7, 1]), ..FIRST_ROOT },
        RootOf { release: (1, &[4, 2]), ..FIRST_ROOT },
    ] {
        assert!(root.try_encode().is_err());
    }
}

#[test]
fn a_release_that_nobody_ordered_is_not_installed() {
    let images = images();
    let other = with(|manifest| manifest.seq = 43);
    let result = update(&release(&other), &ordered_by(|_| ()), &state(&images));
    let manifest = ManifestHash::of(&encoded(&other));
    assert_eq!(result, Err(UpdateRefusal::NotOrdered(NotOrdered { manifest })));
}

// Signature malleability.

#[test]
fn a_second_form_of_a_signature_is_refused() {
    // The order of the curve, little-endian: S + L is the same S to whoever does not look.
    let order_of_the_curve: [u8; 32] = {
        let mut order = [0; 32];
        base16ct::lower::decode(
            "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
            &mut order,
        )
        .unwrap();
        order
    };
    let images = images();
    let payload = encoded(&manifest());
    let mut signatures = vec![signature(Role::Release, 4, &payload), signature(Role::Release, 5, &payload)];
    let mut carry = 0;
    for (byte, add) in signatures[0].signature[32..].iter_mut().zip(order_of_the_curve) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    assert_eq!(
        refused(update(&envelope(&payload, signatures), &ordered_by(|_| ()), &state(&images))),
        ReleaseRefusal::Signatures(SignatureRefusal::Invalid { key: id(4), error: SchemeError::Signature })
    );
}

// Rollback and fast-forward.

#[test]
fn a_rollback_is_refused() {
    let images = images();
    assert_eq!(
        refused(install(&with(|manifest| manifest.seq = 40), &state(&images))),
        ReleaseRefusal::Rollback { least: 41, seq: 40 }
    );
}

#[test]
fn an_older_version_of_the_same_security_number_may_come_back() {
    let images = images();
    let older = with(|manifest| (manifest.seq, manifest.version.major) = (41, 1));
    assert!(install(&older, &state(&images)).is_ok());
}

#[test]
fn a_floor_keeps_out_what_is_known_to_be_broken() {
    let images = images();
    let root = RootOf { floors: &[Floor { kind: APPLICATION, min_seq: 43 }], ..FIRST_ROOT }.encode();
    let root = TrustedRoot::provisioned(Root::parse(&root).unwrap());
    let release = release(&manifest());
    let release = SignedManifest::parse(&release).unwrap();
    assert_eq!(
        root.verify_release(&release, &state(&images), &Ed25519),
        Err(ReleaseRefusal::Rollback { least: 43, seq: 42 })
    );
}

#[test]
fn a_fast_forward_of_the_security_number_is_refused_until_a_root_allows_it() {
    let images = images();
    let least_far = with(|manifest| manifest.seq = 41 + 1024);
    assert!(install(&least_far, &state(&images)).is_ok());
    let far = with(|manifest| manifest.seq = 41 + 1025);
    assert_eq!(
        refused(install(&far, &state(&images))),
        ReleaseRefusal::FastForward { least: 41, seq: 1066, max_jump: 1024 }
    );
    assert_eq!(
        refused(install(&with(|manifest| manifest.seq = u64::MAX), &state(&images))),
        ReleaseRefusal::FastForward { least: 41, seq: u64::MAX, max_jump: 1024 }
    );

    let root = RootOf { floors: &[Floor { kind: APPLICATION, min_seq: 1000 }], ..FIRST_ROOT }.encode();
    let root = TrustedRoot::provisioned(Root::parse(&root).unwrap());
    let release = release(&far);
    let release = SignedManifest::parse(&release).unwrap();
    assert!(root.verify_release(&release, &state(&images), &Ed25519).is_ok());
}

#[test]
fn an_exhausted_counter_still_takes_its_own_number() {
    let mut images = images();
    images[0].seq = u64::MAX;
    assert!(install(&with(|manifest| manifest.seq = u64::MAX), &state(&images)).is_ok());
    assert_eq!(
        refused(install(&manifest(), &state(&images))),
        ReleaseRefusal::Rollback { least: u64::MAX, seq: 42 }
    );
}

/// The director counts for the whole fleet; this device may not have been addressed for long.
#[test]
fn a_directive_may_be_any_number_above_the_last_one() {
    let images = images();
    let release = release(&manifest());
    for seq in [9, 8 + 1025, u64::MAX] {
        assert!(update(&release, &ordered_by(|order| order.seq = seq), &state(&images)).is_ok());
    }
}

/// A root store that fell back does not bring the director keys of its epoch back.
#[test]
fn a_directive_of_an_epoch_before_the_last_one_is_refused() {
    let images = images();
    let later = DirectorMark { epoch: 4, seq: 1, hash: [0; 32] };
    let fallen_back = InstalledState { director: Some(later), ..state(&images) };
    assert_eq!(
        refused_directive(update(&release(&manifest()), &ordered_by(|order| order.seq = 9), &fallen_back)),
        DirectiveRefusal::Epoch { root: 4, directive: 3 }
    );
}

/// A stolen director key used the numbers up; the root took the key away and the next director begins anew.
#[test]
fn a_new_key_epoch_begins_its_directives_anew() {
    let images = images();
    let used_up = DirectorMark { epoch: 2, seq: u64::MAX, hash: [0; 32] };
    let after = InstalledState { director: Some(used_up), ..state(&images) };
    let update = update(&release(&manifest()), &ordered_by(|order| order.seq = 1), &after).unwrap();
    assert_eq!((update.mark().epoch, update.mark().seq), (3, 1));
}

// Freeze and replay.

#[test]
fn a_replayed_directive_is_refused() {
    let images = images();
    let release = release(&manifest());
    for seq in [0, 7, 8] {
        assert_eq!(
            refused_directive(update(&release, &ordered_by(|order| order.seq = seq), &state(&images))),
            DirectiveRefusal::Replayed { last: 8, seq }
        );
    }
}

#[test]
fn the_same_directive_is_taken_again_after_a_restart_and_no_other_of_its_number() {
    let images = images();
    let update_once = install(&manifest(), &state(&images)).unwrap();
    let after_restart = InstalledState { director: Some(update_once.mark()), ..state(&images) };
    assert_eq!(install(&manifest(), &after_restart), Ok(update_once));
    let other = ordered_by(|order| order.issued = Some(Timestamp::from_secs(1).unwrap()));
    assert_eq!(
        refused_directive(update(&release(&manifest()), &other, &after_restart)),
        DirectiveRefusal::Replayed { last: 9, seq: 9 }
    );
}

#[test]
fn a_device_without_a_directive_takes_the_first_whatever_its_number() {
    let images = images();
    let new = InstalledState { director: None, ..state(&images) };
    for seq in [0, 5000, u64::MAX] {
        assert!(update(&release(&manifest()), &ordered_by(|order| order.seq = seq), &new).is_ok());
    }
}

#[test]
fn a_freeze_is_noticed_by_who_asked() {
    let images = images();
    let release = release(&manifest());
    let asking = InstalledState { nonce: Some(Nonce([5; 16])), ..state(&images) };
    for nonce in [None, Some(Nonce([6; 16]))] {
        let order = ordered_by(|order| order.nonce = nonce);
        assert_eq!(refused_directive(update(&release, &order, &asking)), DirectiveRefusal::Nonce);
    }
    let answer = ordered_by(|order| order.nonce = Some(Nonce([5; 16])));
    assert!(update(&release, &answer, &asking).is_ok());
    // Who did not ask may be told all the same.
    assert!(update(&release, &answer, &state(&images)).is_ok());
}

#[test]
fn a_stale_release_is_installed_and_reported_since_clocks_are_wrong() {
    let images = images();
    let [before, at, after] = [9, 10, 11].map(|secs| Timestamp::from_secs(secs).unwrap());
    let update = install(&with(|manifest| manifest.not_after = Some(at)), &state(&images)).unwrap();
    assert_eq!([before, at, after].map(|now| update.freshness(now)), {
        use Freshness::{Current, Stale};
        [Current, Current, Stale]
    });
    assert_eq!(install(&manifest(), &state(&images)).unwrap().freshness(after), Freshness::Current);
}

// Bundle replay to another device.

#[test]
fn a_directive_for_another_device_is_refused() {
    let images = images();
    let release = release(&manifest());
    for target in [Target::Device(dimo_crypto::Address::new([9; 20])), Target::Group(GroupId([9; 16]))] {
        let order = ordered_by(|order| order.target = target);
        assert_eq!(
            refused_directive(update(&release, &order, &state(&images))),
            DirectiveRefusal::Target { target }
        );
    }
    let for_group = ordered_by(|order| order.target = Target::Group(GROUP));
    assert!(update(&release, &for_group, &state(&images)).is_ok());
    let alone = InstalledState { groups: &[], ..state(&images) };
    assert!(update(&release, &for_group, &alone).is_err());
}

// Wrong hardware.

#[test]
fn an_image_for_other_hardware_is_refused() {
    let images = images();
    let (class, vendor, kind) = (ClassId([9; 16]), VendorId([9; 16]), ImageKind::new(3).unwrap());
    assert_eq!(
        refused(install(&with(|manifest| manifest.class = class), &state(&images))),
        ReleaseRefusal::Class { device: CLASS, manifest: class }
    );
    assert_eq!(
        refused(install(&with(|manifest| manifest.vendor = vendor), &state(&images))),
        ReleaseRefusal::Vendor { device: VENDOR, manifest: vendor }
    );
    assert_eq!(
        refused(install(&with(|manifest| manifest.kind = kind), &state(&images))),
        ReleaseRefusal::Kind { kind }
    );
}

#[test]
fn an_image_for_the_slot_that_runs_is_refused() {
    let images = images();
    assert!(install(&with(|manifest| manifest.slot = Slot::new(1)), &state(&images)).is_ok());
    assert_eq!(
        refused(install(&with(|manifest| manifest.slot = Slot::new(0)), &state(&images))),
        ReleaseRefusal::Slot { target: Slot::new(1), manifest: Slot::new(0) }
    );
}

// Mix and match, partial bundle.

#[test]
fn images_that_do_not_fit_together_are_refused() {
    let needs = |min_seq| {
        with(|manifest| {
            manifest.dependencies = Dependencies::new(&[Dependency { kind: modem(), min_seq }]).unwrap();
        })
    };
    let mut images = images();
    assert!(install(&needs(7), &state(&images)).is_ok());
    let dependency = Dependency { kind: modem(), min_seq: 8 };
    assert_eq!(refused(install(&needs(8), &state(&images))), ReleaseRefusal::Dependency { dependency });
    // The modem's new image is staged in the same update.
    images[1].seq = 8;
    assert!(install(&needs(8), &state(&images)).is_ok());
    assert_eq!(refused(install(&needs(8), &state(&images[..1]))), ReleaseRefusal::Dependency { dependency });
    assert_eq!(
        refused(install(&with(|manifest| manifest.min_boot_seq = 6), &state(&images))),
        ReleaseRefusal::BootLoader { has: 5, needs: 6 }
    );
}

#[test]
fn a_part_of_a_bundle_is_known_to_be_a_part() {
    let images = images();
    let (application, modem) = (manifest(), with(|manifest| (manifest.kind, manifest.seq) = (modem(), 8)));
    let order = order(&directive(&[&modem, &application]));
    let root = FIRST_ROOT.encode();
    let root = TrustedRoot::provisioned(Root::parse(&root).unwrap());
    let state = state(&images);
    let directive =
        root.verify_directive(&SignedDirective::parse(&order).unwrap(), &state, &Ed25519).unwrap();
    let take = |manifest| {
        let release = release(manifest);
        let release = SignedManifest::parse(&release).unwrap();
        directive.order(root.verify_release(&release, &state, &Ed25519).unwrap()).unwrap()
    };
    let (application, modem) = (take(&application), take(&modem));
    let missing = |held: &[OrderedManifest]| directive.missing(held).collect::<Vec<_>>();
    assert_eq!(missing(&[]), [modem.hash(), application.hash()]);
    assert_eq!(missing(&[application]), [modem.hash()]);
    assert_eq!(missing(&[application, modem]), []);
}

// Key epoch replay.

#[test]
fn an_epoch_that_is_over_is_over() {
    let images = images();
    // The keys stay; the epoch alone tells.
    let root = RootOf { epoch: 4, ..FIRST_ROOT }.encode();
    let root = TrustedRoot::provisioned(Root::parse(&root).unwrap());
    let (release, order) = (release(&manifest()), ordered_by(|_| ()));
    let (release, order) =
        (SignedManifest::parse(&release).unwrap(), SignedDirective::parse(&order).unwrap());
    assert_eq!(
        root.verify_release(&release, &state(&images), &Ed25519),
        Err(ReleaseRefusal::Epoch { root: 4, manifest: 3 })
    );
    assert_eq!(
        root.verify_directive(&order, &state(&images), &Ed25519),
        Err(DirectiveRefusal::Epoch { root: 4, directive: 3 })
    );
}

fn rotate(from: &RootOf<'_>, to: &RootOf<'_>, seeds: &[u8]) -> Result<u32, RotationRefusal> {
    let from = from.encode();
    let next = sign(Role::Root, seeds, &to.encode());
    let next = SignedRoot::parse(&next).unwrap();
    let next = TrustedRoot::provisioned(Root::parse(&from).unwrap()).rotate(&next, &Ed25519)?;
    Ok(next.get().epoch)
}

#[test]
fn a_root_hands_over_when_its_keys_and_the_next_ones_agree() {
    assert_eq!(rotate(&FIRST_ROOT, &SECOND_ROOT, &[1, 3, 11, 12]), Ok(4));
    // The same keys count for both.
    assert_eq!(rotate(&FIRST_ROOT, &RootOf { epoch: 4, ..FIRST_ROOT }, &[1, 2]), Ok(4));
}

#[test]
fn a_root_without_the_old_or_without_the_new_keys_does_not_take_over() {
    let too_few = |valid| SignatureRefusal::TooFew { valid, needed: 2 };
    for (seeds, refusal) in [
        (&[11, 12, 13][..], RotationRefusal::OldKeys(too_few(0))),
        (&[1, 11, 12], RotationRefusal::OldKeys(too_few(1))),
        (&[1, 2], RotationRefusal::NewKeys(too_few(0))),
        (&[1, 2, 13], RotationRefusal::NewKeys(too_few(1))),
        // The other roles of the epoch before have no say.
        (&[4, 5, 6, 7, 11, 12], RotationRefusal::OldKeys(too_few(0))),
    ] {
        assert_eq!(rotate(&FIRST_ROOT, &SECOND_ROOT, seeds), Err(refusal));
    }
}

#[test]
fn roots_come_one_after_the_other() {
    for epoch in [0, 2, 3, 5, u32::MAX] {
        let next = RootOf { epoch, ..SECOND_ROOT };
        assert_eq!(
            rotate(&FIRST_ROOT, &next, &[1, 2, 11, 12]),
            Err(RotationRefusal::Epoch { root: 3, next: epoch })
        );
    }
    let last = RootOf { epoch: u32::MAX, ..FIRST_ROOT };
    let around = RootOf { epoch: 0, ..SECOND_ROOT };
    assert_eq!(
        rotate(&last, &around, &[1, 2, 11, 12]),
        Err(RotationRefusal::Epoch { root: u32::MAX, next: 0 })
    );
}

#[test]
fn a_root_stays_with_its_vendor_and_never_lowers_a_floor() {
    let stranger = RootOf { vendor: VendorId([9; 16]), ..SECOND_ROOT };
    assert_eq!(
        rotate(&FIRST_ROOT, &stranger, &[1, 2, 11, 12]),
        Err(RotationRefusal::Vendor { root: VENDOR, next: VendorId([9; 16]) })
    );
    let floor = |min_seq| [Floor { kind: APPLICATION, min_seq }];
    let (at_7, at_6) = (floor(7), floor(6));
    let from = RootOf { floors: &at_7, ..FIRST_ROOT };
    for floors in [&at_6[..], &[]] {
        assert_eq!(
            rotate(&from, &RootOf { floors, ..SECOND_ROOT }, &[1, 2, 11, 12]),
            Err(RotationRefusal::FloorLowered { kind: APPLICATION })
        );
    }
    assert_eq!(rotate(&from, &RootOf { floors: &at_7, ..SECOND_ROOT }, &[1, 2, 11, 12]), Ok(4));
}

// Endless data, truncated and oversized lengths, tampering.

#[test]
fn endless_data_ends_at_the_signed_length() {
    let images = images();
    let update = install(&manifest(), &state(&images)).unwrap();
    let image = image();
    let (_, proof) = proof_of_chunk(&image, 2);
    let proof = Proof::new(&proof);
    assert_eq!(
        update.check_chunk(3, &image[..256], proof),
        Err(ChunkError::NoSuchChunk { index: 3, count: 3 })
    );
    let longer = [&image[512..], &[0]].concat();
    for bytes in [&longer[..], &image[512..599], &[]] {
        let (expected, got) = (88, bytes.len());
        assert_eq!(update.check_chunk(2, bytes, proof), Err(ChunkError::Length { expected, got }));
    }
    let last = update.check_chunk(2, &image[512..], proof).unwrap();
    assert_eq!((last.offset(), last.bytes()), (512, &image[512..]));
}

#[test]
fn lengths_that_do_not_fit_into_the_slot_are_refused() {
    let mut images = images();
    images[0].capacity = 600;
    assert!(install(&manifest(), &state(&images)).is_ok());
    images[0].capacity = 599;
    assert_eq!(
        refused(install(&manifest(), &state(&images))),
        ReleaseRefusal::TooLong { capacity: 599, len: 600 }
    );
    let delta = with(|manifest| (manifest.delta_base, manifest.payload_len) = (Some(RUNNING), u32::MAX));
    images[0].capacity = 600;
    assert_eq!(
        refused(install(&delta, &state(&images))),
        ReleaseRefusal::TooLong { capacity: 600, len: u32::MAX }
    );
}

#[test]
fn a_tampered_chunk_is_refused_before_it_is_written() {
    let images = images();
    let update = install(&manifest(), &state(&images)).unwrap();
    let image = image();
    for index in 0..3 {
        let (_, proof) = proof_of_chunk(&image, index);
        let from = 256 * index as usize;
        let mut chunk = image[from..600.min(from + 256)].to_vec();
        assert!(update.check_chunk(index, &chunk, Proof::new(&proof)).is_ok());
        chunk[80] ^= 1;
        assert_eq!(
            update.check_chunk(index, &chunk, Proof::new(&proof)),
            Err(ChunkError::Proof(ProofError::NotInTree))
        );
    }
    // A right chunk at a wrong place.
    let (_, proof) = proof_of_chunk(&image, 1);
    assert_eq!(
        update.check_chunk(0, &image[256..512], Proof::new(&proof)),
        Err(ChunkError::Proof(ProofError::NotInTree))
    );
}

#[test]
fn what_was_tampered_with_after_it_was_written_is_found_before_it_is_started() {
    let images = images();
    let update = install(&manifest(), &state(&images)).unwrap();
    let check = |slot: &[u8]| {
        let mut check = update.image_check();
        slot.chunks(7).try_for_each(|bytes| check.update(bytes))?;
        check.finish()
    };
    let mut slot = image();
    let image = check(&slot).unwrap();
    assert_eq!((image.kind(), image.seq(), image.hash()), (APPLICATION, 42, manifest().image_hash));
    slot[300] ^= 0x10;
    assert_eq!(check(&slot), Err(ImageError::Hash));
    assert_eq!(check(&slot[..599]), Err(ImageError::TooShort { left: 1 }));
    slot.push(0);
    assert_eq!(check(&slot), Err(ImageError::TooLong { left: 5 }));
}

#[test]
fn a_delta_is_for_the_image_that_runs() {
    let images = images();
    let delta = |base| with(|manifest| (manifest.delta_base, manifest.payload_len) = (Some(base), 200));
    let update = install(&delta(RUNNING), &state(&images)).unwrap();
    assert_eq!((update.chunk_count(), update.image_check().left()), (1, 600));
    assert_eq!(
        refused(install(&delta(ImageHash([9; 32])), &state(&images))),
        ReleaseRefusal::DeltaBase { runs: RUNNING }
    );
}

#[test]
fn a_payload_that_the_device_cannot_decrypt_is_not_fetched() {
    let images = images();
    let key = PayloadKeyId([3; 8]);
    let encrypted = with(|manifest| (manifest.payload_key, manifest.payload_len) = (Some(key), 616));
    assert_eq!(refused(install(&encrypted, &state(&images))), ReleaseRefusal::PayloadKey { key });
    let able = InstalledState { payload_keys: &[PayloadKeyId([1; 8]), key], ..state(&images) };
    assert!(install(&encrypted, &able).is_ok());
}

// Downgrade of the format.

#[test]
fn another_version_of_the_format_is_refused() {
    for version in [0, 2, 23] {
        let mut bytes = encoded(&manifest());
        assert_eq!(bytes[1..3], [1, 1]);
        bytes[2] = version;
        assert_eq!(Manifest::parse(&bytes), Err(CborError { at: 2, problem: CborProblem::Value }));
    }
}

// Any bit anywhere.

#[test]
fn a_flipped_bit_anywhere_is_refused() {
    let images = images();
    let state = state(&images);
    let (release, order) = (release(&manifest()), ordered_by(|_| ()));
    let root = FIRST_ROOT.encode();
    let root = TrustedRoot::provisioned(Root::parse(&root).unwrap());
    let is_taken = |release: &[u8], order: &[u8]| {
        let Ok(release) = SignedManifest::parse(release) else { return false };
        let Ok(order) = SignedDirective::parse(order) else { return false };
        root.verify_update(&release, &order, &state, &Ed25519).is_ok()
    };
    assert!(is_taken(&release, &order));
    let flipped = |bytes: &[u8], bit: usize| {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    };
    for bit in 0..8 * release.len() {
        assert!(!is_taken(&flipped(&release, bit), &order), "bit {bit} of the release");
    }
    for bit in 0..8 * order.len() {
        assert!(!is_taken(&release, &flipped(&order, bit)), "bit {bit} of the directive");
    }
    for len in 0..release.len() {
        assert!(!is_taken(&release[..len], &order), "the first {len} bytes");
    }

    let old = FIRST_ROOT.encode();
    let old = TrustedRoot::provisioned(Root::parse(&old).unwrap());
    let next = sign(Role::Root, &[1, 2, 11, 12], &SECOND_ROOT.encode());
    let rotates = |next: &[u8]| SignedRoot::parse(next).is_ok_and(|next| old.rotate(&next, &Ed25519).is_ok());
    assert!(rotates(&next));
    for bit in 0..8 * next.len() {
        assert!(!rotates(&flipped(&next, bit)), "bit {bit} of the root");
    }
}
