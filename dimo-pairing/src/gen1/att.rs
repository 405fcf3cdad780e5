//! [`AttError`]: what a Gen 1 phone is told instead of a value.

use thiserror::Error;

/// Why a read or a write of Gen 1 is rejected. Reject the request of the phone with [`AttError::code`].
///
/// | code | variant | what the phone does |
/// |---|---|---|
/// | 0x02 | [`ReadNotPermitted`](Self::ReadNotPermitted) | nothing: its software has a fault |
/// | 0x03 | [`WriteNotPermitted`](Self::WriteNotPermitted) | nothing: its software has a fault |
/// | 0x05 | [`InsufficientAuthentication`](Self::InsufficientAuthentication) | encrypts the link, or bonds; its operating system does so by itself |
/// | 0x07 | [`InvalidOffset`](Self::InvalidOffset) | reads from the start |
/// | 0x0A | [`UnknownCharacteristic`](Self::UnknownCharacteristic) | nothing: its software has a fault |
/// | 0x0D | [`InvalidLength`](Self::InvalidLength) | writes exactly 32 bytes |
/// | 0x90 | [`NotPresent`](Self::NotPresent) | asks its user to plug the device in, press its button or switch the ignition on |
/// | 0x91 | [`NotExpected`](Self::NotExpected) | has the device told first what it is to sign |
/// | 0x92 | [`RateLimited`](Self::RateLimited) | waits for the next presence |
/// | 0x93 | [`SigningFailed`](Self::SigningFailed) | tries once more, then gives up |
/// | 0x94 | [`TooSlow`](Self::TooSlow) | reads again: the question is still being asked |
/// | 0x95 | [`MalformedWifi`](Self::MalformedWifi) | corrects what it writes |
/// | 0x96 | [`WrongEngineState`](Self::WrongEngineState) | asks its user for the ignition on and the engine off |
///
/// Codes below 0x80 are those of Bluetooth (Core, Vol 3 Part F 3.4.1.1), those from 0x90 are of this profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum AttError {
    /// The characteristic is only written.
    #[error("the characteristic cannot be read")]
    ReadNotPermitted,
    /// The characteristic is only read.
    #[error("the characteristic cannot be written")]
    WriteNotPermitted,
    /// The link is not encrypted with an authenticated bond, and nobody is present who could be served without one.
    #[error("the link has no authenticated bond")]
    InsufficientAuthentication,
    /// The offset is behind the end of the value, or its start was never read on this connection.
    #[error("there is no value at this offset")]
    InvalidOffset,
    /// Gen 1 has no characteristic with this UUID.
    #[error("the characteristic is none of Gen 1")]
    UnknownCharacteristic,
    /// Not the 32 bytes of a digest.
    #[error("a digest has 32 bytes")]
    InvalidLength,
    /// Nobody showed to be at the vehicle.
    #[error("nobody is present: plug the device in anew, press its button or switch the ignition on")]
    NotPresent,
    /// The digest is of no claim, pair or login that the device was told of.
    #[error("the digest is of nothing that the device was told to sign")]
    NotExpected,
    /// One presence allows only so many signatures.
    #[error("too many signatures asked for in one presence window")]
    RateLimited,
    /// The wallet did not sign, or what it was to sign was withdrawn meanwhile.
    #[error("the device's wallet did not sign")]
    SigningFailed,
    /// The vehicle or the wallet took longer than a read may be held.
    #[error("the vehicle or the wallet took too long")]
    TooSlow,
    /// No JSON of a network and a password; see [`WifiError`](super::WifiError).
    #[error("no network and password could be read")]
    MalformedWifi,
    /// Trouble codes are cleared with the ignition on and the engine off, as far as the device was told lately.
    #[error("the ignition is not known to be on with the engine off")]
    WrongEngineState,
}

impl AttError {
    /// The code of the ATT error response.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::ReadNotPermitted => 0x02,
            Self::WriteNotPermitted => 0x03,
            Self::InsufficientAuthentication => 0x05,
            Self::InvalidOffset => 0x07,
            Self::UnknownCharacteristic => 0x0A,
            Self::InvalidLength => 0x0D,
            Self::NotPresent => 0x90,
            Self::NotExpected => 0x91,
            Self::RateLimited => 0x92,
            Self::SigningFailed => 0x93,
            Self::TooSlow => 0x94,
            Self::MalformedWifi => 0x95,
            Self::WrongEngineState => 0x96,
        }
    }
}
