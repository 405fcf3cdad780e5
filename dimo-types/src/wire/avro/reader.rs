//! [`AvroReader`]: the batches of a file.

use alloc::vec::Vec;
use core::fmt;
use std::io::{self, Read};

use apache_avro::Schema;
use apache_avro::schema::RecordField;
use apache_avro::types::Value;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

use super::binary::{read_exactly, read_long};
use super::datum::{self, WriterSchema};
use super::error::{AvroFilePlace, AvroSchemaFault};
use super::header::{self, Header};
use super::schema::{BATCH, DICTIONARY, OwnSchema};
use super::{AvroFingerprint, AvroReadError, census, value};
use crate::wire::{DecodeError, DecodeLimits, DecodedBatch, Dictionary, Unknown};

/// The longest schema, in bytes. Parsing one takes many times its length.
const SCHEMA_BYTES: usize = 32 << 10;

/// Reads the batches of an object container file of Avro, one after the other, within limits: the header, a block as it
/// stands and a block inflated have at most [`inflated_bytes`](DecodeLimits::inflated_bytes), a batch in memory
/// [`memory_bytes`](DecodeLimits::memory_bytes). After an error there are no more batches.
///
/// A file of a later version is read by what the versions have in common: Avro's schema resolution leaves out the fields that
/// are not known here.
///
/// # Example: what is no file
///
/// ```
/// use dimo_types::wire::{AvroReadError, AvroReader, DecodeLimits};
/// let error = AvroReader::new("timestamp,signal".as_bytes(), DecodeLimits::default()).unwrap_err();
/// assert_eq!(error, AvroReadError::NotAFile);
/// ```
pub struct AvroReader<R> {
    file: Blocks<R>,
    dictionary: Dictionary,
}

impl<R> fmt::Debug for AvroReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AvroReader").field("signals", &self.dictionary.len()).finish_non_exhaustive()
    }
}

impl<R: Read> AvroReader<R> {
    /// Reads the header of a file and its dictionary. `input` is read in small pieces: give a buffered one.
    ///
    /// # Errors
    ///
    /// [`AvroReadError`] for what is no file of batches, or has no dictionary.
    pub fn new(mut input: R, limits: DecodeLimits) -> Result<Self, AvroReadError> {
        let mut header = read_header(&mut input, &limits)?;
        let dictionary = header.dictionary.take().ok_or(AvroReadError::NoDictionary)?;
        let dictionary = read_dictionary(&dictionary, limits)?;
        Ok(Self { file: Blocks::new(input, header, &BATCH, limits)?, dictionary })
    }

    /// The dictionary of all batches of the file.
    #[must_use]
    pub const fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// The fields of the file's batches that this version does not know, by name, 64 at most. They are left out; the file
    /// holds them.
    pub fn unknown_fields(&self) -> impl Iterator<Item = &str> {
        let own = BATCH.parsed().map(fields).unwrap_or_default();
        let theirs = self.file.other.as_ref().map(fields).unwrap_or_default();
        let names = theirs.iter().map(|field| field.name.as_str());
        names.filter(|name| own.iter().all(|known| known.name != *name)).take(64)
    }
}

impl<R: Read> Iterator for AvroReader<R> {
    type Item = Result<DecodedBatch, AvroReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.file.next_record().transpose()?;
        let unknown =
            Unknown { names: self.unknown_fields().map(Into::into).collect(), ..Unknown::default() };
        let batch = record.and_then(|record| Ok(DecodedBatch::check(value::to_batch(record)?, unknown)?));
        if batch.is_err() {
            self.file.ended = true;
        }
        Some(batch)
    }
}

fn fields(schema: &Schema) -> &[RecordField] {
    if let Schema::Record(record) = schema { &record.fields } else { &[] }
}

/// The one record of the file in the metadata.
fn read_dictionary(text: &[u8], limits: DecodeLimits) -> Result<Dictionary, AvroReadError> {
    let damaged = AvroReadError::Damaged { place: AvroFilePlace::Header };
    let bytes = STANDARD.decode(text).map_err(|_| damaged)?;
    let mut bytes = bytes.as_slice();
    let header = read_header(&mut bytes, &limits)?;
    let mut file = Blocks::new(bytes, header, &DICTIONARY, limits)?;
    let record = file.next_record()?.ok_or(AvroReadError::NoDictionary)?;
    Ok(Dictionary::of_message(value::to_dictionary(record)?)?)
}

fn read_header(input: &mut impl Read, limits: &DecodeLimits) -> Result<Header, AvroReadError> {
    let header = header::read(input, limits.inflated_bytes);
    header.map_err(|error| failed(&error, AvroFilePlace::Header))?.ok_or(AvroReadError::NotAFile)
}

/// The records of a file.
struct Blocks<R> {
    input: R,
    schema: &'static OwnSchema,
    /// The schema of the file, when it is not ours.
    other: Option<Schema>,
    is_deflated: bool,
    marker: [u8; 16],
    limits: DecodeLimits,
    /// The block that is being read, and how far.
    block: Vec<u8>,
    position: usize,
    records: u64,
    blocks: usize,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    fn new(
        input: R,
        header: Header,
        schema: &'static OwnSchema,
        limits: DecodeLimits,
    ) -> Result<Self, AvroReadError> {
        let is_deflated = match header.codec.as_deref() {
            None | Some(b"null") => false,
            Some(b"deflate") => true,
            Some(_) => return Err(AvroReadError::Codec),
        };
        let other = other_schema(header.schema.as_deref(), schema)
            .map_err(|fault| AvroReadError::Schema { fault })?;
        Ok(Self {
            input,
            schema,
            other,
            is_deflated,
            marker: header.marker,
            limits,
            block: Vec::new(),
            position: 0,
            records: 0,
            blocks: 0,
            ended: false,
        })
    }

    fn next_record(&mut self) -> Result<Option<Value>, AvroReadError> {
        let record = self.try_next();
        self.ended |= !matches!(record, Ok(Some(_)));
        record
    }

    fn try_next(&mut self) -> Result<Option<Value>, AvroReadError> {
        if self.ended {
            return Ok(None);
        }
        while self.records == 0 {
            if !self.next_block()? {
                return Ok(None);
            }
        }
        let mut left = self.block.get(self.position..).unwrap_or_default();
        let writer = self.other.as_ref().map_or(WriterSchema::Same, WriterSchema::Other);
        let record = datum::read(&mut left, self.schema, &writer, &self.limits)?;
        self.position = self.block.len() - left.len();
        self.records -= 1;
        if self.records == 0 && !left.is_empty() {
            return Err(census::malformed("bytes follow the last record of a block").into());
        }
        Ok(Some(record))
    }

    /// Whether there was another block.
    fn next_block(&mut self) -> Result<bool, AvroReadError> {
        let place = AvroFilePlace::Block { block: self.blocks };
        let damaged = AvroReadError::Damaged { place };
        let count = read_long(&mut self.input).map_err(|error| failed(&error, place))?;
        let Some(count) = count else { return Ok(false) };
        self.records = u64::try_from(count).map_err(|_| damaged.clone())?;
        let len = read_long(&mut self.input).map_err(|error| failed(&error, place))?;
        let len = len.and_then(|len| usize::try_from(len).ok()).ok_or(damaged.clone())?;
        let limit = self.limits.inflated_bytes;
        if len > limit {
            return Err(DecodeError::TooLarge { limit }.into());
        }
        // Freed before the next one is read.
        self.block = Vec::new();
        let block = read_exactly(&mut self.input, len).map_err(|error| failed(&error, place))?;
        let mut marker = [0; 16];
        self.input.read_exact(&mut marker).map_err(|error| failed(&error, place))?;
        if marker != self.marker {
            return Err(damaged);
        }
        self.block = if self.is_deflated { inflate(&block, limit, damaged)? } else { block };
        self.position = 0;
        self.blocks += 1;
        if self.records == 0 && !self.block.is_empty() {
            return Err(census::malformed("a block without records has bytes").into());
        }
        Ok(true)
    }
}

/// The schema of a file if it is not the one that this crate has, but another of that name.
fn other_schema(json: Option<&[u8]>, own: &OwnSchema) -> Result<Option<Schema>, AvroSchemaFault> {
    let json = json.ok_or(AvroSchemaFault::Missing)?;
    if json == own.json.as_bytes() {
        return Ok(None);
    }
    if json.len() > SCHEMA_BYTES {
        return Err(AvroSchemaFault::TooLong);
    }
    let json = core::str::from_utf8(json).map_err(|_| AvroSchemaFault::Unreadable)?;
    let schema = Schema::parse_str(json).map_err(|_| AvroSchemaFault::Unreadable)?;
    if schema.name().is_none_or(|name| name.fullname(None) != own.name) {
        return Err(AvroSchemaFault::OtherName);
    }
    Ok((AvroFingerprint::of(&schema) != Some(own.fingerprint)).then_some(schema))
}

/// The library has one limit for the whole program and does not know ours.
fn inflate(block: &[u8], limit: usize, damaged: AvroReadError) -> Result<Vec<u8>, AvroReadError> {
    let too_large = DecodeError::TooLarge { limit }.into();
    // One byte more than allowed tells a block of the longest length from a longer one.
    match decompress_to_vec_with_limit(block, limit.saturating_add(1)) {
        Ok(block) if block.len() > limit => Err(too_large),
        Ok(block) => Ok(block),
        Err(error) if error.status == TINFLStatus::HasMoreOutput => Err(too_large),
        Err(_) => Err(damaged),
    }
}

/// What an error of the input says of the file.
fn failed(error: &io::Error, place: AvroFilePlace) -> AvroReadError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => AvroReadError::Damaged { place },
        kind => AvroReadError::Input { kind },
    }
}
