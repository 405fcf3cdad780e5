//! [`BootFlash`]: two slots, their manifests and the record, in one flash.

use dimo_crypto::manifest::{
    ClassId, Dependencies, ImageHash, ImageKind, InstalledImage, InstalledState, SignatureScheme,
    SignedManifest, Slot, TrustedRoot, VerifiedImage, VerifiedManifest,
};
use dimo_types::Address;
use embedded_storage_async::nor_flash::NorFlash;

use super::counter::SecurityCounter;
use super::error::BootError;
use super::layout::{BootLayout, MANIFEST_MAX};
use super::state::{BootReason, BootSlot, BootState};
use crate::flash::Region;
use crate::record::RecordStore;

/// What is read of an image at once.
const PIECE: usize = 256;

/// Before a manifest stands its length, little-endian.
const LENGTH: usize = 4;

/// Whom a device trusts, and what it is.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "what a maker hands in")]
pub struct Verifier<'r, S> {
    /// The root that holds now.
    pub root: TrustedRoot<'r>,
    /// The one before it, for images that were confirmed under its keys.
    pub before: Option<TrustedRoot<'r>>,
    /// Checks signatures.
    pub scheme: S,
    /// The hardware.
    pub class: ClassId,
    /// The number of the boot loader itself.
    pub boot_seq: u64,
}

/// What is to be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Started {
    /// Where it is.
    pub slot: BootSlot,
    /// What it is.
    pub image: VerifiedImage,
    /// Why it and not the other one. For the application to read and report.
    pub reason: BootReason,
}

/// Says that the image which runs is well: that it has tested itself and reached its backend. What is not confirmed is taken back.
#[must_use = "an image that does not confirm itself is taken back"]
#[derive(Debug)]
pub struct ConfirmToken {
    slot: BootSlot,
}

impl ConfirmToken {
    /// For the image in this slot, which runs.
    pub const fn after_self_test(slot: BootSlot) -> Self {
        Self { slot }
    }

    /// Where the image is.
    #[must_use]
    pub const fn slot(&self) -> BootSlot {
        self.slot
    }
}

/// Two slots, their manifests and the record. The boot loader calls [`start`](Self::start); the application the others.
#[derive(Debug)]
pub struct BootFlash<F> {
    flash: F,
    layout: BootLayout,
}

impl<F: NorFlash> BootFlash<F> {
    /// Over this flash.
    ///
    /// # Errors
    ///
    /// [`BootError::Layout`].
    pub fn new(flash: F, layout: BootLayout) -> Result<Self, BootError<F::Error>> {
        let size = |size: usize| u32::try_from(size).map_err(|_| BootError::Layout);
        let (page, word, capacity) = (size(F::ERASE_SIZE)?, size(F::WRITE_SIZE)?, size(flash.capacity())?);
        let whole = F::READ_SIZE <= LENGTH && PIECE.is_multiple_of(F::READ_SIZE) && word <= 64;
        if whole && layout.fits(page, word, capacity) {
            Ok(Self { flash, layout })
        } else {
            Err(BootError::Layout)
        }
    }

    /// Decides what starts, and verifies it. A trial is counted down before this returns.
    ///
    /// # Errors
    ///
    /// Why the last slot was refused when nothing can be started; [`BootError::Counter`], [`BootError::Record`], [`BootError::Flash`].
    pub async fn start<S: SignatureScheme, C: SecurityCounter>(
        &mut self,
        verifier: &Verifier<'_, S>,
        counter: &mut C,
    ) -> Result<Started, BootError<F::Error>> {
        let mut state = self.state().await?;
        // A confirmation that was cut off before the counter knew.
        let raised = counter.raise_to(state.raise_to).await;
        raised.map_err(|_| BootError::Counter)?;
        let least = counter.get().await.map_err(|_| BootError::Counter)?;
        if let Some((slot, left)) = state.trial {
            let sound = self.verify(slot, verifier, least).await;
            match (sound, left.checked_sub(1)) {
                (Ok(image), Some(left)) => {
                    state.trial = Some((slot, left));
                    self.store(&state).await?;
                    return Ok(Started { slot, image, reason: BootReason::Trial });
                }
                (Err(error @ BootError::Flash(_)), _) => return Err(error),
                (Ok(_), None) => state.reverted = BootReason::TrialExhausted,
                (Err(_), _) => state.reverted = BootReason::TrialRefused,
            }
            state.trial = None;
            self.store(&state).await?;
        }
        self.start_confirmed(&state, verifier, least).await
    }

    async fn start_confirmed<S: SignatureScheme>(
        &mut self,
        state: &BootState,
        verifier: &Verifier<'_, S>,
        least: u64,
    ) -> Result<Started, BootError<F::Error>> {
        let (first, reason, fallback) = match state.confirmed {
            Some(slot) => (slot, state.reverted, BootReason::ConfirmedRefused),
            None => (BootSlot::A, BootReason::First, BootReason::First),
        };
        match self.verify(first, verifier, least).await {
            Ok(image) => Ok(Started { slot: first, image, reason }),
            Err(error @ BootError::Flash(_)) => Err(error),
            Err(_) => {
                let slot = first.other();
                let image = self.verify(slot, verifier, least).await?;
                Ok(Started { slot, image, reason: fallback })
            }
        }
    }

    /// Makes the slot ready for an image: ends a trial of what was there, and keeps the signed manifest of what is to come. Not for the confirmed slot, nor for the
    /// one that runs.
    ///
    /// # Errors
    ///
    /// [`BootError::SlotInUse`], [`BootError::Layout`] when the manifest is too long, [`BootError::Flash`], [`BootError::Record`].
    pub async fn prepare(
        &mut self,
        slot: BootSlot,
        running: BootSlot,
        signed: &[u8],
    ) -> Result<(), BootError<F::Error>> {
        let state = self.state().await?;
        if slot == running || state.confirmed == Some(slot) {
            return Err(BootError::SlotInUse);
        }
        if signed.len() > MANIFEST_MAX {
            return Err(BootError::Layout);
        }
        if state.trial.is_some() {
            self.store(&BootState { trial: None, ..state }).await?;
        }
        let len = u32::try_from(signed.len()).map_err(|_| BootError::Layout)?;
        let range = self.layout.manifest(slot);
        self.flash.erase(range.start, range.end).await.map_err(BootError::Flash)?;
        let stored = len.to_le_bytes().into_iter().chain(signed.iter().copied());
        write_words(&mut self.flash, range, 0, stored).await
    }

    /// Writes a piece of an image into a prepared slot, in whole words and in ascending order. A page is erased when the piece reaches it: erasing a whole slot at once
    /// would stop the device for seconds. What is written is verified when it is staged, and again before it starts.
    ///
    /// # Errors
    ///
    /// [`BootError::Layout`] beyond the end of the slot; [`BootError::Flash`]. Then go on from the beginning of the page.
    pub async fn write(
        &mut self,
        slot: BootSlot,
        offset: u32,
        bytes: &[u8],
    ) -> Result<(), BootError<F::Error>> {
        let range = self.layout.image(slot);
        let page = u32::try_from(F::ERASE_SIZE).map_err(|_| BootError::Layout)?;
        let len = u32::try_from(bytes.len()).map_err(|_| BootError::Layout)?;
        let start = range.start.checked_add(offset).ok_or(BootError::Layout)?;
        let end = start.checked_add(len).filter(|end| *end <= range.end).ok_or(BootError::Layout)?;
        let (first, last) = (start.next_multiple_of(page), end.next_multiple_of(page));
        if first < last {
            self.flash.erase(first, last).await.map_err(BootError::Flash)?;
        }
        write_words(&mut self.flash, range, offset, bytes.iter().copied()).await
    }

    /// Reads from a slot.
    ///
    /// # Errors
    ///
    /// [`BootError::Layout`] beyond its end, or where the flash reads whole words only and this is none; [`BootError::Flash`].
    pub async fn read(
        &mut self,
        slot: BootSlot,
        offset: u32,
        bytes: &mut [u8],
    ) -> Result<(), BootError<F::Error>> {
        let range = self.layout.image(slot);
        let len = u32::try_from(bytes.len()).map_err(|_| BootError::Layout)?;
        let start = range.start.checked_add(offset).ok_or(BootError::Layout)?;
        if start.checked_add(len).is_none_or(|end| end > range.end) {
            return Err(BootError::Layout);
        }
        self.flash.read(start, bytes).await.map_err(BootError::Flash)
    }

    /// Verifies the image in a slot and its manifest as the boot loader will, and lets the image be tried `starts` times.
    ///
    /// # Errors
    ///
    /// Why the image was refused; then nothing has changed.
    pub async fn stage<S: SignatureScheme, C: SecurityCounter>(
        &mut self,
        slot: BootSlot,
        starts: u8,
        verifier: &Verifier<'_, S>,
        counter: &mut C,
    ) -> Result<VerifiedImage, BootError<F::Error>> {
        let state = self.state().await?;
        if state.confirmed == Some(slot) {
            return Err(BootError::SlotInUse);
        }
        let least = counter.get().await.map_err(|_| BootError::Counter)?;
        let image = self.verify(slot, verifier, least).await?;
        self.store(&BootState {
            trial: Some((slot, starts.max(1))),
            reverted: BootReason::Confirmed,
            ..state
        })
        .await?;
        Ok(image)
    }

    /// The hash that the manifest of a slot claims for its image. What runs was verified when it was started.
    ///
    /// # Errors
    ///
    /// [`BootError::NoManifest`], [`BootError::Manifest`], [`BootError::Flash`].
    pub async fn claimed_hash(&mut self, slot: BootSlot) -> Result<ImageHash, BootError<F::Error>> {
        let mut buffer = [0; MANIFEST_MAX];
        let signed = self.manifest(slot, &mut buffer).await?;
        Ok(SignedManifest::parse(signed)?.unverified().image_hash)
    }

    /// How many bytes an image in this slot may have.
    #[must_use]
    pub fn capacity(&self, slot: BootSlot) -> u32 {
        let range = self.layout.image(slot);
        range.end.saturating_sub(range.start)
    }

    /// Confirms the image that runs, and raises the counter to its number.
    ///
    /// # Errors
    ///
    /// [`BootError::NothingToConfirm`] when its slot is neither on trial nor confirmed, and something else is; why it is not sound; [`BootError::Record`]. With
    /// [`BootError::Counter`] it is confirmed, and the counter follows at the next start.
    pub async fn confirm<S: SignatureScheme, C: SecurityCounter>(
        &mut self,
        token: ConfirmToken,
        verifier: &Verifier<'_, S>,
        counter: &mut C,
    ) -> Result<(), BootError<F::Error>> {
        let state = self.state().await?;
        let is_on_trial = state.trial.is_some_and(|(slot, _)| slot == token.slot);
        if !is_on_trial && state.confirmed.is_some_and(|slot| slot != token.slot) {
            return Err(BootError::NothingToConfirm);
        }
        let least = counter.get().await.map_err(|_| BootError::Counter)?;
        let image = self.verify(token.slot, verifier, least).await?;
        let confirmed = BootState {
            confirmed: Some(token.slot),
            trial: None,
            reverted: BootReason::Confirmed,
            raise_to: image.seq().max(state.raise_to),
        };
        if confirmed != state {
            self.store(&confirmed).await?;
        }
        counter.raise_to(confirmed.raise_to).await.map_err(|_| BootError::Counter)
    }

    /// Ends a trial: at the next start the confirmed image runs.
    ///
    /// # Errors
    ///
    /// [`BootError::NothingToConfirm`] without a trial; [`BootError::Record`].
    pub async fn take_back(&mut self) -> Result<(), BootError<F::Error>> {
        let state = self.state().await?;
        if state.trial.is_none() {
            return Err(BootError::NothingToConfirm);
        }
        self.store(&BootState { trial: None, reverted: BootReason::TakenBack, ..state }).await
    }

    /// What the boot loader keeps. Bytes that mean nothing count as none: then whatever is sound starts.
    ///
    /// # Errors
    ///
    /// [`BootError::Record`].
    pub async fn state(&mut self) -> Result<BootState, BootError<F::Error>> {
        let record = self.record().await?;
        Ok(record.get().and_then(BootState::from_bytes).unwrap_or_default())
    }

    async fn store(&mut self, state: &BootState) -> Result<(), BootError<F::Error>> {
        let mut record = self.record().await?;
        record.store(&state.to_bytes()).await.map_err(|_| BootError::Record)
    }

    async fn record(&mut self) -> Result<RecordStore<Region<&mut F>, 16>, BootError<F::Error>> {
        let range = self.layout.record.clone();
        let region =
            Region::new(&mut self.flash, range.start, range.end - range.start).ok_or(BootError::Layout)?;
        RecordStore::open(region).await.map_err(|_| BootError::Record)
    }

    /// Everything that is to hold before an image starts.
    async fn verify<S: SignatureScheme>(
        &mut self,
        slot: BootSlot,
        verifier: &Verifier<'_, S>,
        least: u64,
    ) -> Result<VerifiedImage, BootError<F::Error>> {
        let mut buffer = [0; MANIFEST_MAX];
        let signed = self.manifest(slot, &mut buffer).await?;
        let range = self.layout.image(slot);
        let release = SignedManifest::parse(signed)?;
        let manifest = verifier.check(&release, slot, least, range.end - range.start)?;
        let mut check = manifest.image_check();
        let mut piece = [0; PIECE];
        let mut at = range.start;
        while check.left() > 0 {
            let take = usize::try_from(check.left()).unwrap_or(usize::MAX).min(PIECE);
            let read = piece.get_mut(..take.next_multiple_of(F::READ_SIZE)).unwrap_or_default();
            self.flash.read(at, read).await.map_err(BootError::Flash)?;
            check.update(piece.get(..take).unwrap_or_default())?;
            at = at.saturating_add(u32::try_from(take).unwrap_or(u32::MAX));
        }
        Ok(check.finish()?)
    }

    async fn manifest<'b>(
        &mut self,
        slot: BootSlot,
        buffer: &'b mut [u8; MANIFEST_MAX],
    ) -> Result<&'b [u8], BootError<F::Error>> {
        let start = self.layout.manifest(slot).start;
        let mut len = [0; LENGTH];
        self.flash.read(start, &mut len).await.map_err(BootError::Flash)?;
        let len = usize::try_from(u32::from_le_bytes(len)).map_err(|_| BootError::NoManifest)?;
        if len > MANIFEST_MAX {
            return Err(BootError::NoManifest);
        }
        let place = buffer.get_mut(..len.next_multiple_of(F::READ_SIZE)).ok_or(BootError::NoManifest)?;
        self.flash.read(start.saturating_add(4), place).await.map_err(BootError::Flash)?;
        buffer.get(..len).ok_or(BootError::NoManifest)
    }
}

impl<S: SignatureScheme> Verifier<'_, S> {
    /// Signature, vendor, class, slot, length, and number. What an image needs beside itself, and what a delta was made from, was judged when it came.
    fn check<E: core::fmt::Debug>(
        &self,
        release: &SignedManifest<'_>,
        slot: BootSlot,
        least: u64,
        capacity: u32,
    ) -> Result<VerifiedManifest, BootError<E>> {
        let manifest = release.unverified();
        let place = Slot::new(slot.number());
        if manifest.slot.is_none() || manifest.slot != place || manifest.kind != ImageKind::APPLICATION {
            return Err(BootError::Slot);
        }
        let epoch = manifest.epoch;
        let roots = [Some(self.root), self.before];
        let root = roots
            .into_iter()
            .flatten()
            .find(|root| root.get().epoch == epoch)
            .ok_or(BootError::Epoch { epoch })?;
        let own = InstalledImage {
            kind: ImageKind::APPLICATION,
            seq: least.max(self.root.get().floor(ImageKind::APPLICATION)),
            hash: manifest.delta_base.unwrap_or(ImageHash([0; 32])),
            target_slot: place,
            capacity,
        };
        let mut images = [own; 1 + Dependencies::MAX];
        for (image, needed) in images.iter_mut().skip(1).zip(manifest.dependencies.iter()) {
            *image = InstalledImage { kind: needed.kind, seq: needed.min_seq, ..own };
        }
        let payload_key = manifest.payload_key;
        let state = InstalledState {
            device: Address::ZERO,
            groups: &[],
            class: self.class,
            images: &images,
            boot_seq: self.boot_seq,
            director: None,
            nonce: None,
            payload_keys: payload_key.as_slice(),
            max_jump: InstalledState::USUAL_JUMP,
        };
        Ok(root.verify_release(release, &state, &self.scheme)?)
    }
}

/// The longest word of a flash that is written to.
const WORD_MAX: usize = 64;

/// Word by word, the last one filled up with what erased flash reads as.
async fn write_words<F: NorFlash>(
    flash: &mut F,
    range: core::ops::Range<u32>,
    offset: u32,
    bytes: impl Iterator<Item = u8>,
) -> Result<(), BootError<F::Error>> {
    let mut at = range.start.checked_add(offset).ok_or(BootError::Layout)?;
    let step = u32::try_from(F::WRITE_SIZE).map_err(|_| BootError::Layout)?;
    let mut bytes = bytes.peekable();
    while bytes.peek().is_some() {
        let mut word = [0xFF; WORD_MAX];
        let word = word.get_mut(..F::WRITE_SIZE).ok_or(BootError::Layout)?;
        word.iter_mut().zip(bytes.by_ref()).for_each(|(to, from)| *to = from);
        if at.checked_add(step).is_none_or(|end| end > range.end) {
            return Err(BootError::Layout);
        }
        flash.write(at, word).await.map_err(BootError::Flash)?;
        at = at.saturating_add(step);
    }
    Ok(())
}
