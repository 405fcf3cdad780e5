//! [`FlashBootControl`]: the slots of a [`BootFlash`] for the application that runs from one of them.

use dimo_crypto::manifest::SignatureScheme;
use embedded_storage_async::nor_flash::NorFlash;

use super::counter::SecurityCounter;
use super::error::BootError;
use super::flash::{BootFlash, ConfirmToken, Verifier};
use super::state::{BootSlot, BootState};
use crate::boot_control::{BootControl, Error, ErrorKind, ErrorType, ImagePiece, Running};

/// A [`BootFlash`] with whom it trusts, its security counter, and which of its slots runs.
#[derive(Debug)]
pub struct FlashBootControl<'r, F, S, C> {
    flash: BootFlash<F>,
    verifier: Verifier<'r, S>,
    counter: C,
    running: BootSlot,
}

impl<'r, F: NorFlash, S: SignatureScheme, C: SecurityCounter> FlashBootControl<'r, F, S, C> {
    /// For the application in slot `running`: what the boot loader said that it started, or the addresses that the application is linked for.
    pub const fn new(flash: BootFlash<F>, verifier: Verifier<'r, S>, counter: C, running: BootSlot) -> Self {
        Self { flash, verifier, counter, running }
    }
}

impl<F: NorFlash, S, C> ErrorType for FlashBootControl<'_, F, S, C> {
    type Error = BootError<F::Error>;
}

impl<F: NorFlash, S: SignatureScheme, C: SecurityCounter> BootControl for FlashBootControl<'_, F, S, C> {
    fn page_len(&self) -> u32 {
        u32::try_from(F::ERASE_SIZE).unwrap_or(u32::MAX)
    }

    async fn running(&mut self) -> Result<Running, Self::Error> {
        let slot = self.running;
        let hash = self.flash.claimed_hash(slot).await?;
        let least_seq = self.counter.get().await.map_err(|_| BootError::Counter)?;
        Ok(Running { slot, hash, least_seq, room: self.flash.capacity(slot.other()) })
    }

    async fn state(&mut self) -> Result<BootState, Self::Error> {
        self.flash.state().await
    }

    async fn prepare(&mut self, slot: BootSlot, signed: &[u8]) -> Result<(), Self::Error> {
        self.flash.prepare(slot, self.running, signed).await
    }

    async fn write(&mut self, slot: BootSlot, piece: ImagePiece<'_>) -> Result<(), Self::Error> {
        self.flash.write(slot, piece.offset(), piece.bytes()).await
    }

    async fn read(&mut self, slot: BootSlot, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.flash.read(slot, offset, bytes).await
    }

    async fn stage(&mut self, slot: BootSlot, starts: u8) -> Result<(), Self::Error> {
        self.flash.stage(slot, starts, &self.verifier, &mut self.counter).await.map(drop)
    }

    async fn confirm(&mut self, token: ConfirmToken) -> Result<(), Self::Error> {
        self.flash.confirm(token, &self.verifier, &mut self.counter).await
    }

    async fn take_back(&mut self) -> Result<(), Self::Error> {
        self.flash.take_back().await
    }
}

impl<E: core::fmt::Debug> Error for BootError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Flash(_) | Self::Record | Self::Counter => ErrorKind::Medium,
            Self::Layout => ErrorKind::OutOfBounds,
            Self::Manifest(_) | Self::Epoch { .. } | Self::Slot | Self::Release(_) => ErrorKind::Release,
            Self::NoManifest | Self::Image(_) => ErrorKind::Image,
            Self::SlotInUse => ErrorKind::SlotInUse,
            Self::NothingToConfirm => ErrorKind::NothingToConfirm,
        }
    }
}
