//! [`Alphabet`]: how often symbols occur, and the code that makes them short.

use super::estimate::log2;
use super::huffman::{Words, sort};
use super::symbols::{DISTANCES, END_OF_BLOCK, LITERALS};

/// Bits of the longest code of literals, lengths and distances.
pub(super) const LONGEST_CODE: usize = 15;
/// Parts of a bit in which prices are counted.
pub(super) const PRICE: u16 = 8;
/// Half of such a part, in 256ths of a bit.
const HALF_PART: u16 = 128 / PRICE;

/// Memory for building a code: as many entries as the largest alphabet has, twice.
pub(super) struct Scratch<'a> {
    pub(super) order: &'a mut [u16],
    pub(super) keys: &'a mut [u16],
}

/// Both alphabets of a block.
pub(super) struct Codes {
    pub(super) literals: Alphabet<LITERALS>,
    pub(super) distances: Alphabet<DISTANCES>,
}

impl Codes {
    pub(super) const fn new() -> Self {
        Self { literals: Alphabet::new(), distances: Alphabet::new() }
    }

    /// Nothing has occurred but the end of the block.
    pub(super) fn clear(&mut self) {
        self.literals.counts.fill(0);
        self.distances.counts.fill(0);
        self.literals.count(END_OF_BLOCK);
    }

    /// Prices for what occurred.
    pub(super) fn estimate(&mut self) {
        self.literals.estimate();
        self.distances.estimate();
    }

    /// The shortest code for what occurred.
    pub(super) fn build(&mut self, scratch: &mut Scratch<'_>) {
        self.literals.build(LONGEST_CODE, scratch);
        self.distances.build(LONGEST_CODE, scratch);
    }

    /// The code of RFC 1951, section 3.2.6.
    pub(super) fn fix(&mut self) {
        for (symbol, length) in self.literals.lengths.iter_mut().enumerate() {
            *length = fixed_length(symbol);
        }
        self.distances.lengths.fill(FIXED_DISTANCE);
    }

    /// Turns counts into codes, for writing.
    pub(super) fn assign(&mut self) {
        self.literals.assign();
        self.distances.assign();
    }
}

pub(super) const FIXED_DISTANCE: u8 = 5;

pub(super) fn fixed_length(symbol: usize) -> u8 {
    match symbol {
        0..144 => 8,
        144..256 => 9,
        256..280 => 7,
        _ => 8,
    }
}

/// The symbols of one kind. To keep it small, each array holds one thing after the other.
pub(super) struct Alphabet<const N: usize> {
    /// How often each occurred; then, for writing, the code of each, its first bit lowest.
    counts: [u16; N],
    /// While a parser looks for the cheapest way, the price of each; then the bits of its code, 0 for none.
    lengths: [u8; N],
}

impl<const N: usize> Alphabet<N> {
    pub(super) const fn new() -> Self {
        Self { counts: [0; N], lengths: [0; N] }
    }

    #[inline]
    pub(super) fn count(&mut self, symbol: usize) {
        if let Some(count) = self.counts.get_mut(symbol) {
            *count = count.wrapping_add(1);
        }
    }

    pub(super) fn counts(&self) -> &[u16; N] {
        &self.counts
    }

    pub(super) fn lengths(&self) -> &[u8; N] {
        &self.lengths
    }

    /// Its price by [`Self::estimate`].
    #[inline]
    pub(super) fn price(&self, symbol: usize) -> u16 {
        u16::from(self.lengths.get(symbol).copied().unwrap_or_default())
    }

    /// The code, and how many bits it has.
    #[inline]
    pub(super) fn code(&self, symbol: usize) -> (u32, u32) {
        let code = self.counts.get(symbol).copied().unwrap_or_default();
        (u32::from(code), u32::from(self.price(symbol)))
    }

    /// What each symbol would cost if a code could have parts of bits: closer to the truth over a block than whole bits, since
    /// the counts will change.
    fn estimate(&mut self) {
        let total: u32 = self.counts.iter().map(|count| u32::from(*count)).sum();
        let all = log2(2 * total.max(1));
        for (length, count) in self.lengths.iter_mut().zip(&self.counts) {
            // What did not occur so far is taken for half an occurrence.
            let own = if *count == 0 { 0 } else { log2(2 * u32::from(*count)) };
            let most = LONGEST_CODE as u32 * u32::from(PRICE);
            let price = (all - own + u32::from(HALF_PART)) / u32::from(256 / PRICE);
            *length = price.clamp(PRICE.into(), most) as u8;
        }
    }

    /// A shortest code whose longest word has at most `limit` bits. At least two symbols get one, since some decoders refuse less.
    pub(super) fn build(&mut self, limit: usize, scratch: &mut Scratch<'_>) {
        self.have_two();
        let order = sort(&self.counts, scratch.order);
        let keys = scratch.keys.get_mut(..order.len()).unwrap_or_default();
        for (key, symbol) in keys.iter_mut().zip(&*order) {
            *key = self.counts.get(usize::from(*symbol)).copied().unwrap_or_default();
        }
        let words = Words::count(keys, limit);
        self.lengths.fill(0);
        // The rarest get the longest.
        let lengths = (1..=limit).rev().flat_map(|length| core::iter::repeat_n(length, words.of(length)));
        for (symbol, length) in order.iter().zip(lengths) {
            if let Some(room) = self.lengths.get_mut(usize::from(*symbol)) {
                *room = length as u8;
            }
        }
    }

    fn have_two(&mut self) {
        let used = self.counts.iter().filter(|count| **count > 0).count();
        for count in self.counts.iter_mut().filter(|count| **count == 0).take(2usize.saturating_sub(used)) {
            *count = 1;
        }
    }

    /// Words of one length in the order of symbols, the shorter ones before the longer ones (RFC 1951, section 3.2.2).
    pub(super) fn assign(&mut self) {
        let mut words = Words::new();
        for length in self.lengths.iter().filter(|length| **length > 0) {
            words.add(usize::from(*length), 1);
        }
        let mut next = [0u16; LONGEST_CODE + 1];
        let mut code = 0u16;
        for (length, next) in next.iter_mut().enumerate().skip(1) {
            code = code.wrapping_add(words.of(length - 1) as u16) << 1;
            *next = code;
        }
        for (count, length) in self.counts.iter_mut().zip(&self.lengths) {
            let Some(next) = next.get_mut(usize::from(*length)) else { continue };
            *count = if *length == 0 { 0 } else { next.reverse_bits() >> (16 - u32::from(*length)) };
            *next = next.wrapping_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::vec::Vec;

    use super::*;

    fn lengths(counts: &[u16], limit: usize) -> Vec<usize> {
        let mut alphabet = Alphabet::<LITERALS>::new();
        alphabet.counts[..counts.len()].copy_from_slice(counts);
        let (mut order, mut keys) = ([0; LITERALS], [0; LITERALS]);
        alphabet.build(limit, &mut Scratch { order: &mut order, keys: &mut keys });
        alphabet.lengths[..counts.len()].iter().map(|length| usize::from(*length)).collect()
    }

    /// The fewest bits of any code with words of at most `limit` bits: by packages of coins (Larmore, Hirschberg, 1990).
    fn fewest_bits(counts: &[u16], limit: usize) -> u64 {
        let mut own: Vec<u64> =
            counts.iter().filter(|count| **count > 0).map(|count| u64::from(*count)).collect();
        own.sort_unstable();
        let mut coins = own.clone();
        for _ in 1..limit {
            let packages = coins.chunks_exact(2).map(|pair| pair[0] + pair[1]).collect::<Vec<_>>();
            coins = [own.clone(), packages].concat();
            coins.sort_unstable();
        }
        coins[..2 * own.len() - 2].iter().sum()
    }

    fn bits(counts: &[u16], lengths: &[usize]) -> u64 {
        counts.iter().zip(lengths).map(|(count, length)| u64::from(*count) * *length as u64).sum()
    }

    #[track_caller]
    fn assert_complete(lengths: &[usize], limit: usize) {
        assert!(lengths.iter().all(|length| *length <= limit));
        let taken: u64 =
            lengths.iter().filter(|length| **length > 0).map(|length| 1 << (limit - length)).sum();
        assert_eq!(taken, 1 << limit);
    }

    fn fibonacci(count: usize) -> Vec<u16> {
        let mut counts = [1u16, 1].to_vec();
        while counts.len() < count {
            counts.push(counts[counts.len() - 1] + counts[counts.len() - 2]);
        }
        counts
    }

    #[test]
    fn counts_that_ask_for_long_words_get_words_within_the_limit() {
        for (count, limit) in [(16, 15), (22, 15), (8, 7), (12, 7)] {
            let counts = fibonacci(count);
            let lengths = lengths(&counts, limit);
            assert_complete(&lengths, limit);
            let (ours, fewest) = (bits(&counts, &lengths), fewest_bits(&counts, limit));
            assert!(ours * 100 <= fewest * 103, "{count}, {limit}: {ours} bits, {fewest} would do");
        }
    }

    #[test]
    fn a_code_is_the_shortest_there_is_where_the_limit_does_not_matter() {
        let mut noise = 1u32;
        for round in 0..300usize {
            let mut next = || {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                noise >> 16
            };
            let count = 2 + round % 285;
            // Some equal, some rare, some missing.
            let counts: Vec<u16> = (0..count).map(|_| ((next() % 200) >> (next() % 9)) as u16).collect();
            if counts.iter().filter(|count| **count > 0).count() < 2 {
                continue;
            }
            let lengths = lengths(&counts, 15);
            assert_complete(&lengths, 15);
            assert_eq!(bits(&counts, &lengths), fewest_bits(&counts, 15), "{counts:?}");
        }
    }

    #[test]
    fn one_symbol_or_none_gets_company() {
        assert_eq!(lengths(&[0, 0, 5], 15), [1, 0, 1]);
        assert_eq!(lengths(&[0, 0, 0], 7), [1, 1, 0]);
    }

    #[test]
    fn the_words_of_the_rfc_s_example_are_those_of_the_rfc() {
        // RFC 1951, 3.2.2: lengths (3, 3, 3, 3, 3, 2, 4, 4).
        let mut alphabet = Alphabet::<8>::new();
        alphabet.lengths = [3, 3, 3, 3, 3, 2, 4, 4];
        alphabet.assign();
        let words = [0b010, 0b011, 0b100, 0b101, 0b110, 0b00, 0b1110, 0b1111u16];
        for (symbol, word) in words.iter().enumerate() {
            let (code, bits) = alphabet.code(symbol);
            assert_eq!(code as u16, word.reverse_bits() >> (16 - bits));
        }
    }
}
