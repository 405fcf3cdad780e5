//! The twin of [`BootControl`](crate::BootControl).

use crate::boot::{BootSlot, BootState, ConfirmToken};
use crate::boot_control::{ImagePiece, Running};
use crate::twin::twin;

twin! {
    /// Two slots of which one runs, and a boot loader that tries the other one.
    trait BootControl of boot_control {
        getters {
            /// What is erased at once, in bytes.
            fn page_len(&self) -> u32;
        }

        /// What runs.
        async fn running(&mut self) -> Result<Running, Self::Error>;

        /// What is confirmed, what is on trial, and why the last trial ended.
        async fn state(&mut self) -> Result<BootState, Self::Error>;

        /// Makes a slot ready for an image, and keeps its signed manifest.
        async fn prepare(&mut self, slot: BootSlot, signed: &[u8]) -> Result<(), Self::Error>;

        /// Writes a piece of an image.
        async fn write(&mut self, slot: BootSlot, piece: ImagePiece<'_>) -> Result<(), Self::Error>;

        /// Reads from a slot.
        async fn read(&mut self, slot: BootSlot, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error>;

        /// Verifies what is in the slot, and lets it be tried at the next start.
        async fn stage(&mut self, slot: BootSlot, starts: u8) -> Result<(), Self::Error>;

        /// Confirms the image that runs.
        async fn confirm(&mut self, token: ConfirmToken) -> Result<(), Self::Error>;

        /// Ends a trial.
        async fn take_back(&mut self) -> Result<(), Self::Error>;
    }
}
