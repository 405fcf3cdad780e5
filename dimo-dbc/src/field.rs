//! [`Field`]: where the bits of one integer lie in a frame, in the form in which taking them out is cheapest.

/// The bits of one signal or switch: a window of 8 bytes, and two shifts on it.
///
/// Intel windows are read little-endian, Motorola windows big-endian; from there on both are
/// `(window << left) >> right`, where `64 - right` is the size in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Field {
    /// First byte of the window in the frame.
    pub(crate) base: u8,
    /// Bits above the signal in the window. In a wide field: bits of the first byte that belong to another signal.
    pub(crate) left: u8,
    /// 64 minus the size in bits.
    pub(crate) right: u8,
    pub(crate) flags: u8,
}

impl Field {
    /// The most significant byte comes first.
    pub(crate) const MOTOROLA: u8 = 1 << 0;
    /// Two's complement.
    pub(crate) const SIGNED: u8 = 1 << 1;
    /// The bits are those of an IEEE 754 single.
    pub(crate) const FLOAT32: u8 = 1 << 2;
    /// The bits are those of an IEEE 754 double.
    pub(crate) const FLOAT64: u8 = 1 << 3;
    /// The bits lie in nine bytes, one more than a window has.
    pub(crate) const WIDE: u8 = 1 << 4;
    /// The signal's scale index names a value table instead.
    pub(crate) const LOOKUP: u8 = 1 << 5;
    const FLOAT: u8 = Self::FLOAT32 | Self::FLOAT64;
    const KNOWN: u8 = 0x3F;

    /// Bytes in the longest frame, and so the end of every field.
    pub(crate) const FRAME: u8 = 64;

    pub(crate) const fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    pub(crate) const fn is_integer(self) -> bool {
        self.flags & Self::FLOAT == 0
    }

    /// Whether its values need a `u64`.
    pub(crate) const fn is_unsigned64(self) -> bool {
        self.right == 0 && !self.has(Self::SIGNED)
    }

    /// Whether a plan may hold it: its shifts are shifts, its bits lie in a frame, its flags do not contradict each other.
    pub(crate) const fn is_valid(self) -> bool {
        if self.right > 63 || self.flags & !Self::KNOWN != 0 || self.base > Self::FRAME - 8 {
            return false;
        }
        let size = 64 - self.right;
        let shape = match self.flags & Self::FLOAT {
            0 => true,
            Self::FLOAT32 => size == 32 && !self.has(Self::SIGNED),
            Self::FLOAT64 => size == 64 && !self.has(Self::SIGNED),
            _ => false,
        };
        let place = if self.has(Self::WIDE) {
            1 <= self.left && self.left <= 7 && self.left + size > 64
        } else {
            self.left <= self.right
        };
        shape && place && self.needed_bytes() <= Self::FRAME
    }

    /// Where the window of a field from byte `first` to byte `last` begins: one window for all of a classic frame; behind it
    /// the first byte decides, as far as a window fits.
    pub(crate) const fn window_base(first: u8, last: u8) -> u8 {
        if last < 8 {
            0
        } else if first < Self::FRAME - 8 {
            first
        } else {
            Self::FRAME - 8
        }
    }

    /// The length a frame must have to hold all of it, in bytes.
    pub(crate) const fn needed_bytes(self) -> u8 {
        if self.has(Self::WIDE) {
            return self.base + 9;
        }
        let last_bit = if self.has(Self::MOTOROLA) { self.left + 63 - self.right } else { 63 - self.left };
        self.base + last_bit / 8 + 1
    }

    /// The same bits in the window that begins at `base`; `None` when they do not all lie in it.
    #[cfg(feature = "alloc")]
    pub(crate) const fn at(self, base: u8) -> Option<Self> {
        if self.has(Self::WIDE) {
            return None;
        }
        let bits_before = if self.has(Self::MOTOROLA) { self.left } else { self.right - self.left };
        let first = self.base + bits_before / 8;
        if base > first || self.needed_bytes() > base + 8 || base > Self::FRAME - 8 {
            return None;
        }
        // In an Intel window that begins earlier the bits stand higher, in a Motorola window lower.
        let bits = self.base.abs_diff(base) * 8;
        let is_less_left = (base < self.base) != self.has(Self::MOTOROLA);
        let left = if is_less_left { self.left.wrapping_sub(bits) } else { self.left.wrapping_add(bits) };
        Some(Self { base, left, ..self })
    }

    /// Its bits in `data`, sign-extended when it is signed. Bits behind the end of `data` are zero.
    #[inline]
    pub(crate) fn bits(self, data: &[u8]) -> u64 {
        let window = window(data, self.base);
        let motorola = self.has(Self::MOTOROLA);
        let word = if motorola { u64::from_be_bytes(window) } else { u64::from_le_bytes(window) };
        let top = if self.has(Self::WIDE) { self.wide(word, data) } else { word << (self.left & 63) };
        if self.has(Self::SIGNED) {
            (top.cast_signed() >> (self.right & 63)).cast_unsigned()
        } else {
            top >> (self.right & 63)
        }
    }

    /// The bits of a wide field, at the top of the word.
    #[cold]
    fn wide(self, word: u64, data: &[u8]) -> u64 {
        let ninth = u64::from(data.get(usize::from(self.base) + 8).copied().unwrap_or(0));
        let shift = self.left & 7;
        if self.has(Self::MOTOROLA) {
            (word << shift) | (ninth >> ((8 - shift) & 7))
        } else {
            ((word >> shift) | (ninth << ((64 - shift) & 63))) << (self.right & 63)
        }
    }
}

/// Eight bytes from `base`, with zeros behind the end of `data`.
#[inline]
pub(crate) fn window(data: &[u8], base: u8) -> [u8; 8] {
    let rest = data.get(usize::from(base)..).unwrap_or_default();
    match rest.first_chunk() {
        Some(window) => *window,
        None => {
            let mut window = [0; 8];
            window.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            window
        }
    }
}

impl Field {
    /// The field of an integer of `size` bits at `start`, as a DBC file states them; `None` when it has no bits, more
    /// than 64, or bits behind byte 63.
    pub(crate) fn place(start: u16, size: u16, order: crate::ByteOrder) -> Option<Self> {
        let motorola = order == crate::ByteOrder::Motorola;
        let size = u8::try_from(size).ok().filter(|size| (1..=64).contains(size))?;
        // Bits counted in the order of the window: from bit 0 up, or from the top bit of the first byte down.
        let start = Some(start).filter(|start| *start < u16::from(Self::FRAME) * 8)?;
        let first_bit = if motorola { (start / 8) * 8 + (7 - start % 8) } else { start };
        let first = u8::try_from(first_bit / 8).ok()?;
        let last =
            u8::try_from((first_bit + u16::from(size) - 1) / 8).ok().filter(|last| *last < Self::FRAME)?;
        let flags = if motorola { Self::MOTOROLA } else { 0 };
        if last - first == 8 {
            let left = u8::try_from(first_bit % 8).ok()?;
            return Some(Self { base: first, left, right: 64 - size, flags: flags | Self::WIDE });
        }
        let base = Self::window_base(first, last);
        let offset = u8::try_from(first_bit - u16::from(base) * 8).ok()?;
        let left = if motorola { offset } else { 64 - size - offset };
        Some(Self { base, left, right: 64 - size, flags })
    }
}
