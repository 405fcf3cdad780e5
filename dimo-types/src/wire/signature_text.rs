//! A signature as the network's JSON forms spell it.

use alloc::string::String;

/// `0x` and 130 digits.
pub(super) fn signature_text(signature: &[u8; 65]) -> String {
    let mut digits = [0; 130];
    // 130 digits for 65 bytes: encoding cannot fail.
    let _ = base16ct::lower::encode(signature, &mut digits);
    let mut text = String::from("0x");
    text.push_str(core::str::from_utf8(&digits).unwrap_or_default());
    text
}
