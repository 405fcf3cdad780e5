//! [`Request`] as bytes.

use dimo_crypto::{Claim, Pair, Unpair};

use super::fields::{
    put_node, put_registry, read_address, read_node, read_registry, read_role, read_signature,
};
use super::{
    ApnPassword, ApnSettings, Chunk, FirmwareOffer, GrantForm, Header, MessageBuffer, MessageError,
    PresentedGrant, Request, RequestId, Slot, UnixSeconds, UploadKind, UploadPlan, VinSource,
    WifiCredentials, kind,
};
use crate::NonEmptyText;
use crate::bytes::{Reader, Writer};

impl<'a> Request<'a> {
    /// Reads a request and its id.
    ///
    /// # Errors
    ///
    /// [`MessageError`] for anything that [`Request::emit`] would not have written. [`MessageError::refusal`] is what a device answers.
    ///
    /// # Example: a kind from a newer phone is named, not guessed
    ///
    /// ```
    /// use dimo_pairing::{MessageError, Refusal, Request};
    /// let error = Request::parse(&[0x7E, 0, 9]).unwrap_err();
    /// assert_eq!(error, MessageError::UnknownKind { kind: 0x7E });
    /// assert_eq!(error.refusal(), Refusal::UnknownRequest);
    /// ```
    pub fn parse(message: &'a [u8]) -> Result<(RequestId, Self), MessageError> {
        let (header, mut body) = Header::split(message)?;
        let request = Self::read(header.kind, &mut body)?;
        body.finish()?;
        Ok((header.id, request))
    }

    fn read(kind: u8, body: &mut Reader<'a>) -> Result<Self, MessageError> {
        Ok(match kind {
            kind::GRANT => Self::Grant(read_grant(body)?),
            kind::IDENTIFY => Self::Identify,
            kind::CLAIM => Self::Claim(Claim {
                registry: read_registry(body)?,
                device_node: read_node(body)?,
                owner: read_address(body)?,
            }),
            kind::PAIR => Self::Pair(Pair {
                registry: read_registry(body)?,
                device_node: read_node(body)?,
                vehicle_node: read_node(body)?,
            }),
            kind::UNPAIR => Self::Unpair(Unpair {
                registry: read_registry(body)?,
                device_node: read_node(body)?,
                vehicle_node: read_node(body)?,
            }),
            kind::READ_VIN => Self::ReadVin(VinSource::read(body)?),
            kind::READ_PROTOCOL => Self::ReadProtocol,
            kind::READ_TROUBLE_CODES => Self::ReadTroubleCodes { first: body.u16()? },
            kind::CLEAR_TROUBLE_CODES => {
                confirm(body, kind::CLEAR_CONFIRMATION)?;
                Self::ClearTroubleCodes
            }
            kind::LIST_WIFI => Self::ListWifi { first: body.byte()? },
            kind::JOIN_WIFI => Self::JoinWifi(WifiCredentials::read(body)?),
            kind::WIFI_STATUS => Self::WifiStatus,
            kind::SET_APN => Self::SetApn(read_apn(body)?),
            kind::CELLULAR_STATUS => Self::CellularStatus,
            kind::READ_IMSI => Self::ReadImsi,
            kind::FIRMWARE_STATUS => Self::FirmwareStatus,
            kind::OFFER_FIRMWARE => Self::OfferFirmware(FirmwareOffer {
                version: NonEmptyText::from_bytes(body.prefixed()?)?,
                length: body.u32()?,
                manifest_sha256: body.array()?,
            }),
            kind::HOLD_AWAKE => Self::HoldAwake { seconds: body.u16()? },
            kind::BEGIN_UPLOAD => Self::BeginUpload(UploadPlan {
                kind: UploadKind::read(body)?,
                length: body.u32()?,
                sha256: body.array()?,
            }),
            kind::UPLOAD_CHUNK => Self::UploadChunk { offset: body.u32()?, bytes: Chunk::new(body.rest())? },
            kind::FINISH_UPLOAD => Self::FinishUpload,
            kind::LOG_TAIL => Self::ReadLog { after: body.u32()? },
            kind::LIST_PHONES => Self::ListPhones,
            kind::REVOKE_PHONE => Self::RevokePhone(Slot::new(body.byte()?)),
            kind::FORGET_ME => Self::ForgetMe,
            kind::FACTORY_RESET => {
                confirm(body, kind::RESET_CONFIRMATION)?;
                Self::FactoryReset
            }
            kind => return Err(MessageError::UnknownKind { kind }),
        })
    }

    /// Writes the request under `id`. Some requests carry a password: whoever holds the buffer wipes it.
    pub fn emit<'b>(&self, id: RequestId, buffer: &'b mut MessageBuffer) -> &'b [u8] {
        let mut writer = Header::emit(self.kind(), id, buffer);
        self.put(&mut writer);
        writer.finish()
    }

    fn put(&self, writer: &mut Writer<'_>) {
        match self {
            Self::Grant(grant) => put_grant(writer, grant),
            Self::Claim(claim) => {
                put_registry(writer, &claim.registry);
                put_node(writer, &claim.device_node);
                writer.put(claim.owner.as_bytes());
            }
            Self::Pair(Pair { registry, device_node, vehicle_node })
            | Self::Unpair(Unpair { registry, device_node, vehicle_node }) => {
                put_registry(writer, registry);
                put_node(writer, device_node);
                put_node(writer, vehicle_node);
            }
            Self::ReadVin(source) => writer.put(&[source.number()]),
            Self::ReadTroubleCodes { first } => writer.put_u16(*first),
            Self::ClearTroubleCodes => writer.put(&kind::CLEAR_CONFIRMATION),
            Self::ListWifi { first } => writer.put(&[*first]),
            Self::JoinWifi(credentials) => credentials.put(writer),
            Self::SetApn(settings) => {
                writer.put_prefixed(settings.name.as_bytes());
                writer.put_prefixed(settings.user.as_bytes());
                writer.put_prefixed(settings.password.as_str().as_bytes());
            }
            Self::OfferFirmware(offer) => {
                writer.put_prefixed(offer.version.as_bytes());
                writer.put_u32(offer.length);
                writer.put(&offer.manifest_sha256);
            }
            Self::HoldAwake { seconds } => writer.put_u16(*seconds),
            Self::BeginUpload(plan) => {
                writer.put(&[plan.kind.number()]);
                writer.put_u32(plan.length);
                writer.put(&plan.sha256);
            }
            Self::UploadChunk { offset, bytes } => {
                writer.put_u32(*offset);
                writer.put(bytes.bytes());
            }
            Self::ReadLog { after } => writer.put_u32(*after),
            Self::RevokePhone(slot) => writer.put(&[slot.number()]),
            Self::FactoryReset => writer.put(&kind::RESET_CONFIRMATION),
            Self::Identify
            | Self::ReadProtocol
            | Self::WifiStatus
            | Self::CellularStatus
            | Self::ReadImsi
            | Self::FirmwareStatus
            | Self::FinishUpload
            | Self::ListPhones
            | Self::ForgetMe => {}
        }
    }
}

fn confirm(body: &mut Reader<'_>, confirmation: [u8; 4]) -> Result<(), MessageError> {
    if body.array()? == confirmation { Ok(()) } else { Err(MessageError::Confirmation) }
}

fn read_grant(body: &mut Reader<'_>) -> Result<PresentedGrant, MessageError> {
    Ok(PresentedGrant {
        form: GrantForm::read(body)?,
        owner: read_address(body)?,
        expires: UnixSeconds::new(body.u64()?),
        role: read_role(body)?,
        signature: read_signature(body)?,
    })
}

fn put_grant(writer: &mut Writer<'_>, grant: &PresentedGrant) {
    writer.put(&[grant.form.number()]);
    writer.put(grant.owner.as_bytes());
    writer.put(&grant.expires.get().to_be_bytes());
    writer.put(&[grant.role.number()]);
    writer.put(grant.signature.as_bytes());
}

fn read_apn(body: &mut Reader<'_>) -> Result<ApnSettings, MessageError> {
    Ok(ApnSettings {
        name: NonEmptyText::from_bytes(body.prefixed()?)?,
        user: body.text()?,
        password: ApnPassword::from_bytes(body.prefixed()?)?,
    })
}
