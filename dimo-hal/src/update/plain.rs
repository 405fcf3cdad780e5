//! [`Plain`]: what a chunk holds, once it is opened.

use dimo_crypto::manifest::CheckedChunk;

use super::key::PayloadKey;
use crate::boot_control::ImagePiece;

/// What is opened at once: a whole number of words of any flash, and the least size of a chunk.
const PIECE: usize = 256;

/// The pieces of a chunk that was checked, opened one after the other: a sealed chunk as it came is never written, and one that was not checked is never opened.
pub(super) struct Plain<'c> {
    at: u32,
    left: &'c [u8],
    key: Option<&'c PayloadKey>,
    piece: [u8; PIECE],
}

impl<'c> Plain<'c> {
    pub(super) const fn new(chunk: CheckedChunk<'c>, key: Option<&'c PayloadKey>) -> Self {
        Self { at: chunk.offset(), left: chunk.bytes(), key, piece: [0; PIECE] }
    }

    /// Whether it begins the payload.
    pub(super) const fn is_first(&self) -> bool {
        self.at == 0
    }

    /// The next piece, at its place in the payload. A chunk that is not sealed is one piece.
    pub(super) fn next(&mut self) -> Option<ImagePiece<'_>> {
        if self.left.is_empty() {
            return None;
        }
        let at = self.at;
        let Some(key) = self.key else {
            return Some(ImagePiece::new(at, core::mem::take(&mut self.left)));
        };
        let (sealed, left) = self.left.split_at(self.left.len().min(PIECE));
        let piece = self.piece.get_mut(..sealed.len())?;
        piece.copy_from_slice(sealed);
        key.open(at, piece);
        self.left = left;
        self.at = at.saturating_add(u32::try_from(sealed.len()).unwrap_or(u32::MAX));
        Some(ImagePiece::new(at, piece))
    }
}
