//! Trouble codes: modes 03, 04, 07 and 0A.

use dimo_types::TroubleCode;

use crate::request::answer::{AnswerError, Request, RequestBytes, positive};

/// Reads trouble codes of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReadCodes {
    /// Mode 03: confirmed ones, which may have lit the lamp.
    Stored,
    /// Mode 07: those of the current or last driving cycle.
    Pending,
    /// Mode 0A: those that only the vehicle itself clears.
    Permanent,
}

impl ReadCodes {
    /// The mode: 03, 07 or 0A.
    #[must_use]
    pub const fn mode(self) -> u8 {
        match self {
            Self::Stored => 0x03,
            Self::Pending => 0x07,
            Self::Permanent => 0x0A,
        }
    }
}

impl Request for ReadCodes {
    type Answer<'a> = TroubleCodes<'a>;

    fn bytes(&self) -> RequestBytes {
        RequestBytes::new(&[self.mode()])
    }

    fn answer<'a>(&self, message: &'a [u8]) -> Result<TroubleCodes<'a>, AnswerError> {
        let rest = positive(message, self.mode())?;
        // On CAN the number of codes comes first.
        let (&count, codes) = rest.split_first().ok_or(AnswerError::TooShort { len: 1, needed: 2 })?;
        let needed = usize::from(count) * 2;
        let codes =
            codes.get(..needed).ok_or(AnswerError::TooShort { len: message.len(), needed: 2 + needed })?;
        Ok(TroubleCodes { rest: codes })
    }
}

/// The codes of an answer, in its order. Pairs of zeros are padding and do not come.
#[derive(Clone, Debug)]
pub struct TroubleCodes<'a> {
    rest: &'a [u8],
}

impl Iterator for TroubleCodes<'_> {
    type Item = TroubleCode;

    fn next(&mut self) -> Option<TroubleCode> {
        while let Some((pair, rest)) = self.rest.split_first_chunk() {
            self.rest = rest;
            let code = TroubleCode::from_bytes(*pair);
            if code.is_some() {
                return code;
            }
        }
        None
    }
}

/// Mode 04: clears codes, freeze frames and monitors, and puts the lamp out. The only request here that changes
/// something in the vehicle: ask its driver before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClearCodes;

impl ClearCodes {
    const MODE: u8 = 0x04;
}

impl Request for ClearCodes {
    type Answer<'a> = ();

    fn bytes(&self) -> RequestBytes {
        RequestBytes::new(&[Self::MODE])
    }

    fn answer(&self, message: &[u8]) -> Result<(), AnswerError> {
        positive(message, Self::MODE).map(|_| ())
    }
}
