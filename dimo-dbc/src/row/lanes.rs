//! [`Lanes`]: eight signals taken out of a frame at once, without a branch, in a form that compilers turn into vector code.

use crate::field::{Field, window};
use crate::row::Turned;

/// Signals in one pass. Most messages have no more: so that how often a loop runs, which a processor guesses, is seldom wrong.
pub(crate) const WIDTH: usize = 8;

/// How one integer of at most 64 bits comes out of its window of eight bytes. Unsigned 64-bit integers are not of this kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) base: u8,
    left: u8,
    right: u8,
    motorola: bool,
    /// The sign bit of the integer, or 0: `(x ^ sign) - sign` extends it.
    sign: u64,
}

impl Cut {
    /// `None` for fields of nine bytes, which no window holds.
    pub(crate) const fn of(field: Field) -> Option<Self> {
        if field.has(Field::WIDE) {
            return None;
        }
        let sign = if field.has(Field::SIGNED) { 1 << ((63 - field.right) & 63) } else { 0 };
        let motorola = field.has(Field::MOTOROLA);
        Some(Self { base: field.base, left: field.left, right: field.right, motorola, sign })
    }

    pub(crate) const fn is_motorola(self) -> bool {
        self.motorola
    }

    /// The integer in a window that was read in the byte order of the field.
    #[inline(always)]
    pub(crate) const fn integer(self, word: u64) -> i64 {
        let bits = (word << (self.left & 63)) >> (self.right & 63);
        (bits ^ self.sign).wrapping_sub(self.sign).cast_signed()
    }

    /// The integer, as 64 bits, in a window read little-endian.
    #[inline(always)]
    pub(crate) const fn bits(self, little: u64) -> u64 {
        self.integer(if self.motorola { little.swap_bytes() } else { little }).cast_unsigned()
    }
}

/// Eight signals as a structure of arrays, each as [`Turned`] has it. Lanes without a signal give 0.0.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Lanes {
    pub(crate) mask: [u64; WIDTH],
    pub(crate) factor: [f64; WIDTH],
    pub(crate) offset: [f64; WIDTH],
    pub(crate) turn: [u8; WIDTH],
    /// -1 where the window is read big-endian, else 0.
    pub(crate) motorola: [i8; WIDTH],
    base: [u8; WIDTH],
    is_last: bool,
}

impl Lanes {
    pub(crate) const EMPTY: Self = Self {
        mask: [0; WIDTH],
        factor: [0.0; WIDTH],
        offset: [0.0; WIDTH],
        turn: [0; WIDTH],
        motorola: [0; WIDTH],
        base: [0; WIDTH],
        is_last: false,
    };

    #[expect(clippy::indexing_slicing, reason = "a lane is less than WIDTH")]
    pub(crate) fn set(&mut self, lane: usize, signal: Turned) {
        let lane = lane % WIDTH;
        self.mask[lane] = signal.mask;
        self.factor[lane] = signal.factor;
        self.offset[lane] = signal.offset;
        self.turn[lane] = signal.turn;
        self.motorola[lane] = -i8::from(signal.motorola);
        self.base[lane] = signal.base;
    }

    /// Whether a variant ends with them.
    pub(crate) const fn is_last(&self) -> bool {
        self.is_last
    }

    pub(crate) const fn end(&mut self) {
        self.is_last = true;
    }

    /// The values in a frame whose signals all lie in its first eight bytes.
    #[inline(always)]
    pub(crate) fn of_word(&self, little: u64, to: &mut [f64; WIDTH]) {
        let difference = little ^ little.swap_bytes();
        self.values(|_, motorola| little ^ (difference & motorola), to);
    }

    /// The values in a frame of full length.
    #[inline(always)]
    pub(crate) fn of_frame(&self, data: &[u8; 64], to: &mut [f64; WIDTH]) {
        // The base of a field is 56 at most; told so, the compiler leaves out the check of the window.
        let words = self.base.map(|base| u64::from_le_bytes(window(data, base.min(56))));
        self.of_words(words, to);
    }

    /// The values in a frame of any length.
    #[inline(always)]
    pub(crate) fn of_bytes(&self, data: &[u8], to: &mut [f64; WIDTH]) {
        self.of_words(self.base.map(|base| u64::from_le_bytes(window(data, base))), to);
    }

    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "a lane is less than WIDTH")]
    fn of_words(&self, words: [u64; WIDTH], to: &mut [f64; WIDTH]) {
        self.values(|lane, motorola| words[lane] ^ ((words[lane] ^ words[lane].swap_bytes()) & motorola), to);
    }

    #[inline(always)]
    #[expect(
        clippy::indexing_slicing,
        reason = "a lane is less than WIDTH, and every array has WIDTH entries"
    )]
    fn values(&self, word: impl Fn(usize, u64) -> u64, to: &mut [f64; WIDTH]) {
        for (lane, to) in to.iter_mut().enumerate() {
            let word = word(lane, i64::from(self.motorola[lane]).cast_unsigned());
            let top = (word.rotate_left(u32::from(self.turn[lane])) & self.mask[lane]).cast_signed();
            *to = top as f64 * self.factor[lane] + self.offset[lane];
        }
    }
}
