//! Deflate with the zlib wrapper (RFC 1950).

use alloc::vec::Vec;

use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

use super::{DecodeError, DecodeLimits};

/// The effort of the encoder, 0 to 10. Beyond 9, time doubles and less than a hundredth is won.
const LEVEL: u8 = 9;

pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec_zlib(bytes, LEVEL)
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
