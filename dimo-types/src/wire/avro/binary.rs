//! Avro's integers, and lengths that are checked before they are believed.

use alloc::vec::Vec;
use std::io::{self, Read};

/// Appends `value` as Avro writes a long: zigzag, seven bits a byte, lowest first.
pub(super) fn put_long(bytes: &mut Vec<u8>, value: i64) {
    let mut left = (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned();
    while left >= 0x80 {
        bytes.push((left & 0x7F) as u8 | 0x80);
        left >>= 7;
    }
    bytes.push(left as u8);
}

/// Appends `content` with its length before it.
pub(super) fn put_bytes(bytes: &mut Vec<u8>, content: &[u8]) {
    put_long(bytes, content.len() as i64);
    bytes.extend_from_slice(content);
}

/// Reads a long; `None` when there is nothing any more.
///
/// # Errors
///
/// Of the input; `UnexpectedEof` inside of a long, `InvalidData` for one of more than 64 bits.
pub(super) fn read_long(input: &mut impl Read) -> io::Result<Option<i64>> {
    let mut value = 0u64;
    for place in 0..10 {
        let mut byte = [0];
        match input.read_exact(&mut byte) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && place == 0 => return Ok(None),
            other => other?,
        }
        let [byte] = byte;
        value |= u64::from(byte & 0x7F) << (place * 7);
        if byte < 0x80 {
            return Ok(Some((value >> 1).cast_signed() ^ -((value & 1).cast_signed())));
        }
    }
    Err(io::ErrorKind::InvalidData.into())
}

/// Reads `len` bytes. Takes no more memory than there are bytes, whatever `len` says.
pub(super) fn read_exactly(input: &mut impl Read, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(len as u64).read_to_end(&mut bytes)?;
    if bytes.len() == len { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
