//! [`DeltaFetch`]: the image that a delta becomes, while it is being fetched.

use core::convert::Infallible;

use super::plain::Plain;
use crate::boot::BootSlot;
use crate::boot_control::{BootControl, ImagePiece};
use crate::delta::{DeltaApplier, DeltaError, DeltaTarget};

/// What is written at once.
const PIECE: usize = 256;
/// What is read of the old image at once, from a place that is a multiple of it: some flash reads whole words only.
const BLOCK: u32 = 64;

/// A delta of which some chunks have come.
#[derive(Debug)]
pub(super) struct DeltaFetch {
    image_len: u32,
    applier: DeltaApplier,
    piece: [u8; PIECE],
    filled: usize,
    /// Where the piece belongs.
    at: u32,
}

/// Why a chunk of a delta was not applied.
pub(super) enum DeltaFailed<E> {
    /// The delta is none, although it was signed.
    Delta(DeltaError<Infallible>),
    Boot(E),
}

impl DeltaFetch {
    pub(super) fn new(image_len: u32) -> Self {
        let applier = DeltaApplier::new(image_len);
        Self { image_len, applier, piece: [0; PIECE], filled: 0, at: 0 }
    }

    /// Applies the next chunk; the first one begins anew.
    pub(super) async fn take<B: BootControl>(
        &mut self,
        mut chunk: Plain<'_>,
        is_last: bool,
        slot: BootSlot,
        boot: &mut B,
    ) -> Result<(), DeltaFailed<B::Error>> {
        if chunk.is_first() {
            *self = Self::new(self.image_len);
        }
        // The applier is in two minds until the chunk is through; so is the slot.
        let mut applier = self.applier.clone();
        let mut target = Target { fetch: self, boot, slot, block: [0; BLOCK as usize], loaded: None };
        while let Some(piece) = chunk.next() {
            applier.push(piece.bytes(), &mut target).await.map_err(failed)?;
        }
        if is_last {
            applier.finish().map_err(failed)?;
            target.flush().await.map_err(DeltaFailed::Boot)?;
        }
        self.applier = applier;
        Ok(())
    }
}

fn failed<E: core::fmt::Debug>(error: DeltaError<E>) -> DeltaFailed<E> {
    match error {
        DeltaError::Target(error) => DeltaFailed::Boot(error),
        DeltaError::Head => DeltaFailed::Delta(DeltaError::Head),
        DeltaError::Number => DeltaFailed::Delta(DeltaError::Number),
        DeltaError::Length { delta, image } => DeltaFailed::Delta(DeltaError::Length { delta, image }),
        DeltaError::BeyondImage => DeltaFailed::Delta(DeltaError::BeyondImage),
        DeltaError::BeforeBase => DeltaFailed::Delta(DeltaError::BeforeBase),
        DeltaError::Empty => DeltaFailed::Delta(DeltaError::Empty),
        DeltaError::Truncated { left } => DeltaFailed::Delta(DeltaError::Truncated { left }),
        DeltaError::TrailingBytes => DeltaFailed::Delta(DeltaError::TrailingBytes),
    }
}

/// The slot that runs to read from, and the free one to write to.
struct Target<'t, B> {
    fetch: &'t mut DeltaFetch,
    boot: &'t mut B,
    slot: BootSlot,
    block: [u8; BLOCK as usize],
    /// Where the block is from.
    loaded: Option<u32>,
}

impl<B: BootControl> Target<'_, B> {
    async fn flush(&mut self) -> Result<(), B::Error> {
        let bytes = self.fetch.piece.get(..self.fetch.filled).unwrap_or_default();
        if !bytes.is_empty() {
            self.boot.write(self.slot, ImagePiece::new(self.fetch.at, bytes)).await?;
        }
        self.fetch.at = self.fetch.at.saturating_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        self.fetch.filled = 0;
        Ok(())
    }
}

impl<B: BootControl> DeltaTarget for Target<'_, B> {
    type Error = B::Error;

    async fn read_base(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), B::Error> {
        let mut at = offset;
        for byte in bytes {
            let start = at - at % BLOCK;
            if self.loaded != Some(start) {
                self.loaded = None;
                self.boot.read(self.slot.other(), start, &mut self.block).await?;
                self.loaded = Some(start);
            }
            let place = usize::try_from(at - start).unwrap_or(0);
            *byte = self.block.get(place).copied().unwrap_or_default();
            at = at.saturating_add(1);
        }
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), B::Error> {
        for byte in bytes {
            if let Some(place) = self.fetch.piece.get_mut(self.fetch.filled) {
                *place = *byte;
                self.fetch.filled += 1;
            }
            if self.fetch.filled == PIECE {
                self.flush().await?;
            }
        }
        Ok(())
    }
}
