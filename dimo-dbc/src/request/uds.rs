//! UDS requests and their answers (ISO 14229-1): reading data (0x22) and trouble codes (0x19).
//!
//! # Example: faults with their history
//!
//! ```
//! use dimo_dbc::request::uds::{CodeStatus, ReadCodes};
//! use dimo_dbc::request::{AnswerError, Request};
//! let question = ReadCodes::Matching(CodeStatus::CONFIRMED);
//! assert_eq!(question.bytes().as_slice(), [0x19, 0x02, 0x08]);
//! let answer = [0x59, 0x02, 0xFF, 0x04, 0x56, 0x13, 0x2F];
//! let fault = question.answer(&answer)?.next().unwrap();
//! assert_eq!((fault.code.to_string(), fault.failure_type), ("P0456".into(), 0x13));
//! assert!(fault.status.contains(CodeStatus::CONFIRMED));
//! # Ok::<(), AnswerError>(())
//! ```

use core::ops::BitOr;

use dimo_types::{TroubleCode, Vin};

use super::answer::{
    AnswerError, Request, RequestBytes, array, behind_byte, behind_word, not_empty, positive,
};
use super::vin::reported;

const READ_CODES: u8 = 0x19;
/// Three bytes of a code and one of its status.
const RECORD_LEN: usize = 4;

/// Service 0x22: the value of one data identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReadData {
    /// Which, such as 0xF190 for the VIN.
    pub identifier: u16,
}

impl ReadData {
    const SERVICE: u8 = 0x22;
}

impl Request for ReadData {
    type Answer<'a> = &'a [u8];

    fn bytes(&self) -> RequestBytes {
        let [high, low] = self.identifier.to_be_bytes();
        RequestBytes::new(&[Self::SERVICE, high, low])
    }

    fn answer<'a>(&self, message: &'a [u8]) -> Result<&'a [u8], AnswerError> {
        not_empty(behind_word(positive(message, Self::SERVICE)?, self.identifier)?, 3)
    }
}

/// Service 0x22, identifier 0xF190: the VIN as the unit has it; its check digit is not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReadVin;

impl ReadVin {
    const DATA: ReadData = ReadData { identifier: 0xF190 };
}

impl Request for ReadVin {
    type Answer<'a> = Vin;

    fn bytes(&self) -> RequestBytes {
        Self::DATA.bytes()
    }

    fn answer(&self, message: &[u8]) -> Result<Vin, AnswerError> {
        Ok(reported(Self::DATA.answer(message)?)?)
    }
}

/// Bits that say how a trouble code stands (ISO 14229-1, D.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CodeStatus(u8);

impl CodeStatus {
    /// The last test failed.
    pub const TEST_FAILED: Self = Self(0x01);
    /// A test of this driving cycle failed.
    pub const TEST_FAILED_THIS_CYCLE: Self = Self(0x02);
    /// A test of this or the last driving cycle failed.
    pub const PENDING: Self = Self(0x04);
    /// It failed often enough to be stored.
    pub const CONFIRMED: Self = Self(0x08);
    /// No test ended since codes were cleared.
    pub const NOT_TESTED_SINCE_CLEAR: Self = Self(0x10);
    /// A test failed since codes were cleared.
    pub const FAILED_SINCE_CLEAR: Self = Self(0x20);
    /// No test ended in this driving cycle.
    pub const NOT_TESTED_THIS_CYCLE: Self = Self(0x40);
    /// It asks for a warning to the driver.
    pub const WARNING_REQUESTED: Self = Self(0x80);

    /// From its byte.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Self {
        Self(byte)
    }

    /// Its byte.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        self.0
    }

    /// Whether all bits of `other` are set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for CodeStatus {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Service 0x19, subfunction 01: how many codes have any of the bits of `mask`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CountCodes {
    /// Bits to look for.
    pub mask: CodeStatus,
}

impl CountCodes {
    const SUBFUNCTION: u8 = 0x01;
}

impl Request for CountCodes {
    type Answer<'a> = CodeCount;

    fn bytes(&self) -> RequestBytes {
        RequestBytes::new(&[READ_CODES, Self::SUBFUNCTION, self.mask.to_byte()])
    }

    fn answer(&self, message: &[u8]) -> Result<CodeCount, AnswerError> {
        let rest = behind_byte(positive(message, READ_CODES)?, Self::SUBFUNCTION)?;
        let [available, format, high, low] = array(rest, 2)?;
        Ok(CodeCount { available: CodeStatus(available), format, count: u16::from_be_bytes([high, low]) })
    }
}

/// The answer to [`CountCodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CodeCount {
    /// The bits that the unit keeps.
    pub available: CodeStatus,
    /// The form of its codes: 0 and 4 SAE J2012, 1 ISO 14229-1, 2 SAE J1939-73, 3 ISO 11992-4.
    pub format: u8,
    /// How many codes there are.
    pub count: u16,
}

/// Service 0x19: lists codes with their status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReadCodes {
    /// Subfunction 02: those that have any of these bits.
    Matching(CodeStatus),
    /// Subfunction 0A: all that the unit can ever state.
    Supported,
}

impl ReadCodes {
    const fn subfunction(self) -> u8 {
        match self {
            Self::Matching(_) => 0x02,
            Self::Supported => 0x0A,
        }
    }
}

impl Request for ReadCodes {
    type Answer<'a> = Faults<'a>;

    fn bytes(&self) -> RequestBytes {
        match self {
            Self::Matching(mask) => RequestBytes::new(&[READ_CODES, self.subfunction(), mask.to_byte()]),
            Self::Supported => RequestBytes::new(&[READ_CODES, self.subfunction()]),
        }
    }

    fn answer<'a>(&self, message: &'a [u8]) -> Result<Faults<'a>, AnswerError> {
        let rest = behind_byte(positive(message, READ_CODES)?, self.subfunction())?;
        let (&available, rest) = rest.split_first().ok_or(AnswerError::TooShort { len: 2, needed: 3 })?;
        let (_, cut_off) = rest.as_chunks::<RECORD_LEN>();
        if cut_off.iter().any(|byte| *byte != 0) {
            let needed = message.len() + RECORD_LEN - cut_off.len();
            return Err(AnswerError::TooShort { len: message.len(), needed });
        }
        Ok(Faults { available: CodeStatus(available), rest })
    }
}

/// One code of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Fault {
    /// The code, of SAE J2012.
    pub code: TroubleCode,
    /// In what way it fails: the low byte (SAE J2012-DA), 0 when not said.
    pub failure_type: u8,
    /// How it stands.
    pub status: CodeStatus,
}

/// The codes of an answer, in its order. Zeros are padding and do not come.
#[derive(Clone, Debug)]
pub struct Faults<'a> {
    available: CodeStatus,
    rest: &'a [u8],
}

impl Faults<'_> {
    /// The bits that the unit keeps.
    #[must_use]
    pub const fn available(&self) -> CodeStatus {
        self.available
    }
}

impl Iterator for Faults<'_> {
    type Item = Fault;

    fn next(&mut self) -> Option<Fault> {
        while let Some((&[high, middle, failure_type, status], rest)) = self.rest.split_first_chunk() {
            self.rest = rest;
            if let Some(code) = TroubleCode::from_bytes([high, middle]) {
                return Some(Fault { code, failure_type, status: CodeStatus(status) });
            }
        }
        None
    }
}
