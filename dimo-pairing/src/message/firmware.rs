//! The firmware of a device: [`FirmwareOffer`], [`FirmwareStatus`].

use super::Percent;
use super::number::numbered;
use crate::{NonEmptyText, Text};

/// A firmware that a phone could upload. The device says what of it it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FirmwareOffer {
    /// Its version.
    pub version: NonEmptyText<32>,
    /// The length of its image, in bytes.
    pub length: u32,
    /// The SHA-256 of its manifest.
    pub manifest_sha256: [u8; 32],
}

numbered! {
    /// What a device wants of a firmware that it was offered.
    FirmwareWanted {
        /// Nothing: it has it, or does not want it.
        Nothing = 0,
        /// The manifest.
        Manifest = 1,
        /// The image; it has the manifest.
        Image = 2,
        /// The manifest and the image.
        Both = 3,
    }
}

numbered! {
    /// How far a device is with an update.
    FirmwareState {
        /// No update is under way.
        Idle = 0,
        /// The image is on its way.
        Downloading = 1,
        /// The image is being checked.
        Verifying = 2,
        /// It starts with the next restart.
        Ready = 3,
        /// It runs, and may yet be rolled back.
        OnTrial = 4,
        /// It did not work, and the firmware before runs again.
        RolledBack = 5,
    }
}

/// What runs on a device, and what is to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FirmwareStatus {
    /// How far the update is.
    pub state: FirmwareState,
    /// How much of that is done.
    pub percent: Percent,
    /// The version that runs.
    pub running: NonEmptyText<32>,
    /// The version that is to run; empty where there is none.
    pub next: Text<32>,
}
