//! Strict DER of an ECDSA signature: one form per value, nothing behind it.

use thiserror::Error;

/// The two integers of a DER signature, each padded on the left to 32 bytes: r‖s.
pub(crate) fn parse(der: &[u8]) -> Result<[u8; 64], DerError> {
    let (body, rest) = value(der, SEQUENCE)?;
    let (r, body) = value(body, INTEGER)?;
    let (s, body) = value(body, INTEGER)?;
    if !(rest.is_empty() && body.is_empty()) {
        return Err(DerError::Trailing);
    }
    let mut r_and_s = [0; 64];
    let (r_out, s_out) = r_and_s.split_at_mut(32);
    unsigned(r, r_out)?;
    unsigned(s, s_out)?;
    Ok(r_and_s)
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// Splits off one value of the given tag. All lengths here are below 128, so the short form is the only one allowed.
fn value(input: &[u8], tag: u8) -> Result<(&[u8], &[u8]), DerError> {
    let (&[found, len], rest) = input.split_first_chunk().ok_or(DerError::Truncated)?;
    if found != tag {
        return Err(DerError::Tag { expected: tag, found });
    }
    if len >= 0x80 {
        return Err(DerError::Length);
    }
    rest.split_at_checked(usize::from(len)).ok_or(DerError::Truncated)
}

/// Copies a non-negative integer of minimal length into the low end of `out`.
fn unsigned(integer: &[u8], out: &mut [u8]) -> Result<(), DerError> {
    let magnitude = match integer {
        [] => return Err(DerError::Integer),
        [0] => integer,
        [0, rest @ ..] if rest.first().is_some_and(|byte| byte & 0x80 != 0) => rest,
        [0, ..] => return Err(DerError::Integer),
        [first, ..] if first & 0x80 != 0 => return Err(DerError::Integer),
        _ => integer,
    };
    let start = out.len().checked_sub(magnitude.len()).ok_or(DerError::Integer)?;
    out.get_mut(start..).ok_or(DerError::Integer)?.copy_from_slice(magnitude);
    Ok(())
}

/// Why bytes are no strict DER of an ECDSA signature. The remedy is the same for all: read again, sign again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DerError {
    /// The bytes end before the value does.
    #[error("the DER ends too early")]
    Truncated,
    /// Another kind of value than expected: the answer is no signature at all.
    #[error("DER tag {found:#04x} where {expected:#04x} belongs")]
    Tag {
        /// The tag that belongs there.
        expected: u8,
        /// The tag found.
        found: u8,
    },
    /// A length in the long form, which no signature of this curve needs.
    #[error("a DER length that is not minimal")]
    Length,
    /// An integer that is empty, negative, longer than 32 bytes or has a superfluous leading zero.
    #[error("a DER integer that is negative, too long or not minimal")]
    Integer,
    /// Bytes follow the signature.
    #[error("bytes behind the DER value")]
    Trailing,
}
