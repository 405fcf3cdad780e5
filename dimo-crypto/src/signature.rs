//! [`Signature`]: r, s and v, 65 bytes, in the one form the network accepts.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use crate::digest::write_hex;

/// The order n of secp256k1.
pub(crate) const ORDER: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xBA,
    0xAE, 0xDC, 0xE6, 0xAF, 0x48, 0xA0, 0x3B, 0xBF, 0xD2, 0x5E, 0x8C, 0xD0, 0x36, 0x41, 0x41,
];

/// n / 2, rounded down: the largest s that contracts accept (EIP-2).
pub(crate) const HALF_ORDER: [u8; 32] = [
    0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x5D,
    0x57, 0x6E, 0x73, 0x57, 0xA4, 0x50, 0x1D, 0xDF, 0xE9, 0x2F, 0x46, 0x68, 0x1B, 0x20, 0xA0,
];

/// A signature of an Ethereum account: r and s of 32 bytes, then v of 27 or 28.
///
/// Every value has r and s in `1..n`, s in the lower half, and so exactly one form: nobody can change a bit of it
/// and have another valid signature of the same message.
///
/// # Example: a signature that a contract would refuse
///
/// ```
/// use dimo_crypto::{Signature, SignatureError};
/// let mut bytes = [0x11; 65];
/// bytes[32] = 0xEE; // s above n/2
/// bytes[64] = 27;
/// assert_eq!(Signature::from_bytes(&bytes), Err(SignatureError::HighS));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature([u8; Signature::LEN]);

impl Signature {
    /// Length in bytes.
    pub const LEN: usize = 65;

    /// A signature from r, s and v. A v of 0 or 1, as older devices send it, counts as 27 or 28.
    ///
    /// # Errors
    ///
    /// Another length, another v, r or s outside `1..n`, or s in the upper half.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SignatureError> {
        let (r_and_s, v) = bytes
            .split_first_chunk::<64>()
            .and_then(|(r_and_s, rest)| <[u8; 1]>::try_from(rest).ok().map(|[v]| (r_and_s, v)))
            .ok_or(SignatureError::Length { len: bytes.len() })?;
        let parity = match v {
            0 | 27 => YParity::Even,
            1 | 28 => YParity::Odd,
            v => return Err(SignatureError::RecoveryId { v }),
        };
        let signature = Self::from_parts(r_and_s, parity);
        if !in_scalar_range(&signature.r()) {
            return Err(SignatureError::ROutOfRange);
        }
        if !in_scalar_range(&signature.s()) {
            return Err(SignatureError::SOutOfRange);
        }
        if signature.s() > HALF_ORDER {
            return Err(SignatureError::HighS);
        }
        Ok(signature)
    }

    /// For callers that know r and s to be in range and s to be low.
    pub(crate) fn from_parts(r_and_s: &[u8; 64], parity: YParity) -> Self {
        let mut bytes = [0; Self::LEN];
        if let Some((front, [v])) = bytes.split_first_chunk_mut::<64>() {
            *front = *r_and_s;
            *v = match parity {
                YParity::Even => 27,
                YParity::Odd => 28,
            };
        }
        Self(bytes)
    }

    /// r, s and v; v is 27 or 28.
    #[must_use]
    pub const fn to_bytes(&self) -> [u8; Self::LEN] {
        self.0
    }

    /// r, s and v; v is 27 or 28.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// r, big-endian.
    #[must_use]
    pub fn r(&self) -> [u8; 32] {
        self.0.first_chunk().copied().unwrap_or_default()
    }

    /// s, big-endian, at most n/2.
    #[must_use]
    pub fn s(&self) -> [u8; 32] {
        self.0.get(32..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default()
    }

    /// r and s, without v.
    #[must_use]
    pub fn r_and_s(&self) -> [u8; 64] {
        self.0.first_chunk().copied().unwrap_or([0; 64])
    }

    /// 27 or 28.
    #[must_use]
    pub fn v(&self) -> u8 {
        self.0.last().copied().unwrap_or_default()
    }
}

/// Whether the point R, whose x is r, has an odd y.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum YParity {
    Even,
    Odd,
}

/// Whether `bytes` is in `1..n`.
pub(crate) fn in_scalar_range(bytes: &[u8; 32]) -> bool {
    *bytes != [0; 32] && *bytes < ORDER
}

/// `0x` and 130 lower-case hexadecimal digits.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

/// `0x` and 130 hexadecimal digits of any case.
impl FromStr for Signature {
    type Err = SignatureTextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("0x").ok_or(SignatureTextError::Prefix)?;
        if digits.len() != 2 * Self::LEN {
            return Err(SignatureTextError::Length { digits: digits.len() });
        }
        let mut bytes = [0; Self::LEN];
        base16ct::mixed::decode(digits, &mut bytes).map_err(|_| SignatureTextError::Digit)?;
        Ok(Self::from_bytes(&bytes)?)
    }
}

/// Why bytes are no [`Signature`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// Not 65 bytes: r, s or v is missing, or the bytes are DER, which [`finish_signature`](crate::finish_signature) takes.
    #[error("a signature has 65 bytes, not {len}")]
    Length {
        /// How many there are.
        len: usize,
    },
    /// The last byte is none of 0, 1, 27 and 28. Transactions have other values; messages have not.
    #[error("the last byte of a signature is 0, 1, 27 or 28, not {v}")]
    RecoveryId {
        /// The last byte.
        v: u8,
    },
    /// r is zero, or not below the order of the curve. No signer makes this.
    #[error("r is not in 1..n")]
    ROutOfRange,
    /// s is zero, or not below the order of the curve. No signer makes this.
    #[error("s is not in 1..n")]
    SOutOfRange,
    /// s is in the upper half: contracts refuse it (EIP-2), because it is a second form of the same signature.
    /// The signer has to normalise, with [`finish_signature`](crate::finish_signature).
    #[error("s is in the upper half of its range")]
    HighS,
}

/// Why a text is no [`Signature`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignatureTextError {
    /// It does not begin with `0x`.
    #[error("a signature begins with 0x")]
    Prefix,
    /// It has not 130 digits.
    #[error("a signature has 130 hexadecimal digits, not {digits}")]
    Length {
        /// How many it has, in bytes.
        digits: usize,
    },
    /// A character is no hexadecimal digit.
    #[error("a signature has hexadecimal digits only")]
    Digit,
    /// The text is well formed, the value is not.
    #[error(transparent)]
    Value(#[from] SignatureError),
}
