//! Deflate (RFC 1951) in a zlib stream (RFC 1950), without a heap.

mod adler;
mod alphabet;
mod bits;
mod block;
mod encoder;
mod error;
mod estimate;
mod header;
mod huffman;
mod lazy;
mod matches;
mod optimal;
mod options;
mod split;
mod stored;
mod symbols;
mod tokens;

pub use encoder::ZlibEncoder;
pub use error::{ZlibEncodeError, ZlibOptionsError};
pub use options::ZlibOptions;
