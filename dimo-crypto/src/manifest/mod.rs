//! Signed firmware: what a release says of an image, who stands behind it, and what a device checks before a byte of it is written.
//!
//! Three formats, each deterministic CBOR in a COSE_Sign envelope: a [`Root`] holds the public keys of a vendor, a [`Manifest`]
//! describes one image and is signed by release keys, a [`Directive`] orders images for a device or a group and is signed by the
//! director. MANIFEST.md, beside this crate's README, has every byte of them and the table of attacks, each with the field and
//! the check that meets it.
//!
//! A device has a [`TrustedRoot`]; it verifies, and what comes out are types that nothing else makes: an [`OrderedManifest`] to fetch,
//! a [`CheckedChunk`] to write, a [`VerifiedImage`] to start. How and when a device does this, and what it does after a power cut, is
//! not decided here.
//!
//! Nothing allocates. Signatures are checked by a [`SignatureScheme`], a value: [`Es256k`] is there anyway, `Ed25519` comes with
//! the feature of that name, any other is a trait away.

mod cbor;
mod chunk;
mod directive;
mod envelope;
mod installed;
mod part;
#[cfg(feature = "payload")]
mod payload;
mod refusal;
mod release;
mod root;
mod scheme;
mod verified;
mod verify;

pub use cbor::{BufferTooSmall, CborError, CborProblem};
pub use chunk::{CheckedChunk, ChunkError, ImageCheck, ImageError, VerifiedImage};
pub use directive::{Directive, ManifestList, SignedDirective, Target};
pub use envelope::{BuildError, Envelope, EnvelopeSignature, Role, ToBeSigned};
pub use installed::{DirectorMark, InstalledImage, InstalledState};
pub use part::{
    ChunkSize, ClassId, Dependencies, Dependency, GroupId, ImageHash, ImageKind, ManifestHash, Nonce,
    PayloadKeyId, Slot, VendorId, Version,
};
#[cfg(feature = "payload")]
pub use payload::PayloadKey;
pub use refusal::{
    DirectiveRefusal, NotOrdered, ReleaseRefusal, RotationRefusal, SignatureRefusal, UpdateRefusal,
};
pub use release::{Manifest, SignedManifest, chunk_root};
pub use root::{Floor, KeySet, RoleKeys, Root, RootPlan, SignedRoot};
#[cfg(feature = "ed25519")]
pub use scheme::Ed25519;
pub use scheme::{Algorithm, Es256k, KeyId, SchemeError, SignatureScheme};
pub use verified::{Freshness, OrderedManifest, VerifiedDirective, VerifiedManifest};
pub use verify::TrustedRoot;
