//! [`ChipSignature`]: what a secure element answers, before anybody has looked at it.

use thiserror::Error;

use crate::der;
use crate::der::DerError;

/// A signature as a chip returns it: r‖s or DER, any s, no recovery id, perhaps damaged on the bus.
///
/// It only becomes a [`Signature`](crate::Signature) through [`finish_signature`](crate::finish_signature).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChipSignature(Form);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Raw([u8; 64]),
    Der { len: u8, bytes: [u8; ChipSignature::MAX_LEN] },
}

impl ChipSignature {
    /// The longest signature a chip can return, in bytes: DER of two integers of 33 bytes.
    pub const MAX_LEN: usize = 72;

    /// r‖s, big-endian, 32 bytes each.
    #[must_use]
    pub const fn raw(r_and_s: [u8; 64]) -> Self {
        Self(Form::Raw(r_and_s))
    }

    /// ASN.1 DER, exactly the bytes of the signature without what follows it in the chip's answer.
    ///
    /// # Errors
    ///
    /// [`ChipSignatureError::TooLong`]: the answer still has its frame or status bytes, or is no signature.
    pub fn der(der: &[u8]) -> Result<Self, ChipSignatureError> {
        let too_long = ChipSignatureError::TooLong { len: der.len() };
        let mut bytes = [0; Self::MAX_LEN];
        bytes.get_mut(..der.len()).ok_or(too_long)?.copy_from_slice(der);
        let len = u8::try_from(der.len()).map_err(|_| too_long)?;
        Ok(Self(Form::Der { len, bytes }))
    }

    /// r‖s, whatever the form; their range is not checked here.
    pub(crate) fn r_and_s(&self) -> Result<[u8; 64], DerError> {
        match &self.0 {
            Form::Raw(r_and_s) => Ok(*r_and_s),
            Form::Der { len, bytes } => der::parse(bytes.get(..usize::from(*len)).unwrap_or_default()),
        }
    }
}

/// Why bytes are no [`ChipSignature`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChipSignatureError {
    /// No DER signature of this curve is that long.
    #[error("a DER signature has at most 72 bytes, not {len}")]
    TooLong {
        /// How many there were.
        len: usize,
    },
}

/// In which form a chip returns signatures.
#[cfg(feature = "software-key")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChipForm {
    /// r‖s, 64 bytes.
    Raw,
    /// ASN.1 DER, 8 to 72 bytes.
    Der,
}

/// In which half of its range s lies.
#[cfg(feature = "software-key")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a range has two halves")]
pub enum SHalf {
    /// At most n/2, as contracts demand.
    Low,
    /// Above n/2, as half of the signatures of most chips are.
    High,
}

#[cfg(feature = "software-key")]
impl ChipSignature {
    /// What a chip might have answered where `signature` came out in the end: for software elements and for tests.
    #[must_use]
    pub fn unfinished(signature: &crate::Signature, form: ChipForm, half: SHalf) -> Self {
        let mut r_and_s = signature.r_and_s();
        if half == SHalf::High {
            negate(r_and_s.split_at_mut(32).1);
        }
        match form {
            ChipForm::Raw => Self::raw(r_and_s),
            ChipForm::Der => Self(der_form(&r_and_s)),
        }
    }
}

/// `n - s` for s in `1..n`.
#[cfg(feature = "software-key")]
fn negate(s: &mut [u8]) {
    let mut borrow = 0;
    for (digit, order) in s.iter_mut().zip(crate::signature::ORDER).rev() {
        let difference = i16::from(order) - i16::from(*digit) - borrow;
        borrow = i16::from(difference < 0);
        *digit = (difference & 0xFF) as u8;
    }
}

/// r‖s as strict DER.
#[cfg(feature = "software-key")]
fn der_form(r_and_s: &[u8; 64]) -> Form {
    let mut bytes = [0; ChipSignature::MAX_LEN];
    let mut len = 0u8;
    let mut push = |byte: u8| {
        if let Some(place) = bytes.get_mut(usize::from(len)) {
            *place = byte;
            len += 1;
        }
    };
    let (r, s) = r_and_s.split_at(32);
    let (r, s) = (der_integer(r), der_integer(s));
    let body = 4 + r.clone().count() + s.clone().count();
    push(0x30);
    push(body as u8);
    for integer in [r, s] {
        push(0x02);
        push(integer.clone().count() as u8);
        integer.for_each(&mut push);
    }
    Form::Der { len, bytes }
}

/// The bytes of a DER integer: without leading zeros, except one before a set top bit.
#[cfg(feature = "software-key")]
fn der_integer(scalar: &[u8]) -> impl Iterator<Item = u8> + Clone {
    let zeros = scalar.iter().take_while(|byte| **byte == 0).count();
    let magnitude = scalar.get(zeros..).unwrap_or_default();
    let sign = magnitude.first().is_none_or(|byte| byte & 0x80 != 0).then_some(0);
    sign.into_iter().chain(magnitude.iter().copied())
}
