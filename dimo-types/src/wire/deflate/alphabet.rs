//! [`Alphabet`]: how often symbols occur, and the code that makes them short.

use super::symbols::{DISTANCES, END_OF_BLOCK, LITERALS};

/// Bits of the longest code of literals, lengths and distances.
const LONGEST_CODE: usize = 15;
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
/// About how many bits say how long the code of a symbol is.
const LENGTH_BITS: u32 = 4;

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
        let mut words = Words([0; LONGEST_CODE + 1]);
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

/// About how many bits symbols take, and what describes their code.
#[derive(Clone, Copy, Default)]
pub(super) struct Estimate {
    total: u32,
    different: u32,
    /// The sum of [`weight`] over the counts.
    weights: u32,
}

impl Estimate {
    pub(super) fn of(counts: &[u16]) -> Self {
        counts.iter().filter(|count| **count > 0).fold(Self::default(), |sum, count| Self {
            total: sum.total + u32::from(*count),
            different: sum.different + 1,
            weights: sum.weights + weight(u32::from(*count)),
        })
    }

    /// One more of a symbol that occurred so often.
    pub(super) fn add(&mut self, count: u16) {
        let count = u32::from(count);
        self.total += 1;
        self.different += u32::from(count == 0);
        self.weights += weight(count + 1) - weight(count);
    }

    /// One less.
    pub(super) fn remove(&mut self, count: u16) {
        let count = u32::from(count);
        self.total -= 1;
        self.different -= u32::from(count == 1);
        self.weights -= weight(count) - weight(count - 1);
    }

    pub(super) fn bits(self) -> u32 {
        self.different * LENGTH_BITS + (weight(self.total).saturating_sub(self.weights) >> 4)
    }
}

/// A count times its logarithm, in 16ths.
fn weight(count: u32) -> u32 {
    (count * log2(count.max(1))) >> 4
}

/// Logarithm to base 2, in 256ths, of a number that is not 0.
fn log2(number: u32) -> u32 {
    let whole = number.ilog2();
    // The fraction f in 256ths; log2(1 + f) is close to f + 0.344 f (1 - f).
    let fraction = if whole >= 8 { number >> (whole - 8) } else { number << (8 - whole) } & 0xFF;
    (whole << 8) + fraction + ((fraction * (256 - fraction) * 88) >> 16)
}

/// The symbols that occurred, the rarest first.
fn sort<'s>(counts: &[u16], order: &'s mut [u16]) -> &'s mut [u16] {
    let occurred = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    let mut used = 0;
    for (room, (symbol, _)) in order.iter_mut().zip(occurred) {
        *room = symbol as u16;
        used += 1;
    }
    let order = order.get_mut(..used).unwrap_or_default();
    for gap in GAPS {
        for place in gap..order.len() {
            sink(order, place, gap, |symbol| (counts.get(usize::from(symbol)), symbol));
        }
    }
    order
}

/// Shell's sort takes a tenth of the flash of the standard library's; gaps by M. Ciura, 2001.
const GAPS: [usize; 6] = [132, 57, 23, 10, 4, 1];

fn sink<K: Ord>(order: &mut [u16], mut place: usize, gap: usize, key: impl Fn(u16) -> K) {
    while let Some(before) = place.checked_sub(gap)
        && let Ok([one, other]) = order.get_disjoint_mut([before, place])
        && key(*one) > key(*other)
    {
        core::mem::swap(one, other);
        place = before;
    }
}

/// How many words of each length a code has.
struct Words([u16; LONGEST_CODE + 1]);

impl Words {
    fn of(&self, length: usize) -> usize {
        self.0.get(length).copied().unwrap_or_default().into()
    }

    fn add(&mut self, length: usize, more: i16) {
        if let Some(words) = self.0.get_mut(length) {
            *words = words.wrapping_add_signed(more);
        }
    }

    /// For the counts in `keys`, in ascending order, at least two; it overwrites them.
    fn count(keys: &mut [u16], limit: usize) -> Self {
        let mut words = Self([0; LONGEST_CODE + 1]);
        let mut tree = Tree(keys);
        tree.join();
        tree.measure_depths(|depth, leaves| words.add(depth.min(limit), leaves as i16));
        words.keep(limit);
        words
    }

    /// Cutting words off at `limit` has made the code impossible: a word of that length goes, and a shorter one makes room for
    /// two that are one bit longer, until it fits.
    fn keep(&mut self, limit: usize) {
        let room = 1usize << limit;
        let mut taken: usize = (1..=limit).map(|length| self.of(length) << (limit - length)).sum();
        while taken > room {
            let Some(shorter) = (1..limit).rev().find(|length| self.of(*length) > 0) else { break };
            self.add(limit, -1);
            self.add(shorter, -1);
            self.add(shorter + 1, 2);
            taken -= 1;
        }
    }
}

/// Huffman's tree in the memory of its counts: A. Moffat, J. Katajainen, "In-place calculation of minimum-redundancy codes",
/// 1995.
struct Tree<'a>(&'a mut [u16]);

impl Tree<'_> {
    fn at(&self, index: usize) -> u16 {
        self.0.get(index).copied().unwrap_or(u16::MAX)
    }

    fn set(&mut self, index: usize, value: u16) {
        if let Some(room) = self.0.get_mut(index) {
            *room = value;
        }
    }

    /// Joins the two rarest until one is left; an inner node keeps its count until it is joined, then where its parent is.
    fn join(&mut self) {
        let (mut leaf, mut inner) = (0, 0);
        for node in 0..self.0.len().saturating_sub(1) {
            let mut sum = 0u16;
            for _ in 0..2 {
                let is_inner = inner < node && (leaf >= self.0.len() || self.at(inner) < self.at(leaf));
                if is_inner {
                    sum = sum.saturating_add(self.at(inner));
                    self.set(inner, node as u16);
                    inner += 1;
                } else {
                    sum = sum.saturating_add(self.at(leaf));
                    leaf += 1;
                }
            }
            self.set(node, sum);
        }
    }

    /// Calls `each` with every depth and how many leaves are there.
    fn measure_depths(&mut self, mut each: impl FnMut(usize, usize)) {
        let Some(root) = self.0.len().checked_sub(2) else { return };
        self.set(root, 0);
        for node in (0..root).rev() {
            let parent = usize::from(self.at(node));
            self.set(node, self.at(parent).saturating_add(1));
        }
        let (mut nodes, mut depth, mut left) = (1, 0, root + 1);
        while nodes > 0 {
            let inner = (0..left).rev().take_while(|node| usize::from(self.at(*node)) == depth).count();
            left -= inner;
            each(depth, nodes - inner);
            nodes = 2 * inner;
            depth += 1;
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

    #[test]
    fn logarithms_are_close() {
        for number in 1..100_000u32 {
            let exact = f64::from(number).log2() * 256.0;
            assert!((f64::from(log2(number)) - exact).abs() < 6.0, "{number}");
        }
    }
}
