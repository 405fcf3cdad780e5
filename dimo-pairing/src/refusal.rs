//! [`Refusal`]: why a device did not do what it was asked.

use thiserror::Error;

use crate::bytes::{Reader, Writer};
use crate::{MessageError, Versions};

/// A device's typed no (SPEC.md, "Reasons of a refusal"). It has done nothing of what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody showed to be at the vehicle: plug the device in anew, press its button or switch the ignition on, and ask again.
    #[error("nobody is present: plug the device in anew, press its button or switch the ignition on")]
    NotPresent,
    /// It is at work on an earlier request: wait for that answer.
    #[error("the device is at work on an earlier request")]
    Busy,
    /// It has signed as often as it may for now: wait ten minutes.
    #[error("too many signatures asked for")]
    RateLimited,
    /// The request could not be read. One of both sides has a fault.
    #[error("the device could not read the request")]
    Malformed,
    /// It does not know this kind of request. Its firmware is older than the phone's software.
    #[error("the device does not know this request")]
    UnknownRequest,
    /// It speaks no version that the phone speaks. One of both needs an update.
    #[error("phone and device speak no common version")]
    NoCommonVersion,
    /// Its secure element did not sign. Try again.
    #[error("the device's secure element did not sign")]
    SigningFailed,
    /// It gave up waiting for its secure element or for the vehicle. Try again.
    #[error("the device gave up waiting for its own parts")]
    TimedOut,
    /// The vehicle did not answer. Try again.
    #[error("the vehicle did not answer")]
    NoAnswer,
    /// The vehicle is off. Switch the ignition on and ask again.
    #[error("the vehicle is off")]
    VehicleOff,
    /// This vehicle does not tell it on its diagnostic bus. A person has to.
    #[error("the vehicle does not tell it")]
    NotTold,
    /// This device does not have that: no Wi-Fi, no modem, no stored VIN.
    #[error("the device does not have that")]
    Unavailable,
    /// A chunk at another offset than the one due, or an upload that is to be finished too early. Go on at `next`.
    #[error("the upload goes on at byte {next}")]
    WrongOffset {
        /// The offset of the byte that comes next.
        next: u32,
    },
    /// The ignition must be on and the engine off.
    #[error("the ignition must be on and the engine off")]
    EngineState,
    /// What was uploaded has another hash than was announced. The upload starts anew.
    #[error("the uploaded bytes have another hash")]
    WrongHash,
    /// More bytes than the device takes for this.
    #[error("longer than the device takes")]
    TooLong,
    /// What was uploaded is not valid, not newer or has a wrong signature.
    #[error("what was uploaded is not valid, not newer, or wrongly signed")]
    Rejected,
    /// The device could not store it. Try again.
    #[error("the device could not store it")]
    StorageFailed,
    /// Not now: its battery is low, the vehicle moves, an update is under way. Try later.
    #[error("not now: battery, motion or an update under way")]
    NotNow,
    /// The session has no grant yet. Send it.
    #[error("the session has no grant yet")]
    NoGrant,
    /// The signature of the grant is wrong. Sign anew.
    #[error("the signature of the grant is wrong")]
    GrantSignature,
    /// The grant or the slot has expired. Ask the owner for another.
    #[error("the grant or the slot has expired")]
    Expired,
    /// It is not the device's owner who granted or who is named.
    #[error("not the owner of the device")]
    NotOwner,
    /// The role of the session does not allow it, or there is no such role. Ask the owner.
    #[error("the role does not allow it")]
    RoleForbids,
    /// Nothing is kept in that slot.
    #[error("nothing is kept in that slot")]
    NoSuchSlot,
    /// The handshake failed: another label or PIN, or the slot is forgotten. Check the label, or pair anew.
    #[error("the handshake failed")]
    HandshakeFailed,
    /// Too many attempts with a wrong PIN in this presence window. Open another.
    #[error("too many attempts with a wrong PIN in this presence window")]
    PinAttempts,
    /// Too many attempts with a wrong PIN in all. The device needs a factory reset.
    #[error("the PIN is locked until a factory reset")]
    PinLocked,
    /// A reason this version does not know.
    #[error("the device refused for reason {}", .0.get())]
    Unrecognised(RefusalCode),
}

impl Refusal {
    const WRONG_OFFSET: u8 = 13;

    /// The number on the wire (SPEC.md, "Reasons of a refusal").
    #[must_use]
    pub const fn code(&self) -> u8 {
        match self {
            Self::NotPresent => 1,
            Self::Busy => 2,
            Self::RateLimited => 3,
            Self::Malformed => 4,
            Self::UnknownRequest => 5,
            Self::NoCommonVersion => 6,
            Self::SigningFailed => 7,
            Self::TimedOut => 8,
            Self::NoAnswer => 9,
            Self::VehicleOff => 10,
            Self::NotTold => 11,
            Self::Unavailable => 12,
            Self::WrongOffset { .. } => Self::WRONG_OFFSET,
            Self::EngineState => 14,
            Self::WrongHash => 15,
            Self::TooLong => 16,
            Self::Rejected => 17,
            Self::StorageFailed => 18,
            Self::NotNow => 19,
            Self::NoGrant => 20,
            Self::GrantSignature => 21,
            Self::Expired => 22,
            Self::NotOwner => 23,
            Self::RoleForbids => 24,
            Self::NoSuchSlot => 25,
            Self::HandshakeFailed => 30,
            Self::PinAttempts => 31,
            Self::PinLocked => 32,
            Self::Unrecognised(code) => code.get(),
        }
    }

    /// The reason for a number that carries nothing else.
    const fn from_code(code: u8) -> Self {
        match code {
            1 => Self::NotPresent,
            2 => Self::Busy,
            3 => Self::RateLimited,
            4 => Self::Malformed,
            5 => Self::UnknownRequest,
            6 => Self::NoCommonVersion,
            7 => Self::SigningFailed,
            8 => Self::TimedOut,
            9 => Self::NoAnswer,
            10 => Self::VehicleOff,
            11 => Self::NotTold,
            12 => Self::Unavailable,
            14 => Self::EngineState,
            15 => Self::WrongHash,
            16 => Self::TooLong,
            17 => Self::Rejected,
            18 => Self::StorageFailed,
            19 => Self::NotNow,
            20 => Self::NoGrant,
            21 => Self::GrantSignature,
            22 => Self::Expired,
            23 => Self::NotOwner,
            24 => Self::RoleForbids,
            25 => Self::NoSuchSlot,
            30 => Self::HandshakeFailed,
            31 => Self::PinAttempts,
            32 => Self::PinLocked,
            other => Self::Unrecognised(RefusalCode(other)),
        }
    }

    /// Reads the body of *refused*. What a later version's reason carries is skipped.
    pub(crate) fn read(body: &mut Reader<'_>) -> Result<Self, MessageError> {
        let refusal = match body.byte()? {
            Self::WRONG_OFFSET => Self::WrongOffset { next: body.u32()? },
            code => Self::from_code(code),
        };
        if matches!(refusal, Self::Unrecognised(_)) {
            body.rest();
        }
        Ok(refusal)
    }

    pub(crate) fn put(&self, writer: &mut Writer<'_>) {
        writer.put(&[self.code()]);
        if let Self::WrongOffset { next } = self {
            writer.put_u32(*next);
        }
    }

    /// Reads a refusal outside a session, behind the packet's first byte `0x00` (SPEC.md, "GATT and packets"), and the versions of the device
    /// where it says that none is common. Nobody has authenticated it.
    ///
    /// # Errors
    ///
    /// [`MessageError`] for what [`Refusal::emit_open`] would not have written; a reason of a later version is read as
    /// [`Refusal::Unrecognised`], whatever it carries.
    pub fn parse_open(packet: &[u8]) -> Result<(Self, Option<Versions>), MessageError> {
        let mut body = Reader::new(packet);
        let refusal = Self::from_code(body.byte()?);
        let versions = match refusal {
            Self::Unrecognised(_) => return Ok((refusal, None)),
            Self::NoCommonVersion => {
                let [lowest, highest] = body.array()?;
                Some(Versions::new(lowest, highest).ok_or(MessageError::Versions { lowest, highest })?)
            }
            _ => None,
        };
        body.finish()?;
        Ok((refusal, versions))
    }

    /// Writes a refusal outside a session, behind the packet's first byte `0x00`, by a device that speaks `versions`. Meant for the
    /// reasons that come before a session: 1, 6 and 30 to 32.
    pub fn emit_open<'b>(&self, versions: Versions, buffer: &'b mut [u8; 3]) -> &'b [u8] {
        let mut writer = Writer::new(buffer);
        writer.put(&[self.code()]);
        if matches!(self, Self::NoCommonVersion) {
            writer.put(&[versions.lowest(), versions.highest()]);
        }
        writer.finish()
    }
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
