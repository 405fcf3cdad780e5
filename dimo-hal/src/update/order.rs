//! [`Order`]: a directive and what it orders, and the checks before anything is fetched.

use dimo_crypto::manifest::{
    CborError, ClassId, DirectiveRefusal, DirectorMark, GroupId, ImageKind, InstalledImage, InstalledState,
    ManifestHash, Nonce, NotOrdered, OrderedManifest, ReleaseRefusal, SignatureScheme, SignedDirective,
    SignedManifest, Slot, TrustedRoot, VerifiedDirective,
};
use dimo_types::Address;
use thiserror::Error;

use super::key::Ids;
use crate::boot_control::Running;

/// A signed directive and the signed manifests that it names, as they came.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "what came")]
pub struct Order<'a> {
    /// The directive.
    pub directive: &'a [u8],
    /// The manifests, in any order; others do no harm.
    pub releases: &'a [&'a [u8]],
}

/// What the device is. All of it comes from the device itself.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "what a maker hands in")]
pub struct UpdateTarget<'a> {
    /// The address of its wallet.
    pub device: Address,
    /// The groups that it is in.
    pub groups: &'a [GroupId],
    /// The hardware.
    pub class: ClassId,
    /// The number of its boot loader.
    pub boot_seq: u64,
    /// What it runs beside the application, such as the firmware of its modem; three at most count.
    pub others: &'a [InstalledImage],
}

/// What is to be fetched, and its signed manifest.
pub(super) struct Accepted<'a> {
    pub(super) manifest: OrderedManifest,
    pub(super) signed: &'a [u8],
}

/// What a directive comes to.
#[expect(clippy::large_enum_variant, reason = "taken apart at once, and no heap")]
pub(super) enum Verdict<'a> {
    Install(Accepted<'a>),
    AlreadyRuns(DirectorMark),
}

/// What the device knows of directives, and with what it opens a payload.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) last: Option<DirectorMark>,
    pub(super) nonce: Option<Nonce>,
    pub(super) keys: Ids,
}

impl<'a> Order<'a> {
    /// Verifies all that can be known before a byte is fetched.
    pub(super) fn verify<S: SignatureScheme>(
        &self,
        target: &UpdateTarget<'_>,
        running: &Running,
        known: Known,
        root: &TrustedRoot<'_>,
        scheme: &S,
    ) -> Result<Verdict<'a>, OrderRefusal> {
        let place = Slot::new(running.slot.other().number());
        let application = InstalledImage {
            kind: ImageKind::APPLICATION,
            seq: running.least_seq,
            hash: running.hash,
            target_slot: place,
            capacity: running.room,
        };
        let mut images = [application; 4];
        images.iter_mut().skip(1).zip(target.others).for_each(|(image, other)| *image = *other);
        let count = 1 + target.others.len();
        let state = InstalledState {
            device: target.device,
            groups: target.groups,
            class: target.class,
            images: images.get(..count).unwrap_or(&images),
            boot_seq: target.boot_seq,
            director: known.last,
            nonce: known.nonce,
            payload_keys: known.keys.as_slice(),
            max_jump: InstalledState::USUAL_JUMP,
        };
        let directive = SignedDirective::parse(self.directive)?;
        let directive = root.verify_directive(&directive, &state, scheme)?;
        if self.names_what_runs(&directive, running)? {
            return Ok(Verdict::AlreadyRuns(directive.mark()));
        }
        let (signed, release) = self.for_slot(&directive, place)?;
        let manifest = directive.order(root.verify_release(&release, &state, scheme)?)?;
        self.all_stand_for(&directive, &manifest, Slot::new(running.slot.number()))?;
        check_length(&manifest)?;
        Ok(Verdict::Install(Accepted { manifest, signed }))
    }

    /// The bytes of an ordered release.
    fn release(&self, hash: ManifestHash) -> Result<(&'a [u8], SignedManifest<'a>), OrderRefusal> {
        for signed in self.releases {
            let release = SignedManifest::parse(signed)?;
            if release.hash() == hash {
                return Ok((signed, release));
            }
        }
        Err(OrderRefusal::Missing { manifest: hash })
    }

    /// Half of an update was never tested by anyone: all that is ordered has to be there.
    fn names_what_runs(
        &self,
        directive: &VerifiedDirective,
        running: &Running,
    ) -> Result<bool, OrderRefusal> {
        let mut runs = false;
        for hash in directive.manifests.as_slice() {
            let (_, release) = self.release(*hash)?;
            let manifest = release.unverified();
            runs |= manifest.kind == ImageKind::APPLICATION && manifest.image_hash == running.hash;
        }
        Ok(runs)
    }

    fn for_slot(
        &self,
        directive: &VerifiedDirective,
        place: Option<Slot>,
    ) -> Result<(&'a [u8], SignedManifest<'a>), OrderRefusal> {
        for hash in directive.manifests.as_slice() {
            let found = self.release(*hash)?;
            if found.1.unverified().slot == place && place.is_some() {
                return Ok(found);
            }
        }
        Err(OrderRefusal::NoneForSlot)
    }

    /// Whether each ordered release is the one to install, or the same release linked for the slot that runs.
    fn all_stand_for(
        &self,
        directive: &VerifiedDirective,
        installed: &OrderedManifest,
        running: Option<Slot>,
    ) -> Result<(), OrderRefusal> {
        for hash in directive.manifests.as_slice() {
            let (_, release) = self.release(*hash)?;
            let other = release.unverified();
            let is_twin = other.slot == running
                && (other.kind, other.seq, other.version)
                    == (installed.kind, installed.seq, installed.version);
            if *hash != installed.hash() && !is_twin {
                return Err(OrderRefusal::CannotInstall { manifest: *hash });
            }
        }
        Ok(())
    }
}

/// A delta has any length. Sealing changes none.
fn check_length(manifest: &OrderedManifest) -> Result<(), OrderRefusal> {
    let (image, payload) = (manifest.image_len, manifest.payload_len);
    if manifest.delta_base.is_none() && payload != image {
        return Err(OrderRefusal::PayloadLength { image, payload });
    }
    Ok(())
}

/// Why an order is not followed. Nothing was fetched, written or stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OrderRefusal {
    /// No directive, or no manifest.
    #[error(transparent)]
    Parse(#[from] CborError),
    /// The directive is not for this device, not signed, or an old one.
    #[error(transparent)]
    Directive(#[from] DirectiveRefusal),
    /// The release is not for this device, not signed, or an old one.
    #[error(transparent)]
    Release(#[from] ReleaseRefusal),
    /// The directive does not order the release.
    #[error(transparent)]
    NotOrdered(#[from] NotOrdered),
    /// A release that is ordered did not come along: fetch its manifest too.
    #[error("release {manifest} is ordered and not there")]
    Missing {
        /// The release.
        manifest: ManifestHash,
    },
    /// None of the ordered releases is linked for the free slot.
    #[error("none of the releases is linked for the free slot")]
    NoneForSlot,
    /// A release is ordered along with others and cannot be installed here, so none of them is.
    #[error("release {manifest} cannot be installed here")]
    CannotInstall {
        /// The release.
        manifest: ManifestHash,
    },
    /// The payload is sealed in a way that this device does not know: here it is as long as the image.
    #[error("a payload of {payload} bytes for an image of {image}")]
    PayloadLength {
        /// The length of the image, in bytes.
        image: u32,
        /// That of the payload.
        payload: u32,
    },
}
