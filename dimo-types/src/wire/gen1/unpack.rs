//! From the bytes received to the JSON inside: base64 and gzip, within limits.

use alloc::string::String;
use alloc::vec::Vec;
use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use serde_json::value::RawValue;

use super::error::Gen1ParseError;

/// The JSON that `packed`, the value of `compressedPayload`, contains; at most `limit` bytes of it.
pub(super) fn unpack(packed: &RawValue, limit: usize) -> Result<Vec<u8>, Gen1ParseError> {
    gunzip(&decode_base64(packed)?, limit)
}

/// What a gzip stream contains, at most `limit` bytes.
pub(super) fn gunzip(compressed: &[u8], limit: usize) -> Result<Vec<u8>, Gen1ParseError> {
    let mut decoder = MultiGzDecoder::new(compressed);
    let mut unpacked = Vec::new();
    loop {
        // Room is made step by step: doubling it could take twice the limit.
        unpacked.reserve_exact(STEP);
        let read = decoder.by_ref().take(STEP as u64).read_to_end(&mut unpacked);
        if read.map_err(|_| Gen1ParseError::NotGzip)? == 0 {
            return Ok(unpacked);
        }
        if unpacked.len() > limit {
            return Err(Gen1ParseError::TooLarge { limit });
        }
    }
}

/// How much is decompressed at a time, in bytes; the most by which a text exceeds its limit before it is refused.
const STEP: usize = 1 << 20;

/// The bytes of a base64 JSON string, which may hold escapes such as `\/`.
pub(super) fn decode_base64(packed: &RawValue) -> Result<Vec<u8>, Gen1ParseError> {
    let text = packed.get();
    let plain =
        text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or(Gen1ParseError::NotBase64)?;
    if !plain.contains('\\') {
        return STANDARD.decode(plain).map_err(|_| Gen1ParseError::NotBase64);
    }
    let mut unescaped: String = serde_json::from_str(text).map_err(|_| Gen1ParseError::NotBase64)?;
    // Go's decoder, which the network uses, passes over line breaks.
    unescaped.retain(|c| c != '\n' && c != '\r');
    STANDARD.decode(unescaped).map_err(|_| Gen1ParseError::NotBase64)
}
