//! The contract of [`BootControl`].

use core::fmt::Debug;

use thiserror::Error;

use crate::boot::{BootReason, BootSlot, ConfirmToken};
use crate::boot_control::{BootControl, ErrorKind, ImagePiece};

/// Checks a boot control in use: with a release for the free slot that it takes, its manifest `signed` and its `image`, of at least a page. In the end the release is
/// staged and taken back.
///
/// That a power cut leaves something sound to start is checked by a [`Scenario`](crate::mock::Scenario).
///
/// # Errors
///
/// The first [`BootControlViolation`] found.
pub async fn check_boot_control<B: BootControl>(
    boot: &mut B,
    signed: &[u8],
    image: &[u8],
) -> Result<(), BootControlViolation<B::Error>> {
    use BootControlViolation as V;
    let running = boot.running().await?;
    let (used, free) = (running.slot, running.slot.other());
    let in_use = boot.prepare(used, signed).await;
    expect(in_use, ErrorKind::SlotInUse, V::WritesOverWhatRuns)?;
    boot.prepare(free, signed).await?;

    let beyond = ImagePiece::new(running.room, image);
    expect(boot.write(free, beyond).await, ErrorKind::OutOfBounds, V::WritesBeyondTheSlot)?;
    let mut damaged = [0; PIECE];
    let first = image.get(..PIECE).ok_or(V::TooShort)?;
    damaged.copy_from_slice(first);
    damaged[PIECE / 2] ^= 1;
    boot.write(free, ImagePiece::new(0, &damaged)).await?;
    write(boot, free, PIECE, image).await?;
    expect(boot.stage(free, 2).await, ErrorKind::Image, V::StagesAnotherImage)?;
    if boot.state().await?.trial.is_some() {
        return Err(V::StagesAnotherImage);
    }

    write(boot, free, 0, image).await?;
    let mut read = [0; PIECE];
    boot.read(free, 0, &mut read).await?;
    if read != first {
        return Err(V::ReadsOtherwise);
    }
    let token = ConfirmToken::after_self_test(free);
    expect(boot.confirm(token).await, ErrorKind::NothingToConfirm, V::ConfirmsWhatIsNotTried)?;
    boot.stage(free, 2).await?;
    if boot.state().await?.trial != Some((free, 2)) {
        return Err(V::DoesNotSayWhatItTries);
    }
    boot.take_back().await?;
    let state = boot.state().await?;
    if state.trial.is_some() || state.reverted != BootReason::TakenBack {
        return Err(V::DoesNotTakeBack);
    }
    expect(boot.take_back().await, ErrorKind::NothingToConfirm, V::DoesNotTakeBack)
}

const PIECE: usize = 64;

/// Whole pages at once, from the beginning of a page on.
async fn write<B: BootControl>(
    boot: &mut B,
    slot: BootSlot,
    from: usize,
    image: &[u8],
) -> Result<(), BootControlViolation<B::Error>> {
    let mut offset = u32::try_from(from).unwrap_or(u32::MAX);
    for piece in image.get(from..).unwrap_or_default().chunks(PIECE) {
        boot.write(slot, ImagePiece::new(offset, piece)).await?;
        offset = offset.saturating_add(u32::try_from(piece.len()).unwrap_or(u32::MAX));
    }
    Ok(())
}

fn expect<E: crate::boot_control::Error>(
    result: Result<(), E>,
    kind: ErrorKind,
    violation: BootControlViolation<E>,
) -> Result<(), BootControlViolation<E>> {
    match result {
        Ok(()) => Err(violation),
        Err(error) if error.kind() == kind => Ok(()),
        Err(error) => Err(BootControlViolation::Failed(error)),
    }
}

/// How a boot control breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BootControlViolation<E: Debug> {
    /// A call failed that must not, or with another kind of error.
    #[error("a call failed: {0:?}")]
    Failed(E),
    /// The image is shorter than a piece.
    #[error("the image is too short for the suite")]
    TooShort,
    /// It makes the slot ready that runs.
    #[error("it writes over what runs")]
    WritesOverWhatRuns,
    /// It writes beyond the end of the slot.
    #[error("it writes beyond the slot")]
    WritesBeyondTheSlot,
    /// It stages what is not the image of the manifest.
    #[error("it stages another image than the manifest names")]
    StagesAnotherImage,
    /// It does not read what was written.
    #[error("it does not read what was written")]
    ReadsOtherwise,
    /// It confirms what is neither on trial nor confirmed.
    #[error("it confirms what is not tried")]
    ConfirmsWhatIsNotTried,
    /// Its state does not name the trial.
    #[error("its state does not name the trial")]
    DoesNotSayWhatItTries,
    /// A trial that was taken back goes on, or nobody learns why it ended.
    #[error("it does not take back")]
    DoesNotTakeBack,
}

impl<E: crate::boot_control::Error> From<E> for BootControlViolation<E> {
    fn from(error: E) -> Self {
        Self::Failed(error)
    }
}
