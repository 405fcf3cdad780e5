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
    fn small_numbers_of_either_sign_are_small() {
        assert_eq!([0, -1, 1, -2].map(zigzag), [0, 1, 2, 3]);
        assert_eq!([0, 1, 2, 3, u64::MAX].map(unzigzag), [0, -1, 1, -2, i64::MIN]);
        assert_eq!([i64::MIN, i64::MAX].map(zigzag), [u64::MAX, u64::MAX - 1]);
    }
}
