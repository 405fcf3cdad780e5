//! Keccak-256, the one hash function of Ethereum, and an incremental hasher over it.

use core::fmt;

use crate::Digest;
use crate::keccak_f::{RATE, permute};

/// The Keccak-256 hash of `bytes`. This is Ethereum's hash, not SHA3-256, whose padding differs.
///
/// # Example: the hash of nothing
///
/// ```
/// let hash = dimo_crypto::keccak256(b"");
/// assert_eq!(hash[..4], [0xc5, 0xd2, 0x46, 0x01]);
/// ```
#[must_use]
pub fn keccak256(bytes: &[u8]) -> [u8; 32] {
    // With all bytes at hand nothing has to be kept between pieces.
    let (mut lanes, mut last) = ([0; 25], [0; RATE]);
    let (blocks, rest) = bytes.as_chunks();
    blocks.iter().for_each(|block| absorb(&mut lanes, block));
    last.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
    close(&mut lanes, &mut last, rest.len())
}

/// Hashes pieces without joining them first: messages need no buffer.
pub(crate) struct Hasher {
    lanes: [u64; 25],
    /// What came since the last whole block.
    block: [u8; RATE],
    /// How many bytes of `block` are filled, always less than all.
    filled: usize,
}

impl Hasher {
    pub(crate) const fn new() -> Self {
        Self { lanes: [0; 25], block: [0; RATE], filled: 0 }
    }

    pub(crate) fn chain(mut self, bytes: &[u8]) -> Self {
        self.update(bytes);
        self
    }

    pub(crate) fn finish_digest(self) -> Digest {
        Digest::new(self.finish())
    }

    fn update(&mut self, mut bytes: &[u8]) {
        while let Some((_, free)) = self.block.split_at_mut_checked(self.filled) {
            // Whole blocks need not be copied first.
            if let (0, Some((block, rest))) = (self.filled, bytes.split_first_chunk()) {
                absorb(&mut self.lanes, block);
                bytes = rest;
                continue;
            }
            let count = free.len().min(bytes.len());
            let (now, later) = bytes.split_at_checked(count).unwrap_or_default();
            free.iter_mut().zip(now).for_each(|(place, byte)| *place = *byte);
            self.filled += count;
            if self.filled < RATE {
                return;
            }
            absorb(&mut self.lanes, &self.block);
            (self.filled, bytes) = (0, later);
        }
    }

    pub(crate) fn finish(mut self) -> [u8; 32] {
        if let Some(rest) = self.block.get_mut(self.filled..) {
            rest.fill(0);
        }
        close(&mut self.lanes, &mut self.block, self.filled)
    }
}

/// Text is hashed as it is written.
impl fmt::Write for Hasher {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.update(text.as_bytes());
        Ok(())
    }
}

/// Pads the last block, of which `filled` bytes are filled and the others zero, and gives the hash.
fn close(lanes: &mut [u64; 25], block: &mut [u8; RATE], filled: usize) -> [u8; 32] {
    if let Some(first) = block.get_mut(filled) {
        *first = 1;
    }
    block[RATE - 1] |= 0x80;
    absorb(lanes, block);
    let mut hash = [0; 32];
    for (bytes, lane) in hash.as_chunks_mut().0.iter_mut().zip(lanes) {
        *bytes = lane.to_le_bytes();
    }
    hash
}

/// Takes one block in.
fn absorb(lanes: &mut [u64; 25], block: &[u8; RATE]) {
    for (lane, bytes) in lanes.iter_mut().zip(block.as_chunks().0) {
        *lane ^= u64::from_le_bytes(*bytes);
    }
    permute(lanes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha3::{Digest as _, Keccak256};

    /// More than three blocks of nothing regular.
    fn bytes() -> impl Iterator<Item = u8> {
        (0..3 * RATE as u32 + 2).map(|i| (i.wrapping_mul(0x9E37_79B1) >> 24) as u8)
    }

    #[test]
    fn every_length_over_three_blocks_hashes_as_in_the_sha3_crate() {
        let bytes: alloc::vec::Vec<u8> = bytes().collect();
        for len in 0..bytes.len() {
            assert_eq!(keccak256(&bytes[..len])[..], Keccak256::digest(&bytes[..len])[..], "length {len}");
        }
    }

    #[test]
    fn a_chain_of_a_thousand_hashes_ends_where_that_of_the_sha3_crate_does() {
        let mut hash = [0; 32];
        let mut theirs = hash;
        for _ in 0..1000 {
            hash = keccak256(&hash);
            theirs = Keccak256::digest(theirs).into();
        }
        assert_eq!(hash, theirs);
    }

    proptest! {
        #[test]
        fn pieces_hash_as_the_whole(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..6)) {
            let whole = pieces.concat();
            let hash = pieces.iter().fold(Hasher::new(), |hasher, piece| hasher.chain(piece)).finish();
            prop_assert_eq!(hash[..].to_vec(), Keccak256::digest(&whole).to_vec());
        }
    }
}
