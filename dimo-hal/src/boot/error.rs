//! [`BootError`].

use core::fmt::Debug;

use dimo_crypto::manifest::{CborError, ImageError, ReleaseRefusal};
use thiserror::Error;

/// Why a slot was refused, or nothing was stored.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum BootError<E: Debug> {
    /// The flash failed.
    #[error("the flash failed: {0:?}")]
    Flash(E),
    /// Ranges overlap, are no whole pages, or are too short.
    #[error("the layout does not fit the flash")]
    Layout,
    /// The record of the boot loader could not be stored.
    #[error("the record was not stored")]
    Record,
    /// The security counter does not answer.
    #[error("the security counter does not answer")]
    Counter,
    /// There is no signed manifest beside the slot.
    #[error("there is no manifest beside the slot")]
    NoManifest,
    /// The manifest is none.
    #[error(transparent)]
    Manifest(#[from] CborError),
    /// No root that the device knows is of the manifest's key epoch.
    #[error("no root of key epoch {epoch} is known")]
    Epoch {
        /// The key epoch of the manifest.
        epoch: u32,
    },
    /// The manifest names no slot, or the other one: its image would not run here.
    #[error("the image is not linked for this slot")]
    Slot,
    /// The release is not for this device, too old, or not signed.
    #[error(transparent)]
    Release(#[from] ReleaseRefusal),
    /// The image in the slot is not the one that was signed.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The slot holds what runs, or what is confirmed.
    #[error("the slot is in use")]
    SlotInUse,
    /// What runs is neither on trial nor confirmed.
    #[error("there is nothing to confirm")]
    NothingToConfirm,
}
