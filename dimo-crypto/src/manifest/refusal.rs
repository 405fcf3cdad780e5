//! Why something is refused: one enum for each thing that is verified, a variant for each attack.

use thiserror::Error;

use super::cbor::BufferTooSmall;
use super::directive::Target;
use super::part::{ClassId, Dependency, ImageHash, ImageKind, ManifestHash, PayloadKeyId, Slot, VendorId};
use super::scheme::{Algorithm, KeyId, SchemeError};

/// Why the signatures of an envelope do not suffice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignatureRefusal {
    /// Fewer keys of the role signed than have to.
    #[error("{valid} of {needed} signatures")]
    TooFew {
        /// How many did.
        valid: u8,
        /// How many have to.
        needed: u8,
    },
    /// A known key is named with another algorithm than the root gives it.
    #[error("key {key:?} does not sign by {algorithm:?}")]
    Algorithm {
        /// The key.
        key: KeyId,
        /// The algorithm that the envelope claims.
        algorithm: Algorithm,
    },
    /// A signature of a known key is wrong: the payload or the signature was changed, or it was made for another role.
    #[error("key {key:?}: {error}")]
    Invalid {
        /// The key.
        key: KeyId,
        /// Why.
        error: SchemeError,
    },
    /// The payload is longer than an envelope holds.
    #[error(transparent)]
    Payload(#[from] BufferTooSmall),
}

/// Why a release is not for this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReleaseRefusal {
    /// Not enough release keys stand behind it.
    #[error("release: {0}")]
    Signatures(#[from] SignatureRefusal),
    /// Of another vendor.
    #[error("a release of vendor {manifest} for a device of {device}")]
    Vendor {
        /// The vendor of the root.
        device: VendorId,
        /// That of the release.
        manifest: VendorId,
    },
    /// Of another key epoch: signed before the keys were replaced, or after and the device has not yet taken the next root.
    #[error("a release of key epoch {manifest}, the root is of {root}")]
    Epoch {
        /// The epoch of the root.
        root: u32,
        /// That of the release.
        manifest: u32,
    },
    /// For other hardware.
    #[error("a release for hardware {manifest}, this is {device}")]
    Class {
        /// The hardware of the device.
        device: ClassId,
        /// That of the release.
        manifest: ClassId,
    },
    /// The device has no image of this kind.
    #[error("no image of kind {}", kind.get())]
    Kind {
        /// The kind.
        kind: ImageKind,
    },
    /// Linked for another slot than the one that is free. Ask for the build for that one.
    #[error("linked for another slot than the free one")]
    Slot {
        /// The free one.
        target: Option<Slot>,
        /// The one it is linked for.
        manifest: Option<Slot>,
    },
    /// The image or the payload is longer than the slot.
    #[error("{len} bytes do not fit into {capacity}")]
    TooLong {
        /// The bytes of the slot.
        capacity: u32,
        /// The bytes that were announced.
        len: u32,
    },
    /// Older than what was installed, or than the root allows.
    #[error("security sequence number {seq} is below {least}")]
    Rollback {
        /// The least that is accepted.
        least: u64,
        /// That of the release.
        seq: u64,
    },
    /// The security sequence number would jump so far that few were left. Only a new root, with a floor, allows it.
    #[error("security sequence number {seq} is more than {max_jump} above {least}")]
    FastForward {
        /// The least that is accepted.
        least: u64,
        /// That of the release.
        seq: u64,
        /// How far it may jump.
        max_jump: u64,
    },
    /// The boot loader is too old. Update it first.
    #[error("a boot loader of {needs} or later is needed, this is {has}")]
    BootLoader {
        /// The number of the boot loader.
        has: u64,
        /// The least number.
        needs: u64,
    },
    /// Another image is missing or too old. Install that first, or both together.
    #[error("image {} of {} or later is needed", dependency.kind.get(), dependency.min_seq)]
    Dependency {
        /// What is needed.
        dependency: Dependency,
    },
    /// A delta against another image than the one that runs. Ask for the one against this, or for the whole image.
    #[error("a delta against another image than {runs}")]
    DeltaBase {
        /// The image that runs.
        runs: ImageHash,
    },
    /// Encrypted with a key that the device does not have.
    #[error("no key {key} to decrypt with")]
    PayloadKey {
        /// The key.
        key: PayloadKeyId,
    },
}

/// Why a directive is not for this device, or not for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DirectiveRefusal {
    /// Not enough director keys stand behind it.
    #[error("directive: {0}")]
    Signatures(#[from] SignatureRefusal),
    /// Of another key epoch.
    #[error("a directive of key epoch {directive}, the root is of {root}")]
    Epoch {
        /// The epoch of the root, or of the last directive taken where that is a later one.
        root: u32,
        /// That of the directive.
        directive: u32,
    },
    /// For another device or group.
    #[error("a directive for {target:?}")]
    Target {
        /// Whom it is for.
        target: Target,
    },
    /// The device asked, and this is no answer to it: an old directive is being held against it.
    #[error("not the answer to what was asked")]
    Nonce,
    /// Older than the last one that was taken, or another one of the same number.
    #[error("directive {seq} after {last}")]
    Replayed {
        /// The last one taken.
        last: u64,
        /// This one.
        seq: u64,
    },
}

/// A release that the directive does not order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the directive does not order release {manifest}")]
pub struct NotOrdered {
    /// The release.
    pub manifest: ManifestHash,
}

/// Why nothing is to be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UpdateRefusal {
    /// The directive is refused.
    #[error(transparent)]
    Directive(#[from] DirectiveRefusal),
    /// The release is refused.
    #[error(transparent)]
    Release(#[from] ReleaseRefusal),
    /// Both are right but do not belong together.
    #[error(transparent)]
    NotOrdered(#[from] NotOrdered),
}

/// Why a root does not take over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RotationRefusal {
    /// Of another vendor.
    #[error("a root of vendor {next} after one of {root}")]
    Vendor {
        /// The vendor of the root that is trusted.
        root: VendorId,
        /// That of the next one.
        next: VendorId,
    },
    /// Not the very next epoch: an old root again, or one that skips others.
    #[error("a root of key epoch {next} after {root}")]
    Epoch {
        /// The epoch of the root that is trusted.
        root: u32,
        /// That of the next one.
        next: u32,
    },
    /// A floor would come down, and what it keeps out could come back.
    #[error("the floor of image {} comes down", kind.get())]
    FloorLowered {
        /// Which image.
        kind: ImageKind,
    },
    /// Not enough root keys of the trusted root stand behind it.
    #[error("keys of the root that is trusted: {0}")]
    OldKeys(#[source] SignatureRefusal),
    /// Not enough of its own root keys stand behind it: nobody would have them.
    #[error("keys of the next root: {0}")]
    NewKeys(#[source] SignatureRefusal),
}
