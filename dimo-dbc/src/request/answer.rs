//! What all requests have in common: [`Request`], and how answers refuse.

use core::fmt;
use core::ops::Deref;

use dimo_types::VinError;
use thiserror::Error;

/// The first byte of a refusal.
const NEGATIVE: u8 = 0x7F;
/// What a positive answer adds to the service of the request.
const POSITIVE: u8 = 0x40;

/// A question to a control unit, with the meaning of its answer.
pub trait Request {
    /// What a positive answer says.
    type Answer<'a>;

    /// The bytes to send as one message.
    fn bytes(&self) -> RequestBytes;

    /// Reads the message that came back. Bytes behind the answer are ignored, because some units pad.
    ///
    /// # Errors
    ///
    /// [`AnswerError`] for a refusal, an answer to something else, and one cut off.
    fn answer<'a>(&self, message: &'a [u8]) -> Result<Self::Answer<'a>, AnswerError>;
}

/// The bytes of a request: 1 to 7, so that every one fits a single frame.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestBytes {
    bytes: [u8; Self::MAX_LEN],
    len: usize,
}

impl RequestBytes {
    /// The longest request in bytes.
    pub const MAX_LEN: usize = 7;

    /// The first up to seven of `bytes`.
    pub(super) fn new(bytes: &[u8]) -> Self {
        let mut request = Self { bytes: [0; Self::MAX_LEN], len: bytes.len().min(Self::MAX_LEN) };
        request.bytes.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
        request
    }

    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Deref for RequestBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl fmt::Debug for RequestBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestBytes({:02x?})", self.as_slice())
    }
}

/// Why a message is not the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The unit needs more time and will answer by itself (code 0x78). Wait; do not ask again.
    #[error("the answer is pending")]
    Pending,
    /// The unit refuses.
    #[error("service {service:02X} refused: {code}")]
    Negative {
        /// The service it refuses.
        service: u8,
        /// Why.
        code: NegativeCode,
    },
    /// It answers another service. Is another tester on the bus?
    #[error("an answer to service {found:02X}, not {expected:02X}")]
    OtherService {
        /// The service asked.
        expected: u8,
        /// The service answered; for first bytes that answer nothing, that byte itself.
        found: u8,
    },
    /// It answers the same service for another parameter.
    #[error("an answer for parameter {found:04X}, not {expected:04X}")]
    OtherParameter {
        /// The PID, identifier or subfunction asked.
        expected: u16,
        /// The one answered.
        found: u16,
    },
    /// It was cut off.
    #[error("{len} bytes are too few, {needed} are needed")]
    TooShort {
        /// The bytes there are.
        len: usize,
        /// The bytes needed.
        needed: usize,
    },
    /// The unit states a VIN that is none, for example one never programmed.
    #[error("no VIN: {0}")]
    Vin(#[from] VinError),
}

/// Why a control unit refuses (ISO 14229-1, annex A; ISO 15031-5 uses the same numbers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NegativeCode {
    /// 0x10: without a reason.
    GeneralReject,
    /// 0x11: it does not know the service.
    ServiceNotSupported,
    /// 0x12: it does not know the subfunction.
    SubfunctionNotSupported,
    /// 0x13: the request has a wrong length or form.
    IncorrectLength,
    /// 0x14: the answer is too long for it.
    ResponseTooLong,
    /// 0x21: it is busy; ask again.
    BusyRepeatRequest,
    /// 0x22: not now, for example with a running engine.
    ConditionsNotCorrect,
    /// 0x24: something has to be asked before.
    RequestSequence,
    /// 0x31: it does not know the parameter.
    RequestOutOfRange,
    /// 0x33: it wants to be unlocked.
    SecurityAccessDenied,
    /// 0x78: the answer follows. [`AnswerError::Pending`] says it.
    ResponsePending,
    /// 0x7E: not the subfunction in this session.
    SubfunctionNotInSession,
    /// 0x7F: not the service in this session.
    ServiceNotInSession,
    /// Any other number.
    Other(u8),
}

impl NegativeCode {
    /// The code of a byte.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Self {
        match byte {
            0x10 => Self::GeneralReject,
            0x11 => Self::ServiceNotSupported,
            0x12 => Self::SubfunctionNotSupported,
            0x13 => Self::IncorrectLength,
            0x14 => Self::ResponseTooLong,
            0x21 => Self::BusyRepeatRequest,
            0x22 => Self::ConditionsNotCorrect,
            0x24 => Self::RequestSequence,
            0x31 => Self::RequestOutOfRange,
            0x33 => Self::SecurityAccessDenied,
            0x78 => Self::ResponsePending,
            0x7E => Self::SubfunctionNotInSession,
            0x7F => Self::ServiceNotInSession,
            other => Self::Other(other),
        }
    }

    /// Its byte.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::GeneralReject => 0x10,
            Self::ServiceNotSupported => 0x11,
            Self::SubfunctionNotSupported => 0x12,
            Self::IncorrectLength => 0x13,
            Self::ResponseTooLong => 0x14,
            Self::BusyRepeatRequest => 0x21,
            Self::ConditionsNotCorrect => 0x22,
            Self::RequestSequence => 0x24,
            Self::RequestOutOfRange => 0x31,
            Self::SecurityAccessDenied => 0x33,
            Self::ResponsePending => 0x78,
            Self::SubfunctionNotInSession => 0x7E,
            Self::ServiceNotInSession => 0x7F,
            Self::Other(byte) => byte,
        }
    }
}

impl fmt::Display for NegativeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::GeneralReject => "no reason given",
            Self::ServiceNotSupported => "service not supported",
            Self::SubfunctionNotSupported => "subfunction not supported",
            Self::IncorrectLength => "incorrect length or form",
            Self::ResponseTooLong => "response too long",
            Self::BusyRepeatRequest => "busy, ask again",
            Self::ConditionsNotCorrect => "conditions not correct",
            Self::RequestSequence => "something has to be asked before",
            Self::RequestOutOfRange => "parameter unknown",
            Self::SecurityAccessDenied => "security access denied",
            Self::ResponsePending => "response pending",
            Self::SubfunctionNotInSession => "subfunction not supported in this session",
            Self::ServiceNotInSession => "service not supported in this session",
            Self::Other(byte) => return write!(f, "code {byte:02X}"),
        })
    }
}

/// What follows the service in a positive answer to `service`.
pub(super) fn positive(message: &[u8], service: u8) -> Result<&[u8], AnswerError> {
    match *message {
        [NEGATIVE, refused, code, ..] if refused == service => Err(match NegativeCode::from_byte(code) {
            NegativeCode::ResponsePending => AnswerError::Pending,
            code => AnswerError::Negative { service, code },
        }),
        [NEGATIVE, found, ..] if found != service => {
            Err(AnswerError::OtherService { expected: service, found })
        }
        [NEGATIVE, ..] => Err(AnswerError::TooShort { len: message.len(), needed: 3 }),
        [first, ref rest @ ..] if first == service | POSITIVE => Ok(rest),
        [first, ..] => {
            let found = if first & POSITIVE == 0 { first } else { first & !POSITIVE };
            Err(AnswerError::OtherService { expected: service, found })
        }
        [] => Err(AnswerError::TooShort { len: 0, needed: 1 }),
    }
}

/// What follows the one-byte parameter in `rest`, which itself follows the service.
pub(super) fn behind_byte(rest: &[u8], parameter: u8) -> Result<&[u8], AnswerError> {
    match *rest {
        [found, ref data @ ..] if found == parameter => Ok(data),
        [found, ..] => Err(AnswerError::OtherParameter { expected: parameter.into(), found: found.into() }),
        [] => Err(AnswerError::TooShort { len: 1, needed: 2 }),
    }
}

/// What follows the two-byte parameter in `rest`, which itself follows the service.
pub(super) fn behind_word(rest: &[u8], parameter: u16) -> Result<&[u8], AnswerError> {
    match *rest {
        [high, low, ref data @ ..] => match u16::from_be_bytes([high, low]) {
            found if found == parameter => Ok(data),
            found => Err(AnswerError::OtherParameter { expected: parameter, found }),
        },
        _ => Err(AnswerError::TooShort { len: 1 + rest.len(), needed: 3 }),
    }
}

/// The first `L` bytes of `data`, of which `before` bytes of the message come first.
pub(super) fn array<const L: usize>(data: &[u8], before: usize) -> Result<[u8; L], AnswerError> {
    data.first_chunk().copied().ok_or(AnswerError::TooShort { len: before + data.len(), needed: before + L })
}

/// Refuses an answer without data, of which `before` bytes come first.
pub(super) fn not_empty(data: &[u8], before: usize) -> Result<&[u8], AnswerError> {
    array::<1>(data, before).map(|_| data)
}
