//! Messages as bytes, exactly: `parse` takes what `emit` writes and nothing else.
//!
//! ```text
//! version 1 byte, 0x01 | kind 1 byte | request id 2 bytes, big-endian | body by kind (SPEC.md, Messages)
//! ```

use dimo_crypto::{Claim, Pair, Registry, Signature};
use dimo_types::{Address, TokenId, VehicleNumber};
use thiserror::Error;

use crate::bytes::{Reader, Writer};
use crate::{Answer, Identity, MESSAGE_MAX, Refusal, Request, RequestId, Text, TextError, VERSION, Versions};

const IDENTIFY: u8 = 0x01;
const CLAIM: u8 = 0x02;
const PAIR: u8 = 0x03;
const READ_VIN: u8 = 0x04;
/// An answer has the kind of its request and this bit.
const ANSWER: u8 = 0x80;
const REFUSED: u8 = 0xFF;

/// Room for one message.
pub type MessageBuffer = [u8; MESSAGE_MAX];

/// The first four bytes of a message. They keep their place in every version, so that two sides can always tell each other
/// that they do not understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// The version of what follows.
    pub version: u8,
    /// The kind of what follows; 0x80 and above are answers.
    pub kind: u8,
    /// The request, or the request answered.
    pub id: RequestId,
}

impl Header {
    /// Reads the header of `message`, whatever its version and kind.
    ///
    /// # Errors
    ///
    /// [`MessageError::Truncated`] below four bytes.
    pub fn parse(message: &[u8]) -> Result<Self, MessageError> {
        Self::split(message).map(|(header, _)| header)
    }

    fn split(message: &[u8]) -> Result<(Self, Reader<'_>), MessageError> {
        let mut reader = Reader::new(message);
        let [version, kind, i0, i1] = reader.array()?;
        Ok((Self { version, kind, id: RequestId::new(u16::from_be_bytes([i0, i1])) }, reader))
    }

    /// The header of a message of our version, and what follows it.
    fn split_supported(message: &[u8]) -> Result<(Self, Reader<'_>), MessageError> {
        let (header, body) = Self::split(message)?;
        if header.version == VERSION {
            Ok((header, body))
        } else {
            Err(MessageError::Version { version: header.version })
        }
    }

    fn emit(kind: u8, id: RequestId, buffer: &mut MessageBuffer) -> Writer<'_> {
        let mut writer = Writer::new(buffer);
        writer.put(&[VERSION, kind]);
        writer.put(&id.get().to_be_bytes());
        writer
    }
}

impl Request {
    /// Reads a request and its id.
    ///
    /// # Errors
    ///
    /// [`MessageError`] for anything that [`Request::emit`] would not have written.
    ///
    /// # Example: a kind from a newer phone is named, not guessed
    ///
    /// ```
    /// use dimo_pairing::{MessageError, Request};
    /// assert_eq!(Request::parse(&[1, 0x7E, 0, 9]), Err(MessageError::UnknownKind { kind: 0x7E }));
    /// ```
    pub fn parse(message: &[u8]) -> Result<(RequestId, Self), MessageError> {
        let (header, mut body) = Header::split_supported(message)?;
        let request = match header.kind {
            IDENTIFY => Self::Identify,
            CLAIM => Self::Claim(Claim {
                registry: read_registry(&mut body)?,
                device_node: TokenId::from_be_bytes(body.array()?),
                owner: Address::new(body.array()?),
            }),
            PAIR => Self::Pair(Pair {
                registry: read_registry(&mut body)?,
                device_node: TokenId::from_be_bytes(body.array()?),
                vehicle_node: TokenId::from_be_bytes(body.array()?),
            }),
            READ_VIN => Self::ReadVin,
            kind => return Err(MessageError::UnknownKind { kind }),
        };
        body.finish()?;
        Ok((header.id, request))
    }

    /// Writes the request under `id`.
    pub fn emit<'b>(&self, id: RequestId, buffer: &'b mut MessageBuffer) -> &'b [u8] {
        let kind = match self {
            Self::Identify => IDENTIFY,
            Self::Claim(_) => CLAIM,
            Self::Pair(_) => PAIR,
            Self::ReadVin => READ_VIN,
        };
        let mut writer = Header::emit(kind, id, buffer);
        match self {
            Self::Identify | Self::ReadVin => {}
            Self::Claim(claim) => {
                put_registry(&mut writer, &claim.registry);
                writer.put(claim.device_node.as_be_bytes());
                writer.put(claim.owner.as_bytes());
            }
            Self::Pair(pair) => {
                put_registry(&mut writer, &pair.registry);
                writer.put(pair.device_node.as_be_bytes());
                writer.put(pair.vehicle_node.as_be_bytes());
            }
        }
        writer.finish()
    }
}

impl Answer {
    /// Reads an answer and the id of its request.
    ///
    /// # Errors
    ///
    /// [`MessageError`] for anything that [`Answer::emit`] would not have written; a refusal for a reason this version does not
    /// know is read as [`Refusal::Unrecognised`], whatever it carries.
    pub fn parse(message: &[u8]) -> Result<(RequestId, Self), MessageError> {
        let (header, mut body) = Header::split_supported(message)?;
        let answer = match header.kind.wrapping_sub(ANSWER) {
            _ if header.kind == REFUSED => return Ok((header.id, Self::Refused(read_refusal(body)?))),
            IDENTIFY => Self::Identity(read_identity(&mut body)?),
            CLAIM => Self::ClaimProof(read_signature(&mut body)?),
            PAIR => Self::PairProof(read_signature(&mut body)?),
            READ_VIN => Self::Vin(read_vin(&mut body)?),
            _ => return Err(MessageError::UnknownKind { kind: header.kind }),
        };
        body.finish()?;
        Ok((header.id, answer))
    }

    /// Writes the answer to request `id`.
    pub fn emit<'b>(&self, id: RequestId, buffer: &'b mut MessageBuffer) -> &'b [u8] {
        let kind = match self {
            Self::Identity(_) => ANSWER | IDENTIFY,
            Self::ClaimProof(_) => ANSWER | CLAIM,
            Self::PairProof(_) => ANSWER | PAIR,
            Self::Vin(_) => ANSWER | READ_VIN,
            Self::Refused(_) => REFUSED,
        };
        let mut writer = Header::emit(kind, id, buffer);
        match self {
            Self::Identity(identity) => put_identity(&mut writer, identity),
            Self::ClaimProof(signature) | Self::PairProof(signature) => writer.put(signature.as_bytes()),
            Self::Vin(vin) => writer.put_prefixed(vin.as_str().as_bytes()),
            Self::Refused(refusal) => put_refusal(&mut writer, refusal),
        }
        writer.finish()
    }
}

fn read_registry(body: &mut Reader<'_>) -> Result<Registry, MessageError> {
    Ok(Registry { chain_id: u64::from_be_bytes(body.array()?), contract: Address::new(body.array()?) })
}

fn put_registry(writer: &mut Writer<'_>, registry: &Registry) {
    writer.put(&registry.chain_id.to_be_bytes());
    writer.put(registry.contract.as_bytes());
}

fn read_identity(body: &mut Reader<'_>) -> Result<Identity, MessageError> {
    Ok(Identity {
        address: Address::new(body.array()?),
        serial: Text::from_bytes(body.prefixed()?)?,
        hardware: Text::from_bytes(body.prefixed()?)?,
        firmware: Text::from_bytes(body.prefixed()?)?,
        versions: read_versions(body)?,
    })
}

fn put_identity(writer: &mut Writer<'_>, identity: &Identity) {
    writer.put(identity.address.as_bytes());
    writer.put_prefixed(identity.serial.as_bytes());
    writer.put_prefixed(identity.hardware.as_bytes());
    writer.put_prefixed(identity.firmware.as_bytes());
    put_versions(writer, identity.versions);
}

fn read_versions(body: &mut Reader<'_>) -> Result<Versions, MessageError> {
    let [lowest, highest] = body.array()?;
    Versions::new(lowest, highest).ok_or(MessageError::Versions { lowest, highest })
}

fn put_versions(writer: &mut Writer<'_>, versions: Versions) {
    writer.put(&[versions.lowest(), versions.highest()]);
}

fn read_signature(body: &mut Reader<'_>) -> Result<Signature, MessageError> {
    let bytes: [u8; Signature::LEN] = body.array()?;
    let signature = Signature::from_bytes(&bytes).map_err(|_| MessageError::Signature)?;
    // One signature has one form here: the older v of 0 or 1 is not taken.
    if signature.as_bytes() == &bytes { Ok(signature) } else { Err(MessageError::Signature) }
}

fn read_vin(body: &mut Reader<'_>) -> Result<VehicleNumber, MessageError> {
    let bytes = body.prefixed()?;
    let text = core::str::from_utf8(bytes).map_err(|_| MessageError::Vin)?;
    let vin = VehicleNumber::as_reported(text).map_err(|_| MessageError::Vin)?;
    // One number has one form here: letters in upper case.
    if vin.as_str() == text { Ok(vin) } else { Err(MessageError::Vin) }
}

fn read_refusal(mut body: Reader<'_>) -> Result<Refusal, MessageError> {
    let code = body.byte()?;
    let refusal = if code == Refusal::UNSUPPORTED_VERSION {
        Refusal::UnsupportedVersion(read_versions(&mut body)?)
    } else {
        Refusal::from_code(code)
    };
    if !matches!(refusal, Refusal::Unrecognised(_)) {
        body.finish()?;
    }
    Ok(refusal)
}

fn put_refusal(writer: &mut Writer<'_>, refusal: &Refusal) {
    writer.put(&[refusal.code()]);
    if let Refusal::UnsupportedVersion(versions) = refusal {
        put_versions(writer, *versions);
    }
}

/// Why bytes are no message. Nothing of it was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MessageError {
    /// It ends before its fields do.
    #[error("the message ends before its fields do")]
    Truncated,
    /// It goes on behind its fields.
    #[error("{extra} bytes behind the fields of the message")]
    Trailing {
        /// How many bytes.
        extra: usize,
    },
    /// Of a version this side does not speak. Its header can be read all the same.
    #[error("a message of version {version}")]
    Version {
        /// The version.
        version: u8,
    },
    /// Of a kind this side does not know: the other side is newer, or sent an answer for a request.
    #[error("a message of unknown kind {kind:#04x}")]
    UnknownKind {
        /// The kind.
        kind: u8,
    },
    /// A text field holds what no text may.
    #[error("a text field: {0}")]
    Text(#[from] TextError),
    /// A range of versions that ends before it begins.
    #[error("the versions {lowest} to {highest} are no range")]
    Versions {
        /// The lowest, as sent.
        lowest: u8,
        /// The highest, as sent.
        highest: u8,
    },
    /// 65 bytes that are no signature: not on the curve, of high s, or with another v than 27 or 28.
    #[error("bytes that are no signature")]
    Signature,
    /// A text that is neither a VIN nor a chassis number, or is in lower case.
    #[error("a text that is no VIN")]
    Vin,
}
