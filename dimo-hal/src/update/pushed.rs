//! [`PushedPayload`]: chunks out of pieces that somebody else sends.

use core::fmt::Debug;

use dimo_crypto::merkle::Proof;
use thiserror::Error;

use super::error::UpdateError;
use super::source::longest_proof;
use super::updater::{Progress, Updater, Wanted};
use crate::boot_control::BootControl;
use crate::clock::Uptime;
use crate::key_value::KeyValue;

/// A payload with its proofs that comes in pieces of any length, one behind the other: from a phone, or from whoever else cannot be asked for a
/// chunk. The form is that of [`PayloadReader`](super::PayloadReader).
///
/// `N` takes a chunk and its proof: the chunk's length, and 32 bytes for each hash. What the updater has already, as after a restart, may
/// come again and is passed over.
#[derive(Debug)]
pub struct PushedPayload<const N: usize> {
    /// The chunk that comes and its proof, as far as they have come.
    place: [u8; N],
    filled: usize,
    /// The offset of the byte that comes next.
    next: u32,
    progress: Progress,
}

/// Where in the payload a byte belongs.
struct Spot {
    /// The number of the chunk.
    index: u32,
    /// How far behind the beginning of its place.
    at: u32,
    /// What is left of the place.
    left: u32,
}

impl Spot {
    fn of(offset: u32, wanted: &Wanted) -> Self {
        let proof = u32::try_from(longest_proof(wanted.count)).unwrap_or(u32::MAX);
        let place = wanted.chunk_len.saturating_add(proof).max(1);
        let at = offset % place;
        Self { index: offset / place, at, left: place - at }
    }
}

impl<const N: usize> Default for PushedPayload<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> PushedPayload<N> {
    /// Nothing has come yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { place: [0; N], filled: 0, next: 0, progress: Progress::More }
    }

    /// The offset of the byte that comes next.
    #[must_use]
    pub const fn next(&self) -> u32 {
        self.next
    }

    /// It begins anew.
    pub const fn restart(&mut self) {
        (self.filled, self.next, self.progress) = (0, 0, Progress::More);
    }

    /// Takes the bytes at this offset, and hands each chunk that is whole to the updater. Bytes that have been taken before are passed over.
    ///
    /// # Errors
    ///
    /// [`PushError`]. Send the same bytes again, unless it says otherwise: what was not taken is as if it had not come. Where the updater had
    /// [all chunks](Updater::wanted) before the first byte came, it is [`UpdateError::NotNow`].
    pub async fn push<K: KeyValue, B: BootControl>(
        &mut self,
        now: Uptime,
        offset: u32,
        bytes: &[u8],
        updater: &mut Updater<K>,
        boot: &mut B,
    ) -> Result<Progress, PushError<B::Error, K::Error>> {
        let taken = self.next.checked_sub(offset).ok_or(PushError::Gap { next: self.next })?;
        let mut rest = usize::try_from(taken).ok().and_then(|taken| bytes.get(taken..)).unwrap_or_default();
        while !rest.is_empty() && self.progress == Progress::More {
            let Some(wanted) = updater.wanted() else { return Err(UpdateError::NotNow.into()) };
            let spot = Spot::of(self.next, &wanted);
            let len = usize::try_from(spot.left).map_or(rest.len(), |left| left.min(rest.len()));
            let (piece, behind) = rest.split_at_checked(len).unwrap_or((rest, &[]));
            self.progress = self.take(now, &spot, piece, &wanted, updater, boot).await?;
            self.advance(piece);
            rest = behind;
        }
        // Behind the last chunk there are zeros, up to the length of a place.
        self.advance(rest);
        Ok(self.progress)
    }

    fn advance(&mut self, taken: &[u8]) {
        self.next = self.next.saturating_add(u32::try_from(taken.len()).unwrap_or(u32::MAX));
    }

    /// A piece that lies in one place.
    async fn take<K: KeyValue, B: BootControl>(
        &mut self,
        now: Uptime,
        spot: &Spot,
        piece: &[u8],
        wanted: &Wanted,
        updater: &mut Updater<K>,
        boot: &mut B,
    ) -> Result<Progress, PushError<B::Error, K::Error>> {
        if spot.at == 0 {
            self.filled = 0;
        }
        if spot.index > wanted.index {
            return Err(PushError::Earlier { index: wanted.index });
        }
        if spot.index < wanted.index {
            return Ok(Progress::More);
        }
        let needed = usize::try_from(wanted.len).unwrap_or(usize::MAX).saturating_add(wanted.proof_len * 32);
        if usize::try_from(spot.at) != Ok(self.filled) {
            return Err(PushError::Earlier { index: wanted.index });
        }
        let whole = self.place.get_mut(..needed).ok_or(PushError::Room { needed })?;
        // The place may be longer than the chunk and its proof.
        let room = whole.get_mut(self.filled..).unwrap_or_default();
        let count = room.len().min(piece.len());
        room.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
        let filled = self.filled + count;
        if filled < needed {
            self.filled = filled;
            return Ok(Progress::More);
        }
        let (proof, chunk) = whole.split_at_checked(wanted.proof_len * 32).unwrap_or_default();
        let proof = Proof::from_bytes(proof).map_err(|_| PushError::Room { needed })?;
        let progress = updater.handle_chunk(now, wanted.index, chunk, proof, boot).await?;
        self.filled = filled;
        Ok(progress)
    }
}

/// Why bytes were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum PushError<B: Debug, K: Debug> {
    /// Bytes before them are missing. Go on where they are.
    #[error("the byte at {next} comes next")]
    Gap {
        /// The offset of the byte that comes next.
        next: u32,
    },
    /// A chunk that has passed is wanted again, as when flash has failed. Begin anew, from the first byte.
    #[error("chunk {index} is wanted again")]
    Earlier {
        /// Its number.
        index: u32,
    },
    /// There is no room for a chunk and its proof: this device cannot take the release in pieces.
    #[error("a chunk and its proof need {needed} bytes")]
    Room {
        /// How many bytes there would have to be.
        needed: usize,
    },
    /// The update does not go on.
    #[error(transparent)]
    Update(#[from] UpdateError<B, K>),
}
