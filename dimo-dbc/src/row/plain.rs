//! [`Plain`]: signals that come out of one window of eight bytes, whatever their type.

use dimo_types::Scale;

use crate::field::Field;
use crate::row::Turned;

/// A signal in the form in which many frames are decoded: one loop for each kind, and no branch in it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Plain {
    /// An integer with a sign, or with room for one.
    Integer(Turned),
    /// An unsigned integer of 64 bits.
    Unsigned(Whole),
    /// An IEEE 754 single.
    Single(Whole),
    /// An IEEE 754 double.
    Double(Whole),
}

/// A signal whose bits are taken as they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whole {
    pub(crate) base: u8,
    motorola: bool,
    /// Bits above the signal in the window.
    left: u8,
    scale: Scale,
}

impl Plain {
    /// `None` for signals in nine bytes, and for those that a value table translates.
    pub(crate) fn new(field: Field, scale: Scale) -> Option<Self> {
        if field.has(Field::WIDE) || field.has(Field::LOOKUP) {
            return None;
        }
        let whole = Whole { base: field.base, motorola: field.has(Field::MOTOROLA), left: field.left, scale };
        if field.has(Field::FLOAT32) {
            Some(Self::Single(whole))
        } else if field.has(Field::FLOAT64) {
            Some(Self::Double(whole))
        } else if field.is_unsigned64() {
            Some(Self::Unsigned(whole))
        } else {
            Turned::new(field, scale).map(Self::Integer)
        }
    }

    /// The first byte of its window.
    pub(crate) const fn base(self) -> u8 {
        match self {
            Self::Integer(turned) => turned.base,
            Self::Unsigned(whole) | Self::Single(whole) | Self::Double(whole) => whole.base,
        }
    }

    /// The value in its window, which was read little-endian.
    #[inline]
    pub(crate) fn value(self, window: u64) -> f64 {
        match self {
            Self::Integer(turned) => turned.value(window),
            Self::Unsigned(whole) => whole.scale.apply(whole.unsigned(window)),
            Self::Single(whole) => whole.scale.apply(whole.single(window)),
            Self::Double(whole) => whole.scale.apply(whole.double(window)),
        }
    }

    /// The values in many windows.
    #[inline(always)]
    pub(crate) fn fill(self, windows: &[u64], to: &mut [f64]) {
        match self {
            Self::Integer(turned) => turned.fill(windows, to),
            Self::Unsigned(whole) => whole.fill(windows, to, Whole::unsigned),
            Self::Single(whole) => whole.fill(windows, to, Whole::single),
            Self::Double(whole) => whole.fill(windows, to, Whole::double),
        }
    }
}

impl Whole {
    /// Its bits, at the top of the word.
    #[inline(always)]
    fn top(self, window: u64) -> u64 {
        let word = if self.motorola { window.swap_bytes() } else { window };
        word << (self.left & 63)
    }

    #[inline(always)]
    fn unsigned(self, window: u64) -> f64 {
        self.top(window) as f64
    }

    #[inline(always)]
    fn single(self, window: u64) -> f64 {
        f32::from_bits((self.top(window) >> 32) as u32).into()
    }

    #[inline(always)]
    fn double(self, window: u64) -> f64 {
        f64::from_bits(self.top(window))
    }

    #[inline(always)]
    fn fill(self, windows: &[u64], to: &mut [f64], value: impl Fn(Self, u64) -> f64) {
        for (window, to) in windows.iter().zip(to) {
            *to = self.scale.apply(value(self, *window));
        }
    }
}
