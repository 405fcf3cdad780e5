//! [`Refusal`]: why a device did not do what it was asked.

use thiserror::Error;

use crate::Versions;

/// A device's typed no. It has done nothing of what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody showed to be at the vehicle: plug the device in anew, or press its button, and ask again.
    #[error("nobody is present: plug the device in anew or press its button")]
    NotPresent,
    /// It is at work on an earlier request: wait for that answer.
    #[error("the device is at work on an earlier request")]
    Busy,
    /// It has signed as often as one presence window allows: open a new one.
    #[error("too many signatures asked for in one presence window")]
    RateLimited,
    /// The request could not be read. Send it again; if it stays so, one of both sides has a fault.
    #[error("the device could not read the request")]
    Malformed,
    /// It does not know this kind of request. Its firmware is older than the phone's software.
    #[error("the device does not know this request")]
    UnknownRequest,
    /// It does not speak the version of the request, but these.
    #[error("the device speaks the versions {0}")]
    UnsupportedVersion(Versions),
    /// Its secure element did not sign.
    #[error("the device's secure element did not sign")]
    SigningFailed,
    /// It gave up waiting for its secure element or for the vehicle.
    #[error("the device gave up waiting for its own parts")]
    TimedOut,
    /// The vehicle did not answer when it was asked for its VIN.
    #[error("the vehicle did not tell its VIN")]
    VinNoAnswer,
    /// The vehicle is off. Switch the ignition on and ask again.
    #[error("the vehicle is off")]
    VinVehicleOff,
    /// This vehicle does not tell its VIN on its diagnostic bus: type it in.
    #[error("this vehicle does not tell its VIN")]
    VinNotSupported,
    /// A reason this version does not know.
    #[error("the device refused for reason {}", .0.get())]
    Unrecognised(RefusalCode),
}

impl Refusal {
    /// The number on the wire (SPEC.md, Refused).
    #[must_use]
    pub const fn code(&self) -> u8 {
        match self {
            Self::NotPresent => 1,
            Self::Busy => 2,
            Self::RateLimited => 3,
            Self::Malformed => 4,
            Self::UnknownRequest => 5,
            Self::UnsupportedVersion(_) => 6,
            Self::SigningFailed => 7,
            Self::TimedOut => 8,
            Self::VinNoAnswer => 9,
            Self::VinVehicleOff => 10,
            Self::VinNotSupported => 11,
            Self::Unrecognised(code) => code.get(),
        }
    }

    /// The reason for a number that carries nothing else.
    pub(crate) const fn from_code(code: u8) -> Self {
        match code {
            1 => Self::NotPresent,
            2 => Self::Busy,
            3 => Self::RateLimited,
            4 => Self::Malformed,
            5 => Self::UnknownRequest,
            7 => Self::SigningFailed,
            8 => Self::TimedOut,
            9 => Self::VinNoAnswer,
            10 => Self::VinVehicleOff,
            11 => Self::VinNotSupported,
            other => Self::Unrecognised(RefusalCode(other)),
        }
    }

    /// The number of [`Refusal::UnsupportedVersion`], the one that carries more.
    pub(crate) const UNSUPPORTED_VERSION: u8 = 6;
}

/// The number of a reason this version does not know; it comes from a newer device only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RefusalCode(u8);

impl RefusalCode {
    /// The number on the wire.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}
