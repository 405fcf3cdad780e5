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
    let compressed = decode_base64(packed)?;
    let mut json = Vec::new();
    // One byte more than allowed tells a text of the longest length from a longer one.
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(compressed.as_slice())
        .take(most)
        .read_to_end(&mut json)
        .map_err(|_| Gen1ParseError::NotGzip)?;
    if json.len() > limit { Err(Gen1ParseError::TooLarge { limit }) } else { Ok(json) }
}

/// The bytes of a base64 JSON string, which may hold escapes such as `\/`.
fn decode_base64(packed: &RawValue) -> Result<Vec<u8>, Gen1ParseError> {
    let text = packed.get();
    let plain =
        text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or(Gen1ParseError::NotBase64)?;
    if !plain.contains('\\') {
        return STANDARD.decode(plain).map_err(|_| Gen1ParseError::NotBase64);
    }
    let unescaped: String = serde_json::from_str(text).map_err(|_| Gen1ParseError::NotBase64)?;
    STANDARD.decode(unescaped).map_err(|_| Gen1ParseError::NotBase64)
}
