//! [`Answer`] as bytes.

use core::num::NonZeroI16;

use dimo_types::VehicleNumber;

use super::fields::{read_address, read_role, read_signature};
use super::{
    Answer, CellularState, CellularStatus, FirmwareState, FirmwareStatus, FirmwareWanted, Header, Identity,
    LogLines, MessageBuffer, MessageError, Percent, PhoneEntries, PrivateImsi, RequestId, SleepHold, Slot,
    SlotSecret, TroubleCodes, UnixSeconds, VehicleProtocol, VinAge, VinSource, Welcome, WifiNetworks,
    WifiStatus, kind,
};
use crate::bytes::{Reader, Writer};
use crate::{Field, NonEmptyText, Refusal};

/// In *working*: how much is done is not known.
const PERCENT_UNKNOWN: u8 = 255;

impl<'a> Answer<'a> {
    /// Reads an answer and the id of its request.
    ///
    /// # Errors
    ///
    /// [`MessageError`] for anything that [`Answer::emit`] would not have written; a refusal for a reason this version does not
    /// know is read as [`Refusal::Unrecognised`], whatever it carries.
    pub fn parse(message: &'a [u8]) -> Result<(RequestId, Self), MessageError> {
        let (header, mut body) = Header::split(message)?;
        let answer = Self::read(header.kind, &mut body)?;
        body.finish()?;
        if matches!(answer, Self::Proof { .. }) && header.id != RequestId::NONE {
            return Err(MessageError::ProofId { id: header.id.get() });
        }
        Ok((header.id, answer))
    }

    fn read(kind: u8, body: &mut Reader<'a>) -> Result<Self, MessageError> {
        match kind {
            kind::DEVICE_PROOF => {
                return Ok(Self::Proof { address: read_address(body)?, signature: read_signature(body)? });
            }
            kind::WORKING => {
                return Ok(Self::Working { percent: read_progress(body)?, seconds: body.u16()? });
            }
            kind::REFUSED => return Ok(Self::Refused(Refusal::read(body)?)),
            _ => {}
        }
        // The others have the kind of their request, and bit 7. What has no bit 7 is no answer, and is no kind here.
        Ok(match kind ^ kind::ANSWER {
            kind::GRANT => Self::Welcome(read_welcome(body)?),
            kind::IDENTIFY => Self::Identity(read_identity(body)?),
            kind::CLAIM => Self::ClaimProof(read_signature(body)?),
            kind::PAIR => Self::PairProof(read_signature(body)?),
            kind::UNPAIR => Self::UnpairProof(read_signature(body)?),
            kind::READ_VIN => Self::Vin {
                source: VinSource::read(body)?,
                age: VinAge::from_wire(body.u32()?),
                number: read_vin(body)?,
            },
            kind::READ_PROTOCOL => Self::Protocol(VehicleProtocol::read(body)?),
            kind::READ_TROUBLE_CODES => Self::TroubleCodes(TroubleCodes::read(body)?),
            kind::CLEAR_TROUBLE_CODES => Self::TroubleCodesCleared,
            kind::LIST_WIFI => Self::WifiNetworks(WifiNetworks::read(body)?),
            kind::JOIN_WIFI => Self::WifiJoin(WifiStatus::read(body)?),
            kind::WIFI_STATUS => Self::WifiStatus(WifiStatus::read(body)?),
            kind::SET_APN => Self::ApnSet,
            kind::CELLULAR_STATUS => Self::CellularStatus(CellularStatus {
                state: CellularState::read(body)?,
                signal: NonZeroI16::new(body.u16()?.cast_signed()),
                operator: body.text()?,
            }),
            kind::READ_IMSI => Self::Imsi(read_imsi(body)?),
            kind::FIRMWARE_STATUS => Self::FirmwareStatus(FirmwareStatus {
                state: FirmwareState::read(body)?,
                percent: read_percent(body)?,
                running: NonEmptyText::from_bytes(body.prefixed()?)?,
                next: body.text()?,
            }),
            kind::OFFER_FIRMWARE => Self::OfferTaken(FirmwareWanted::read(body)?),
            kind::HOLD_AWAKE => Self::HeldAwake(read_hold(body)?),
            kind::BEGIN_UPLOAD => Self::UploadBegun { next: body.u32()? },
            kind::UPLOAD_CHUNK => Self::ChunkTaken { next: body.u32()? },
            kind::FINISH_UPLOAD => Self::Uploaded,
            kind::LOG_TAIL => Self::LogLines(LogLines::read(body)?),
            kind::LIST_PHONES => Self::Phones(PhoneEntries::read(body)?),
            kind::REVOKE_PHONE => Self::Revoked,
            kind::FORGET_ME => Self::Forgotten,
            kind::FACTORY_RESET => Self::Reset,
            _ => return Err(MessageError::UnknownKind { kind }),
        })
    }

    /// Writes the answer to request `id`; a device proof answers none and has the id 0 whatever is given here. *Welcome* carries a secret:
    /// whoever holds the buffer wipes it.
    pub fn emit<'b>(&self, id: RequestId, buffer: &'b mut MessageBuffer) -> &'b [u8] {
        let id = if matches!(self, Self::Proof { .. }) { RequestId::NONE } else { id };
        let mut writer = Header::emit(self.kind(), id, buffer);
        self.put(&mut writer);
        writer.finish()
    }

    fn put(&self, writer: &mut Writer<'_>) {
        match self {
            Self::Proof { address, signature } => {
                writer.put(address.as_bytes());
                writer.put(signature.as_bytes());
            }
            Self::Welcome(welcome) => {
                writer.put(&[welcome.role.number()]);
                writer.put(&welcome.expires.get().to_be_bytes());
                writer.put(&[welcome.slot.number()]);
                writer.put(welcome.secret.as_bytes());
            }
            Self::Identity(identity) => {
                writer.put(identity.address.as_bytes());
                writer.put_prefixed(identity.serial.as_bytes());
                writer.put_prefixed(identity.hardware.as_bytes());
                writer.put_prefixed(identity.firmware.as_bytes());
            }
            Self::ClaimProof(signature) | Self::PairProof(signature) | Self::UnpairProof(signature) => {
                writer.put(signature.as_bytes());
            }
            Self::Vin { source, age, number } => {
                writer.put(&[source.number()]);
                writer.put_u32(age.to_wire());
                writer.put_prefixed(number.as_str().as_bytes());
            }
            Self::Protocol(protocol) => writer.put(&[protocol.number()]),
            Self::TroubleCodes(codes) => codes.put(writer),
            Self::WifiNetworks(networks) => networks.put(writer),
            Self::WifiJoin(status) | Self::WifiStatus(status) => status.put(writer),
            Self::CellularStatus(status) => {
                writer.put(&[status.state.number()]);
                writer.put_u16(status.signal.map_or(0, NonZeroI16::get).cast_unsigned());
                writer.put_prefixed(status.operator.as_bytes());
            }
            Self::Imsi(imsi) => writer.put_prefixed(imsi.as_bytes()),
            Self::FirmwareStatus(status) => {
                writer.put(&[status.state.number(), status.percent.get()]);
                writer.put_prefixed(status.running.as_bytes());
                writer.put_prefixed(status.next.as_bytes());
            }
            Self::OfferTaken(wanted) => writer.put(&[wanted.number()]),
            Self::HeldAwake(hold) => writer.put_u16(hold.seconds()),
            Self::UploadBegun { next } | Self::ChunkTaken { next } => writer.put_u32(*next),
            Self::LogLines(lines) => lines.put(writer),
            Self::Phones(phones) => writer.put(phones.as_bytes()),
            Self::Working { percent, seconds } => {
                writer.put(&[percent.map_or(PERCENT_UNKNOWN, Percent::get)]);
                writer.put_u16(*seconds);
            }
            Self::Refused(refusal) => refusal.put(writer),
            Self::TroubleCodesCleared
            | Self::ApnSet
            | Self::Uploaded
            | Self::Revoked
            | Self::Forgotten
            | Self::Reset => {}
        }
    }
}

fn read_welcome(body: &mut Reader<'_>) -> Result<Welcome, MessageError> {
    Ok(Welcome {
        role: read_role(body)?,
        expires: UnixSeconds::new(body.u64()?),
        slot: Slot::new(body.byte()?),
        secret: SlotSecret::from_bytes(body.array()?),
    })
}

fn read_identity(body: &mut Reader<'_>) -> Result<Identity, MessageError> {
    Ok(Identity {
        address: read_address(body)?,
        serial: body.text()?,
        hardware: body.text()?,
        firmware: body.text()?,
    })
}

fn read_vin(body: &mut Reader<'_>) -> Result<VehicleNumber, MessageError> {
    let text = core::str::from_utf8(body.prefixed()?).map_err(|_| MessageError::Vin)?;
    let vin = VehicleNumber::as_reported(text).map_err(|_| MessageError::Vin)?;
    // One number has one form here: letters in upper case.
    if vin.as_str() == text { Ok(vin) } else { Err(MessageError::Vin) }
}

fn read_imsi(body: &mut Reader<'_>) -> Result<PrivateImsi, MessageError> {
    let text = core::str::from_utf8(body.prefixed()?).map_err(|_| MessageError::Imsi)?;
    text.parse().map(PrivateImsi::new).map_err(|_| MessageError::Imsi)
}

fn read_percent(body: &mut Reader<'_>) -> Result<Percent, MessageError> {
    let percent = body.byte()?;
    Percent::new(percent).ok_or(MessageError::Value { field: Field::Percent, value: u16::from(percent) })
}

/// Reads how much of the work is done, where that is known.
fn read_progress(body: &mut Reader<'_>) -> Result<Option<Percent>, MessageError> {
    match body.byte()? {
        PERCENT_UNKNOWN => Ok(None),
        percent => match Percent::new(percent) {
            Some(percent) => Ok(Some(percent)),
            None => Err(MessageError::Value { field: Field::Percent, value: u16::from(percent) }),
        },
    }
}

fn read_hold(body: &mut Reader<'_>) -> Result<SleepHold, MessageError> {
    let seconds = body.u16()?;
    SleepHold::new(seconds).ok_or(MessageError::Value { field: Field::SleepHold, value: seconds })
}
