//! Names of reasons and refusals: short words, the same for ever, since a host reads them.

use core::fmt::Debug;

use dimo_crypto::manifest::{ImageError, ReleaseRefusal};
use dimo_hal::boot::{BootError, BootReason};

/// Why this image and not the other one.
pub(crate) const fn started(reason: BootReason) -> &'static str {
    match reason {
        BootReason::Confirmed => "confirmed",
        BootReason::Trial => "trial",
        BootReason::TrialExhausted => "trial-exhausted",
        BootReason::TrialRefused => "trial-refused",
        BootReason::TakenBack => "taken-back",
        BootReason::ConfirmedRefused => "confirmed-refused",
        BootReason::First => "first",
        _ => "other",
    }
}

/// Why nothing is started.
pub(crate) const fn refused<E: Debug>(error: &BootError<E>) -> &'static str {
    match error {
        BootError::Flash(_) => "flash",
        BootError::Record => "record",
        BootError::Counter => "counter",
        BootError::NoManifest => "no-manifest",
        BootError::Manifest(_) => "manifest",
        BootError::Epoch { .. } => "epoch",
        BootError::Slot => "slot",
        BootError::Release(ReleaseRefusal::Signatures(_)) => "signatures",
        BootError::Release(ReleaseRefusal::Vendor { .. }) => "vendor",
        BootError::Release(ReleaseRefusal::Class { .. }) => "class",
        BootError::Release(ReleaseRefusal::Rollback { .. }) => "rollback",
        BootError::Release(ReleaseRefusal::FastForward { .. }) => "fast-forward",
        BootError::Release(_) => "release",
        BootError::Image(ImageError::Hash) => "hash",
        BootError::Image(_) => "image",
        _ => "other",
    }
}
