//! Current data (mode 01) and freeze frames (mode 02).

use dimo_types::TroubleCode;

use crate::request::answer::{AnswerError, Request, RequestBytes, array, behind_byte, not_empty, positive};

const FREEZE_FRAME: u8 = 0x02;

/// Mode 01: one parameter now. What its bytes mean says the network's formula or a DBC file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CurrentData {
    /// The parameter, such as 0x0C for the engine speed.
    pub pid: u8,
}

impl CurrentData {
    const MODE: u8 = 0x01;
}

impl Request for CurrentData {
    type Answer<'a> = &'a [u8];

    fn bytes(&self) -> RequestBytes {
        RequestBytes::new(&[Self::MODE, self.pid])
    }

    fn answer<'a>(&self, message: &'a [u8]) -> Result<&'a [u8], AnswerError> {
        let data = behind_byte(positive(message, Self::MODE)?, self.pid)?;
        not_empty(data, 2)
    }
}

/// Mode 02: one parameter when a trouble code was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FreezeFrameData {
    /// The parameter, as in mode 01.
    pub pid: u8,
    /// The number of the freeze frame; 0 is the one that the law asks for.
    pub frame: u8,
}

impl Request for FreezeFrameData {
    type Answer<'a> = &'a [u8];

    fn bytes(&self) -> RequestBytes {
        RequestBytes::new(&[FREEZE_FRAME, self.pid, self.frame])
    }

    fn answer<'a>(&self, message: &'a [u8]) -> Result<&'a [u8], AnswerError> {
        let behind_pid = behind_byte(positive(message, FREEZE_FRAME)?, self.pid)?;
        if behind_pid.is_empty() {
            return Err(AnswerError::TooShort { len: 2, needed: 3 });
        }
        not_empty(behind_byte(behind_pid, self.frame)?, 3)
    }
}

/// Mode 02, parameter 02: the code that stored a freeze frame; `None` when the frame is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FreezeFrameCode {
    /// The number of the freeze frame, from 0.
    pub frame: u8,
}

impl FreezeFrameCode {
    const PID: u8 = 0x02;

    const fn data(self) -> FreezeFrameData {
        FreezeFrameData { pid: Self::PID, frame: self.frame }
    }
}

impl Request for FreezeFrameCode {
    type Answer<'a> = Option<TroubleCode>;

    fn bytes(&self) -> RequestBytes {
        self.data().bytes()
    }

    fn answer(&self, message: &[u8]) -> Result<Option<TroubleCode>, AnswerError> {
        Ok(TroubleCode::from_bytes(array(self.data().answer(message)?, 3)?))
    }
}
