//! Ids: [`TokenId`] for what is on chain, [`RecordId`] for what is sent.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use crate::Timestamp;

/// The id of an NFT (vehicle, device, licence): an unsigned integer below 2^256, written in decimal.
///
/// # Example: ids of any size
///
/// ```
/// use dimo_types::TokenId;
/// assert_eq!(TokenId::from(1337).to_string(), "1337");
/// let largest: TokenId =
///     "115792089237316195423570985008687907853269984665640564039457584007913129639935".parse()?;
/// assert_eq!(largest.as_be_bytes(), &[0xFF; 32]);
/// # Ok::<(), dimo_types::TokenIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId([u8; 32]);

impl TokenId {
    /// An id from the 32 bytes of its big-endian form, as contracts encode it.
    #[must_use]
    pub const fn from_be_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the big-endian form.
    #[must_use]
    pub const fn as_be_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The id as a `u64`, or `None` when it is larger.
    #[must_use]
    pub fn to_u64(&self) -> Option<u64> {
        let (high, low) = self.0.split_last_chunk::<8>()?;
        high.iter().all(|byte| *byte == 0).then(|| u64::from_be_bytes(*low))
    }

    /// `self * 10 + digit`, or `None` beyond 2^256.
    fn push_digit(&self, digit: u8) -> Option<Self> {
        let mut bytes = self.0;
        let mut carry = u16::from(digit);
        for byte in bytes.iter_mut().rev() {
            let sum = u16::from(*byte) * 10 + carry;
            *byte = (sum & 0xFF) as u8;
            carry = sum >> 8;
        }
        (carry == 0).then_some(Self(bytes))
    }

    /// `self / 10` and the digit that remains.
    fn pop_digit(&self) -> (Self, u8) {
        let mut bytes = self.0;
        let mut rest = 0u16;
        for byte in &mut bytes {
            let value = rest * 256 + u16::from(*byte);
            *byte = (value / 10) as u8;
            rest = value % 10;
        }
        (Self(bytes), rest as u8)
    }
}

impl From<u64> for TokenId {
    fn from(id: u64) -> Self {
        let mut bytes = [0; 32];
        if let Some(low) = bytes.last_chunk_mut::<8>() {
            *low = id.to_be_bytes();
        }
        Self(bytes)
    }
}

/// Decimal without leading zeros.
impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [b'0'; 78];
        let mut left = *self;
        for place in digits.iter_mut().rev() {
            let (rest, digit) = left.pop_digit();
            *place = b'0' + digit;
            left = rest;
        }
        let text = core::str::from_utf8(&digits).unwrap_or_default().trim_start_matches('0');
        f.pad_integral(true, "", if text.is_empty() { "0" } else { text })
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenId({self})")
    }
}

/// Decimal digits, nothing else.
impl FromStr for TokenId {
    type Err = TokenIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(TokenIdError::NotDecimal);
        }
        text.bytes().try_fold(Self([0; 32]), |id, byte| {
            if !byte.is_ascii_digit() {
                return Err(TokenIdError::NotDecimal);
            }
            id.push_digit(byte - b'0').ok_or(TokenIdError::TooLarge)
        })
    }
}

/// Why a text is no [`TokenId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TokenIdError {
    /// Empty, or with a character that is no decimal digit (a sign, a space, a `0x`).
    #[error("a token id is a decimal number")]
    NotDecimal,
    /// 2^256 or more.
    #[error("a token id is below 2^256")]
    TooLarge,
}

#[cfg(feature = "serde")]
crate::text::serde_as_text!(TokenId, "a token id as a decimal string");

/// The id of a batch or message: a KSUID, 20 bytes that sort by second, 27 characters of base 62 as text.
///
/// It stays with a batch from the queue to the backend, so that a repeat is known as one.
///
/// # Example: an id from a device's clock and random source
///
/// ```
/// use dimo_types::{RecordId, Timestamp};
/// let id = RecordId::new(Timestamp::from_secs(1_700_000_000)?, [7; 16]);
/// assert_eq!(id.to_string().len(), 27);
/// assert_eq!(id.to_string().parse(), Ok(id));
/// # Ok::<(), dimo_types::TimestampError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 20]);

impl RecordId {
    /// The second that a KSUID counts from: 2014-05-13T16:53:20Z.
    pub const EPOCH_SECS: u64 = 1_400_000_000;
    /// Digits of base 62 in the order of their value.
    const DIGITS: &'static [u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    /// Length of the text form, in characters.
    pub const TEXT_LEN: usize = 27;

    /// An id of the second of `time` and 16 random bytes. Times outside 2014 to 2150 count as the nearest of them.
    #[must_use]
    pub fn new(time: Timestamp, random: [u8; 16]) -> Self {
        let secs = u32::try_from(time.as_secs().saturating_sub(Self::EPOCH_SECS)).unwrap_or(u32::MAX);
        let mut bytes = [0; 20];
        if let Some((first, rest)) = bytes.split_first_chunk_mut::<4>() {
            *first = secs.to_be_bytes();
            rest.copy_from_slice(&random);
        }
        Self(bytes)
    }

    /// An id from its 20 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Its 20 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// Divides the bytes by 62 and returns the remainder.
    fn pop_digit(bytes: &mut [u8; 20]) -> u8 {
        let mut rest = 0u16;
        for byte in bytes {
            let value = rest * 256 + u16::from(*byte);
            *byte = (value / 62) as u8;
            rest = value % 62;
        }
        rest as u8
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.0;
        let mut text = [b'0'; Self::TEXT_LEN];
        for place in text.iter_mut().rev() {
            let digit = usize::from(Self::pop_digit(&mut bytes));
            *place = Self::DIGITS.get(digit).copied().unwrap_or(b'0');
        }
        f.pad(core::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordId({self})")
    }
}

/// 27 characters of base 62, at most `aWgEPTl1tmebfsQzFP4bxwgy80V`.
impl FromStr for RecordId {
    type Err = RecordIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != Self::TEXT_LEN {
            return Err(RecordIdError::Length { len: text.len() });
        }
        let mut bytes = [0u8; 20];
        for character in text.bytes() {
            let digit = Self::DIGITS.iter().position(|d| *d == character).ok_or(RecordIdError::Digit)?;
            let mut carry = digit;
            for byte in bytes.iter_mut().rev() {
                let sum = usize::from(*byte) * 62 + carry;
                *byte = (sum & 0xFF) as u8;
                carry = sum >> 8;
            }
            if carry != 0 {
                return Err(RecordIdError::TooLarge);
            }
        }
        Ok(Self(bytes))
    }
}

/// Why a text is no [`RecordId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordIdError {
    /// It has not 27 characters.
    #[error("a KSUID has 27 characters, not {len}")]
    Length {
        /// How long it is, in bytes.
        len: usize,
    },
    /// A character is not of base 62.
    #[error("a KSUID has letters and digits only")]
    Digit,
    /// The text stands for more than 20 bytes.
    #[error("a KSUID is at most aWgEPTl1tmebfsQzFP4bxwgy80V")]
    TooLarge,
}

#[cfg(feature = "serde")]
crate::text::serde_as_text!(RecordId, "a KSUID of 27 characters");
