//! Symbols of lengths and distances (RFC 1951, section 3.2.5).

/// The end of a block, in the alphabet of literals and lengths.
pub(super) const END_OF_BLOCK: usize = 256;
/// Literals, the end, and lengths; two of them only exist in the fixed code.
pub(super) const LITERALS: usize = 288;
/// Symbols of literals and lengths that a stream may have.
pub(super) const USED_LITERALS: usize = 286;
/// Symbols of distances.
pub(super) const DISTANCES: usize = 30;

pub(super) const SHORTEST: usize = 3;
pub(super) const LONGEST: usize = 258;

/// What stands for a length or a distance: a symbol, and bits behind it.
#[derive(Clone, Copy)]
pub(super) struct Symbol {
    pub(super) symbol: usize,
    pub(super) extra_bits: u32,
    pub(super) extra: u32,
}

/// Of a length from 3 to 258.
#[inline]
pub(super) fn of_length(length: usize) -> Symbol {
    let rest = length.saturating_sub(SHORTEST) as u32;
    // The longest has a symbol of its own.
    if length >= LONGEST {
        return Symbol { symbol: 285, extra_bits: 0, extra: 0 };
    }
    let extra_bits = (rest | 4).ilog2() - 2;
    let symbol = 257 + (extra_bits << 2) + (rest >> extra_bits);
    Symbol { symbol: symbol as usize, extra_bits, extra: rest & ((1 << extra_bits) - 1) }
}

/// Of a distance from 1 to 32768.
#[inline]
pub(super) fn of_distance(distance: usize) -> Symbol {
    let rest = distance.saturating_sub(1) as u32;
    let extra_bits = (rest | 2).ilog2() - 1;
    let symbol = (extra_bits << 1) + (rest >> extra_bits);
    Symbol { symbol: symbol as usize, extra_bits, extra: rest & ((1 << extra_bits) - 1) }
}

/// The bits behind a symbol of the alphabet of literals and lengths.
pub(super) fn extra_bits_of_literal(symbol: usize) -> u32 {
    match symbol {
        265..285 => (symbol as u32 - 261) >> 2,
        _ => 0,
    }
}

/// The bits behind a symbol of a distance.
pub(super) fn extra_bits_of_distance(symbol: usize) -> u32 {
    (symbol as u32 >> 1).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 1951, 3.2.5: the first length and the extra bits of each symbol.
    const LENGTHS: [(usize, u32); 29] = [
        (3, 0),
        (4, 0),
        (5, 0),
        (6, 0),
        (7, 0),
        (8, 0),
        (9, 0),
        (10, 0),
        (11, 1),
        (13, 1),
        (15, 1),
        (17, 1),
        (19, 2),
        (23, 2),
        (27, 2),
        (31, 2),
        (35, 3),
        (43, 3),
        (51, 3),
        (59, 3),
        (67, 4),
        (83, 4),
        (99, 4),
        (115, 4),
        (131, 5),
        (163, 5),
        (195, 5),
        (227, 5),
        (258, 0),
    ];
    const FIRST_DISTANCES: [usize; 30] = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
        3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ];

    #[test]
    fn every_length_has_the_symbol_of_the_rfc() {
        for length in SHORTEST..=LONGEST {
            let index = LENGTHS.iter().rposition(|(first, _)| *first <= length).unwrap();
            let (first, extra_bits) = LENGTHS[index];
            let found = of_length(length);
            assert_eq!((found.symbol, found.extra_bits), (257 + index, extra_bits), "{length}");
            assert_eq!(first + found.extra as usize, length);
            assert_eq!(extra_bits_of_literal(found.symbol), extra_bits);
        }
    }

    #[test]
    fn every_distance_has_the_symbol_of_the_rfc() {
        for distance in 1..=32_768 {
            let index = FIRST_DISTANCES.iter().rposition(|first| *first <= distance).unwrap();
            let found = of_distance(distance);
            assert_eq!(found.symbol, index, "{distance}");
            assert_eq!(FIRST_DISTANCES[index] + found.extra as usize, distance);
            assert_eq!(extra_bits_of_distance(index), found.extra_bits);
        }
    }
}
