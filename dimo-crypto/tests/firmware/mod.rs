//! The world of the firmware tests: a vendor with its keys, an image of three chunks, and a device that has the one before.
#![allow(clippy::unwrap_used, reason = "the world is made of constants; a wrong one fails the test")]
#![allow(dead_code, reason = "each test file uses its part of the world")]

use dimo_crypto::Address;
use dimo_crypto::manifest::*;
use dimo_crypto::merkle::{LeafHash, Prover, Tree};
use ed25519_dalek::{Signer, SigningKey};

pub(crate) const VENDOR: VendorId = VendorId([0xA1; 16]);
pub(crate) const CLASS: ClassId = ClassId([0xC1; 16]);
pub(crate) const GROUP: GroupId = GroupId([0x61; 16]);
pub(crate) const APPLICATION: ImageKind = ImageKind::APPLICATION;

pub(crate) fn modem() -> ImageKind {
    ImageKind::new(2).unwrap()
}

pub(crate) fn device() -> Address {
    "0x318F53cC0775fdfcb95A378Fd3228Dc564A28c61".parse().unwrap()
}

/// A key from a seed of 32 equal bytes.
pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

/// Seeds of the keys of the first epoch and their thresholds: 2 of 3, 2 of 3, 1 of 1.
pub(crate) const ROOT_KEYS: [u8; 3] = [1, 2, 3];
pub(crate) const RELEASE_KEYS: [u8; 3] = [4, 5, 6];
pub(crate) const DIRECTOR_KEYS: [u8; 1] = [7];
/// The root keys of the second epoch.
pub(crate) const NEXT_ROOT_KEYS: [u8; 3] = [11, 12, 13];

pub(crate) fn publics(seeds: &[u8]) -> Vec<[u8; 32]> {
    let mut keys: Vec<_> = seeds.iter().map(|seed| key(*seed).verifying_key().to_bytes()).collect();
    keys.sort_unstable();
    keys
}

/// What the roots of a test differ in.
pub(crate) struct RootOf<'a> {
    pub(crate) vendor: VendorId,
    pub(crate) epoch: u32,
    pub(crate) root: (u8, &'a [u8]),
    pub(crate) release: (u8, &'a [u8]),
    pub(crate) director: (u8, &'a [u8]),
    pub(crate) floors: &'a [Floor],
}

pub(crate) const FIRST_ROOT: RootOf<'static> = RootOf {
    vendor: VENDOR,
    epoch: 3,
    root: (2, &ROOT_KEYS),
    release: (2, &RELEASE_KEYS),
    director: (1, &DIRECTOR_KEYS),
    floors: &[],
};
pub(crate) const SECOND_ROOT: RootOf<'static> = RootOf { epoch: 4, root: (2, &NEXT_ROOT_KEYS), ..FIRST_ROOT };

impl RootOf<'_> {
    pub(crate) fn try_encode(&self) -> Result<Vec<u8>, BuildError> {
        let sets = [self.root, self.release, self.director].map(|(_, seeds)| publics(seeds));
        let slices = sets.each_ref().map(|set| set.iter().map(|key| &key[..]).collect::<Vec<_>>());
        let [root, release, director] = &slices;
        let mut buffer = [0; Root::MAX_LEN];
        RootPlan {
            vendor: self.vendor,
            epoch: self.epoch,
            algorithm: Algorithm::Ed25519,
            root: RoleKeys { threshold: self.root.0, keys: root },
            release: RoleKeys { threshold: self.release.0, keys: release },
            director: RoleKeys { threshold: self.director.0, keys: director },
            floors: self.floors,
        }
        .encode(&mut buffer)
        .map(<[u8]>::to_vec)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        self.try_encode().unwrap()
    }
}

/// The signature of a key over a payload in a role.
pub(crate) fn signature(role: Role, seed: u8, payload: &[u8]) -> EnvelopeSignature {
    let (key, algorithm) = (key(seed), Algorithm::Ed25519);
    let id = KeyId::of(key.verifying_key().as_bytes());
    let bytes = ToBeSigned::new(role, algorithm, id, payload).unwrap();
    EnvelopeSignature { algorithm, key: id, signature: key.sign(bytes.as_bytes()).to_bytes() }
}

pub(crate) fn envelope(payload: &[u8], mut signatures: Vec<EnvelopeSignature>) -> Vec<u8> {
    signatures.sort_by_key(|signature| signature.key);
    let mut buffer = [0; 4096];
    Envelope::write(payload, &signatures, &mut buffer).unwrap().to_vec()
}

pub(crate) fn sign(role: Role, seeds: &[u8], payload: &[u8]) -> Vec<u8> {
    envelope(payload, seeds.iter().map(|seed| signature(role, *seed, payload)).collect())
}

/// 600 bytes, in chunks of 256.
pub(crate) fn image() -> Vec<u8> {
    (0..600_u32).map(|at| (at * 7 + at / 251) as u8).collect()
}

pub(crate) fn chunk_size() -> ChunkSize {
    ChunkSize::from_log2(8).unwrap()
}

/// What the device runs.
pub(crate) const RUNNING: ImageHash = ImageHash([0x11; 32]);

pub(crate) fn manifest() -> Manifest {
    Manifest {
        vendor: VENDOR,
        class: CLASS,
        kind: APPLICATION,
        slot: None,
        seq: 42,
        version: Version { major: 2, minor: 10, patch: 300 },
        image_len: 600,
        image_hash: ImageHash::of(&image()),
        payload_len: 600,
        chunk_size: chunk_size(),
        chunk_root: chunk_root(&image(), chunk_size()).unwrap(),
        min_boot_seq: 5,
        dependencies: Dependencies::NONE,
        epoch: 3,
        not_after: None,
        delta_base: None,
        payload_key: None,
    }
}

pub(crate) fn encoded(manifest: &Manifest) -> Vec<u8> {
    manifest.encode(&mut [0; Manifest::MAX_LEN]).unwrap().to_vec()
}

/// Signed by two of the three release keys.
pub(crate) fn release(manifest: &Manifest) -> Vec<u8> {
    sign(Role::Release, &RELEASE_KEYS[..2], &encoded(manifest))
}

pub(crate) fn directive(manifests: &[&Manifest]) -> Directive {
    let hashes: Vec<_> = manifests.iter().map(|manifest| ManifestHash::of(&encoded(manifest))).collect();
    Directive {
        target: Target::Device(device()),
        manifests: ManifestList::new(&hashes).unwrap(),
        seq: 9,
        epoch: 3,
        nonce: None,
        issued: None,
    }
}

pub(crate) fn order(directive: &Directive) -> Vec<u8> {
    sign(Role::Director, &DIRECTOR_KEYS, directive.encode(&mut [0; Directive::MAX_LEN]).unwrap())
}

/// The application of the device, and its modem.
pub(crate) fn images() -> [InstalledImage; 2] {
    [
        InstalledImage {
            kind: APPLICATION,
            seq: 41,
            hash: RUNNING,
            target_slot: Slot::new(1),
            capacity: 1024,
        },
        InstalledImage {
            kind: modem(),
            seq: 7,
            hash: ImageHash([0x22; 32]),
            target_slot: None,
            capacity: 4096,
        },
    ]
}

pub(crate) fn state(images: &[InstalledImage]) -> InstalledState<'_> {
    InstalledState {
        device: device(),
        groups: &[GROUP],
        class: CLASS,
        images,
        boot_seq: 5,
        director: Some(DirectorMark { epoch: 3, seq: 8, hash: [0; 32] }),
        nonce: None,
        payload_keys: &[],
        max_jump: InstalledState::USUAL_JUMP,
    }
}

/// What a device of the first epoch says of a release and an order.
pub(crate) fn update(
    release: &[u8],
    order: &[u8],
    state: &InstalledState<'_>,
) -> Result<OrderedManifest, UpdateRefusal> {
    let root = FIRST_ROOT.encode();
    let root = TrustedRoot::provisioned(Root::parse(&root).unwrap());
    let release = SignedManifest::parse(release).unwrap();
    let order = SignedDirective::parse(order).unwrap();
    root.verify_update(&release, &order, state, &Ed25519)
}

/// What a device of the first epoch says of a release with a directive that orders it.
pub(crate) fn install(
    manifest: &Manifest,
    state: &InstalledState<'_>,
) -> Result<OrderedManifest, UpdateRefusal> {
    update(&release(manifest), &order(&directive(&[manifest])), state)
}

/// The hashes that prove a chunk.
pub(crate) fn proof_of_chunk(payload: &[u8], index: u32) -> (Tree, Vec<[u8; 32]>) {
    let mut siblings = [[0; 32]; 32];
    let mut prover = Prover::<32>::new(index, &mut siblings);
    for chunk in payload.chunks(chunk_size().bytes() as usize) {
        prover.push(LeafHash::of(chunk)).unwrap();
    }
    let (tree, proof) = prover.finish().unwrap();
    (tree, proof.siblings().to_vec())
}
