//! Deflate with the zlib wrapper (RFC 1950).

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

use super::{DecodeError, DecodeLimits};
use crate::wire::{ZlibEncoder, ZlibOptions};

/// The encoder of the devices, which is smaller in its window of 4 KB than others in 32: see [`ZlibOptions`].
pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0; ZlibEncoder::bound(bytes.len())];
    let mut encoder = Box::new(ZlibEncoder::new());
    // A buffer of the bound is never too small.
    let len = encoder.encode(bytes, ZlibOptions::HOST, &mut stream).unwrap_or_default();
    stream.truncate(len);
    stream
}

/// A stream that looks back as far as there is: of names that come again after kilobytes, which are sent once.
pub(super) fn deflate_far(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec_zlib(bytes, 9)
}

pub(super) fn inflate(bytes: &[u8], limits: &DecodeLimits) -> Result<Vec<u8>, DecodeError> {
    let limit = limits.inflated_bytes;
    let too_large = DecodeError::TooLarge { limit };
    // One byte more than allowed tells a message of the longest length from a longer one.
    match decompress_to_vec_zlib_with_limit(bytes, limit.saturating_add(1)) {
        Ok(message) if message.len() > limit => Err(too_large),
        Ok(message) => Ok(message),
        Err(error) if error.status == TINFLStatus::HasMoreOutput => Err(too_large),
        Err(_) => Err(DecodeError::NotZlib),
    }
}
