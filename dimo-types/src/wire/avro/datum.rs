//! One record and its bytes, through the library.

use alloc::vec::Vec;

use apache_avro::Schema;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::schema::ResolvedSchema;
use apache_avro::types::Value;
use apache_avro::writer::datum::GenericDatumWriter;

use super::AvroWriteError;
use super::census::{self, malformed};
use super::schema::OwnSchema;
use crate::wire::{DecodeError, DecodeLimits};

/// Appends the bytes of `record`, which is of `schema`, without compression.
pub(super) fn write(bytes: &mut Vec<u8>, schema: &OwnSchema, record: &Value) -> Result<(), AvroWriteError> {
    let parsed = schema.parsed().ok_or(AvroWriteError::Refused)?;
    // What `value` makes fits the schema, which the tests hold it to; the check would double the time.
    let writer = GenericDatumWriter::builder(parsed).validate(false).build();
    let written = writer.and_then(|writer| writer.write_value_ref(bytes, record));
    written.map(drop).map_err(|_| AvroWriteError::Refused)
}

/// Reads one record from the front of `bytes`, written by `writer`, as one of `schema`.
pub(super) fn read(
    bytes: &mut &[u8],
    schema: &OwnSchema,
    writer: &WriterSchema<'_>,
    limits: &DecodeLimits,
) -> Result<Value, DecodeError> {
    let own = schema.parsed().ok_or_else(unreadable)?;
    let written_by = match writer {
        WriterSchema::Same => own,
        WriterSchema::Other(other) => other,
    };
    let names = ResolvedSchema::new(written_by).map_err(|_| unreadable())?;
    let len = census::check(written_by, &names, bytes, limits)?;
    let (mut record, rest) = bytes.split_at_checked(len).ok_or_else(unreadable)?;
    let reader = GenericDatumReader::builder(written_by).resolved_writer_schemata(names);
    let reader = match writer {
        WriterSchema::Same => reader.build(),
        WriterSchema::Other(_) => reader.reader_schema(own).build(),
    };
    // The library's errors hold what was received, so they are not passed on.
    let value = reader.and_then(|reader| reader.read_value(&mut record)).map_err(|_| unreadable())?;
    if !record.is_empty() {
        return Err(unreadable());
    }
    *bytes = rest;
    Ok(value)
}

fn unreadable() -> DecodeError {
    malformed("the record does not fit the schema")
}

/// By which schema a record was written.
#[derive(Debug)]
pub(super) enum WriterSchema<'s> {
    /// By the one that it is read as.
    Same,
    /// By another one of that name.
    Other(&'s Schema),
}
