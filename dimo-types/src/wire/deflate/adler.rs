//! Adler-32 (RFC 1950, section 9).

const MODULUS: u32 = 65_521;
/// The most bytes after which the sums still fit 32 bits.
const STRIDE: usize = 5552;

pub(super) fn adler32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1u32, 0u32);
    for chunk in bytes.chunks(STRIDE) {
        for byte in chunk {
            low += u32::from(*byte);
            high += low;
        }
        (low, high) = (low % MODULUS, high % MODULUS);
    }
    high << 16 | low
}
