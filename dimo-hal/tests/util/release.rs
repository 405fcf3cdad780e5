//! A vendor that signs images, for the tests of whoever starts them.
#![allow(dead_code, clippy::unwrap_used, reason = "test helpers over constants; each user takes its part")]

use dimo_crypto::manifest::{
    Algorithm, ChunkSize, ClassId, Dependencies, Directive, Ed25519, Envelope, EnvelopeSignature, ImageHash,
    ImageKind, KeyId, Manifest, ManifestHash, ManifestList, Nonce, Role, RoleKeys, Root, RootPlan,
    SignedManifest, Slot, Target, ToBeSigned, TrustedRoot, VendorId, Version, chunk_root,
};
use dimo_hal::boot::{BootLayout, BootSlot, Verifier};
use dimo_hal::update::UpdateTarget;
use dimo_types::Address;
use ed25519_dalek::{Signer as _, SigningKey};

pub(crate) const DEVICE: Address = Address::new([0xD1; 20]);
pub(crate) const CHUNK: ChunkSize = ChunkSize::from_log2(8).unwrap();
pub(crate) const CLASS: ClassId = ClassId([2; 16]);
const VENDOR: VendorId = VendorId([1; 16]);

/// Pages of 512 bytes, with images of two of them.
pub(crate) fn layout() -> BootLayout {
    BootLayout { images: [0..1024, 1024..2048], manifests: [2048..4096, 4096..6144], record: 6144..7680 }
}

pub(crate) const PAGES: usize = 15;

/// The root of a key epoch, with the least number that it lets start.
pub(crate) fn root(epoch: u32, floor: u64) -> Vec<u8> {
    let keys = [1, 2, 3].map(|role| key(epoch, role).verifying_key().to_bytes());
    let [root, release, director] = &keys;
    let floors = [dimo_crypto::manifest::Floor { kind: ImageKind::APPLICATION, min_seq: floor }];
    let mut buffer = [0; Root::MAX_LEN];
    let plan = RootPlan {
        vendor: VENDOR,
        epoch,
        algorithm: Algorithm::Ed25519,
        root: RoleKeys { threshold: 1, keys: &[root] },
        release: RoleKeys { threshold: 1, keys: &[release] },
        director: RoleKeys { threshold: 1, keys: &[director] },
        floors: if floor > 0 { &floors } else { &[] },
    };
    plan.encode(&mut buffer).unwrap().to_vec()
}

fn key(epoch: u32, role: u8) -> SigningKey {
    SigningKey::from_bytes(&[role + 16 * u8::try_from(epoch).unwrap(); 32])
}

pub(crate) fn verifier<'r>(root: &'r [u8], before: Option<&'r [u8]>) -> Verifier<'r, Ed25519> {
    let trusted = |bytes| TrustedRoot::provisioned(Root::parse(bytes).unwrap());
    Verifier { root: trusted(root), before: before.map(trusted), scheme: Ed25519, class: CLASS, boot_seq: 1 }
}

/// An image and its signed manifest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Release {
    pub(crate) image: Vec<u8>,
    pub(crate) signed: Vec<u8>,
}

/// What differs from one release to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) slot: BootSlot,
    pub(crate) seq: u64,
    pub(crate) epoch: u32,
    pub(crate) class: ClassId,
    /// Which key signs: 2 is the release key.
    pub(crate) role: u8,
}

impl Plan {
    pub(crate) const fn new(slot: BootSlot, seq: u64) -> Self {
        Self { slot, seq, epoch: 0, class: CLASS, role: 2 }
    }

    pub(crate) fn image(self) -> Vec<u8> {
        let mark = u8::try_from(self.seq % 64).unwrap() + 64 * self.slot.number();
        (0..900u16)
            .map(|at| {
                let [low, high] = at.to_le_bytes();
                mark ^ low ^ high.wrapping_mul(37)
            })
            .collect()
    }

    pub(crate) fn build(self) -> Release {
        let image = self.image();
        let signed = self.sign(&self.manifest(&image));
        Release { image, signed }
    }

    pub(crate) fn manifest(self, image: &[u8]) -> Manifest {
        let size = CHUNK;
        let len = u32::try_from(image.len()).unwrap();
        Manifest {
            vendor: VENDOR,
            class: self.class,
            kind: ImageKind::APPLICATION,
            slot: Slot::new(self.slot.number()),
            seq: self.seq,
            version: Version { major: 1, minor: 0, patch: 0 },
            image_len: len,
            image_hash: ImageHash::of(image),
            payload_len: len,
            chunk_size: size,
            chunk_root: chunk_root(image, size).unwrap(),
            min_boot_seq: 1,
            dependencies: Dependencies::NONE,
            epoch: self.epoch,
            not_after: None,
            delta_base: None,
            payload_key: None,
        }
    }

    pub(crate) fn sign(self, manifest: &Manifest) -> Vec<u8> {
        let mut buffer = [0; Manifest::MAX_LEN];
        let payload = manifest.encode(&mut buffer).unwrap();
        sign(Role::Release, &key(self.epoch, self.role), payload)
    }
}

/// A document with one signature.
fn sign(role: Role, key: &SigningKey, payload: &[u8]) -> Vec<u8> {
    let (algorithm, id) = (Algorithm::Ed25519, KeyId::of(key.verifying_key().as_bytes()));
    let bytes = ToBeSigned::new(role, algorithm, id, payload).unwrap();
    let signature =
        EnvelopeSignature { algorithm, key: id, signature: key.sign(bytes.as_bytes()).to_bytes() };
    let mut buffer = [0; 1536];
    Envelope::write(payload, &[signature], &mut buffer).unwrap().to_vec()
}

/// The next root, as the one before it and itself sign it.
pub(crate) fn handed_over(epoch: u32, floor: u64) -> Vec<u8> {
    let payload = root(epoch, floor);
    let mut signatures = [epoch - 1, epoch].map(|signer| {
        let key = key(signer, 1);
        let (algorithm, id) = (Algorithm::Ed25519, KeyId::of(key.verifying_key().as_bytes()));
        let bytes = ToBeSigned::new(Role::Root, algorithm, id, &payload).unwrap();
        EnvelopeSignature { algorithm, key: id, signature: key.sign(bytes.as_bytes()).to_bytes() }
    });
    signatures.sort_by_key(|signature| signature.key);
    let mut buffer = [0; 1536];
    Envelope::write(&payload, &signatures, &mut buffer).unwrap().to_vec()
}

/// What differs from one directive to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Orders {
    pub(crate) seq: u64,
    pub(crate) epoch: u32,
    pub(crate) target: Target,
    pub(crate) nonce: Option<Nonce>,
    /// Which key signs: 3 is the director's.
    pub(crate) role: u8,
}

impl Orders {
    pub(crate) const fn new(seq: u64) -> Self {
        Self { seq, epoch: 0, target: Target::Device(DEVICE), nonce: None, role: 3 }
    }

    pub(crate) fn of(self, releases: &[&Release]) -> Vec<u8> {
        let hashes: Vec<ManifestHash> =
            releases.iter().map(|release| SignedManifest::parse(&release.signed).unwrap().hash()).collect();
        let Self { seq, epoch, target, nonce, role } = self;
        let manifests = ManifestList::new(&hashes).unwrap();
        let mut buffer = [0; Directive::MAX_LEN];
        let directive = Directive { target, manifests, seq, epoch, nonce, issued: None };
        sign(Role::Director, &key(epoch, role), directive.encode(&mut buffer).unwrap())
    }
}

/// The device that all directives are for.
pub(crate) fn target() -> UpdateTarget<'static> {
    UpdateTarget { device: DEVICE, groups: &[], class: CLASS, boot_seq: 1, others: &[] }
}
