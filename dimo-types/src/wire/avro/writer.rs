//! [`AvroWriter`]: a file of batches.

use alloc::vec::Vec;
use std::io::Write;

use apache_avro::types::Value;
use apache_avro::{Codec, DeflateSettings};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use miniz_oxide::deflate::CompressionLevel;

use super::binary::{put_bytes, put_long};
use super::schema::{BATCH, DICTIONARY, OwnSchema};
use super::{AvroWriteError, datum, header, value};
use crate::wire::dictionary_hash;
use crate::wire::proto::dictionary_message;
use crate::{Batch, SignalInfo};

/// Writes batches of one dictionary into an object container file of Avro, each as a deflated block.
///
/// The file can be read with nothing but itself: it has the schema with its comments in it, and the dictionary in its
/// metadata under `dimo.dictionary`: an object container file with one record, in base64.
///
/// # Example: a file of batches
///
/// ```
/// use dimo_types::wire::{AvroReader, AvroWriter, DecodeLimits};
/// # use dimo_types::{Address, Batch, Reading, RecordId, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit};
/// # let dictionary = [SignalInfo { name: "speed", unit: Unit::KilometrePerHour, scale: Scale::IDENTITY }];
/// # let time = Timestamp::from_micros(1_700_000_000_123_456)?;
/// # let reading = Reading { time, signal: SignalIndex(0), value: SignalValue::Float(50.5) };
/// # let batch = Batch::new(RecordId::from_bytes([7; 20]), Address::ZERO, None, dictionary, vec![reading]).unwrap();
/// // The marker: 16 random bytes, by which other readers find the blocks of a large file.
/// let mut file = AvroWriter::new(Vec::new(), batch.dictionary(), [0x5A; 16])?;
/// file.push(&batch)?;
/// let bytes = file.finish()?;
///
/// let mut file = AvroReader::new(bytes.as_slice(), DecodeLimits::default())?;
/// let read = file.next().unwrap()?;
/// assert_eq!(read.to_batch(file.dictionary())?, batch);
/// assert!(file.next().is_none());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct AvroWriter<W> {
    output: W,
    dictionary_hash: [u8; 32],
    marker: [u8; 16],
}

impl<W: Write> AvroWriter<W> {
    /// Begins a file of batches whose dictionary has these entries. `marker` is 16 random bytes that end every block.
    ///
    /// # Errors
    ///
    /// [`AvroWriteError`] when `output` does not take the header.
    pub fn new(output: W, entries: &[SignalInfo<'_>], marker: [u8; 16]) -> Result<Self, AvroWriteError> {
        let mut dictionary = Vec::new();
        header::write(&mut dictionary, &DICTIONARY, None, &marker);
        let message = dictionary_message(entries);
        put_block(&mut dictionary, &DICTIONARY, &value::of_dictionary(message), &marker)?;
        let mut bytes = Vec::new();
        let dictionary = STANDARD.encode(dictionary);
        header::write(&mut bytes, &BATCH, Some(dictionary.as_bytes()), &marker);
        let mut file = Self { output, dictionary_hash: dictionary_hash(entries), marker };
        file.write(&bytes)?;
        Ok(file)
    }

    /// Adds a batch.
    ///
    /// # Errors
    ///
    /// [`AvroWriteError::OtherDictionary`], then nothing was written; or when the output does not take it, then the file ends
    /// inside a block.
    pub fn push(&mut self, batch: &Batch<'_>) -> Result<(), AvroWriteError> {
        if dictionary_hash(batch.dictionary()) != self.dictionary_hash {
            return Err(AvroWriteError::OtherDictionary);
        }
        let mut bytes = Vec::new();
        put_block(&mut bytes, &BATCH, &value::of(batch)?, &self.marker)?;
        self.write(&bytes)
    }

    /// Flushes the output and gives it back.
    ///
    /// # Errors
    ///
    /// [`AvroWriteError::Output`] when it cannot be flushed.
    pub fn finish(mut self) -> Result<W, AvroWriteError> {
        self.output.flush().map_err(|error| AvroWriteError::Output { kind: error.kind() })?;
        Ok(self.output)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), AvroWriteError> {
        self.output.write_all(bytes).map_err(|error| AvroWriteError::Output { kind: error.kind() })
    }
}

/// Appends a block of one record.
fn put_block(
    bytes: &mut Vec<u8>,
    schema: &OwnSchema,
    record: &Value,
    marker: &[u8; 16],
) -> Result<(), AvroWriteError> {
    let mut block = Vec::new();
    datum::write(&mut block, schema, record)?;
    let codec = Codec::Deflate(DeflateSettings::new(CompressionLevel::BestCompression));
    codec.compress(&mut block).map_err(|_| AvroWriteError::Refused)?;
    put_long(bytes, 1);
    put_bytes(bytes, &block);
    bytes.extend_from_slice(marker);
    Ok(())
}
