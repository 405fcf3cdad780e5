//! [`Header`]: what stands before the bytes of an entry.

use super::Crc32;

/// The first two bytes of an entry; not what erased flash reads as.
const MARK: [u8; 2] = [0xD1, 0x4E];
/// The format that this code writes, and the only one that there was.
const FORMAT: u8 = 1;

/// Sixteen bytes: mark (2), format (1), zero (1), sequence (4), length (2), zero (2), CRC-32 (4) over the twelve before and the bytes. Numbers are
/// little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) sequence: u32,
    pub(super) len: u16,
    pub(super) crc: u32,
}

impl Header {
    pub(super) const LEN: usize = 16;

    pub(super) fn new(sequence: u32, bytes: &[u8]) -> Option<Self> {
        let len = u16::try_from(bytes.len()).ok()?;
        let mut header = Self { sequence, len, crc: 0 };
        header.crc = header.sum(bytes);
        Some(header)
    }

    /// `None` when it is none, or of a format that is not known.
    pub(super) fn parse(bytes: &[u8; Self::LEN]) -> Option<Self> {
        let [m0, m1, format, 0, s0, s1, s2, s3, l0, l1, 0, 0, c0, c1, c2, c3] = *bytes else { return None };
        ([m0, m1] == MARK && format == FORMAT).then_some(Self {
            sequence: u32::from_le_bytes([s0, s1, s2, s3]),
            len: u16::from_le_bytes([l0, l1]),
            crc: u32::from_le_bytes([c0, c1, c2, c3]),
        })
    }

    pub(super) fn to_bytes(self) -> [u8; Self::LEN] {
        let [s0, s1, s2, s3] = self.sequence.to_le_bytes();
        let [l0, l1] = self.len.to_le_bytes();
        let [c0, c1, c2, c3] = self.crc.to_le_bytes();
        [MARK[0], MARK[1], FORMAT, 0, s0, s1, s2, s3, l0, l1, 0, 0, c0, c1, c2, c3]
    }

    pub(super) fn is_of(&self, bytes: &[u8]) -> bool {
        self.sum(bytes) == self.crc
    }

    fn sum(&self, bytes: &[u8]) -> u32 {
        let mut crc = Crc32::new();
        let head = self.to_bytes();
        crc.update(head.get(..Self::LEN - 4).unwrap_or_default());
        crc.update(bytes);
        crc.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Header;

    #[test]
    fn a_header_is_of_its_bytes_only() {
        let header = Header::new(7, b"state").unwrap();
        assert_eq!(Header::parse(&header.to_bytes()), Some(header));
        assert!(header.is_of(b"state"));
        assert!(!header.is_of(b"stale"));
        assert!(!Header { sequence: 8, ..header }.is_of(b"state"));
    }

    #[test]
    fn erased_flash_and_zeros_are_no_header() {
        assert_eq!(Header::parse(&[0xFF; 16]), None);
        assert_eq!(Header::parse(&[0; 16]), None);
    }
}
