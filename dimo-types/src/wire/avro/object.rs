//! Single objects: a marker, the fingerprint of the schema, one record.

use alloc::vec::Vec;

use super::datum::{self, WriterSchema};
use super::schema::{BATCH, DICTIONARY, OwnSchema};
use super::{AvroFingerprint, AvroReadError, AvroWriteError, census, value};
use crate::wire::proto::dictionary_message;
use crate::wire::{DecodeError, DecodeLimits, DecodedBatch, Dictionary, Unknown};
use crate::{Batch, SignalInfo};

/// What a single object begins with.
const MARKER: [u8; 2] = [0xC3, 0x01];

/// A batch as a single object of Avro: `C3 01`, the fingerprint of [`AVRO_BATCH_SCHEMA`](super::AVRO_BATCH_SCHEMA), and the
/// record. Nothing is compressed. The batch names its dictionary by hash, as in protobuf.
///
/// # Errors
///
/// [`AvroWriteError::Refused`], which no batch is known to cause.
///
/// # Example: there and back
///
/// ```
/// use dimo_types::wire::{DecodeLimits, decode_avro_batch, decode_avro_dictionary, encode_avro_batch, encode_avro_dictionary};
/// use dimo_types::{Address, Batch, Reading, RecordId, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit};
/// let dictionary = [SignalInfo { name: "speed", unit: Unit::KilometrePerHour, scale: Scale::IDENTITY }];
/// let time = Timestamp::from_micros(1_700_000_000_123_456)?;
/// let reading = Reading { time, signal: SignalIndex(0), value: SignalValue::Float(50.5) };
/// let batch = Batch::new(RecordId::from_bytes([7; 20]), Address::ZERO, None, dictionary, vec![reading]).unwrap();
///
/// let (sent, sent_once) = (encode_avro_batch(&batch)?, encode_avro_dictionary(batch.dictionary())?);
///
/// let limits = DecodeLimits::default();
/// let dictionary = decode_avro_dictionary(&sent_once, &limits)?;
/// assert_eq!(decode_avro_batch(&sent, &limits)?.to_batch(&dictionary)?, batch);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub fn encode_avro_batch(batch: &Batch<'_>) -> Result<Vec<u8>, AvroWriteError> {
    let mut bytes = begin(&BATCH);
    datum::write(&mut bytes, &BATCH, &value::of(batch)?)?;
    Ok(bytes)
}

/// A dictionary as a single object of Avro, by [`AVRO_DICTIONARY_SCHEMA`](super::AVRO_DICTIONARY_SCHEMA).
///
/// # Errors
///
/// [`AvroWriteError::Refused`], which no dictionary is known to cause.
pub fn encode_avro_dictionary(entries: &[SignalInfo<'_>]) -> Result<Vec<u8>, AvroWriteError> {
    let mut bytes = begin(&DICTIONARY);
    datum::write(&mut bytes, &DICTIONARY, &value::of_dictionary(dictionary_message(entries)))?;
    Ok(bytes)
}

fn begin(schema: &OwnSchema) -> Vec<u8> {
    [&MARKER[..], &schema.fingerprint.0].concat()
}

/// Reads what [`encode_avro_batch`] wrote, or another program by the same schema, within `limits`.
///
/// # Errors
///
/// [`AvroReadError`] for everything that such an object cannot be.
///
/// # Example: an object of a schema that is not known
///
/// ```
/// use dimo_types::wire::{AvroFingerprint, AvroReadError, DecodeLimits, decode_avro_batch};
/// let bytes = [0xC3, 0x01, 1, 2, 3, 4, 5, 6, 7, 8, 0];
/// let error = decode_avro_batch(&bytes, &DecodeLimits::default()).unwrap_err();
/// assert_eq!(error, AvroReadError::UnknownSchema { fingerprint: AvroFingerprint([1, 2, 3, 4, 5, 6, 7, 8]) });
/// assert_eq!(error.to_string(), "an object of the unknown schema 0102030405060708");
/// ```
pub fn decode_avro_batch(bytes: &[u8], limits: &DecodeLimits) -> Result<DecodedBatch, AvroReadError> {
    let record = read(bytes, &BATCH, limits)?;
    Ok(DecodedBatch::check(value::to_batch(record)?, Unknown::default())?)
}

/// Reads what [`encode_avro_dictionary`] wrote, or another program by the same schema, within `limits`.
///
/// # Errors
///
/// [`AvroReadError`] for everything that such an object cannot be.
pub fn decode_avro_dictionary(bytes: &[u8], limits: &DecodeLimits) -> Result<Dictionary, AvroReadError> {
    let record = read(bytes, &DICTIONARY, limits)?;
    Ok(Dictionary::of_message(value::to_dictionary(record)?)?)
}

fn read(
    bytes: &[u8],
    schema: &OwnSchema,
    limits: &DecodeLimits,
) -> Result<apache_avro::types::Value, AvroReadError> {
    let object = bytes.strip_prefix(&MARKER).and_then(|rest| rest.split_first_chunk::<8>());
    let (fingerprint, mut record) = object.ok_or(AvroReadError::NotAnObject)?;
    let fingerprint = AvroFingerprint(*fingerprint);
    if fingerprint != schema.fingerprint {
        return Err(AvroReadError::UnknownSchema { fingerprint });
    }
    let limit = limits.inflated_bytes;
    if record.len() > limit {
        return Err(DecodeError::TooLarge { limit }.into());
    }
    let value = datum::read(&mut record, schema, &WriterSchema::Same, limits)?;
    if !record.is_empty() {
        return Err(census::malformed("bytes follow the record").into());
    }
    Ok(value)
}
