//! The header of a file: magic, metadata, the marker that ends every block.

use alloc::vec::Vec;
use std::io::{self, Read};

use super::binary::{put_bytes, put_long, read_exactly, read_long};
use super::schema::OwnSchema;

const MAGIC: [u8; 4] = *b"Obj\x01";
const SCHEMA: &[u8] = b"avro.schema";
const CODEC: &[u8] = b"avro.codec";
/// The dictionary of a file of batches: a file of Avro with one record, in base64, since some readers take metadata for text.
const DICTIONARY: &[u8] = b"dimo.dictionary";

/// What a header says.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) schema: Option<Vec<u8>>,
    pub(super) codec: Option<Vec<u8>>,
    pub(super) dictionary: Option<Vec<u8>>,
    pub(super) marker: [u8; 16],
}

/// Appends the header of a file whose blocks are deflated. The library would write the metadata in an order of chance.
pub(super) fn write(bytes: &mut Vec<u8>, schema: &OwnSchema, dictionary: Option<&[u8]>, marker: &[u8; 16]) {
    let metadata = [
        Some((SCHEMA, schema.json.as_bytes())),
        Some((CODEC, b"deflate".as_slice())),
        dictionary.map(|dictionary| (DICTIONARY, dictionary)),
    ];
    bytes.extend_from_slice(&MAGIC);
    put_long(bytes, metadata.iter().flatten().count() as i64);
    for (key, value) in metadata.into_iter().flatten() {
        put_bytes(bytes, key);
        put_bytes(bytes, value);
    }
    put_long(bytes, 0);
    bytes.extend_from_slice(marker);
}

/// Reads a header of at most `limit` bytes.
///
/// # Errors
///
/// Of the input; `Ok(None)` when it does not begin as a file of Avro.
pub(super) fn read(input: &mut impl Read, limit: usize) -> io::Result<Option<Header>> {
    let mut input = input.take(limit as u64);
    match read_exactly(&mut input, MAGIC.len()) {
        Ok(magic) if magic == MAGIC => {}
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
        _ => return Ok(None),
    }
    let mut header = Header::default();
    loop {
        let mut count = need(read_long(&mut input)?)?;
        if count == 0 {
            break;
        }
        if count < 0 {
            // The length of the block in bytes follows.
            need(read_long(&mut input)?)?;
            count = count.checked_neg().ok_or(io::ErrorKind::InvalidData)?;
        }
        for _ in 0..count {
            let key = entry(&mut input)?;
            let value = entry(&mut input)?;
            match key.as_slice() {
                SCHEMA => header.schema = Some(value),
                CODEC => header.codec = Some(value),
                DICTIONARY => header.dictionary = Some(value),
                _ => {}
            }
        }
    }
    input.read_exact(&mut header.marker)?;
    Ok(Some(header))
}

fn entry(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let len = need(read_long(input)?)?;
    read_exactly(input, usize::try_from(len).map_err(|_| io::ErrorKind::InvalidData)?)
}

fn need(long: Option<i64>) -> io::Result<i64> {
    long.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}
