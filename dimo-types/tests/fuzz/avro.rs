//! Avro from anyone.

use dimo_types::wire::{
    AvroFingerprint, AvroReader, AvroWriter, DecodeLimits, decode_avro_batch, decode_avro_dictionary,
};

/// Small, so that a fuzzer reaches them.
const LIMITS: DecodeLimits = DecodeLimits { inflated_bytes: 1 << 15, memory_bytes: 1 << 18 };

/// Whatever arrives as a file, the reader comes to an end, and what it gives has as many readings as it says.
pub(crate) fn avro_file(bytes: &[u8]) {
    let Ok(mut file) = AvroReader::new(bytes, LIMITS) else { return };
    while let Some(batch) = file.next() {
        let Ok(batch) = batch else {
            assert!(file.next().is_none(), "an error is the end");
            return;
        };
        if let Ok(whole) = batch.to_batch(file.dictionary()) {
            assert_eq!(whole.readings().len(), batch.readings());
        }
    }
}

/// The record of a single object, of a batch and of a dictionary.
pub(crate) fn avro_object(bytes: &[u8]) {
    let object = |fingerprint: AvroFingerprint| [&[0xC3, 0x01], &fingerprint.0[..], bytes].concat();
    let dictionary = decode_avro_dictionary(&object(AvroFingerprint::DICTIONARY), &LIMITS);
    if let Ok(dictionary) = &dictionary {
        assert_eq!(dictionary.entries().count(), dictionary.len());
    }
    let Ok(batch) = decode_avro_batch(&object(AvroFingerprint::BATCH), &LIMITS) else { return };
    if let Ok(dictionary) = &dictionary
        && let Ok(whole) = batch.to_batch(dictionary)
    {
        assert_eq!(whole.readings().len(), batch.readings());
    }
}

/// The schema of a file and one record by it, with a zero byte between them: what a later version may write, or a liar.
pub(crate) fn avro_schema(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (schema, record) = (&bytes[..end], bytes.get(end + 1..).unwrap_or_default());
    let marker = [0x5A; 16];
    let empty = AvroWriter::new(Vec::new(), &[], marker).and_then(AvroWriter::finish);
    let mut file = empty.expect("an empty file");
    // Ours is the first entry of the metadata, behind the magic and the count; the codec is the next.
    let codec = file.windows(10).position(|window| window == b"avro.codec").expect("the codec");
    // Under another name nobody looks at it, and the block is not inflated.
    file[codec] = b'x';
    let (begin, rest) = (&file[..4 + 1 + 12], &file[codec - 1..]);
    let block = [&long(1)[..], &long(record.len()), record, &marker].concat();
    let file = [begin, &long(schema.len()), schema, rest, &block].concat();
    avro_file(&file);
}

/// A length as Avro writes it.
fn long(value: usize) -> Vec<u8> {
    let (mut left, mut bytes) = (value * 2, Vec::new());
    while left >= 0x80 {
        bytes.push((left & 0x7F) as u8 | 0x80);
        left >>= 7;
    }
    bytes.push(left as u8);
    bytes
}
