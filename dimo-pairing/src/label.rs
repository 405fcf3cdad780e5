//! [`Label`]: what the QR code on a device says, and how it is read.

use dimo_types::Address;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::checksum::crc32;

mod secret;

pub use secret::{HintKey, LabelSecret};

/// Characters of the text of a [`Label`].
pub const LABEL_LEN: usize =
    PREFIX.len() + VERSION.len() + 1 + ADDRESS_DIGITS + 1 + SECRET_DIGITS + 1 + CRC_DIGITS;
const PREFIX: &[u8] = b"DIMO-PAIR:";
const VERSION: &[u8] = b"1";
const ADDRESS_DIGITS: usize = 40;
const SECRET_DIGITS: usize = 26;
const CRC_DIGITS: usize = 8;
/// What the checksum is over.
const CHECKED_LEN: usize = LABEL_LEN - 1 - CRC_DIGITS;
/// Base32, RFC 4648, section 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The label of a device: its address, and a secret that only who sees the label knows.
///
/// The text has 88 characters of the alphabet that a QR code packs densest, and fits a code of version 4 with error correction M. The
/// secret must be random, made for one device, and printed nowhere but on it and on what lies in its box. There is no `Display`, and
/// `Debug` hides the secret: only [`to_text`](Self::to_text) shows it.
///
/// # Example: the maker prints a label, a phone reads it
///
/// ```
/// use dimo_pairing::{Label, LabelSecret};
/// use dimo_types::Address;
/// let random = [0x5A; 16];
/// let label = Label { address: Address::new([7; 20]), secret: LabelSecret::new(random) };
/// let text = label.to_text();
/// assert!(text.as_str().starts_with("DIMO-PAIR:1.0707"));
/// assert_eq!(Label::parse(text.as_str())?, label);
/// # Ok::<(), dimo_pairing::LabelError>(())
/// ```
///
/// # Example: a label of tomorrow, and a code that is no label
///
/// ```
/// use dimo_pairing::{Label, LabelError};
/// assert_eq!(Label::parse("DIMO-PAIR:2.00FF").unwrap_err(), LabelError::Version { version: 2 });
/// assert_eq!(Label::parse("https://example.com").unwrap_err(), LabelError::Prefix);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The account of the device's wallet.
    pub address: Address,
    /// What the phone shows in the handshake to have seen.
    pub secret: LabelSecret,
}

impl Label {
    /// Reads the text of a label, in upper or in lower case.
    ///
    /// # Errors
    ///
    /// See [`LabelError`]: not a label, one of a later version, or one read wrong.
    pub fn parse(text: &str) -> Result<Self, LabelError> {
        check_version(text.as_bytes())?;
        if text.len() != LABEL_LEN {
            return Err(LabelError::Length { len: text.len() });
        }
        let mut upper = Zeroizing::new([0; LABEL_LEN]);
        upper.copy_from_slice(text.as_bytes());
        upper.make_ascii_uppercase();
        let mut fields = upper.split(|byte| *byte == b'.').skip(1);
        let address = read_hex(fields.next()).ok_or(LabelError::Address)?;
        let secret = fields.next().and_then(read_base32).ok_or(LabelError::Secret)?;
        let announced = read_hex(fields.next()).map(u32::from_be_bytes);
        let computed = upper.get(..CHECKED_LEN).map(crc32);
        // The fields fill the length, so there is none behind this one.
        if announced != computed {
            return Err(LabelError::Checksum);
        }
        Ok(Self { address: Address::new(address), secret })
    }

    /// The text to print: with the secret in it. It wipes itself.
    #[must_use]
    pub fn to_text(&self) -> LabelText {
        let mut text = Zeroizing::new([0; LABEL_LEN]);
        let mut rest = &mut text[..];
        put(&mut rest, PREFIX);
        put(&mut rest, VERSION);
        put(&mut rest, b".");
        put(&mut rest, &upper_hex::<20, ADDRESS_DIGITS>(self.address.as_bytes()));
        put(&mut rest, b".");
        put(&mut rest, &*base32(&self.secret));
        let checksum = text.get(..CHECKED_LEN).map_or(0, crc32);
        if let Some(mut rest) = text.get_mut(CHECKED_LEN..) {
            put(&mut rest, b".");
            put(&mut rest, &upper_hex::<4, CRC_DIGITS>(&checksum.to_be_bytes()));
        }
        LabelText(text)
    }
}

/// The text of a [`Label`], on the stack. Wipes itself on drop; `Debug` hides it.
pub struct LabelText(Zeroizing<[u8; LABEL_LEN]>);

impl LabelText {
    /// The text, with the secret in it: for the printer, and for nothing that keeps logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&*self.0).unwrap_or_default()
    }
}

impl core::fmt::Debug for LabelText {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("LabelText(..)")
    }
}

/// Whether it begins as a label of this version. Says so before anything else is looked at: what follows in a later one is its own.
fn check_version(text: &[u8]) -> Result<(), LabelError> {
    let (prefix, rest) = text.split_at_checked(PREFIX.len()).ok_or(LabelError::Prefix)?;
    if !prefix.eq_ignore_ascii_case(PREFIX) {
        return Err(LabelError::Prefix);
    }
    let version = rest.split(|byte| *byte == b'.').next().unwrap_or_default();
    if version == VERSION {
        return Ok(());
    }
    // One that is no number, or is spelled otherwise than numbers are, is of no version.
    let number = core::str::from_utf8(version).ok().and_then(|digits| digits.parse::<u8>().ok());
    match (number, version.first()) {
        (Some(version), Some(b'1'..=b'9')) => Err(LabelError::Version { version }),
        _ => Err(LabelError::Prefix),
    }
}

/// Exactly `N` bytes in upper case.
fn read_hex<const N: usize>(digits: Option<&[u8]>) -> Option<[u8; N]> {
    let (mut bytes, digits) = ([0; N], digits?);
    let read = base16ct::upper::decode(digits, &mut bytes).ok()?.len();
    (read == N).then_some(bytes)
}

fn upper_hex<const N: usize, const DIGITS: usize>(bytes: &[u8; N]) -> [u8; DIGITS] {
    let mut digits = [0; DIGITS];
    // Two digits for each byte, by the constants above: encoding cannot fail.
    let _ = base16ct::upper::encode(bytes, &mut digits);
    digits
}

/// 128 bits and two zeros behind them, five to a digit.
fn base32(secret: &LabelSecret) -> Zeroizing<[u8; SECRET_DIGITS]> {
    let mut left = Zeroizing::new(u128::from_be_bytes(*secret.as_bytes()));
    let mut digits = Zeroizing::new([0; SECRET_DIGITS]);
    for digit in digits.iter_mut() {
        // The top five bits.
        let value = (*left >> 123) as usize;
        *digit = BASE32.get(value).copied().unwrap_or_default();
        *left <<= 5;
    }
    digits
}

/// The reverse of [`base32`]; `None` also when the two bits behind the secret are not zero, so that each secret has one text.
fn read_base32(digits: &[u8]) -> Option<LabelSecret> {
    let digits: &[u8; SECRET_DIGITS] = digits.try_into().ok()?;
    let (last, first) = digits.split_last()?;
    let mut bits = Zeroizing::new(0u128);
    for digit in first {
        *bits = (*bits << 5) | u128::from(digit_value(*digit)?);
    }
    let last = digit_value(*last)?;
    if last & 0b11 != 0 {
        return None;
    }
    *bits = (*bits << 3) | u128::from(last >> 2);
    Some(LabelSecret::new(bits.to_be_bytes()))
}

const fn digit_value(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'2'..=b'7' => Some(digit - b'2' + 26),
        _ => None,
    }
}

/// Puts `piece` to the front of what is left.
fn put(rest: &mut &mut [u8], piece: &[u8]) {
    if let Some((front, behind)) = core::mem::take(rest).split_at_mut_checked(piece.len()) {
        front.copy_from_slice(piece);
        *rest = behind;
    }
}

/// Why a text is no [`Label`]. None of them repeats anything of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LabelError {
    /// It does not begin as a label does: another code was scanned.
    #[error("a label begins with DIMO-PAIR: and a version")]
    Prefix,
    /// A label of another version. The phone's app is to be updated.
    #[error("version {version} of the label is not known")]
    Version {
        /// The version that it names.
        version: u8,
    },
    /// Cut off, or with something before or behind it.
    #[error("a label has 88 characters, not {len}")]
    Length {
        /// How many it has, in bytes.
        len: usize,
    },
    /// The address has not 40 hexadecimal digits: read or typed wrong.
    #[error("the address on a label has 40 hexadecimal digits")]
    Address,
    /// The secret is not 128 bits in base32: read or typed wrong.
    #[error("the secret on a label has 26 characters of base32, the last of which ends in two zero bits")]
    Secret,
    /// The checksum is not that of the text: a character was read or typed wrong. Scan it again.
    #[error("the checksum of the label is wrong")]
    Checksum,
}
