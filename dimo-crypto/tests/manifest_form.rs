//! The bytes of manifests, directives, roots and envelopes: one encoding each, and no other is read.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]
#![cfg(feature = "ed25519")]

mod firmware;

use CborProblem::{
    Indefinite, KeyOrder, MissingKey, NotShortest, Reserved, TrailingBytes, Truncated, Type, UnknownKey,
    Value,
};
use dimo_crypto::manifest::*;
use dimo_types::Timestamp;
use firmware::*;
use proptest::prelude::*;

const LAST_TIME: u64 = u64::MAX;

/// Everything there, every number at its greatest.
fn greatest() -> Manifest {
    let kind = |number| ImageKind::new(number).unwrap();
    let dependency = |number| Dependency { kind: kind(number), min_seq: u64::MAX };
    Manifest {
        kind: kind(23),
        slot: Slot::new(23),
        seq: u64::MAX,
        version: Version { major: u16::MAX, minor: u16::MAX, patch: u16::MAX },
        image_len: u32::MAX,
        payload_len: u32::MAX,
        chunk_size: ChunkSize::from_log2(16).unwrap(),
        min_boot_seq: u64::MAX,
        dependencies: Dependencies::new(&[dependency(20), dependency(21), dependency(22)]).unwrap(),
        epoch: u32::MAX,
        not_after: Some(latest()),
        delta_base: Some(RUNNING),
        payload_key: Some(PayloadKeyId([3; 8])),
        ..manifest()
    }
}

/// The latest time there is.
fn latest() -> Timestamp {
    let (mut low, mut high) = (0, LAST_TIME);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if Timestamp::from_micros(middle).is_ok() { low = middle } else { high = middle - 1 }
    }
    Timestamp::from_micros(low).unwrap()
}

#[test]
fn the_longest_of_each_have_the_lengths_that_are_promised() {
    assert_eq!(encoded(&greatest()).len(), Manifest::MAX_LEN);
    const { assert!(Manifest::MAX_LEN <= 256) };

    let hashes: Vec<_> = (0..4).map(|byte| ManifestHash([byte; 32])).collect();
    let directive = Directive {
        target: Target::Device(device()),
        manifests: ManifestList::new(&hashes).unwrap(),
        seq: u64::MAX,
        epoch: u32::MAX,
        nonce: Some(Nonce([1; 16])),
        issued: Some(latest()),
    };
    assert_eq!(directive.encode(&mut [0; Directive::MAX_LEN]).unwrap().len(), Directive::MAX_LEN);

    let keys: [[u8; 33]; 24] = core::array::from_fn(|at| [at as u8 + 1; 33]);
    let keys = keys.each_ref().map(|key| &key[..]);
    let role = |from| RoleKeys { threshold: 8, keys: &keys[from..from + 8] };
    let floors: Vec<_> =
        (0..4).map(|kind| Floor { kind: ImageKind::new(kind).unwrap(), min_seq: u64::MAX }).collect();
    let plan = RootPlan {
        vendor: VENDOR,
        epoch: u32::MAX,
        algorithm: Algorithm::Es256k,
        root: role(0),
        release: role(8),
        director: role(16),
        floors: &floors,
    };
    let mut buffer = [0; Root::MAX_LEN];
    let root = plan.encode(&mut buffer).unwrap();
    assert_eq!(root.len(), Root::MAX_LEN);
    const { assert!(Root::MAX_LEN <= Envelope::MAX_PAYLOAD) };

    let signatures: Vec<_> = (0..16)
        .map(|byte| EnvelopeSignature {
            algorithm: Algorithm::Es256k,
            key: KeyId([byte; 8]),
            signature: [0; 64],
        })
        .collect();
    let payload = [0; Envelope::MAX_PAYLOAD];
    let mut buffer = [0; 4096];
    let bytes = Envelope::write(&payload, &signatures, &mut buffer).unwrap();
    assert_eq!(
        bytes.len(),
        Envelope::OVERHEAD + payload.len() + Envelope::MAX_SIGNATURES * Envelope::SIGNATURE_LEN
    );
    assert!(ToBeSigned::new(Role::Director, Algorithm::Es256k, KeyId([0; 8]), &payload).is_ok());
}

#[test]
fn a_person_can_read_a_version_and_what_is_wrong_where() {
    assert_eq!(manifest().version.to_string(), "2.10.300");
    let error = Manifest::parse(&[0xAC, 1, 1, 1]).unwrap_err();
    assert_eq!(error.to_string(), "field 1 is out of order at byte 3");
}

#[test]
fn a_buffer_that_is_too_short_is_said_to_be() {
    let needed = encoded(&manifest()).len();
    let mut buffer = [0; 256];
    assert!(manifest().encode(&mut buffer[..needed]).is_ok());
    assert_eq!(manifest().encode(&mut buffer[..needed - 1]), Err(BuildError::Buffer(BufferTooSmall)));
    let refusal = ToBeSigned::new(Role::Root, Algorithm::Ed25519, KeyId([0; 8]), &[0; 1100]);
    assert_eq!(refusal.unwrap_err(), BufferTooSmall);
}

#[test]
fn a_manifest_that_means_nothing_is_neither_written_nor_read() {
    let needs_itself = Dependencies::new(&[Dependency { kind: APPLICATION, min_seq: 1 }]).unwrap();
    for wrong in [
        Manifest { image_len: 0, payload_len: 0, ..manifest() },
        Manifest { payload_len: 599, ..manifest() },
        Manifest { payload_len: 0, delta_base: Some(RUNNING), ..manifest() },
        Manifest { dependencies: needs_itself, ..manifest() },
    ] {
        assert!(matches!(wrong.encode(&mut [0; 256]), Err(BuildError::Form(_))), "{wrong:?}");
    }
}

#[test]
fn the_small_parts_know_their_ranges() {
    assert_eq!((ImageKind::new(24), Slot::new(24)), (None, None));
    assert_eq!((ChunkSize::from_log2(7), ChunkSize::from_log2(17)), (None, None));
    assert_eq!(ChunkSize::FLASH_PAGE.bytes(), 4096);
    let dependency = |number| Dependency { kind: ImageKind::new(number).unwrap(), min_seq: 0 };
    for wrong in [&[1, 1][..], &[2, 1], &[1, 2, 3, 4]] {
        let wrong: Vec<_> = wrong.iter().map(|number| dependency(*number)).collect();
        assert_eq!(Dependencies::new(&wrong), None);
    }
    let hash = |byte| ManifestHash([byte; 32]);
    for wrong in [&[][..], &[1, 1], &[1, 2, 1], &[1, 2, 3, 4, 5]] {
        let wrong: Vec<_> = wrong.iter().map(|byte| hash(*byte)).collect();
        assert_eq!(ManifestList::new(&wrong), None);
    }
}

/// The manifest with the bytes `from..to` replaced.
fn patched(range: core::ops::Range<usize>, bytes: &[u8]) -> Vec<u8> {
    let mut manifest = encoded(&manifest());
    manifest.splice(range, bytes.iter().copied());
    manifest
}

#[test]
fn every_other_spelling_is_refused() {
    let whole = encoded(&manifest());
    // The map of twelve; 1: 1, 2: vendor, 3: class, 4: kind, 6: seq.
    assert_eq!(whole[..5], [0xAC, 1, 1, 2, 0x50]);
    assert_eq!(whole[39..45], [4, 0, 6, 0x18, 42, 7]);
    let seq = 42..44;
    for (bytes, at, problem) in [
        (patched(2..3, &[0x18, 1]), 4, NotShortest),
        (patched(seq.clone(), &[0x19, 0, 42]), 45, NotShortest),
        (patched(seq.clone(), &[0x1A, 0, 0, 0xFF, 0xFF]), 47, NotShortest),
        (patched(seq.clone(), &[0x1B, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]), 51, NotShortest),
        (patched(seq.clone(), &[0x1C]), 43, Reserved),
        (patched(seq.clone(), &[0x1F]), 43, Indefinite),
        (patched(seq.clone(), &[0x38, 42]), 42, Type),
        (patched(seq, &[0xFB, 0x40, 0x45, 0, 0, 0, 0, 0, 0]), 42, Type),
        (patched(0..1, &[0xBF]), 1, Indefinite),
        (patched(0..1, &[0xB8, 12]), 2, NotShortest),
        (patched(0..1, &[0x8C]), 0, Type),
        (patched(0..1, &[0xAB]), whole.len() - 2, MissingKey { key: 15 }),
        (patched(0..1, &[0xAD]), whole.len(), Truncated),
        (patched(3..4, &[1]), 3, KeyOrder { key: 1 }),
        (patched(41..42, &[3]), 41, KeyOrder { key: 3 }),
        (patched(39..40, &[19]), 39, MissingKey { key: 4 }),
        (patched(4..5, &[0x4F]), 4, Value),
        (patched(40..41, &[0x18, 24]), 40, Value),
        ([&whole[..], &[0]].concat(), whole.len(), TrailingBytes),
        ([&patched(0..1, &[0xAD])[..], &[19, 0]].concat(), whole.len(), UnknownKey { key: 19 }),
        ([&patched(0..1, &[0xAD])[..], &[10, 0]].concat(), whole.len(), KeyOrder { key: 10 }),
        ([&patched(0..1, &[0xAD])[..], &[15, 3]].concat(), whole.len(), KeyOrder { key: 15 }),
    ] {
        assert_eq!(Manifest::parse(&bytes), Err(CborError { at, problem }), "{bytes:02x?}");
    }
    for len in 0..whole.len() {
        assert!(Manifest::parse(&whole[..len]).is_err());
    }
}

#[test]
fn optional_fields_have_one_way_not_to_be_there() {
    let whole = encoded(&manifest());
    let after_hash = whole.windows(3).position(|bytes| bytes == [11, 8, 12]).unwrap();
    let mut with_len = whole.clone();
    with_len[0] += 1;
    with_len.splice(after_hash..after_hash, [10, 0x19, 0x02, 0x58]);
    assert_eq!(Manifest::parse(&with_len).unwrap_err().problem, Value);

    let epoch = whole.len() - 2;
    let mut with_list = whole;
    with_list[0] += 1;
    with_list.splice(epoch..epoch, [14, 0x80]);
    assert_eq!(Manifest::parse(&with_list).unwrap_err().problem, Value);
}

#[test]
fn the_example_of_the_document_is_what_is_written() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/MANIFEST.md")).unwrap();
    let examples: Vec<Vec<u8>> = text
        .split("```hex\n")
        .skip(1)
        .map(|block| {
            let digits: String = block.split("```").next().unwrap().split_whitespace().collect();
            let mut bytes = vec![0; digits.len() / 2];
            base16ct::lower::decode(&digits, &mut bytes).unwrap();
            bytes
        })
        .collect();
    let payload = encoded(&manifest());
    let signer = id_of(4);
    let expected = [
        payload.clone(),
        ToBeSigned::new(Role::Release, Algorithm::Ed25519, signer, &payload).unwrap().as_bytes().to_vec(),
        release(&manifest()),
        order(&directive(&[&manifest()])),
        FIRST_ROOT.encode(),
    ];
    for (at, (found, expected)) in examples.iter().zip(&expected).enumerate() {
        assert!(found == expected, "example {at} should be\n{}", document(expected));
    }
    assert_eq!(examples.len(), expected.len());
}

fn id_of(seed: u8) -> KeyId {
    KeyId::of(key(seed).verifying_key().as_bytes())
}

fn document(bytes: &[u8]) -> String {
    let lines =
        bytes.chunks(48).map(|line| line.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn everything_reads_back_as_it_was_written() {
    let release = release(&manifest());
    let signed = SignedManifest::parse(&release).unwrap();
    assert_eq!(*signed.unverified(), manifest());
    assert_eq!(signed.hash(), ManifestHash::of(&encoded(&manifest())));

    let order = order(&directive(&[&manifest()]));
    assert_eq!(*SignedDirective::parse(&order).unwrap().unverified(), directive(&[&manifest()]));

    let floors = [Floor { kind: APPLICATION, min_seq: 4 }, Floor { kind: modem(), min_seq: 0 }];
    let bytes = RootOf { floors: &floors, ..SECOND_ROOT }.encode();
    let next = sign(Role::Root, &NEXT_ROOT_KEYS, &bytes);
    let next = SignedRoot::parse(&next).unwrap();
    assert_eq!(next.encoded(), bytes);
    let root = *next.unverified();
    assert_eq!((root.vendor, root.epoch, root.algorithm), (VENDOR, 4, Algorithm::Ed25519));
    assert_eq!(root.root.keys().collect::<Vec<_>>(), publics(&NEXT_ROOT_KEYS));
    assert_eq!([root.root.threshold(), root.release.threshold(), root.director.threshold()], [2, 2, 1]);
    assert_eq!(root.floors().collect::<Vec<_>>(), floors);
    assert_eq!((root.floor(APPLICATION), root.floor(ImageKind::new(9).unwrap())), (4, 0));
}

#[test]
fn a_root_that_cannot_work_is_refused() {
    for wrong in [
        RootOf { root: (0, &ROOT_KEYS), ..FIRST_ROOT },
        RootOf { release: (4, &RELEASE_KEYS), ..FIRST_ROOT },
        RootOf { director: (1, &[]), ..FIRST_ROOT },
        RootOf { release: (1, &[31, 32, 33, 34, 35, 36, 37, 38, 39]), ..FIRST_ROOT },
        RootOf { floors: &[Floor { kind: APPLICATION, min_seq: 1 }; 2], ..FIRST_ROOT },
    ] {
        assert!(wrong.try_encode().is_err());
    }
}

#[test]
fn an_envelope_has_one_form() {
    let payload = encoded(&manifest());
    let whole = release(&manifest());
    let parse = |bytes: &[u8]| Envelope::parse(bytes).unwrap_err().problem;
    // Without the tag, with COSE_Sign1's tag, with a header.
    assert_eq!(parse(&whole[2..]), Value);
    assert_eq!(parse(&[&[0xD2], &whole[2..]].concat()), Value);
    assert_eq!(parse(&[&whole[..3], &[0x41, 0xA0], &whole[4..]].concat()), Value);
    assert_eq!(parse(&[&whole[..], &[0]].concat()), TrailingBytes);
    assert_eq!(parse(&whole[..whole.len() - 1]), Truncated);
    // No signatures.
    assert_eq!(parse(&[&whole[..5 + 2 + payload.len()], &[0x80]].concat()), Value);
    // An algorithm that is not known: -7, ES256.
    let at = whole.windows(3).position(|bytes| bytes == [0xA2, 1, 0x27]).unwrap();
    let mut other = whole.clone();
    other[at + 2] = 0x26;
    assert_eq!(Envelope::parse(&other), Err(CborError { at: at + 2, problem: Value }));
    // In another order.
    let signatures: Vec<_> = Envelope::parse(&whole).unwrap().signatures().collect();
    let reversed: Vec<_> = signatures.iter().rev().copied().collect();
    assert!(Envelope::write(&payload, &reversed, &mut [0; 1024]).is_err());
    assert!(Envelope::write(&[0; 1025], &signatures, &mut [0; 2048]).is_err());
}

/// What cannot be written can still come.
#[test]
fn lists_out_of_order_and_headers_with_more_are_refused() {
    let dependency = |number| Dependency { kind: ImageKind::new(number).unwrap(), min_seq: 0 };
    let dependencies = Dependencies::new(&[dependency(1), dependency(2)]).unwrap();
    let bytes = encoded(&Manifest { dependencies, ..manifest() });
    let list = [14, 0x82, 0x82, 1, 0, 0x82, 2, 0];
    let at = bytes.windows(list.len()).position(|window| window == list).unwrap();
    for second in [1, 0] {
        let mut wrong = bytes.clone();
        wrong[at + 6] = second;
        assert_eq!(Manifest::parse(&wrong), Err(CborError { at: at + 1, problem: Value }));
    }

    // A byte more in the protected header of a signature.
    let whole = release(&manifest());
    let header = whole.windows(4).position(|bytes| bytes == [0x4D, 0xA2, 1, 0x27]).unwrap();
    let mut longer = whole;
    longer[header] = 0x4E;
    longer.insert(header + 14, 0);
    assert_eq!(Envelope::parse(&longer), Err(CborError { at: header + 14, problem: TrailingBytes }));
}

fn any_manifest() -> impl Strategy<Value = Manifest> {
    let dependencies = prop::collection::btree_map(1_u8..24, any::<u64>(), 0..4).prop_map(|map| {
        let list: Vec<_> = map
            .into_iter()
            .map(|(kind, min_seq)| Dependency { kind: ImageKind::new(kind).unwrap(), min_seq })
            .collect();
        Dependencies::new(&list).unwrap()
    });
    let ids = (any::<[u8; 16]>(), any::<[u8; 16]>(), any::<[u8; 32]>(), any::<[u8; 32]>());
    let numbers = (any::<u64>(), any::<u64>(), any::<u32>(), any::<[u16; 3]>());
    let lens = (1..=u32::MAX, 1..=u32::MAX, 8_u8..=16);
    let options = (
        prop::option::of(0_u8..24),
        prop::option::of(0_u64..1 << 50),
        prop::option::of(any::<[u8; 32]>()),
        prop::option::of(any::<[u8; 8]>()),
    );
    (ids, numbers, lens, options, dependencies).prop_map(|(ids, numbers, lens, options, dependencies)| {
        let is_transformed = options.2.is_some() || options.3.is_some();
        Manifest {
            vendor: VendorId(ids.0),
            class: ClassId(ids.1),
            kind: APPLICATION,
            slot: options.0.and_then(Slot::new),
            seq: numbers.0,
            version: Version { major: numbers.3[0], minor: numbers.3[1], patch: numbers.3[2] },
            image_len: lens.0,
            image_hash: ImageHash(ids.2),
            payload_len: if is_transformed { lens.1 } else { lens.0 },
            chunk_size: ChunkSize::from_log2(lens.2).unwrap(),
            chunk_root: ids.3,
            min_boot_seq: numbers.1,
            dependencies,
            epoch: numbers.2,
            not_after: options.1.map(|micros| Timestamp::from_micros(micros).unwrap()),
            delta_base: options.2.map(ImageHash),
            payload_key: options.3.map(PayloadKeyId),
        }
    })
}

proptest! {
    #[test]
    fn a_manifest_reads_back_as_it_was_written(manifest in any_manifest()) {
        let mut buffer = [0; Manifest::MAX_LEN];
        let bytes = manifest.encode(&mut buffer).unwrap();
        prop_assert_eq!(Manifest::parse(bytes), Ok(manifest));
    }

    /// What is read is written back as the same bytes: there is one encoding.
    #[test]
    fn whatever_is_read_is_the_one_encoding(
        manifest in any_manifest(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = encoded(&manifest);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(manifest) = Manifest::parse(&bytes) {
            prop_assert_eq!(encoded(&manifest), bytes);
        }
    }
}
