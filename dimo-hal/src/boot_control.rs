//! Two slots and a boot loader, as an application sees them: [`BootControl`].
//!
//! [`FlashBootControl`](crate::boot::FlashBootControl) is one over any NOR flash, with the boot loader of [`boot`](crate::boot). Whoever has another boot loader implements the trait over it;
//! [`Updater`](crate::update::Updater) asks for nothing else.

use dimo_crypto::manifest::{CheckedChunk, ImageHash};

use crate::boot::{BootSlot, BootState, ConfirmToken};
use crate::twin::error_type;

error_type!("a boot loader's slots");

/// Why a call failed, as far as generic code cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The flash or the security counter failed.
    Medium,
    /// The slot holds what runs, or what is confirmed.
    SlotInUse,
    /// What is in the slot is not the image that its manifest names. Fetch it again.
    Image,
    /// The manifest is not for this device, too old, or not signed.
    Release,
    /// What runs is neither on trial nor confirmed, or there is no trial to take back.
    NothingToConfirm,
    /// Beyond the end of the slot.
    OutOfBounds,
    /// Something else; the implementation's error says what.
    Other,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Medium,
        Self::SlotInUse,
        Self::Image,
        Self::Release,
        Self::NothingToConfirm,
        Self::OutOfBounds,
        Self::Other,
    ];
}

/// Bytes of an image and where they belong. Only what was checked becomes one: a chunk that the release keys vouch for, or what an [`Updater`](crate::update::Updater) makes of such chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ImagePiece<'a> {
    offset: u32,
    bytes: &'a [u8],
}

impl<'a> ImagePiece<'a> {
    pub(crate) const fn new(offset: u32, bytes: &'a [u8]) -> Self {
        Self { offset, bytes }
    }

    /// Where it begins in the image, in bytes.
    #[must_use]
    pub const fn offset(&self) -> u32 {
        self.offset
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

/// For releases whose payload is the image.
impl<'a> From<CheckedChunk<'a>> for ImagePiece<'a> {
    fn from(chunk: CheckedChunk<'a>) -> Self {
        Self::new(chunk.offset(), chunk.bytes())
    }
}

/// What runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "an answer of the maker's boot loader")]
pub struct Running {
    /// Where.
    pub slot: BootSlot,
    /// The hash of its image, the base of a delta.
    pub hash: ImageHash,
    /// The security counter: the number of the newest release that was ever confirmed.
    pub least_seq: u64,
    /// How many bytes an image in the other slot may have.
    pub room: u32,
}

/// Two slots of which one runs, and a boot loader that tries the other one.
///
/// # Contract for makers
///
/// - Neither the slot that runs nor the confirmed one is ever written to.
/// - [`stage`](Self::stage) verifies signature, hardware, number and hash of what it reads back from the slot, and the boot loader does so again before each start.
/// - A trial ends by itself: after so many starts without [`confirm`](Self::confirm) the confirmed image runs again.
/// - The security counter is raised after a confirmation and never before.
/// - A power cut at any moment leaves something sound to start.
///
/// # Contract for callers
///
/// - Pieces come in ascending order without gaps, each a multiple of 64 bytes long but for the last one. After an error, or a dropped future, go on from the beginning of a page.
/// - Cancel safety: a dropped future leaves what a power cut leaves.
/// - `stage` reads the whole image: on a microcontroller, some hundred milliseconds. Feed the watchdog before.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait BootControl: ErrorType {
    /// What is erased at once, in bytes: where writing may begin anew.
    fn page_len(&self) -> u32;

    /// What runs.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Medium`].
    async fn running(&mut self) -> Result<Running, Self::Error>;

    /// What is confirmed, what is on trial, and why the last trial ended.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Medium`].
    async fn state(&mut self) -> Result<BootState, Self::Error>;

    /// Makes a slot ready for an image, and keeps its signed manifest. A trial of what was there ends.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SlotInUse`], [`ErrorKind::OutOfBounds`] when the manifest is too long, [`ErrorKind::Medium`].
    async fn prepare(&mut self, slot: BootSlot, signed: &[u8]) -> Result<(), Self::Error>;

    /// Writes a piece of an image.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutOfBounds`] and then nothing was written; [`ErrorKind::Medium`].
    async fn write(&mut self, slot: BootSlot, piece: ImagePiece<'_>) -> Result<(), Self::Error>;

    /// Reads from a slot.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutOfBounds`], [`ErrorKind::Medium`].
    async fn read(&mut self, slot: BootSlot, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error>;

    /// Verifies what is in the slot, and lets it be tried at the next start, `starts` times.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Image`], [`ErrorKind::Release`], [`ErrorKind::SlotInUse`], [`ErrorKind::Medium`]; then nothing has changed.
    async fn stage(&mut self, slot: BootSlot, starts: u8) -> Result<(), Self::Error>;

    /// Confirms the image that runs, and raises the security counter to its number.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NothingToConfirm`], [`ErrorKind::Medium`].
    async fn confirm(&mut self, token: ConfirmToken) -> Result<(), Self::Error>;

    /// Ends a trial: at the next start the confirmed image runs.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NothingToConfirm`], [`ErrorKind::Medium`].
    async fn take_back(&mut self) -> Result<(), Self::Error>;
}
