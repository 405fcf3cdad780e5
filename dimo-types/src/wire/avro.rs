//! `dimo.v1` in Avro: the messages of the protobuf form, field by field, as single objects and as files.

mod binary;
mod census;
mod datum;
mod error;
mod header;
mod movement;
mod object;
mod reader;
mod schema;
mod value;
mod writer;

pub use error::{AvroFilePlace, AvroReadError, AvroSchemaFault, AvroWriteError};
pub use object::{decode_avro_batch, decode_avro_dictionary, encode_avro_batch, encode_avro_dictionary};
pub use reader::AvroReader;
pub use schema::{AVRO_BATCH_SCHEMA, AVRO_DICTIONARY_SCHEMA, AvroFingerprint};
pub use writer::AvroWriter;
