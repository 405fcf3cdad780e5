//! `dimo.v1` messages from anyone.

use std::sync::LazyLock;

use dimo_types::wire::{
    DecodeLimits, DecodedBatch, Dictionary, decode_batch, decode_dictionary, encode_batch, encode_dictionary,
};
use dimo_types::{Scale, SignalInfo, Unit};
use miniz_oxide::deflate::compress_to_vec_zlib;

const LIMITS: DecodeLimits = DecodeLimits { inflated_bytes: 1 << 16, memory_bytes: 1 << 22 };
/// What a reading is estimated to take at least.
const READING_BYTES: usize = 24;

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let signals = [SignalInfo { name: "s", unit: Unit::None, scale: Scale::IDENTITY }; 300];
    decode_dictionary(&encode_dictionary(&signals), &LIMITS).expect("a dictionary written here")
});

/// Whatever arrives, the decoder stays within its limits; what it took binds to its dictionary, and encodes to a message that
/// decodes to the same batch and the same leaves.
pub(crate) fn batch(bytes: &[u8]) {
    let _ = decode_batch(bytes, &LIMITS);
    // A fuzzer does not find its way through deflate, nor a hash: the message itself, with that of the dictionary, since of a
    // field that stands there twice the last one counts.
    let hash = [&[4 << 3 | 2, 32], DICTIONARY.hash().as_slice()].concat();
    if let Ok(decoded) = decode_batch(&compress_to_vec_zlib(&[bytes, &hash].concat(), 1), &LIMITS) {
        check(&decoded, &DICTIONARY);
    }
}

fn check(decoded: &DecodedBatch, dictionary: &Dictionary) {
    assert!(decoded.readings() <= LIMITS.memory_bytes / READING_BYTES);
    let leaves = decoded.leaves();
    assert_eq!(leaves.is_some(), decoded.unknown().is_empty());
    assert!(decoded.unknown().fields.len() <= 64 && decoded.unknown().kinds.len() <= 64);
    let Ok(batch) = decoded.to_batch(dictionary) else { return };
    assert_eq!(batch.readings().len(), decoded.readings());
    let again = decode_batch(&encode_batch(&batch), &DecodeLimits::default()).expect("a batch written here");
    let again = again.to_batch(dictionary).expect("the same dictionary");
    assert_eq!(
        format!("{again:?}"),
        format!("{batch:?}"),
        "texts, since a float that is no number equals nothing"
    );
}

/// Whatever arrives as a dictionary is read within its limits, and what was read names as many signals as it says.
pub(crate) fn dictionary(bytes: &[u8]) {
    let Ok(dictionary) = decode_dictionary(bytes, &LIMITS) else { return };
    assert_eq!(dictionary.entries().count(), dictionary.len());
    assert!(dictionary.len() <= 1 << 16);
}
