//! The lengths of the codes of a block, as it begins with them (RFC 1951, section 3.2.7).

use super::alphabet::{Alphabet, Codes, Scratch};
use super::bits::BitWriter;
use super::symbols::USED_LITERALS;

/// Bits of the longest word of the code of lengths.
const LONGEST_WORD: usize = 7;
/// In which order the lengths of the code of lengths come.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const FEWEST_LITERALS: usize = 257;
const FEWEST_WORDS: usize = 4;

/// What describes both codes.
pub(super) struct Header {
    literals: usize,
    distances: usize,
    words: usize,
    alphabet: Alphabet<19>,
    bits: u32,
}

impl Header {
    pub(super) fn of(codes: &Codes, scratch: &mut Scratch<'_>) -> Self {
        let literals = codes.literals.lengths().get(..USED_LITERALS).unwrap_or_default();
        let literals = used(literals).max(FEWEST_LITERALS);
        let distances = used(codes.distances.lengths()).max(1);
        let mut header = Self { literals, distances, words: 0, alphabet: Alphabet::new(), bits: 0 };
        let mut extra = 0;
        let mut alphabet = Alphabet::new();
        header.for_each(codes, |run| {
            alphabet.count(run.symbol);
            extra += run.extra_bits;
        });
        alphabet.build(LONGEST_WORD, scratch);
        let words = ORDER.iter().rposition(|symbol| alphabet.price(*symbol) > 0);
        header.words = words.map_or(FEWEST_WORDS, |last| (last + 1).max(FEWEST_WORDS));
        let own = alphabet.counts().iter().zip(alphabet.lengths());
        let own: u32 = own.map(|(count, bits)| u32::from(*count) * u32::from(*bits)).sum();
        header.bits = 5 + 5 + 4 + 3 * header.words as u32 + own + extra;
        alphabet.assign();
        header.alphabet = alphabet;
        header
    }

    pub(super) fn bits(&self) -> u32 {
        self.bits
    }

    pub(super) fn write(&self, codes: &Codes, out: &mut BitWriter<'_>) {
        out.put((self.literals - FEWEST_LITERALS) as u32, 5);
        out.put((self.distances - 1) as u32, 5);
        out.put((self.words - FEWEST_WORDS) as u32, 4);
        for symbol in ORDER.iter().take(self.words) {
            out.put(self.alphabet.price(*symbol).into(), 3);
        }
        self.for_each(codes, |run| {
            let (code, bits) = self.alphabet.code(run.symbol);
            out.put(code, bits);
            out.put(run.extra, run.extra_bits);
        });
    }

    fn for_each(&self, codes: &Codes, mut each: impl FnMut(Run)) {
        let literals = codes.literals.lengths().iter().take(self.literals);
        let mut lengths = literals.chain(codes.distances.lengths().iter().take(self.distances)).peekable();
        while let Some(length) = lengths.next() {
            let mut more = 0;
            while lengths.next_if_eq(&length).is_some() {
                more += 1;
            }
            runs(usize::from(*length), more + 1, &mut each);
        }
    }
}

fn used(lengths: &[u8]) -> usize {
    lengths.iter().rposition(|length| *length > 0).map_or(0, |last| last + 1)
}

/// A length, or a run of one.
struct Run {
    symbol: usize,
    extra_bits: u32,
    extra: u32,
}

/// `count` times the same length.
fn runs(length: usize, mut count: u32, each: &mut impl FnMut(Run)) {
    // A run repeats what is before it; only zeros have runs of their own.
    let mut alone = u32::from(length > 0);
    while count > 0 {
        let (symbol, extra_bits, least, most) = match (length, count) {
            _ if alone > 0 || count < 3 => (length, 0, 1, 1),
            (0, ..11) => (17, 3, 3, 10),
            (0, _) => (18, 7, 11, 138),
            _ => (16, 2, 3, 6),
        };
        let taken = count.min(most);
        each(Run { symbol, extra_bits, extra: taken - least });
        count -= taken;
        alone = 0;
    }
}
