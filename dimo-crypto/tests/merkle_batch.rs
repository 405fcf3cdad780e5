//! A batch of telemetry, signed once by its device, of which one signal is shown to a third party.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]
#![cfg(all(feature = "merkle", feature = "software-key"))]

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::merkle::{BatchRoot, LeafHash, Proof, Prover, RootBuilder, Tree};
use dimo_crypto::{Signature, SoftwareKey, verify};
use dimo_types::wire::{
    BatchEncoder, BatchHeader, DecodeLimits, DecodedBatch, EncoderMemory, Unknown, decode_batch,
    decode_dictionary, dictionary_hash, encode_dictionary, v1,
};
use dimo_types::{
    BatchParts, Raw, Reading, RecordId, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, TokenId, Unit,
};
use miniz_oxide::deflate::compress_to_vec_zlib;

const SCALE: Scale = Scale { factor: 0.01, offset: 0.0 };

fn dictionary() -> [SignalInfo<'static>; 3] {
    [("speed", Unit::KilometrePerHour), ("rpm", Unit::RevolutionPerMinute), ("soc", Unit::Percent)]
        .map(|(name, unit)| SignalInfo { name, unit, scale: SCALE })
}

/// What the device sends: the batch deflated, and the signature over the root of its leaves.
fn sent(device: &mut SoftwareKey) -> (Vec<u8>, Signature) {
    let start = Timestamp::from_secs(1_700_000_000).unwrap();
    let header = BatchHeader {
        id: RecordId::new(start, [7; 16]),
        device: device.address(),
        vehicle: Some(TokenId::from(1337)),
        dictionary_hash: dictionary_hash(&dictionary()),
    };
    let parts = BatchParts { leaf_seed: Some([9; 16]), ..BatchParts::default() };
    let mut memory = EncoderMemory::<3, 3, 40>::new();
    let mut encoder = BatchEncoder::new(memory.as_mut(), 1024);
    for step in 0..60 {
        let time = start.checked_add_micros(step * 100_000).unwrap();
        for signal in 0..3 {
            let raw = Raw::Signed((i64::from(signal) + 1) * 1000 + step * step);
            let value = SignalValue::Scaled { raw, scale: SCALE };
            encoder.push(&Reading { time, signal: SignalIndex(signal), value }).unwrap();
        }
    }
    let mut out = [0; 1024];
    let mut tree = RootBuilder::<16>::new();
    for index in 0..encoder.leaves(&header, &parts) {
        tree.push(LeafHash::of(encoder.leaf(index, &header, &parts, &mut out).unwrap())).unwrap();
    }
    let root = BatchRoot::new(device.address(), header.id, tree.finish().unwrap());
    let message = encoder.seal(&header, &parts, &mut out).unwrap();
    (compress_to_vec_zlib(message, 6), device.sign(&root).unwrap())
}

fn received(bytes: &[u8]) -> DecodedBatch {
    decode_batch(bytes, &DecodeLimits::default()).unwrap()
}

fn tree_of(leaves: &[Vec<u8>]) -> Tree {
    let mut tree = RootBuilder::<16>::new();
    for leaf in leaves {
        tree.push(LeafHash::of(leaf)).unwrap();
    }
    tree.finish().unwrap()
}

#[test]
fn one_signal_of_a_signed_batch_is_shown_to_a_third_party_without_the_others() {
    let mut device = SoftwareKey::from_bytes([7; 32]).unwrap();
    let (bytes, signature) = sent(&mut device);

    // The backend makes the same leaves of what it received, so the device's signature is over their root.
    let batch = received(&bytes);
    let leaves = batch.leaves().unwrap();
    let root = BatchRoot::new(batch.device(), batch.id(), tree_of(&leaves));
    let root = verify(root, &signature, device.address()).unwrap();

    // An insurer gets the leaf of one signal with its proof, and reads it as a batch of its own.
    let mut siblings = [[0; 32]; 16];
    let mut prover = Prover::<16>::new(1, &mut siblings);
    for leaf in &leaves {
        prover.push(LeafHash::of(leaf)).unwrap();
    }
    let (_, proof) = prover.finish().unwrap();
    root.verify_leaf(1, &leaves[1], proof).unwrap();
    let (_salt, message) = leaves[1].split_at(16);
    let shown = received(&compress_to_vec_zlib(message, 6));
    assert_eq!(*shown.unknown(), Unknown::default());
    let dictionary = decode_dictionary(&encode_dictionary(&dictionary()), &DecodeLimits::default()).unwrap();
    let shown = shown.to_batch(&dictionary).unwrap();
    assert_eq!((shown.id(), shown.device(), shown.readings().len()), (batch.id(), device.address(), 60));
    assert!(shown.readings().iter().all(|reading| reading.signal == SignalIndex(1)));
}

#[test]
fn a_reading_changed_in_one_leaf_is_not_the_device_s() {
    let mut device = SoftwareKey::from_bytes([7; 32]).unwrap();
    let (bytes, signature) = sent(&mut device);
    let batch = received(&bytes);
    let mut leaves = batch.leaves().unwrap();
    let last = leaves[0].len() - 1;
    leaves[0][last] ^= 2;
    let root = BatchRoot::new(batch.device(), batch.id(), tree_of(&leaves));
    assert!(verify(root, &signature, device.address()).is_err());

    let whole = BatchRoot::new(batch.device(), batch.id(), tree_of(&batch.leaves().unwrap()));
    let root = verify(whole, &signature, device.address()).unwrap();
    assert!(root.verify_leaf(0, &leaves[0], Proof::new(&[[0; 32]; 2])).is_err());
}

#[test]
fn a_leaf_has_only_fields_of_one_signal() {
    use prost::Message as _;
    let (bytes, _) = sent(&mut SoftwareKey::from_bytes([7; 32]).unwrap());
    for leaf in received(&bytes).leaves().unwrap() {
        let message = v1::TelemetryBatch::decode(&leaf[16..]).unwrap();
        assert_eq!((message.column_signals.len(), message.timeline_lengths), (1, vec![60]));
        assert_eq!(message.leaf_seed, None);
    }
}
