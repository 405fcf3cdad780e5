//! [`Packaged`]: the slots of a program that its distribution updates.

use dimo_crypto::keccak256;
use dimo_crypto::manifest::{
    Algorithm, BuildError, CborError, ImageHash, RoleKeys, Root, RootPlan, SchemeError, SignatureScheme,
    TrustedRoot, VendorId,
};
use dimo_hal::boot::{BootSlot, BootState, ConfirmToken};
use dimo_hal::boot_control::{BootControl, Error, ErrorKind, ErrorType, ImagePiece, Running};

/// A program that runs, in slot A, and no other slot: packages of the distribution bring a new one. Every order is refused.
pub(crate) struct Packaged;

/// The distribution updates the gateway.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the distribution's packages update this program, nothing else does")]
pub(crate) struct UpdatedByPackages;

impl Error for UpdatedByPackages {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl ErrorType for Packaged {
    type Error = UpdatedByPackages;
}

impl BootControl for Packaged {
    fn page_len(&self) -> u32 {
        4_096
    }

    async fn running(&mut self) -> Result<Running, UpdatedByPackages> {
        // The base of a delta, of which there will be none.
        Ok(Running { slot: BootSlot::A, hash: ImageHash([0; 32]), least_seq: 0, room: 0 })
    }

    async fn state(&mut self) -> Result<BootState, UpdatedByPackages> {
        let mut state = BootState::default();
        state.confirmed = Some(BootSlot::A);
        Ok(state)
    }

    async fn prepare(&mut self, _: BootSlot, _: &[u8]) -> Result<(), UpdatedByPackages> {
        Err(UpdatedByPackages)
    }

    async fn write(&mut self, _: BootSlot, _: ImagePiece<'_>) -> Result<(), UpdatedByPackages> {
        Err(UpdatedByPackages)
    }

    async fn read(&mut self, _: BootSlot, _: u32, _: &mut [u8]) -> Result<(), UpdatedByPackages> {
        Err(UpdatedByPackages)
    }

    async fn stage(&mut self, _: BootSlot, _: u8) -> Result<(), UpdatedByPackages> {
        Err(UpdatedByPackages)
    }

    /// What the distribution has installed is what is to run.
    async fn confirm(&mut self, _: ConfirmToken) -> Result<(), UpdatedByPackages> {
        Ok(())
    }

    async fn take_back(&mut self) -> Result<(), UpdatedByPackages> {
        Err(UpdatedByPackages)
    }
}

/// Verifies nothing: no key may release firmware for a gateway.
pub(crate) struct NoReleases;

impl SignatureScheme for NoReleases {
    fn verify(&self, _: Algorithm, _: &[u8], _: &[u8], _: &[u8; 64]) -> Result<(), SchemeError> {
        Err(SchemeError::Unsupported)
    }
}

/// A root of keys that nobody has: hashes of what they would be for.
pub(crate) fn nobody() -> Option<TrustedRoot<'static>> {
    let root = encoded().ok()?;
    parsed(root.leak()).ok()
}

fn encoded() -> Result<Vec<u8>, BuildError> {
    let [root, release, director] = [b"no root".as_slice(), b"no release", b"no director"].map(keccak256);
    let plan = RootPlan {
        vendor: VendorId(*b"nobody's gateway"),
        epoch: 0,
        algorithm: Algorithm::Ed25519,
        root: RoleKeys { threshold: 1, keys: &[&root] },
        release: RoleKeys { threshold: 1, keys: &[&release] },
        director: RoleKeys { threshold: 1, keys: &[&director] },
        floors: &[],
    };
    Ok(plan.encode(&mut [0; Root::MAX_LEN])?.to_vec())
}

fn parsed(bytes: &'static [u8]) -> Result<TrustedRoot<'static>, CborError> {
    Root::parse(bytes).map(TrustedRoot::provisioned)
}
