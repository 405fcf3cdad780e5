//! CRC-32 (ISO-HDLC, as in Ethernet and zlib), half a byte at a time: its table costs a microcontroller 64 bytes.

const POLYNOMIAL: u32 = 0xEDB8_8320;

/// What half a byte adds to the checksum.
const TABLE: [u32; 16] = table();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, with an index below 16")]
const fn table() -> [u32; 16] {
    let mut table = [0; 16];
    let mut nibble = 0;
    while nibble < 16 {
        let mut remainder = nibble as u32;
        let mut bit = 0;
        while bit < 4 {
            remainder = (remainder >> 1) ^ if remainder & 1 == 1 { POLYNOMIAL } else { 0 };
            bit += 1;
        }
        table[nibble] = remainder;
        nibble += 1;
    }
    table
}

/// The checksum of the parts put together.
pub(crate) fn crc32(parts: &[&[u8]]) -> u32 {
    let mut crc = !0;
    for part in parts {
        for byte in *part {
            crc = half(half(crc ^ u32::from(*byte)));
        }
    }
    !crc
}

#[expect(clippy::indexing_slicing, reason = "four bits index sixteen entries")]
const fn half(crc: u32) -> u32 {
    (crc >> 4) ^ TABLE[(crc & 0xF) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_check_value_comes_out() {
        assert_eq!(crc32(&[b"123456789"]), 0xCBF4_3926);
        assert_eq!(crc32(&[b"1234", b"", b"56789"]), 0xCBF4_3926);
        assert_eq!(crc32(&[]), 0);
    }
}
