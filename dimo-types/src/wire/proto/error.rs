//! Why a received message is refused.

use alloc::string::String;

use thiserror::Error;

use crate::SignalIndex;

/// Why bytes are no batch or dictionary.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes are no zlib stream, or a damaged or truncated one.
    #[error("no whole zlib stream")]
    NotZlib,
    /// The message is longer than [`DecodeLimits::inflated_bytes`](super::DecodeLimits::inflated_bytes).
    #[error("the message is longer than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The message would take more than [`DecodeLimits::memory_bytes`](super::DecodeLimits::memory_bytes).
    #[error("the message would take more than {limit} bytes of memory")]
    TooMuchMemory {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The message is no protobuf of this schema.
    #[error("no message of dimo.v1: {reason}")]
    Malformed {
        /// Where and why the parser stopped.
        reason: String,
    },
    /// A field has a length that it cannot have.
    #[error("{field} has {len} bytes")]
    FieldLength {
        /// The field, as the schema names it.
        field: &'static str,
        /// Its length, in bytes.
        len: usize,
    },
    /// The start of the batch is later than the year 9999.
    #[error("the batch starts {micros} µs after 1970, beyond the year 9999")]
    Start {
        /// The start, in microseconds since the Unix epoch.
        micros: u64,
    },
    /// A list has not as many entries as the others ask for.
    #[error("{list} has {len} entries instead of {expected}")]
    ListLength {
        /// The list, as the schema names it.
        list: &'static str,
        /// How many entries it has.
        len: usize,
        /// How many it would have.
        expected: usize,
    },
    /// A timeline is empty, or leaves the years 1970 to 9999.
    #[error("timeline {timeline} is empty or leaves the years 1970 to 9999")]
    Timeline {
        /// Which timeline, counted from 0.
        timeline: usize,
    },
    /// A column names what there is not.
    #[error("column {column}: {fault}")]
    Column {
        /// Which column, counted from 0.
        column: usize,
        /// What is wrong with it.
        fault: ColumnFault,
    },
    /// A position lacks its latitude or longitude.
    #[error("position {position} lacks a coordinate")]
    Coordinates {
        /// Which position, counted from 0.
        position: usize,
    },
    /// The time of a part beside the readings is later than the year 9999.
    #[error("{field}: entry {position} is {micros} µs after 1970, beyond the year 9999")]
    PartTime {
        /// The field, as the schema names it.
        field: &'static str,
        /// Which entry, counted from 0.
        position: usize,
        /// The time, in microseconds since the Unix epoch.
        micros: u64,
    },
    /// Trouble codes are not two bytes each, or one is `00 00`.
    #[error("trouble_codes: entry {position} does not hold trouble codes of two bytes")]
    TroubleCodes {
        /// Which entry, counted from 0.
        position: usize,
    },
    /// The fingerprint has neither a VIN nor a chassis number.
    #[error("the fingerprint has no vehicle number")]
    VehicleNumber,
    /// A dictionary has more entries than there are indexes.
    #[error("a dictionary has at most 65536 entries")]
    TooManySignals,
}

/// What is wrong with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ColumnFault {
    /// Its signal is no index: not from 0 to 65535.
    #[error("signal {signal} is not from 0 to 65535")]
    Signal {
        /// The signal it names.
        signal: i64,
    },
    /// It names a timeline that the batch does not have.
    #[error("there is no timeline {timeline}")]
    Timeline {
        /// The timeline it names.
        timeline: i64,
    },
    /// It lacks as many times as its timeline has, or more.
    #[error("it lacks {lacks} of {times} times")]
    Short {
        /// How many it lacks.
        lacks: u64,
        /// How many its timeline has.
        times: usize,
    },
}

/// Why a decoded batch does not go with a dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BindError {
    /// The batch was made with another dictionary. Ask the device for the one it names.
    #[error("the batch names another dictionary")]
    OtherDictionary {
        /// The hash in the batch.
        named: [u8; 32],
        /// The hash of the dictionary given.
        given: [u8; 32],
    },
    /// The batch has readings of a signal that its dictionary does not have: the device encodes wrongly.
    #[error("the dictionary has {entries} entries and no signal {}", signal.0)]
    UnknownSignal {
        /// The signal of the readings.
        signal: SignalIndex,
        /// How many entries the dictionary has.
        entries: usize,
    },
}

/// Why bytes are no [`StreamMessage`](super::StreamMessage).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StreamMessageError {
    /// The bytes are no protobuf of this schema.
    #[error("no message of dimo.v1: {reason}")]
    Malformed {
        /// Where and why the parser stopped.
        reason: String,
    },
    /// It has no body, or one that a later version added.
    #[error("a message without a body that is known")]
    NoBody,
    /// The signature has not 65 bytes beside a batch, or is beside something else.
    #[error("a signature of {len} bytes")]
    SignatureLength {
        /// Its length, in bytes.
        len: usize,
    },
    /// The hash in a request has not 32 bytes.
    #[error("a hash of {len} bytes")]
    HashLength {
        /// Its length, in bytes.
        len: usize,
    },
}

/// Why bytes are no [`SignedMessage`](super::SignedMessage).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignedMessageError {
    /// The bytes are no protobuf of this schema.
    #[error("no message of dimo.v1: {reason}")]
    Malformed {
        /// Where and why the parser stopped.
        reason: String,
    },
    /// It has neither a batch nor a dictionary; perhaps a body that a later version knows.
    #[error("neither a batch nor a dictionary")]
    NoBody,
    /// The signature has not 65 bytes beside a batch, or not 0 beside a dictionary.
    #[error("a signature of {len} bytes")]
    SignatureLength {
        /// Its length, in bytes.
        len: usize,
    },
}
