//! [`Turned`]: how a signal comes out of a word with the fewest operations.

use dimo_types::Scale;

use crate::field::Field;
use crate::row::Cut;

/// A signal whose bits are turned to the top of the word, and stay there: the factor takes the power of two back.
///
/// A double holds the number above as exactly as the number below, so that nothing changes. An unsigned number leaves the
/// sign free.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turned {
    pub(crate) base: u8,
    pub(crate) motorola: bool,
    /// How far the bits are rotated to the left.
    pub(crate) turn: u8,
    /// The bits of the signal, where they are then.
    pub(crate) mask: u64,
    pub(crate) factor: f64,
    pub(crate) offset: f64,
}

impl Turned {
    /// `None` for what no single window of eight bytes gives as an integer with a sign, and for a factor so small that taking
    /// a power of two from it would change it.
    pub(crate) fn new(field: Field, scale: Scale) -> Option<Self> {
        if !field.is_integer() || field.is_unsigned64() || field.has(Field::LOOKUP) {
            return None;
        }
        let cut = Cut::of(field)?;
        let free = u8::from(!field.has(Field::SIGNED));
        let power = (1_u64 << (field.right.saturating_sub(free) & 63)) as f64;
        let factor = scale.factor / power;
        (factor * power == scale.factor).then_some(Self {
            base: cut.base,
            motorola: cut.is_motorola(),
            turn: field.left.wrapping_sub(free) & 63,
            mask: (u64::MAX << (field.right & 63)) >> free,
            factor,
            offset: scale.offset,
        })
    }

    /// The value in its window, which was read little-endian.
    #[inline(always)]
    pub(crate) fn value(self, window: u64) -> f64 {
        self.of_word(if self.motorola { window.swap_bytes() } else { window })
    }

    /// The value in a word that was read in the byte order of the signal.
    #[inline(always)]
    fn of_word(self, word: u64) -> f64 {
        self.scaled(word) + self.offset
    }

    /// The value without its offset.
    #[inline(always)]
    fn scaled(self, word: u64) -> f64 {
        let top = (word.rotate_left(self.turn.into()) & self.mask).cast_signed();
        top as f64 * self.factor
    }

    /// The values in many windows, which were read little-endian.
    #[inline(always)]
    pub(crate) fn fill(self, windows: &[u64], to: &mut [f64]) {
        // Adding 0.0 changes -0.0 alone, and that is what a negative factor makes of 0.
        let is_needless = self.offset.to_bits() == 0 && self.factor > 0.0;
        let pairs = windows.iter().zip(to);
        match (self.motorola, is_needless) {
            (false, true) => pairs.for_each(|(word, to)| *to = self.scaled(*word)),
            (false, false) => pairs.for_each(|(word, to)| *to = self.of_word(*word)),
            (true, true) => pairs.for_each(|(word, to)| *to = self.scaled(word.swap_bytes())),
            (true, false) => pairs.for_each(|(word, to)| *to = self.of_word(word.swap_bytes())),
        }
    }
}
