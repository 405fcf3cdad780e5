//! Manifests, directives, roots and envelopes: whatever is read has one encoding, and none of it is trusted.

use dimo_crypto::Address;
use dimo_crypto::manifest::{
    ClassId, Directive, Envelope, Es256k, ImageHash, InstalledImage, InstalledState, Manifest, Root,
    SignedDirective, SignedManifest, SignedRoot, TrustedRoot,
};

/// The first byte says how the rest is read: as one document, or as two envelopes behind the length of the first.
pub(crate) fn manifest(bytes: &[u8]) {
    let Some((how, bytes)) = bytes.split_first() else { return };
    match how % 4 {
        0 => documents(bytes),
        1 => envelope(bytes),
        2 => rotation(bytes),
        _ => update(bytes),
    }
}

fn documents(bytes: &[u8]) {
    if let Ok(manifest) = Manifest::parse(bytes) {
        assert_eq!(manifest.encode(&mut [0; Manifest::MAX_LEN]), Ok(bytes));
    }
    if let Ok(directive) = Directive::parse(bytes) {
        assert_eq!(directive.encode(&mut [0; Directive::MAX_LEN]), Ok(bytes));
    }
    if let Ok(root) = Root::parse(bytes) {
        assert!(bytes.len() <= Root::MAX_LEN);
        for keys in [root.root, root.release, root.director] {
            let count = keys.keys().count();
            assert!((1..=count).contains(&keys.threshold().into()));
            assert!(keys.keys().all(|key| key.len() == root.algorithm.key_len()));
        }
        assert!(root.floors().all(|floor| root.floor(floor.kind) == floor.min_seq));
    }
}

fn envelope(bytes: &[u8]) {
    let Ok(envelope) = Envelope::parse(bytes) else { return };
    let signatures: Vec<_> = envelope.signatures().collect();
    assert!(signatures.is_sorted_by_key(|signature| signature.key));
    let mut buffer = [0; 4096];
    assert_eq!(Envelope::write(envelope.payload(), &signatures, &mut buffer), Ok(bytes));
}

/// Two inputs: the first is as long as two bytes say.
fn two(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u16::from_be_bytes(*len).into())
}

fn rotation(bytes: &[u8]) {
    let Some((root, next)) = two(bytes) else { return };
    let (Ok(root), Ok(next)) = (Root::parse(root), SignedRoot::parse(next)) else { return };
    if let Ok(taken) = TrustedRoot::provisioned(root).rotate(&next, &Es256k) {
        assert_eq!(taken.get().epoch, root.epoch + 1);
    }
}

/// A root behind its length, a release behind its length, a directive.
fn update(bytes: &[u8]) {
    let Some((root, bytes)) = two(bytes) else { return };
    let Some((release, directive)) = two(bytes) else { return };
    let Ok(root) = Root::parse(root) else { return };
    let (Ok(release), Ok(directive)) = (SignedManifest::parse(release), SignedDirective::parse(directive))
    else {
        return;
    };
    let manifest = release.unverified();
    let image = InstalledImage {
        kind: manifest.kind,
        seq: 41,
        hash: ImageHash([0x11; 32]),
        target_slot: None,
        capacity: 1 << 20,
    };
    let state = InstalledState {
        device: Address::new([9; 20]),
        groups: &[],
        class: ClassId([0xC1; 16]),
        images: &[image],
        boot_seq: 5,
        director: None,
        nonce: None,
        payload_keys: &[],
        max_jump: InstalledState::USUAL_JUMP,
    };
    if let Ok(update) = TrustedRoot::provisioned(root).verify_update(&release, &directive, &state, &Es256k) {
        assert!(update.seq >= 41 && update.image_len <= 1 << 20 && update.class == state.class);
        assert_eq!(update.hash(), release.hash());
    }
}
