//! The entries of a plan, byte for byte as `PLAN.md` documents them: how each is read, and how the compiler writes it.

use crate::field::Field;
use crate::plan::packed::PackedField;

/// The version this crate writes, and the newest it reads.
pub(crate) const VERSION: u16 = 1;
/// How a device section begins.
pub(crate) const MAGIC: [u8; 4] = *b"DPLN";
/// How a names section begins.
pub(crate) const NAMES_MAGIC: [u8; 4] = *b"DNAM";
/// Bytes in the header of a device section.
pub(crate) const HEADER: usize = 36;
/// Bytes in the header of a names section.
pub(crate) const NAMES_HEADER: usize = 24;
/// Where both sections keep their length.
#[cfg(feature = "import")]
pub(crate) const LENGTH_AT: usize = 8;
/// Where both sections keep their checksum.
pub(crate) const CHECKSUM_AT: usize = 12;

/// The entry that stands for "none" in 16-bit references; real references are one higher than the index they name.
pub(crate) const NONE: u16 = 0;

/// A message: 10 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MessageEntry {
    pub(crate) id: u32,
    pub(crate) first_signal: u16,
    pub(crate) signal_count: u16,
    /// The frame length that holds every signal of the message, with its switches.
    pub(crate) full_bytes: u8,
    /// The length the DBC file declares; 255 for more.
    pub(crate) declared_bytes: u8,
}

impl MessageEntry {
    pub(crate) const BYTES: usize = 10;

    pub(crate) const fn read(entry: &[u8; Self::BYTES]) -> Self {
        let [i0, i1, i2, i3, f0, f1, c0, c1, full_bytes, declared_bytes] = *entry;
        Self {
            id: u32::from_le_bytes([i0, i1, i2, i3]),
            first_signal: u16::from_le_bytes([f0, f1]),
            signal_count: u16::from_le_bytes([c0, c1]),
            full_bytes,
            declared_bytes,
        }
    }
}

/// A signal: 7 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignalEntry {
    pub(crate) field: Field,
    /// Index of its scale, or of its value table when the field says so.
    pub(crate) scale: u16,
    /// The first of the conditions under which it is there, plus one.
    pub(crate) condition: u16,
}

impl SignalEntry {
    pub(crate) const BYTES: usize = 7;

    #[inline]
    pub(crate) fn read(entry: &[u8; Self::BYTES]) -> Self {
        let [f0, f1, f2, s0, s1, c0, c1] = *entry;
        Self {
            field: PackedField::read([f0, f1, f2, s0]).field(),
            scale: u16::from_le_bytes([s0, s1]),
            condition: u16::from_le_bytes([c0, c1]),
        }
    }

    /// Only its scale.
    #[inline]
    pub(crate) const fn scale_of(entry: &[u8; Self::BYTES]) -> u16 {
        let [_, _, _, s0, s1, _, _] = *entry;
        u16::from_le_bytes([s0, s1])
    }

    /// Only its condition.
    #[inline]
    pub(crate) const fn condition_of(entry: &[u8; Self::BYTES]) -> u16 {
        let [_, _, _, _, _, c0, c1] = *entry;
        u16::from_le_bytes([c0, c1])
    }
}

/// The switch of multiplexed signals: 6 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SwitchEntry {
    pub(crate) field: Field,
    /// The first of the conditions under which the switch itself is there, plus one.
    pub(crate) condition: u16,
    /// The frame length that holds the switch and the switches before it.
    pub(crate) needed_bytes: u8,
}

impl SwitchEntry {
    pub(crate) const BYTES: usize = 6;

    pub(crate) fn read(entry: &[u8; Self::BYTES]) -> Self {
        let [f0, f1, f2, c0, c1, needed_bytes] = *entry;
        Self {
            field: PackedField::read([f0, f1, f2, c0]).field(),
            condition: u16::from_le_bytes([c0, c1]),
            needed_bytes,
        }
    }

    /// All but its field.
    pub(crate) const fn place_of(entry: &[u8; Self::BYTES]) -> (u16, u8) {
        let [_, _, _, c0, c1, needed_bytes] = *entry;
        (u16::from_le_bytes([c0, c1]), needed_bytes)
    }
}

/// A range of switch values, both ends included: 12 bytes. A chain of them ends with the one that has [`Self::LAST`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConditionEntry {
    pub(crate) low: u32,
    pub(crate) high: u32,
    pub(crate) switch: u16,
    pub(crate) flags: u16,
}

impl ConditionEntry {
    pub(crate) const LAST: u16 = 1;

    pub(crate) const BYTES: usize = 12;

    pub(crate) const fn read(entry: &[u8; Self::BYTES]) -> Self {
        let [l0, l1, l2, l3, h0, h1, h2, h3, s0, s1, f0, f1] = *entry;
        Self {
            low: u32::from_le_bytes([l0, l1, l2, l3]),
            high: u32::from_le_bytes([h0, h1, h2, h3]),
            switch: u16::from_le_bytes([s0, s1]),
            flags: u16::from_le_bytes([f0, f1]),
        }
    }
}

/// A pair of 8-byte numbers, 16 bytes: a scale, an entry of a value table, a label.
pub(crate) const fn read_pair(entry: &[u8; 16]) -> ([u8; 8], [u8; 8]) {
    let [a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7] = *entry;
    ([a0, a1, a2, a3, a4, a5, a6, a7], [b0, b1, b2, b3, b4, b5, b6, b7])
}

/// A place in a text: 4 bytes offset, 4 bytes length.
pub(crate) const fn read_place(entry: [u8; 8]) -> (u32, u32) {
    let [o0, o1, o2, o3, l0, l1, l2, l3] = entry;
    (u32::from_le_bytes([o0, o1, o2, o3]), u32::from_le_bytes([l0, l1, l2, l3]))
}

/// A value table of a mapping: 8 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LookupEntry {
    pub(crate) first: u16,
    pub(crate) count: u16,
    pub(crate) kind: u16,
    pub(crate) reserved: u16,
}

impl LookupEntry {
    /// Its values are integers.
    pub(crate) const INTEGER: u16 = 0;
    /// Its values are doubles.
    pub(crate) const FLOAT: u16 = 1;
    /// Its values are places in the device text.
    pub(crate) const TEXT: u16 = 2;

    pub(crate) const fn read(entry: &[u8; 8]) -> Self {
        let [f0, f1, c0, c1, k0, k1, r0, r1] = *entry;
        Self {
            first: u16::from_le_bytes([f0, f1]),
            count: u16::from_le_bytes([c0, c1]),
            kind: u16::from_le_bytes([k0, k1]),
            reserved: u16::from_le_bytes([r0, r1]),
        }
    }
}

/// The names of a signal: 44 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamesEntry {
    pub(crate) name: (u32, u32),
    pub(crate) message_length: u16,
    pub(crate) vss: (u32, u32),
    pub(crate) unit: (u32, u32),
    pub(crate) first_label: u32,
    pub(crate) label_count: u32,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl NamesEntry {
    pub(crate) const BYTES: usize = 44;

    pub(crate) fn read(entry: &[u8; Self::BYTES]) -> Self {
        let mut bytes = Reader(entry);
        let (name, vss, unit) = (bytes.u32(), bytes.u32(), bytes.u32());
        let lengths = [bytes.u16(), bytes.u16(), bytes.u16(), bytes.u16()];
        let [name_length, message_length, vss_length, unit_length] = lengths;
        Self {
            name: (name, name_length.into()),
            message_length,
            vss: (vss, vss_length.into()),
            unit: (unit, unit_length.into()),
            first_label: bytes.u32(),
            label_count: bytes.u32(),
            min: f64::from_le_bytes(bytes.take()),
            max: f64::from_le_bytes(bytes.take()),
        }
    }
}

/// Reads numbers one after the other; zeros behind the end.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl Reader<'_> {
    pub(crate) fn take<const N: usize>(&mut self) -> [u8; N] {
        let (head, rest) = self.0.split_first_chunk().unwrap_or((&[0; N], &[]));
        self.0 = rest;
        *head
    }

    pub(crate) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }

    pub(crate) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }
}

#[cfg(feature = "import")]
mod write {
    //! The inverse of reading, for the compiler.

    use super::*;
    use alloc::vec::Vec;

    impl MessageEntry {
        pub(crate) fn write(self, to: &mut Vec<u8>) {
            to.extend(self.id.to_le_bytes());
            to.extend(self.first_signal.to_le_bytes());
            to.extend(self.signal_count.to_le_bytes());
            to.extend([self.full_bytes, self.declared_bytes]);
        }
    }

    impl SignalEntry {
        pub(crate) fn write(self, to: &mut Vec<u8>) {
            PackedField::of(self.field).write(to);
            to.extend(self.scale.to_le_bytes());
            to.extend(self.condition.to_le_bytes());
        }
    }

    impl SwitchEntry {
        pub(crate) fn write(self, to: &mut Vec<u8>) {
            PackedField::of(self.field).write(to);
            to.extend(self.condition.to_le_bytes());
            to.push(self.needed_bytes);
        }
    }

    impl ConditionEntry {
        pub(crate) fn write(self, to: &mut Vec<u8>) {
            to.extend(self.low.to_le_bytes());
            to.extend(self.high.to_le_bytes());
            to.extend(self.switch.to_le_bytes());
            to.extend(self.flags.to_le_bytes());
        }
    }

    impl LookupEntry {
        pub(crate) fn write(self, to: &mut Vec<u8>) {
            for number in [self.first, self.count, self.kind, self.reserved] {
                to.extend(number.to_le_bytes());
            }
        }
    }

    impl NamesEntry {
        /// Lengths are those of names, which the compiler keeps below 2^16.
        pub(crate) fn write(self, to: &mut Vec<u8>) {
            for offset in [self.name.0, self.vss.0, self.unit.0] {
                to.extend(offset.to_le_bytes());
            }
            for length in [self.name.1, self.message_length.into(), self.vss.1, self.unit.1] {
                to.extend(u16::try_from(length).unwrap_or(0).to_le_bytes());
            }
            to.extend(self.first_label.to_le_bytes());
            to.extend(self.label_count.to_le_bytes());
            to.extend(self.min.to_le_bytes());
            to.extend(self.max.to_le_bytes());
        }
    }
}
