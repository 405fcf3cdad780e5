//! Why Avro is not read or written. No error quotes what was received.

use std::io;

use thiserror::Error;

use super::AvroFingerprint;
use crate::wire::DecodeError;

/// Why bytes are no Avro batch, dictionary or file of batches.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AvroReadError {
    /// The input could not be read.
    #[error("the input cannot be read: {kind}")]
    Input {
        /// What the reader said.
        kind: io::ErrorKind,
    },
    /// The bytes do not begin with `C3 01` and a fingerprint.
    #[error("no single object of Avro")]
    NotAnObject,
    /// The object was written by a schema that is not known here, perhaps one of a later version. Its schema cannot be told
    /// from its bytes: update this crate, or ask for a file, which has its schema in it.
    #[error("an object of the unknown schema {fingerprint}")]
    UnknownSchema {
        /// The schema's fingerprint.
        fingerprint: AvroFingerprint,
    },
    /// The bytes do not begin as a file of Avro does.
    #[error("no file of Avro")]
    NotAFile,
    /// The file ends inside its header or a block, or says a length that cannot be.
    #[error("the file is damaged or ends early, {place}")]
    Damaged {
        /// Where.
        place: AvroFilePlace,
    },
    /// The file has no schema, one that is longer than 32 KiB, or one that this crate cannot read as a batch.
    #[error("the file's schema {fault}")]
    Schema {
        /// What is wrong with it.
        fault: AvroSchemaFault,
    },
    /// The blocks are compressed by something else than deflate.
    #[error("the file is compressed, but not by deflate")]
    Codec,
    /// The file does not have the dictionary of its batches in its metadata: this crate did not write it.
    #[error("the file has no dictionary")]
    NoDictionary,
    /// The record is not what its schema says, or not what a batch or dictionary can be.
    #[error(transparent)]
    Content(#[from] DecodeError),
}

/// A place in a file of Avro.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AvroFilePlace {
    /// Before the first block.
    #[error("in its header")]
    Header,
    /// In a block.
    #[error("in block {block}")]
    Block {
        /// Which, counted from 0.
        block: usize,
    },
}

/// What is wrong with the schema of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AvroSchemaFault {
    /// There is none.
    #[error("is missing")]
    Missing,
    /// It is longer than 32 KiB.
    #[error("is longer than 32 KiB")]
    TooLong,
    /// It is no schema of Avro.
    #[error("is none of Avro")]
    Unreadable,
    /// It is of something else.
    #[error("is not of what is expected here")]
    OtherName,
}

/// Why a batch or dictionary is not written as Avro.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AvroWriteError {
    /// The output did not take it.
    #[error("the output cannot be written: {kind}")]
    Output {
        /// What the writer said.
        kind: io::ErrorKind,
    },
    /// The batch has another dictionary than the file. Begin another file.
    #[error("the batch has another dictionary than the file")]
    OtherDictionary,
    /// The Avro library refused what this crate made. That is a fault of this crate: please report it.
    #[error("the Avro library refused a value")]
    Refused,
}
