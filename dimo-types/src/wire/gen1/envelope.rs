//! [`Gen1Envelope`] to [`Gen1Signed`]: a message before and after its signature.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;
use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use super::error::Gen1EncodeError;
use super::kind::VehicleField;
use super::number::to_json;
use super::status::status_data;
use super::{Gen1CanDump, Gen1Device, Gen1Fingerprint, Gen1Kind, Gen1Log, Gen1Network};
use crate::wire::Gen1Data;
use crate::wire::signature_text::signature_text;
use crate::{Address, Batch, RecordId, Timestamp, TokenId};

/// What an envelope says about its `data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gen1Header {
    /// What kind of message it is.
    pub kind: Gen1Kind,
    /// Its id.
    pub id: RecordId,
    /// The device that speaks.
    pub subject: Address,
    /// When it speaks.
    pub time: Timestamp,
    /// The vehicle it is paired with, if any.
    pub vehicle: Option<TokenId>,
}

/// Who sends a message that is no batch, and under which id. When it is sent, the message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gen1Sender {
    /// The message's id.
    pub id: RecordId,
    /// The device that speaks.
    pub device: Address,
    /// The vehicle it is paired with, if any.
    pub vehicle: Option<TokenId>,
}

impl Gen1Sender {
    const fn header(&self, kind: Gen1Kind, time: Timestamp) -> Gen1Header {
        Gen1Header { kind, id: self.id, subject: self.device, time, vehicle: self.vehicle }
    }
}

/// The fields before `data`, in the order of the network's own software.
#[derive(Serialize)]
struct Head<'a> {
    id: RecordId,
    source: &'a str,
    specversion: &'a str,
    subject: Address,
    time: String,
    #[serde(rename = "type")]
    event_type: &'a str,
    dataschema: &'a str,
    #[serde(rename = "vehicleTokenId", skip_serializing_if = "Option::is_none")]
    vehicle: Option<u64>,
}

/// A Gen 1 message that waits for its signature.
///
/// The signature covers `keccak256` of [`data`](Self::data): exactly the bytes that travel.
///
/// # Example: a batch becomes what is published
///
/// ```
/// use dimo_types::{Address, Batch, RecordId, Timestamp, wire::{Gen1Device, Gen1Envelope}};
/// # let signature = [0x1b; 65];
/// let device: Address = "0x2A82163EB20f272efEa5cdAE000D87fEf79590eE".parse()?;
/// let batch = Batch::new(RecordId::from_bytes([7; 20]), device, None, [], vec![]).unwrap();
/// let envelope = Gen1Envelope::status(&batch, &Gen1Device::new(Timestamp::from_millis(1_709_656_316_768)?))?;
/// assert_eq!(envelope.data_bytes(), br#"{"timestamp":1709656316768,"device":{},"vehicle":{}}"#);
/// let signed = envelope.sign_with(signature); // made over envelope.data()
/// assert_eq!(signed.topic(), "devices/0x2A82163EB20f272efEa5cdAE000D87fEf79590eE/status");
/// assert!(signed.to_payload().starts_with(br#"{"compressedPayload":"H4sI"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Gen1Envelope {
    kind: Gen1Kind,
    subject: Address,
    text: String,
    data: Range<usize>,
}

impl Gen1Envelope {
    /// The status message of `batch`: numbers in their physical unit, a position as one signal a coordinate, trouble codes as
    /// the signal `obdDTCList` (none for a report without codes). A [fingerprint](Self::fingerprint) is a message of its own.
    ///
    /// # Errors
    ///
    /// [`Gen1EncodeError`] when the batch holds what this form cannot say; nothing is left out in silence.
    pub fn status(batch: &Batch<'_>, device: &Gen1Device<'_>) -> Result<Self, Gen1EncodeError> {
        let header = Gen1Header {
            kind: Gen1Kind::Status,
            id: batch.id(),
            subject: batch.device(),
            time: device.time,
            vehicle: batch.vehicle(),
        };
        Self::with_checked_data(&header, &status_data(batch, device)?)
    }

    /// A network message: position and serving cell.
    ///
    /// # Errors
    ///
    /// [`Gen1EncodeError::Number`] and [`Gen1EncodeError::VehicleTooLarge`].
    pub fn network(sender: &Gen1Sender, network: &Gen1Network<'_>) -> Result<Self, Gen1EncodeError> {
        network.check()?;
        Self::new(&sender.header(Gen1Kind::Network, network.time), network)
    }

    /// A fingerprint: VIN and protocol.
    ///
    /// # Errors
    ///
    /// [`Gen1EncodeError::Number`], [`Gen1EncodeError::BatteryVoltage`] and [`Gen1EncodeError::VehicleTooLarge`].
    pub fn fingerprint(
        sender: &Gen1Sender,
        fingerprint: &Gen1Fingerprint<'_>,
    ) -> Result<Self, Gen1EncodeError> {
        fingerprint.check()?;
        Self::new(&sender.header(Gen1Kind::Fingerprint, fingerprint.time), fingerprint)
    }

    /// A log message, with the sender's vehicle inside `data`.
    ///
    /// # Errors
    ///
    /// [`Gen1EncodeError::BatteryVoltage`] and [`Gen1EncodeError::VehicleTooLarge`].
    pub fn log(sender: &Gen1Sender, log: &Gen1Log<'_>) -> Result<Self, Gen1EncodeError> {
        log.device.check()?;
        let vehicle = sender.vehicle.unwrap_or(TokenId::from(0));
        let vehicle = vehicle.to_u64().ok_or(Gen1EncodeError::VehicleTooLarge { vehicle })?;
        Self::new(&sender.header(Gen1Kind::Logs, log.time), &Gen1Log { vehicle, ..log.clone() })
    }

    /// A CAN dump.
    ///
    /// # Errors
    ///
    /// [`Gen1EncodeError::VehicleTooLarge`].
    pub fn can_dump(sender: &Gen1Sender, dump: &Gen1CanDump<'_>) -> Result<Self, Gen1EncodeError> {
        Self::new(&sender.header(Gen1Kind::CanDump, dump.time), dump)
    }

    /// A message of any kind around `data`, a value that becomes a JSON object here.
    ///
    /// It takes a value and no text, because what an envelope holds can be signed: a text from elsewhere would only become a
    /// JSON string, which is refused. A float that is no number is written as `null`.
    ///
    /// # Errors
    ///
    /// [`Gen1EncodeError::Data`] when `data` is no JSON object, [`Gen1EncodeError::VehicleTooLarge`] for an id the field cannot
    /// hold.
    ///
    /// # Example: a fingerprint, which travels uncompressed
    ///
    /// ```
    /// use dimo_types::{Address, RecordId, Timestamp, TokenId, wire::{Gen1Envelope, Gen1Header, Gen1Kind}};
    /// use std::collections::BTreeMap;
    /// let header = Gen1Header {
    ///     kind: Gen1Kind::Fingerprint,
    ///     id: RecordId::from_bytes([0; 20]),
    ///     subject: Address::ZERO,
    ///     time: Timestamp::from_secs(1_700_000_000)?,
    ///     vehicle: Some(TokenId::from(1337)),
    /// };
    /// let envelope = Gen1Envelope::new(&header, &BTreeMap::from([("vin", "1HGCM82633A123456")]))?;
    /// assert!(envelope.as_str().ends_with(r#""vehicleTokenId":1337,"data":{"vin":"1HGCM82633A123456"}}"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new<T: Serialize + ?Sized>(header: &Gen1Header, data: &T) -> Result<Self, Gen1EncodeError> {
        let data = to_json(data).map_err(|_| Gen1EncodeError::Data)?;
        if !data.starts_with('{') {
            return Err(Gen1EncodeError::Data);
        }
        Self::with_checked_data(header, &data)
    }

    fn with_checked_data(header: &Gen1Header, data: &str) -> Result<Self, Gen1EncodeError> {
        let (before, after) = vehicle_fields(header)?;
        let mut text = to_json(&Head {
            id: header.id,
            source: header.kind.source(),
            specversion: "1.0",
            subject: header.subject,
            time: format!("{}", header.time),
            event_type: header.kind.event_type(),
            dataschema: header.kind.data_schema(),
            vehicle: before,
        })
        .map_err(|_| Gen1EncodeError::Data)?;
        let _closing_brace = text.pop();
        text.push_str(",\"data\":");
        let start = text.len();
        text.push_str(data);
        let data = start..text.len();
        if let Some(vehicle) = after {
            text.push_str(&format!(",\"vehicleTokenId\":{vehicle}"));
        }
        text.push('}');
        Ok(Self { kind: header.kind, subject: header.subject, text, data })
    }

    /// The unsigned JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What is to be signed: the JSON object `data` as it travels, in the type that a wallet takes.
    #[must_use]
    pub fn data(&self) -> Gen1Data<'_> {
        Gen1Data::new(self.text.get(self.data.clone()).unwrap_or_default())
    }

    /// The bytes of [`data`](Self::data), to hash with keccak256.
    #[must_use]
    pub fn data_bytes(&self) -> &[u8] {
        self.data().as_bytes()
    }

    /// Appends the signature (`r`, `s`, and `v` of 27 or 28) as the last field.
    pub fn sign_with(self, signature: [u8; 65]) -> Gen1Signed {
        let mut json = self.text;
        let _closing_brace = json.pop();
        json.push_str(",\"signature\":\"");
        json.push_str(&signature_text(&signature));
        json.push_str("\"}");
        Gen1Signed { kind: self.kind, subject: self.subject, json }
    }
}

/// The vehicle's id before and after `data`.
fn vehicle_fields(header: &Gen1Header) -> Result<(Option<u64>, Option<u64>), Gen1EncodeError> {
    let vehicle = header.vehicle.unwrap_or(TokenId::from(0));
    let too_large = Gen1EncodeError::VehicleTooLarge { vehicle };
    let id = vehicle.to_u64().ok_or(too_large)?;
    match header.kind.vehicle_field() {
        VehicleField::AfterData => Ok((None, Some(id))),
        VehicleField::Absent => Ok((None, None)),
        VehicleField::BeforeData if id > u64::from(u32::MAX) => Err(too_large),
        VehicleField::BeforeData => Ok(((id != 0).then_some(id), None)),
    }
}

/// A signed Gen 1 message, ready to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Gen1Signed {
    kind: Gen1Kind,
    subject: Address,
    json: String,
}

impl Gen1Signed {
    /// The signed JSON, before compression.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.json
    }

    /// The MQTT topic to publish on.
    #[must_use]
    pub fn topic(&self) -> String {
        self.kind.topic(self.subject)
    }

    /// The signed JSON as one gzip member, for transports that take bytes: neither base64 nor a second envelope.
    #[must_use]
    pub fn to_gzip(&self) -> Vec<u8> {
        gzip(self.json.as_bytes())
    }

    /// What is published: `{"compressedPayload":"…"}` with the JSON as gzip and base64, or the JSON itself for a kind
    /// that travels uncompressed.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        if !self.kind.is_compressed() {
            return self.json.as_bytes().to_vec();
        }
        format!("{{\"compressedPayload\":\"{}\"}}", STANDARD.encode(gzip(self.json.as_bytes()))).into_bytes()
    }
}

/// `bytes` as one gzip member without name and time, so that equal input gives equal output.
#[expect(clippy::expect_used, reason = "writing to a Vec has no way to fail")]
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("a Vec takes every byte")
}
