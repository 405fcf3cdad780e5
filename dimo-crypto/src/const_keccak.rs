//! Keccak-256 at compile time, so that type hashes and domain separators cost a device nothing.
//!
//! Written for the compiler, not for speed: never call it at run time, [`crate::keccak256`] is for that.
#![expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler only, where an index out of range fails the build"
)]

use crate::keccak_f::{RATE, permute};

/// Keccak-256 of `bytes`, for constants.
pub(crate) const fn keccak256_const(bytes: &[u8]) -> [u8; 32] {
    let mut state = [0u64; 25];
    let mut at = 0;
    let mut fill = 0;
    while at < bytes.len() {
        state[fill / 8] ^= (bytes[at] as u64) << (8 * (fill % 8));
        at += 1;
        fill += 1;
        if fill == RATE {
            permute(&mut state);
            fill = 0;
        }
    }
    state[fill / 8] ^= 1 << (8 * (fill % 8));
    state[RATE / 8 - 1] ^= 1 << 63;
    permute(&mut state);

    let mut hash = [0; 32];
    let mut i = 0;
    while i < 32 {
        hash[i] = (state[i / 8] >> (8 * (i % 8))) as u8;
        i += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_compile_time_hash_is_the_run_time_hash(bytes in prop::collection::vec(any::<u8>(), 0..420)) {
            prop_assert_eq!(keccak256_const(&bytes), crate::keccak256(&bytes));
        }
    }

    #[test]
    fn lengths_around_the_block_are_padded_right() {
        let bytes = [0x5A; 3 * RATE];
        for len in [0, 1, RATE - 1, RATE, RATE + 1, 2 * RATE - 1, 2 * RATE, 3 * RATE] {
            assert_eq!(keccak256_const(&bytes[..len]), crate::keccak256(&bytes[..len]), "length {len}");
        }
    }
}
