//! What Gen 1 puts on the air: short ASCII values on the stack.

use core::fmt::{self, Write};

use dimo_types::{CanProtocol, TroubleCode, Vin};

use super::AttError;

/// Up to `N` bytes. What does not fit is left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Value<N> {
    pub(super) const EMPTY: Self = Self { bytes: [0; N], len: 0 };

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Appends `bytes` whole or not at all.
    fn push(&mut self, bytes: &[u8]) -> fmt::Result {
        let room = self.bytes.get_mut(self.len..).and_then(|room| room.get_mut(..bytes.len()));
        room.ok_or(fmt::Error)?.copy_from_slice(bytes);
        self.len += bytes.len();
        Ok(())
    }

    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut value = Self::EMPTY;
        let _ = value.push(bytes);
        value
    }

    pub(super) fn written(text: impl fmt::Display) -> Self {
        let mut value = Self::EMPTY;
        let _ = write!(value, "{text}");
        value
    }
}

impl<const N: usize> Write for Value<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes())
    }
}

/// What is left of `value` at `offset`: ATT Read has 0, Read Blob what the phone has so far.
pub(super) fn from_offset(value: &[u8], offset: u16) -> Result<&[u8], AttError> {
    value.get(usize::from(offset)..).ok_or(AttError::InvalidOffset)
}

pub(super) const VIN_LEN: usize = Vin::LEN;
pub(super) const PROTOCOL_LEN: usize = 2;
/// The longest value that ATT carries.
pub(super) const CODES_LEN: usize = 512;

/// The vehicle was asked and did not tell: no VIN can look so.
const NO_VIN: &[u8; VIN_LEN] = b"00000000000000000";
const NO_PROTOCOL: &[u8] = b"00";
const NO_CODES: &[u8] = b"0";
/// The vehicle was asked and did not tell its trouble codes: no code can look so.
const UNKNOWN_CODES: &[u8] = b"1";

pub(super) fn vin(vin: Option<Vin>) -> Value<VIN_LEN> {
    vin.map_or_else(|| Value::of(NO_VIN), |vin| Value::of(vin.as_str().as_bytes()))
}

pub(super) fn protocol(protocol: Option<CanProtocol>) -> Value<PROTOCOL_LEN> {
    protocol.map_or_else(|| Value::of(NO_PROTOCOL), |protocol| Value::written(protocol.number()))
}

/// Codes with commas. 85 of them fill an ATT value; no more are told.
pub(super) fn codes(codes: Option<&[TroubleCode]>) -> Value<CODES_LEN> {
    let Some(codes) = codes else { return Value::of(UNKNOWN_CODES) };
    let mut value = Value::EMPTY;
    for code in codes {
        let before = value;
        let comma = if value.len == 0 { "" } else { "," };
        if write!(value, "{comma}{code}").is_err() {
            // Half a code would be another code.
            value = before;
            break;
        }
    }
    if value.len == 0 { Value::of(NO_CODES) } else { value }
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use super::*;
    use alloc::{string::String, vec};

    fn text<const N: usize>(value: Value<N>) -> String {
        String::from_utf8(value.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn values_read_as_today() {
        let code = |text: &str| text.parse::<TroubleCode>().unwrap();
        assert_eq!(text(vin(Some("1HGBH41JXMN109186".parse().unwrap()))), "1HGBH41JXMN109186");
        assert_eq!(text(vin(None)), "0".repeat(17));
        assert_eq!(text(protocol(Some(CanProtocol::Can11Bit500))), "6");
        assert_eq!(text(protocol(Some(CanProtocol::Can29Bit500))), "7");
        assert_eq!(text(protocol(None)), "00");
        assert_eq!(text(codes(Some(&[code("P0456"), code("P0446")]))), "P0456,P0446");
        assert_eq!(text(codes(Some(&[]))), "0");
        assert_eq!(text(codes(None)), "1");
    }

    #[test]
    fn more_codes_than_fit_end_behind_a_whole_one() {
        let many = vec![TroubleCode::from_bytes([0x04, 0x56]).unwrap(); 100];
        let told = text(codes(Some(&many)));
        assert_eq!(told.len(), 85 * 6 - 1);
        assert!(told.split(',').all(|code| code == "P0456"));
    }
}
