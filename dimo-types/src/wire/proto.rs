//! `dimo.v1`: a column a signal, times shared by the signals of one message, deflate over the whole.

mod batch_column;
mod census;
mod column;
mod decode;
mod dictionary;
mod encode;
mod error;
mod leaf;
mod limits;
mod movement;
mod parts;
mod rows;
mod signed;
mod stream;
mod timeline;
mod unknown;
pub mod v1;
mod zlib;

pub use batch_column::{BatchColumn, ColumnValues};
pub use decode::{DecodedBatch, decode_batch, decode_message};
#[cfg(feature = "avro")]
pub(super) use dictionary::to_message as dictionary_message;
pub use dictionary::{Dictionary, decode_dictionary, dictionary_hash, encode_dictionary};
pub use encode::{batch_message, encode_batch};
pub use error::{BindError, ColumnFault, DecodeError, SignedMessageError, StreamMessageError};
pub use limits::DecodeLimits;
pub use signed::SignedMessage;
pub use stream::StreamMessage;
pub use unknown::Unknown;
