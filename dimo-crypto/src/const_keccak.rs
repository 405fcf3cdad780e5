//! Keccak-256 at compile time, so that type hashes and domain separators cost a device nothing.
//!
//! Written for the compiler, not for speed: never call it at run time, [`crate::keccak256`] is for that.
#![expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler only, where an index out of range fails the build"
)]

const RATE: usize = 136;

const ROUND_CONSTANTS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808A,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808B,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008A,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000A,
    0x0000_0000_8000_808B,
    0x8000_0000_0000_008B,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800A,
    0x8000_0000_8000_000A,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// Rotations of the rho step, in the order in which the pi step visits the lanes.
const ROTATIONS: [u32; 24] =
    [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];

/// The lane that each step of pi moves to.
const LANES: [usize; 24] =
    [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

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
            state = permute(state);
            fill = 0;
        }
    }
    state[fill / 8] ^= 1 << (8 * (fill % 8));
    state[RATE / 8 - 1] ^= 1 << 63;
    state = permute(state);

    let mut hash = [0; 32];
    let mut i = 0;
    while i < 32 {
        hash[i] = (state[i / 8] >> (8 * (i % 8))) as u8;
        i += 1;
    }
    hash
}

/// Keccak-f\[1600\].
const fn permute(mut state: [u64; 25]) -> [u64; 25] {
    let mut round = 0;
    while round < 24 {
        state = theta(state);
        state = rho_pi(state);
        state = chi(state);
        state[0] ^= ROUND_CONSTANTS[round];
        round += 1;
    }
    state
}

const fn theta(mut state: [u64; 25]) -> [u64; 25] {
    let mut parity = [0u64; 5];
    let mut i = 0;
    while i < 25 {
        parity[i % 5] ^= state[i];
        i += 1;
    }
    i = 0;
    while i < 25 {
        state[i] ^= parity[(i + 4) % 5] ^ parity[(i + 1) % 5].rotate_left(1);
        i += 1;
    }
    state
}

const fn rho_pi(mut state: [u64; 25]) -> [u64; 25] {
    let mut moving = state[1];
    let mut i = 0;
    while i < 24 {
        let displaced = state[LANES[i]];
        state[LANES[i]] = moving.rotate_left(ROTATIONS[i]);
        moving = displaced;
        i += 1;
    }
    state
}

const fn chi(state: [u64; 25]) -> [u64; 25] {
    let mut next = state;
    let mut i = 0;
    while i < 25 {
        let row = i / 5 * 5;
        next[i] = state[i] ^ (!state[row + (i + 1) % 5] & state[row + (i + 2) % 5]);
        i += 1;
    }
    next
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
