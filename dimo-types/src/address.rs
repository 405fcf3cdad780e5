//! [`Address`]: the account of a device, an owner or a contract, written with the EIP-55 checksum.

use core::fmt;
use core::str::FromStr;

use sha3::{Digest, Keccak256};
use thiserror::Error;

/// A 20-byte Ethereum address. [`Display`](fmt::Display) writes the EIP-55 checksum; parsing checks it.
///
/// # Example: a mistyped letter is caught
///
/// ```
/// use dimo_types::{Address, AddressError};
/// let registry: Address = "0xFA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC".parse()?;
/// assert_eq!(registry.to_string(), "0xFA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC");
/// let mistyped = "0xfA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC".parse::<Address>();
/// assert_eq!(mistyped, Err(AddressError::Checksum { expected: registry }));
/// # Ok::<(), AddressError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address([u8; 20]);

impl Address {
    /// The zero address, which no key owns.
    pub const ZERO: Self = Self([0; 20]);

    /// An address from its bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The 42 characters of the checksummed form (EIP-55).
    #[must_use]
    pub fn to_text(&self) -> AddressText {
        let mut text = *b"0x0000000000000000000000000000000000000000";
        if let Some((_, digits)) = text.split_first_chunk_mut::<2>() {
            // 40 characters for 20 bytes: encoding cannot fail.
            let _ = base16ct::lower::encode(&self.0, digits);
            let hash = Keccak256::digest(&*digits);
            for (i, digit) in digits.iter_mut().enumerate() {
                let nibble = hash.get(i / 2).map_or(0, |byte| if i % 2 == 0 { byte >> 4 } else { byte & 15 });
                if nibble >= 8 {
                    digit.make_ascii_uppercase();
                }
            }
        }
        AddressText(text)
    }
}

/// The checksummed text of an [`Address`], on the stack.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AddressText([u8; 42]);

impl AddressText {
    /// The text, `0x` and 40 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for AddressText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.to_text().as_str())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_text().as_str())
    }
}

impl From<[u8; 20]> for Address {
    fn from(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }
}

/// `0x` and 40 hexadecimal digits: all lower case or all upper case, or mixed with a right EIP-55 checksum.
impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("0x").ok_or(AddressError::Prefix)?;
        if digits.len() != 40 {
            return Err(AddressError::Length { digits: digits.len() });
        }
        let mut bytes = [0; 20];
        base16ct::mixed::decode(digits, &mut bytes).map_err(|_| AddressError::Digit)?;
        let address = Self(bytes);
        let one_case = !digits.bytes().any(|b| b.is_ascii_lowercase())
            || !digits.bytes().any(|b| b.is_ascii_uppercase());
        if one_case || address.to_text().as_str() == text {
            Ok(address)
        } else {
            Err(AddressError::Checksum { expected: address })
        }
    }
}

/// Why a text is no [`Address`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AddressError {
    /// It does not begin with `0x`.
    #[error("an address begins with 0x")]
    Prefix,
    /// It has not 40 digits.
    #[error("an address has 40 hexadecimal digits, not {digits}")]
    Length {
        /// How many it has, in bytes.
        digits: usize,
    },
    /// A character is no hexadecimal digit.
    #[error("an address has hexadecimal digits only")]
    Digit,
    /// The mixed case is not the EIP-55 checksum: a character was mistyped, or the case was lost on the way.
    #[error("wrong EIP-55 checksum; these digits are written {expected}")]
    Checksum {
        /// The address that these digits spell, with its right checksum. Do not use it without asking the person who typed it.
        expected: Address,
    },
}

#[cfg(feature = "serde")]
crate::text::serde_as_text!(Address, "an address with 0x and 40 hexadecimal digits");
