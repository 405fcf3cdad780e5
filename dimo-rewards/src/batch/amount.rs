//! [`Amount`]: the types of a column of money.

use dimo_types::Wei;

/// What a column of a [`Batch`](crate::Batch) may hold: wei in 16 bytes.
///
/// | type | for whom |
/// |---|---|
/// | [`Wei`] | columns of one's own |
/// | `u128` | the same without the newtype |
/// | `i128` | the values of Arrow's `Decimal128Array` with scale 0; a negative amount is refused |
///
/// On a little-endian machine all three are what Arrow and Parquet keep for a `Decimal128`. The trait is sealed: an
/// instalment is never more than its total, so a type that holds the one holds the other, and no other type need apply.
#[expect(private_bounds, reason = "sealed")]
pub trait Amount: Sealed {}

impl Amount for Wei {}
impl Amount for u128 {}
impl Amount for i128 {}

/// The 128 bits of an amount.
pub(super) trait Sealed: Copy + Default + Send + Sync {
    /// The largest amount: bits in a row from the lowest.
    const LARGEST: u128;

    fn bits(self) -> u128;

    /// Of bits that [`Self::LARGEST`] allows.
    fn from_bits(bits: u128) -> Self;
}

impl Sealed for Wei {
    const LARGEST: u128 = u128::MAX;

    fn bits(self) -> u128 {
        self.get()
    }

    fn from_bits(bits: u128) -> Self {
        Self::new(bits)
    }
}

impl Sealed for u128 {
    const LARGEST: u128 = Self::MAX;

    fn bits(self) -> u128 {
        self
    }

    fn from_bits(bits: u128) -> Self {
        bits
    }
}

impl Sealed for i128 {
    const LARGEST: u128 = Self::MAX.cast_unsigned();

    fn bits(self) -> u128 {
        self.cast_unsigned()
    }

    fn from_bits(bits: u128) -> Self {
        bits.cast_signed()
    }
}
