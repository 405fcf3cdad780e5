//! [`Crc32`]: the checksum of IEEE 802.3, by halves of bytes: a table of 64 bytes, where one of whole bytes is a kilobyte of flash.

/// CRC-32 as in zip and Ethernet: polynomial 0x04C11DB7, reflected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crc32(u32);

/// What four bits come to.
#[expect(clippy::indexing_slicing, reason = "at compile time")]
const TABLE: [u32; 16] = {
    let (mut table, mut half) = ([0; 16], 0u32);
    while half < 16 {
        let (mut word, mut bit) = (half, 0);
        while bit < 4 {
            word = (word >> 1) ^ (0xEDB8_8320 & (word & 1).wrapping_neg());
            bit += 1;
        }
        table[half as usize] = word;
        half += 1;
    }
    table
};

impl Crc32 {
    pub(crate) const fn new() -> Self {
        Self(u32::MAX)
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 ^= u32::from(*byte);
            for _ in 0..2 {
                let word = TABLE.get((self.0 & 0xF) as usize).copied().unwrap_or_default();
                self.0 = (self.0 >> 4) ^ word;
            }
        }
    }

    pub(crate) const fn finish(self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Crc32;

    #[test]
    fn the_check_value_of_the_catalogue_comes_out() {
        let mut crc = Crc32::new();
        crc.update(b"1234");
        crc.update(b"56789");
        assert_eq!(crc.finish(), 0xCBF4_3926);
    }
}
