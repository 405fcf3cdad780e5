//! [`TrustedRoot`]: the only maker of verified manifests, and the checks that it makes.

use core::cmp::Ordering;

use sha2::{Digest, Sha256};

use super::directive::SignedDirective;
use super::envelope::{Envelope, Role, ToBeSigned};
use super::installed::{DirectorMark, InstalledImage, InstalledState};
use super::refusal::{DirectiveRefusal, ReleaseRefusal, RotationRefusal, SignatureRefusal, UpdateRefusal};
use super::release::{Manifest, SignedManifest};
use super::root::{KeySet, Root, SignedRoot};
use super::scheme::{Algorithm, SchemeError, SignatureScheme};
use super::verified::{OrderedManifest, VerifiedDirective, VerifiedManifest};

/// The root that a device acts on: the one it was made with, or one that its predecessor handed over to.
///
/// All methods take what was read, the state of the device and a [`SignatureScheme`], and check everything that can be known before
/// the first byte of the payload: a refusal is never half a change.
///
/// # Example: an update, from the first root to the first chunk
///
/// ```
/// # #[cfg(feature = "ed25519")] {
/// # use dimo_crypto::manifest::*;
/// # use ed25519_dalek::{Signer, SigningKey};
/// # let (root_key, release_key, director_key) =
/// #     (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]), SigningKey::from_bytes(&[3; 32]));
/// # let publics = [&root_key, &release_key, &director_key].map(|key| key.verifying_key().to_bytes());
/// # let role = |key| RoleKeys { threshold: 1, keys: key };
/// # let mut root_buffer = [0; Root::MAX_LEN];
/// # let root_bytes = RootPlan {
/// #     vendor: VendorId([1; 16]), epoch: 0, algorithm: Algorithm::Ed25519, root: role(&[&publics[0]]),
/// #     release: role(&[&publics[1]]), director: role(&[&publics[2]]), floors: &[],
/// # }.encode(&mut root_buffer)?;
/// # let image = [0x55; 10_000];
/// # let size = ChunkSize::FLASH_PAGE;
/// # let manifest = Manifest {
/// #     vendor: VendorId([1; 16]), class: ClassId([2; 16]), kind: ImageKind::APPLICATION, slot: None, seq: 7,
/// #     version: Version { major: 1, minor: 4, patch: 0 }, image_len: 10_000, image_hash: ImageHash::of(&image),
/// #     payload_len: 10_000, chunk_size: size, chunk_root: chunk_root(&image, size)?, min_boot_seq: 1,
/// #     dependencies: Dependencies::NONE, epoch: 0, not_after: None, delta_base: None, payload_key: None,
/// # };
/// # let mut buffer = [0; Manifest::MAX_LEN];
/// # let manifest = manifest.encode(&mut buffer)?;
/// # let device = dimo_crypto::Address::new([9; 20]);
/// # let directive = Directive {
/// #     target: Target::Device(device), manifests: ManifestList::new(&[ManifestHash::of(manifest)]).unwrap(),
/// #     seq: 1, epoch: 0, nonce: None, issued: None,
/// # };
/// # let mut buffer = [0; Directive::MAX_LEN];
/// # let directive = directive.encode(&mut buffer)?;
/// # let sign = |role, key: &SigningKey, payload: &[u8]| {
/// #     let (algorithm, id) = (Algorithm::Ed25519, KeyId::of(key.verifying_key().as_bytes()));
/// #     let signature = key.sign(ToBeSigned::new(role, algorithm, id, payload).unwrap().as_bytes()).to_bytes();
/// #     let mut buffer = [0; 512];
/// #     Envelope::write(payload, &[EnvelopeSignature { algorithm, key: id, signature }], &mut buffer).unwrap().to_vec()
/// # };
/// # let release_bytes = sign(Role::Release, &release_key, manifest);
/// # let directive_bytes = sign(Role::Director, &director_key, directive);
/// # let images = [InstalledImage {
/// #     kind: ImageKind::APPLICATION, seq: 6, hash: ImageHash([0; 32]), target_slot: None, capacity: 1 << 18,
/// # }];
/// # let state = InstalledState {
/// #     device, groups: &[], class: ClassId([2; 16]), images: &images, boot_seq: 1, director: None, nonce: None,
/// #     payload_keys: &[], max_jump: InstalledState::USUAL_JUMP,
/// # };
/// # let mut siblings = [[0; 32]; 32];
/// # let mut prover = dimo_crypto::merkle::Prover::<32>::new(0, &mut siblings);
/// # for chunk in image.chunks(4096) { prover.push(dimo_crypto::merkle::LeafHash::of(chunk))?; }
/// # let (_, proof) = prover.finish()?;
/// // The root stands in flash that nobody can write, put there at the factory.
/// let root = TrustedRoot::provisioned(Root::parse(root_bytes)?);
///
/// // A release and an order came. Both must be right before anything is fetched.
/// let release = SignedManifest::parse(&release_bytes)?;
/// let order = SignedDirective::parse(&directive_bytes)?;
/// let update = root.verify_update(&release, &order, &state, &Ed25519)?;
///
/// // Each chunk is checked before it is written, the whole is read again afterwards.
/// let chunk = update.check_chunk(0, &image[..4096], proof)?;
/// assert_eq!((chunk.offset(), chunk.bytes().len()), (0, 4096));
/// let mut check = update.image_check();
/// check.update(&image)?;
/// let staged = check.finish()?;
/// assert_eq!(staged.seq(), 7);
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedRoot<'a> {
    root: Root<'a>,
}

impl<'a> TrustedRoot<'a> {
    /// Trusts a root because of where its bytes came from: memory that only the factory, or a rotation verified earlier, writes.
    #[must_use]
    pub const fn provisioned(root: Root<'a>) -> Self {
        Self { root }
    }

    /// What it holds.
    #[must_use]
    pub const fn get(&self) -> &Root<'a> {
        &self.root
    }

    /// Hands over to the next root: signed by enough root keys of this one and by enough of its own, so that the old keys agree and the
    /// new ones exist. Store [`SignedRoot::encoded`] when it succeeds. Roots cannot be skipped: after a long time offline a
    /// device takes them one by one.
    ///
    /// # Errors
    ///
    /// See [`RotationRefusal`]; this root stays the one to act on.
    pub fn rotate<'n>(
        &self,
        next: &SignedRoot<'n>,
        scheme: &impl SignatureScheme,
    ) -> Result<TrustedRoot<'n>, RotationRefusal> {
        let (this, new) = (&self.root, &next.root);
        if new.vendor != this.vendor {
            return Err(RotationRefusal::Vendor { root: this.vendor, next: new.vendor });
        }
        if this.epoch.checked_add(1) != Some(new.epoch) {
            return Err(RotationRefusal::Epoch { root: this.epoch, next: new.epoch });
        }
        if let Some(floor) = this.floors().find(|floor| new.floor(floor.kind) < floor.min_seq) {
            return Err(RotationRefusal::FloorLowered { kind: floor.kind });
        }
        let check = |root: &Root<'_>| {
            check_signatures(&next.envelope, Role::Root, root.algorithm, &root.root, scheme)
        };
        check(this).map_err(RotationRefusal::OldKeys)?;
        check(new).map_err(RotationRefusal::NewKeys)?;
        Ok(TrustedRoot { root: *new })
    }

    /// Checks a release: its signatures, and that this device may install it. A boot loader that starts a staged image stops here;
    /// whoever fetches a payload needs [`verify_update`](Self::verify_update).
    ///
    /// # Errors
    ///
    /// See [`ReleaseRefusal`].
    pub fn verify_release(
        &self,
        release: &SignedManifest<'_>,
        state: &InstalledState<'_>,
        scheme: &impl SignatureScheme,
    ) -> Result<VerifiedManifest, ReleaseRefusal> {
        let manifest = &release.manifest;
        // Cheap before dear: whoever sends nonsense gets no signature checked.
        self.check_keys_apply(manifest)?;
        self.check_against(manifest, state)?;
        check_signatures(&release.envelope, Role::Release, self.root.algorithm, &self.root.release, scheme)?;
        Ok(VerifiedManifest::new(*manifest, release.hash()))
    }

    fn check_keys_apply(&self, manifest: &Manifest) -> Result<(), ReleaseRefusal> {
        if manifest.vendor != self.root.vendor {
            return Err(ReleaseRefusal::Vendor { device: self.root.vendor, manifest: manifest.vendor });
        }
        if manifest.epoch != self.root.epoch {
            return Err(ReleaseRefusal::Epoch { root: self.root.epoch, manifest: manifest.epoch });
        }
        Ok(())
    }

    fn check_against(&self, manifest: &Manifest, state: &InstalledState<'_>) -> Result<(), ReleaseRefusal> {
        if manifest.class != state.class {
            return Err(ReleaseRefusal::Class { device: state.class, manifest: manifest.class });
        }
        let image = state.image(manifest.kind).ok_or(ReleaseRefusal::Kind { kind: manifest.kind })?;
        check_place(manifest, image)?;
        self.check_seq(manifest, image.seq, state.max_jump)?;
        check_needs(manifest, image, state)
    }

    fn check_seq(&self, manifest: &Manifest, installed: u64, max_jump: u64) -> Result<(), ReleaseRefusal> {
        let least = installed.max(self.root.floor(manifest.kind));
        if manifest.seq < least {
            return Err(ReleaseRefusal::Rollback { least, seq: manifest.seq });
        }
        if manifest.seq - least > max_jump {
            return Err(ReleaseRefusal::FastForward { least, seq: manifest.seq, max_jump });
        }
        Ok(())
    }

    /// Checks a directive: its signatures, that it is for this device, and that it is not an old one.
    ///
    /// # Errors
    ///
    /// See [`DirectiveRefusal`].
    pub fn verify_directive(
        &self,
        directive: &SignedDirective<'_>,
        state: &InstalledState<'_>,
        scheme: &impl SignatureScheme,
    ) -> Result<VerifiedDirective, DirectiveRefusal> {
        let SignedDirective { envelope, directive } = directive;
        if directive.epoch != self.root.epoch {
            return Err(DirectiveRefusal::Epoch { root: self.root.epoch, directive: directive.epoch });
        }
        if !state.is_meant_by(&directive.target) {
            return Err(DirectiveRefusal::Target { target: directive.target });
        }
        if state.nonce.is_some() && directive.nonce != state.nonce {
            return Err(DirectiveRefusal::Nonce);
        }
        let hash = Sha256::digest(envelope.payload()).into();
        let mark = DirectorMark { epoch: directive.epoch, seq: directive.seq, hash };
        check_fresh(mark, state)?;
        check_signatures(envelope, Role::Director, self.root.algorithm, &self.root.director, scheme)?;
        Ok(VerifiedDirective::new(*directive, mark))
    }

    /// Checks a release and the directive that orders it: what has to hold before the payload is fetched.
    ///
    /// # Errors
    ///
    /// See [`UpdateRefusal`].
    pub fn verify_update(
        &self,
        release: &SignedManifest<'_>,
        directive: &SignedDirective<'_>,
        state: &InstalledState<'_>,
        scheme: &impl SignatureScheme,
    ) -> Result<OrderedManifest, UpdateRefusal> {
        let directive = self.verify_directive(directive, state, scheme)?;
        let release = self.verify_release(release, state, scheme)?;
        Ok(directive.order(release)?)
    }
}

/// Where the image goes.
fn check_place(manifest: &Manifest, image: &InstalledImage) -> Result<(), ReleaseRefusal> {
    if manifest.slot.is_some() && manifest.slot != image.target_slot {
        return Err(ReleaseRefusal::Slot { target: image.target_slot, manifest: manifest.slot });
    }
    let len = manifest.image_len.max(manifest.payload_len);
    if len > image.capacity {
        return Err(ReleaseRefusal::TooLong { capacity: image.capacity, len });
    }
    Ok(())
}

/// What has to be there already.
fn check_needs(
    manifest: &Manifest,
    image: &InstalledImage,
    state: &InstalledState<'_>,
) -> Result<(), ReleaseRefusal> {
    if state.boot_seq < manifest.min_boot_seq {
        return Err(ReleaseRefusal::BootLoader { has: state.boot_seq, needs: manifest.min_boot_seq });
    }
    let is_met = |needed: &super::Dependency| {
        state.image(needed.kind).is_some_and(|image| needed.min_seq <= image.seq)
    };
    if let Some(dependency) = manifest.dependencies.iter().find(|needed| !is_met(needed)) {
        return Err(ReleaseRefusal::Dependency { dependency });
    }
    if manifest.delta_base.is_some_and(|base| base != image.hash) {
        return Err(ReleaseRefusal::DeltaBase { runs: image.hash });
    }
    match manifest.payload_key {
        Some(key) if !state.payload_keys.contains(&key) => Err(ReleaseRefusal::PayloadKey { key }),
        _ => Ok(()),
    }
}

/// The first of its key epoch, later than the last one taken, or the very same.
///
/// How far it is above the last one says nothing: directives are counted over all devices. Numbers that a stolen key used up
/// come back with the next key epoch.
fn check_fresh(mark: DirectorMark, state: &InstalledState<'_>) -> Result<(), DirectiveRefusal> {
    let Some(last) = state.director else { return Ok(()) };
    match mark.epoch.cmp(&last.epoch) {
        // The root fell back behind what the device has taken already.
        Ordering::Less => Err(DirectiveRefusal::Epoch { root: last.epoch, directive: mark.epoch }),
        Ordering::Equal if mark.seq <= last.seq && mark != last => {
            Err(DirectiveRefusal::Replayed { last: last.seq, seq: mark.seq })
        }
        Ordering::Equal | Ordering::Greater => Ok(()),
    }
}

/// Counts the signatures of keys of the set. Signatures of other keys say nothing, which lets one envelope serve two epochs;
/// a wrong signature of a known key says that something was tampered with.
fn check_signatures(
    envelope: &Envelope<'_>,
    role: Role,
    algorithm: Algorithm,
    keys: &KeySet<'_>,
    scheme: &impl SignatureScheme,
) -> Result<(), SignatureRefusal> {
    let mut valid = 0;
    // Each key is there once at most: they ascend.
    for signature in envelope.signatures() {
        let id = signature.key;
        let Some(key) = keys.find(id) else { continue };
        if signature.algorithm != algorithm {
            return Err(SignatureRefusal::Algorithm { key: id, algorithm: signature.algorithm });
        }
        if !algorithm.is_canonical(&signature.signature) {
            return Err(SignatureRefusal::Invalid { key: id, error: SchemeError::Signature });
        }
        let bytes = ToBeSigned::new(role, algorithm, id, envelope.payload())?;
        scheme
            .verify(algorithm, key, bytes.as_bytes(), &signature.signature)
            .map_err(|error| SignatureRefusal::Invalid { key: id, error })?;
        valid += 1;
    }
    let needed = keys.threshold();
    if valid < needed { Err(SignatureRefusal::TooFew { valid, needed }) } else { Ok(()) }
}
