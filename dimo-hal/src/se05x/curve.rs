//! secp256k1 as the element wants it told: it knows the curve, and asks the host for its parameters all the same (SEC 2, section 2.4.1).

/// The number of the curve.
pub(crate) const SECP256K1: u8 = 0x10;

/// The numbers of the parameters and their values, in the order in which they are set: a, b, G, n, p.
pub(crate) const PARAMETERS: [(u8, &[u8]); 5] =
    [(0x01, &A), (0x02, &B), (0x04, &GENERATOR), (0x08, &ORDER), (0x10, &PRIME)];

const A: [u8; 32] = [0; 32];
const B: [u8; 32] = {
    let mut b = [0; 32];
    b[31] = 7;
    b
};
const GENERATOR: [u8; 65] = *b"\x04\
    \x79\xBE\x66\x7E\xF9\xDC\xBB\xAC\x55\xA0\x62\x95\xCE\x87\x0B\x07\
    \x02\x9B\xFC\xDB\x2D\xCE\x28\xD9\x59\xF2\x81\x5B\x16\xF8\x17\x98\
    \x48\x3A\xDA\x77\x26\xA3\xC4\x65\x5D\xA4\xFB\xFC\x0E\x11\x08\xA8\
    \xFD\x17\xB4\x48\xA6\x85\x54\x19\x9C\x47\xD0\x8F\xFB\x10\xD4\xB8";
const ORDER: [u8; 32] = *b"\
    \xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE\
    \xBA\xAE\xDC\xE6\xAF\x48\xA0\x3B\xBF\xD2\x5E\x8C\xD0\x36\x41\x41";
const PRIME: [u8; 32] = *b"\
    \xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\
    \xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE\xFF\xFF\xFC\x2F";

/// Whether a list of curves, a byte for each from number 1 on, says that this one is set.
pub(crate) fn is_set(list: &[u8]) -> bool {
    const SET: u8 = 0x02;
    list.get(usize::from(SECP256K1) - 1) == Some(&SET)
}
