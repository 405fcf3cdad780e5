//! Integers as protobuf writes them.

/// The longest varint, in bytes.
pub(super) const MAX: usize = 10;

/// The zigzag form, in which small numbers of either sign are small.
pub(super) const fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63).cast_unsigned()
}

/// The number of a zigzag form.
pub(super) const fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// How many bytes the varint of `value` has.
pub(super) const fn len(value: u64) -> usize {
    // One byte for each seven bits, one for zero too.
    let bits = 64 - (value | 1).leading_zeros();
    bits.div_ceil(7) as usize
}

/// The varint of `value` in the first bytes of an array, and their number.
pub(super) fn bytes(mut value: u64) -> ([u8; MAX], usize) {
    let mut varint = [0; MAX];
    let mut len = 0;
    for byte in &mut varint {
        len += 1;
        // The low seven bits; the mask makes the cast exact.
        *byte = (value & 0x7F) as u8;
        value >>= 7;
        if value == 0 {
            break;
        }
        *byte |= 0x80;
    }
    (varint, len)
}

/// The varint of a value that has four bytes at most, and their number; what is behind them is no part of it.
#[inline(always)]
pub(super) fn word(value: u64) -> Option<([u8; 4], u8)> {
    if value >= 1 << 28 {
        return None;
    }
    let value = value as u32;
    // Seven bits to a byte.
    let spread = value & 0x7F | (value & 0x3F80) << 1 | (value & 0x1F_C000) << 2 | (value & 0xFE0_0000) << 3;
    // Zero has a byte, too. Every byte but the last says that there is one more.
    let empty = (spread | 1).leading_zeros() / 8;
    let further = 0x0080_8080 >> (8 * empty);
    Some(((spread | further).to_le_bytes(), 4 - empty as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_varint_has_the_length_that_is_foretold() {
        for value in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), i64::MAX.cast_unsigned(), u64::MAX]
        {
            assert_eq!(bytes(value).1, len(value), "{value}");
        }
        assert_eq!(bytes(300), ([0xAC, 2, 0, 0, 0, 0, 0, 0, 0, 0], 2));
    }

    #[test]
    fn a_varint_in_a_word_is_the_same() {
        let edges = [0, 7, 14, 21, 28].map(|bits| 1u64 << bits);
        for value in edges.into_iter().flat_map(|edge| edge.saturating_sub(3)..edge + 3) {
            let (expected, len) = bytes(value);
            let word = word(value).map(|(word, len)| (word[..len.into()].to_vec(), usize::from(len)));
            assert_eq!(word, (len <= 4).then(|| (expected[..len].to_vec(), len)), "{value}");
        }
    }

    #[test]
    fn small_numbers_of_either_sign_are_small() {
        assert_eq!([0, -1, 1, -2].map(zigzag), [0, 1, 2, 3]);
        assert_eq!([0, 1, 2, 3, u64::MAX].map(unzigzag), [0, -1, 1, -2, i64::MIN]);
        assert_eq!([i64::MIN, i64::MAX].map(zigzag), [u64::MAX, u64::MAX - 1]);
    }
}
