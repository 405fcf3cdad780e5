//! [`MockBootControl`]: two slots in memory.

use alloc::vec::Vec;

use dimo_crypto::manifest::{ImageHash, SignedManifest};

use crate::blocking::BootControl;
use crate::boot::{BootReason, BootSlot, BootState, ConfirmToken};
use crate::boot_control::{Error, ErrorKind, ErrorType, ImagePiece, Running};

/// What is erased at once.
const PAGE: u32 = 512;

/// Two slots in memory, of which A runs and is confirmed at first. It checks hashes and numbers, and believes every signature.
///
/// # Example: an image that does not confirm itself
///
/// ```
/// use dimo_hal::blocking::BootControl;
/// use dimo_hal::boot::BootSlot;
/// use dimo_hal::mock::MockBootControl;
///
/// let mut boot = MockBootControl::new(64 * 1024, 5);
/// assert_eq!(boot.running()?.slot, BootSlot::A);
/// assert_eq!(boot.restart(), BootSlot::A);
/// # Ok::<(), dimo_hal::mock::MockBootError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MockBootControl {
    images: [Vec<u8>; 2],
    manifests: [Vec<u8>; 2],
    running: BootSlot,
    state: BootState,
    counter: u64,
}

impl MockBootControl {
    /// Slots of so many bytes, and the number of the release that runs.
    #[must_use]
    pub fn new(room: usize, seq: u64) -> Self {
        let state = BootState { confirmed: Some(BootSlot::A), raise_to: seq, ..BootState::default() };
        let empty = || alloc::vec![0xFF; room];
        Self {
            images: [empty(), empty()],
            manifests: [Vec::new(), Vec::new()],
            running: BootSlot::A,
            state,
            counter: seq,
        }
    }

    /// Starts anew, and says from which slot.
    pub fn restart(&mut self) -> BootSlot {
        let trial = self.state.trial;
        self.running = match trial {
            Some((slot, left)) if left > 0 && self.sound(slot).is_ok() => {
                self.state.trial = Some((slot, left - 1));
                slot
            }
            trial => {
                if trial.is_some() {
                    (self.state.trial, self.state.reverted) = (None, BootReason::TrialExhausted);
                }
                self.state.confirmed.unwrap_or(BootSlot::A)
            }
        };
        self.running
    }

    /// The bytes of a slot.
    pub fn image_mut(&mut self, slot: BootSlot) -> &mut [u8] {
        self.of(slot).0
    }

    fn of(&mut self, slot: BootSlot) -> (&mut Vec<u8>, &mut Vec<u8>) {
        let ([a, b], [manifest_a, manifest_b]) = (&mut self.images, &mut self.manifests);
        if slot == BootSlot::A { (a, manifest_a) } else { (b, manifest_b) }
    }

    fn sound(&mut self, slot: BootSlot) -> Result<u64, MockBootError> {
        let least = self.counter;
        let (image, signed) = self.of(slot);
        let Ok(release) = SignedManifest::parse(signed) else { return Err(MockBootError(ErrorKind::Image)) };
        let manifest = release.unverified();
        let len = usize::try_from(manifest.image_len).unwrap_or(usize::MAX);
        if manifest.seq < least {
            return Err(MockBootError(ErrorKind::Release));
        }
        match image.get(..len) {
            Some(image) if ImageHash::of(image) == manifest.image_hash => Ok(manifest.seq),
            _ => Err(MockBootError(ErrorKind::Image)),
        }
    }

    fn place(&mut self, slot: BootSlot, offset: u32, len: usize) -> Result<&mut [u8], MockBootError> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(len);
        self.of(slot).0.get_mut(start..end).ok_or(MockBootError(ErrorKind::OutOfBounds))
    }
}

impl ErrorType for MockBootControl {
    type Error = MockBootError;
}

impl BootControl for MockBootControl {
    fn page_len(&self) -> u32 {
        PAGE
    }

    fn running(&mut self) -> Result<Running, MockBootError> {
        let (slot, least_seq) = (self.running, self.counter);
        let hash = match SignedManifest::parse(self.of(slot).1) {
            Ok(release) => release.unverified().image_hash,
            Err(_) => ImageHash([0; 32]),
        };
        let room = u32::try_from(self.of(slot.other()).0.len()).unwrap_or(u32::MAX);
        Ok(Running { slot, hash, least_seq, room })
    }

    fn state(&mut self) -> Result<BootState, MockBootError> {
        Ok(self.state)
    }

    fn prepare(&mut self, slot: BootSlot, signed: &[u8]) -> Result<(), MockBootError> {
        if slot == self.running || self.state.confirmed == Some(slot) {
            return Err(MockBootError(ErrorKind::SlotInUse));
        }
        self.state.trial = None;
        *self.of(slot).1 = signed.to_vec();
        Ok(())
    }

    fn write(&mut self, slot: BootSlot, piece: ImagePiece<'_>) -> Result<(), MockBootError> {
        if slot == self.running {
            return Err(MockBootError(ErrorKind::SlotInUse));
        }
        self.place(slot, piece.offset(), piece.bytes().len())?.copy_from_slice(piece.bytes());
        Ok(())
    }

    fn read(&mut self, slot: BootSlot, offset: u32, bytes: &mut [u8]) -> Result<(), MockBootError> {
        bytes.copy_from_slice(self.place(slot, offset, bytes.len())?);
        Ok(())
    }

    fn stage(&mut self, slot: BootSlot, starts: u8) -> Result<(), MockBootError> {
        if self.state.confirmed == Some(slot) {
            return Err(MockBootError(ErrorKind::SlotInUse));
        }
        let _ = self.sound(slot)?;
        (self.state.trial, self.state.reverted) = (Some((slot, starts.max(1))), BootReason::Confirmed);
        Ok(())
    }

    fn confirm(&mut self, token: ConfirmToken) -> Result<(), MockBootError> {
        let slot = token.slot();
        let is_on_trial = self.state.trial.is_some_and(|(trial, _)| trial == slot);
        if slot != self.running || (!is_on_trial && self.state.confirmed != Some(slot)) {
            return Err(MockBootError(ErrorKind::NothingToConfirm));
        }
        if is_on_trial {
            self.counter = self.counter.max(self.sound(slot)?);
            self.state = BootState { confirmed: Some(slot), raise_to: self.counter, ..BootState::default() };
        }
        Ok(())
    }

    fn take_back(&mut self) -> Result<(), MockBootError> {
        let trial = self.state.trial.take();
        let _ = trial.ok_or(MockBootError(ErrorKind::NothingToConfirm))?;
        self.state.reverted = BootReason::TakenBack;
        Ok(())
    }
}

/// Why a [`MockBootControl`] refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?}")]
#[expect(clippy::exhaustive_structs, reason = "a mock")]
pub struct MockBootError(pub ErrorKind);

impl Error for MockBootError {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}
