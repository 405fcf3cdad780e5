//! Which parameters a control unit knows.

use crate::request::answer::{AnswerError, Request, RequestBytes, array, behind_byte, positive};

/// Parameters come in groups of this many, with one bit each.
const GROUP: u8 = 32;

/// Of which mode the parameters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SupportedIn {
    /// Mode 01.
    CurrentData,
    /// Mode 02, in the freeze frame with this number.
    FreezeFrame(u8),
    /// Mode 09.
    VehicleInfo,
}

/// Asks which of 32 parameters a unit knows.
///
/// # Example: walking through all groups
///
/// ```
/// use dimo_dbc::request::obd::{ReadSupported, SupportedIn};
/// use dimo_dbc::request::{AnswerError, Request};
/// let first = ReadSupported::first(SupportedIn::CurrentData);
/// assert_eq!(first.bytes().as_slice(), [0x01, 0x00]);
/// let pids = first.answer(&[0x41, 0x00, 0x88, 0x18, 0x00, 0x01])?;
/// assert_eq!(pids.iter().collect::<Vec<_>>(), [0x01, 0x05, 0x0C, 0x0D, 0x20]);
/// let second = pids.next_request().unwrap();
/// assert_eq!(second.bytes().as_slice(), [0x01, 0x20]);
/// # Ok::<(), AnswerError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReadSupported {
    of: SupportedIn,
    base: u8,
}

impl ReadSupported {
    /// Asks about the parameters 01 to 20 (hexadecimal).
    #[must_use]
    pub const fn first(of: SupportedIn) -> Self {
        Self { of, base: 0 }
    }
}

impl Request for ReadSupported {
    type Answer<'a> = SupportedPids;

    fn bytes(&self) -> RequestBytes {
        match self.of {
            SupportedIn::CurrentData => RequestBytes::new(&[0x01, self.base]),
            SupportedIn::FreezeFrame(frame) => RequestBytes::new(&[0x02, self.base, frame]),
            SupportedIn::VehicleInfo => RequestBytes::new(&[0x09, self.base]),
        }
    }

    fn answer(&self, message: &[u8]) -> Result<SupportedPids, AnswerError> {
        let mode = match self.of {
            SupportedIn::CurrentData => 0x01,
            SupportedIn::FreezeFrame(_) => 0x02,
            SupportedIn::VehicleInfo => 0x09,
        };
        let mut bits = behind_byte(positive(message, mode)?, self.base)?;
        let before = message.len() - bits.len();
        if let SupportedIn::FreezeFrame(frame) = self.of {
            bits = behind_byte(bits, frame)?;
        }
        Ok(SupportedPids { request: *self, bits: u32::from_be_bytes(array(bits, before)?) })
    }
}

/// Which of 32 parameters a unit knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SupportedPids {
    request: ReadSupported,
    bits: u32,
}

impl SupportedPids {
    /// Whether it knows `pid`; false for one of another group.
    #[must_use]
    pub const fn contains(&self, pid: u8) -> bool {
        match pid.wrapping_sub(self.request.base) {
            place @ 1..=GROUP => self.bits >> (GROUP - place) & 1 == 1,
            _ => false,
        }
    }

    /// The parameters it knows, in order. The last of a group only says that there is another group.
    pub fn iter(&self) -> impl Iterator<Item = u8> + use<> {
        let pids = *self;
        (1..=GROUP)
            .map(move |place| pids.request.base.wrapping_add(place))
            .filter(move |pid| pids.contains(*pid))
    }

    /// The question about the next group; `None` when there is none.
    #[must_use]
    pub const fn next_request(&self) -> Option<ReadSupported> {
        match self.request.base.checked_add(GROUP) {
            Some(base) if self.contains(base) => Some(ReadSupported { of: self.request.of, base }),
            _ => None,
        }
    }
}
