//! How a `Batch` travels: the forms of DIP-4's streaming interface ("initially compressed JSON, moving to
//! more efficient binary methods such as protobuf or avro").
//!
//! | form | feature | who reads it |
//! |---|---|---|
//! | Gen 1: a JSON envelope, signed over its `data`, gzip and base64 | `json` | the live network |
//! | CloudEvent: JSON with VSS names and DIDs | `json` | the live network's ingest server, from any device maker |
//! | `dimo.v1`: a column a signal, protobuf, deflate | `proto` | a backend that links this crate, or any that has `proto/dimo/v1/telemetry.proto` |
//! | the same in Avro: single objects, and files with schema and dictionary in them | `avro` | any program with an Avro library |
//!
//! Which form a device and a backend use is agreed on by name: [`WireForms`].
//!
//! Signing is elsewhere: a form hands out the bytes to sign and takes the 65 bytes of the signature.

#[cfg(feature = "avro")]
mod avro;
#[cfg(feature = "json")]
mod cloud_event;
mod deflate;
mod encoder;
mod form;
#[cfg(feature = "json")]
mod gen1;
mod gen1_data;
#[cfg(feature = "proto")]
mod proto;
#[cfg(feature = "json")]
mod signature_text;

#[cfg(feature = "avro")]
pub use avro::{
    AVRO_BATCH_SCHEMA, AVRO_DICTIONARY_SCHEMA, AvroFilePlace, AvroFingerprint, AvroReadError, AvroReader,
    AvroSchemaFault, AvroWriteError, AvroWriter, decode_avro_batch, decode_avro_dictionary,
    encode_avro_batch, encode_avro_dictionary,
};
#[cfg(feature = "json")]
pub use cloud_event::{
    CloudEvent, CloudEventContent, CloudEventDataError, CloudEventHeader, CloudEventLimits,
    CloudEventParseError, IngestFault, ReceivedCloudEvent, ReceivedData, ReceivedEvent, ReceivedSignal,
    ReceivedValue, ServerResponse,
};
pub use deflate::{ZlibEncodeError, ZlibEncoder, ZlibOptions, ZlibOptionsError};
pub use encoder::{
    BatchEncoder, BatchHeader, EncoderMemory, EncoderMemoryMut, PushError, SealError, write_dictionary,
};
pub use form::{NoCommonForm, WireForm, WireForms, WireFormsError};
#[cfg(feature = "json")]
pub use gen1::{
    Gen1CanDump, Gen1Cell, Gen1CellSignal, Gen1DataError, Gen1Device, Gen1EncodeError, Gen1Envelope,
    Gen1Fingerprint, Gen1FingerprintError, Gen1Header, Gen1Kind, Gen1Limits, Gen1Log, Gen1Network,
    Gen1ParseError, Gen1Payload, Gen1Radio, Gen1Sender, Gen1Signal, Gen1Signed, Gen1State, Gen1Status,
    Gen1Value, Gen1Vss, Gen1VssError, ReceivedEnvelope, VssValue, received_json,
};
pub use gen1_data::Gen1Data;
#[cfg(feature = "proto")]
pub use proto::{
    BatchColumn, BindError, ColumnFault, ColumnValues, DecodeError, DecodeLimits, DecodedBatch, Dictionary,
    SignedMessage, SignedMessageError, StreamMessage, StreamMessageError, Unknown, batch_message,
    decode_batch, decode_dictionary, decode_message, dictionary_hash, encode_batch, encode_dictionary, v1,
};
