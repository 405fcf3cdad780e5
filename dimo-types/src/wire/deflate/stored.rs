//! Bytes as they are (RFC 1951, section 3.2.4).

use super::bits::BitWriter;
use super::block::Place;

/// The most bytes of one block.
const MOST: usize = 65_535;
/// Bytes in front of the bytes of a block, when nothing is begun before it.
const HEADER: usize = 5;

/// How many bytes the blocks of so many bytes take, when nothing is begun before them.
pub(super) const fn len(bytes: usize) -> usize {
    let blocks = bytes.div_ceil(MOST);
    let blocks = if blocks == 0 { 1 } else { blocks };
    bytes.saturating_add(blocks.saturating_mul(HEADER))
}

/// The bits of one block behind its first three, if one takes them.
pub(super) fn bits(bytes: usize, out: &BitWriter<'_>) -> Option<u32> {
    // Three bits come before the byte is filled up.
    let to_align = (out.bits_to_align() + 5) % 8;
    (bytes <= MOST).then(|| to_align + 8 * (4 + bytes as u32))
}

/// One block, of at most 65535 bytes.
pub(super) fn write(bytes: &[u8], place: Place, out: &mut BitWriter<'_>) {
    let len = bytes.len() as u16;
    out.put(place.bit(), 3);
    out.align();
    out.bytes(&len.to_le_bytes());
    out.bytes(&(!len).to_le_bytes());
    out.bytes(bytes);
}

/// As many blocks as it takes.
pub(super) fn write_all(bytes: &[u8], out: &mut BitWriter<'_>) {
    let mut rest = bytes;
    while let Some((block, behind)) = rest.split_at_checked(MOST).filter(|(_, behind)| !behind.is_empty()) {
        write(block, Place::Inner, out);
        rest = behind;
    }
    write(rest, Place::Last, out);
}
