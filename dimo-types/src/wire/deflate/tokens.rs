//! [`Tokens`]: what a parser makes of a block, until its code is known.

use super::alphabet::Codes;
use super::symbols::{SHORTEST, of_distance, of_length};

/// Bits of a count of literals; all ones: that many, and no match behind them.
const RUN_BITS: u32 = 12;
const NO_MATCH: u16 = (1 << RUN_BITS) - 1;
/// So that counts of symbols, and their sum, fit 16 bits.
const MOST_SYMBOLS: u32 = 60_000;

/// Literals are only counted here: they stand in the input. A match and the literals before it take two words: 12 bits of count,
/// 8 of length, 12 of distance.
pub(super) struct Tokens<'a> {
    words: &'a mut [u16],
    used: usize,
    run: u16,
    symbols: u32,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(words: &'a mut [u16]) -> Self {
        Self { words, used: 0, run: 0, symbols: 0 }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self, codes: &mut Codes) {
        (self.used, self.run, self.symbols) = (0, 0, 0);
        codes.clear();
    }

    /// Whether so many more matches, and as many literals as a parser gives in a step, might not fit.
    pub(super) fn is_full(&self, matches: usize) -> bool {
        // Two more: for literals that become too many to be counted.
        self.used + 2 * (matches + 2) > self.words.len() || self.symbols >= MOST_SYMBOLS
    }

    #[inline]
    pub(super) fn literal(&mut self, byte: u8, codes: &mut Codes) {
        codes.literals.count(usize::from(byte));
        self.symbols += 1;
        self.run += 1;
        if self.run == NO_MATCH {
            self.push(NO_MATCH, 0);
        }
    }

    #[inline]
    pub(super) fn matched(&mut self, length: usize, distance: usize, codes: &mut Codes) {
        codes.literals.count(of_length(length).symbol);
        codes.distances.count(of_distance(distance).symbol);
        self.symbols += 1;
        let (length, distance) = ((length - SHORTEST) as u16, (distance - 1) as u16);
        self.push(self.run | (distance & 0xF) << RUN_BITS, distance >> 4 | length << 8);
    }

    #[inline]
    fn push(&mut self, first: u16, second: u16) {
        if let Some([one, two]) = self.words.get_mut(self.used..).and_then(|words| words.first_chunk_mut()) {
            (*one, *two) = (first, second);
            self.used += 2;
        }
        self.run = 0;
    }

    /// How many literals, and which match comes behind them. The literals after the last are those the block still has.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, Option<(usize, usize)>)> {
        let words = self.words.get(..self.used).unwrap_or_default();
        words.as_chunks::<2>().0.iter().map(|[first, second]| {
            let run = first & NO_MATCH;
            let distance = usize::from(first >> RUN_BITS | (second & 0xFF) << 4) + 1;
            let matched = (usize::from(second >> 8) + SHORTEST, distance);
            (usize::from(run), (run != NO_MATCH).then_some(matched))
        })
    }
}
