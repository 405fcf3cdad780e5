//! Vehicle information: mode 09.

use dimo_types::Vin;

use crate::request::answer::{AnswerError, Request, RequestBytes, behind_byte, positive};
use crate::request::vin::reported;

/// Mode 09: something that the vehicle knows about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VehicleInfo {
    /// What: 0x02 the VIN, 0x04 calibration identifiers (16 bytes each), 0x06 their verification numbers (4 bytes each),
    /// 0x0A the unit's name (20 bytes).
    pub info: u8,
}

impl VehicleInfo {
    const MODE: u8 = 0x09;
}

impl Request for VehicleInfo {
    type Answer<'a> = VehicleInfoData<'a>;

    fn bytes(&self) -> RequestBytes {
        RequestBytes::new(&[Self::MODE, self.info])
    }

    fn answer<'a>(&self, message: &'a [u8]) -> Result<VehicleInfoData<'a>, AnswerError> {
        let rest = behind_byte(positive(message, Self::MODE)?, self.info)?;
        let (&count, data) = rest.split_first().ok_or(AnswerError::TooShort { len: 2, needed: 3 })?;
        Ok(VehicleInfoData { count, data })
    }
}

/// What the vehicle says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VehicleInfoData<'a> {
    /// The number of items.
    pub count: u8,
    /// The items, one behind the other.
    pub data: &'a [u8],
}

/// Mode 09, information 02: the VIN as the unit has it; its check digit is not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReadVin;

impl ReadVin {
    const INFO: VehicleInfo = VehicleInfo { info: 0x02 };
}

impl Request for ReadVin {
    type Answer<'a> = Vin;

    fn bytes(&self) -> RequestBytes {
        Self::INFO.bytes()
    }

    fn answer(&self, message: &[u8]) -> Result<Vin, AnswerError> {
        Ok(reported(Self::INFO.answer(message)?.data)?)
    }
}
