//! [`PackedField`]: a field as a plan holds it, in three bytes, from which a 32-bit core takes most integers with 32-bit shifts.

use crate::field::Field;

/// The three bytes of a field, in the lower bits of a word; the upper eight may be anything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PackedField(pub(crate) u32);

/// What the bits of a field are.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// An integer that fits an `i64`.
    Integer,
    /// One of 64 bits without a sign.
    Unsigned64,
    /// An IEEE 754 single.
    Single,
    /// An IEEE 754 double.
    Double,
}

impl PackedField {
    const MOTOROLA: u32 = 1 << 18;
    const SIGNED: u32 = 1 << 19;
    const FLOAT: u32 = 1 << 20;
    const WIDE: u32 = 1 << 21;
    const LOOKUP: u32 = 1 << 22;
    const NARROW: u32 = 1 << 23;

    /// Bytes in the window of a narrow field.
    pub(crate) const NARROW_BYTES: u8 = 4;

    /// From the first bytes of an entry; the fourth belongs to what follows the field.
    pub(crate) const fn read(entry: [u8; 4]) -> Self {
        Self(u32::from_le_bytes(entry))
    }

    /// From an entry, which begins with its field.
    pub(crate) fn of_entry(entry: &[u8]) -> Self {
        Self::read(entry.first_chunk().copied().unwrap_or_default())
    }

    #[inline]
    const fn has(self, flag: u32) -> bool {
        self.0 & flag != 0
    }

    /// An integer that stands for itself, whose bits all lie in four bytes, and whose shifts are those of a 32-bit number.
    #[inline]
    pub(crate) const fn is_narrow(self) -> bool {
        self.has(Self::NARROW)
    }

    /// Its value stands for another one, which a table gives.
    #[inline]
    pub(crate) const fn has_lookup(self) -> bool {
        self.has(Self::LOOKUP)
    }

    /// What its bits are.
    #[inline]
    pub(crate) const fn kind(self) -> Kind {
        match (self.has(Self::FLOAT), self.right()) {
            (true, 32) => Kind::Single,
            (true, _) => Kind::Double,
            (false, 0) if !self.has(Self::SIGNED | Self::NARROW) => Kind::Unsigned64,
            (false, _) => Kind::Integer,
        }
    }

    /// The first byte of its window.
    #[inline]
    pub(crate) const fn base(self) -> u8 {
        (self.0 & 0x3F) as u8
    }

    const fn left(self) -> u8 {
        (self.0 >> 6 & 0x3F) as u8
    }

    const fn right(self) -> u8 {
        (self.0 >> 12 & 0x3F) as u8
    }

    /// The integer of a narrow field in its window. Five bits of each shift: with more a plan is not valid.
    #[inline]
    pub(crate) const fn narrow_bits(self, window: [u8; 4]) -> i64 {
        let motorola = self.has(Self::MOTOROLA);
        let little = u32::from_le_bytes(window);
        let word = if motorola { little.swap_bytes() } else { little };
        let top = word << (self.0 >> 6 & 31);
        let right = self.0 >> 12 & 31;
        if self.has(Self::SIGNED) { (top.cast_signed() >> right) as i64 } else { (top >> right) as i64 }
    }

    /// Its bits in `data`, as [`Field::bits`] takes them; a call where that would be code at every place.
    #[inline(never)]
    pub(crate) fn bits(self, data: &[u8]) -> u64 {
        let base = usize::from(self.base());
        if self.is_narrow()
            && let Some(Ok(window)) = data.get(base..base + 4).map(TryInto::try_into)
        {
            return self.narrow_bits(window).cast_unsigned();
        }
        self.field().bits(data)
    }

    /// Whether a plan may hold it.
    pub(crate) fn is_valid(self) -> bool {
        if !self.is_narrow() {
            return self.field().is_valid();
        }
        let shifts = self.right() < 32 && self.left() <= self.right();
        shifts
            && !self.has(Self::FLOAT | Self::WIDE | Self::LOOKUP)
            && self.base() <= Field::FRAME - Self::NARROW_BYTES
    }

    /// The field it stands for; of a narrow one the field with a window of eight bytes.
    pub(crate) fn field(self) -> Field {
        let mut field =
            Field { base: self.base(), left: self.left(), right: self.right(), flags: self.flags() };
        if self.is_narrow() {
            let size = 32 - (self.right() & 31);
            let before =
                if self.has(Self::MOTOROLA) { self.left() } else { self.right().wrapping_sub(self.left()) };
            let first_bit = before & 31;
            let base = Field::window_base(self.base(), self.base() + (first_bit + size - 1) / 8);
            let offset = (self.base() - base) * 8 + first_bit;
            field.base = base;
            field.right = 64 - size;
            field.left = if self.has(Self::MOTOROLA) { offset } else { field.right.wrapping_sub(offset) };
        }
        field
    }

    /// The flags of the field: these stand side by side in both.
    const fn flags(self) -> u8 {
        let order_and_sign = (self.0 >> 18) as u8 & (Field::MOTOROLA | Field::SIGNED);
        let kind = (self.0 >> 17) as u8 & (Field::WIDE | Field::LOOKUP);
        let float = if !self.has(Self::FLOAT) {
            0
        } else if self.right() == 32 {
            Field::FLOAT32
        } else {
            Field::FLOAT64
        };
        order_and_sign | kind | float
    }
}

#[cfg(feature = "import")]
impl PackedField {
    /// As a plan holds `field`: narrow where four bytes have room for it, those of a classic frame without leaving it.
    pub(crate) fn of(field: Field) -> Self {
        let size = 64 - field.right;
        let first_bit =
            if field.has(Field::MOTOROLA) { field.left } else { field.right.wrapping_sub(field.left) };
        let first_bit = u16::from(field.base) * 8 + u16::from(first_bit);
        let last = (first_bit + u16::from(size) - 1) / 8;
        let end = if last < 8 { 8 } else { u16::from(Field::FRAME) };
        let base = (first_bit / 8).min(end - u16::from(Self::NARROW_BYTES));
        let fits = last < base + u16::from(Self::NARROW_BYTES);
        if !fits || !field.is_integer() || field.has(Field::WIDE | Field::LOOKUP) {
            return Self::pack(field.base, field.left, field.right, field.flags, 0);
        }
        let offset = (first_bit - base * 8) as u8;
        let left = if field.has(Field::MOTOROLA) { offset } else { 32 - size - offset };
        Self::pack(base as u8, left, 32 - size, field.flags, Self::NARROW)
    }

    fn pack(base: u8, left: u8, right: u8, flags: u8, narrow: u32) -> Self {
        let numbers = u32::from(base) | u32::from(left) << 6 | u32::from(right) << 12 | narrow;
        let pairs = [
            (Field::MOTOROLA, Self::MOTOROLA),
            (Field::SIGNED, Self::SIGNED),
            (Field::FLOAT32 | Field::FLOAT64, Self::FLOAT),
            (Field::WIDE, Self::WIDE),
            (Field::LOOKUP, Self::LOOKUP),
        ];
        let set = pairs.iter().filter(|(flag, _)| flags & flag != 0);
        Self(set.fold(numbers, |word, (_, flag)| word | flag))
    }

    /// The three bytes.
    pub(crate) fn write(self, to: &mut alloc::vec::Vec<u8>) {
        let [a, b, c, _] = self.0.to_le_bytes();
        to.extend([a, b, c]);
    }
}
