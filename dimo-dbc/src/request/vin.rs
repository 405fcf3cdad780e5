//! The VIN as control units state it.

use dimo_types::{Vin, VinError};

/// The number in the text of an answer: zeros and spaces before it are padding, and so is whatever follows it.
pub(super) fn reported(text: &[u8]) -> Result<Vin, VinError> {
    let start = text.iter().position(|byte| !matches!(byte, 0x00 | b' ')).unwrap_or(text.len());
    let text = text.get(start..).unwrap_or_default();
    let number = text.get(..Vin::LEN).unwrap_or(text);
    match core::str::from_utf8(number) {
        Ok(number) => Vin::as_reported(number),
        Err(error) => Err(VinError::Character { place: error.valid_up_to() + 1 }),
    }
}
