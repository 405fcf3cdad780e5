//! [`CloudEvent`]: a message for the ingest server.

use alloc::string::String;
use alloc::vec::Vec;

use super::content::{CloudEventContent, Data, Report};
use super::fault::IngestFault;
use super::header::{CloudEventHeader, Head};
use crate::wire::Gen1Data;
use crate::wire::gen1::number::to_json;
use crate::wire::signature_text::signature_text;

/// A CloudEvent of the ingest server's default module: signals by their VSS names in VSS units, RFC 3339 times in
/// microseconds, vehicle and device by their DIDs. It keeps every rule that [`IngestFault`] names.
///
/// The server authenticates the sender by its TLS certificate. It stores a signature and does not check it, so that is
/// optional; it is the one of Gen 1, over `keccak256` of [`data`](Self::data), and lets a reader check who measured.
///
/// # Example: what is posted
///
/// ```
/// use dimo_types::wire::{CloudEvent, CloudEventContent, CloudEventHeader};
/// use dimo_types::{VehicleEvent, VehicleEventName};
/// use dimo_types::{RecordId, Timestamp};
/// let time = Timestamp::from_secs(1_700_000_000)?;
/// let header = CloudEventHeader {
///     id: RecordId::from_bytes([7; 20]),
///     time,
///     source: "0x1234567890123456789012345678901234567890".parse()?,
///     producer: "did:erc721:137:0x9c94C395cBcBDe662235E0A9d3bB87Ad708561BA:42".parse()?,
///     subject: "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:1337".parse()?,
/// };
/// let events = [VehicleEvent::new(VehicleEventName::Collision, time)];
/// let event = CloudEvent::new(&header, &CloudEventContent { events: &events, ..Default::default() })?;
/// assert_eq!(
///     event.data().as_str(),
///     r#"{"events":[{"name":"safety.collision","timestamp":"2023-11-14T22:13:20Z"}]}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct CloudEvent {
    header: CloudEventHeader,
    event_type: &'static str,
    data: String,
    signature: Option<String>,
}

impl CloudEvent {
    /// The `Content-Type` of the request, and `datacontenttype`.
    pub const CONTENT_TYPE: &str = "application/json";
    /// The `dataversion` that stands for the default module.
    pub const DATA_VERSION: &str = "default/v1.0";

    /// The event of `content`, all of it.
    ///
    /// # Errors
    ///
    /// [`IngestFault`]: the first thing that the server would reject, drop or misread.
    pub fn new(header: &CloudEventHeader, content: &CloudEventContent<'_>) -> Result<Self, IngestFault> {
        Self::build(header, content, &mut Err)
    }

    /// The event of those parts of `content` that keep the rules, and why each of the others was left out. For batches that
    /// also hold signals without a VSS name.
    ///
    /// # Errors
    ///
    /// [`IngestFault`] when it is the message as a whole that the server would not take, or when nothing is left of it.
    ///
    /// # Example: a signal that only this maker knows
    ///
    /// ```
    /// # use dimo_types::wire::{CloudEvent, CloudEventContent, CloudEventHeader, IngestFault};
    /// # use dimo_types::{Address, Batch, Reading, RecordId, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit};
    /// # let time = Timestamp::from_secs(1_700_000_000)?;
    /// # let id = RecordId::from_bytes([7; 20]);
    /// # let header = CloudEventHeader {
    /// #     id,
    /// #     time,
    /// #     source: Address::ZERO,
    /// #     producer: "did:erc721:137:0x9c94C395cBcBDe662235E0A9d3bB87Ad708561BA:42".parse()?,
    /// #     subject: "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:1337".parse()?,
    /// # };
    /// let info = |name, unit| SignalInfo { name, unit, scale: Scale::IDENTITY };
    /// let dictionary = [info("chassisAxleRow1WheelLeftTirePressure", Unit::Bar), info("Radio.Volume", Unit::None)];
    /// let reading = |signal, value| Reading { time, signal: SignalIndex(signal), value: SignalValue::Float(value) };
    /// let readings = vec![reading(0, 2.5), reading(1, 11.0)];
    /// let batch = Batch::new(id, Address::ZERO, None, dictionary, readings).unwrap();
    /// let content = CloudEventContent { batch: Some(&batch), ..Default::default() };
    /// assert!(CloudEvent::new(&header, &content).is_err());
    /// let (event, left_out) = CloudEvent::leaving_out(&header, &content)?;
    /// assert!(event.data().as_str().contains(r#""value":250}"#)); // kPa
    /// assert_eq!(left_out, [IngestFault::UnknownSignal { position: 1, name: "Radio.Volume".into() }]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn leaving_out(
        header: &CloudEventHeader,
        content: &CloudEventContent<'_>,
    ) -> Result<(Self, Vec<IngestFault>), IngestFault> {
        let mut left_out = Vec::new();
        let event = Self::build(header, content, &mut |fault| {
            left_out.push(fault);
            Ok(())
        })?;
        Ok((event, left_out))
    }

    fn build(
        header: &CloudEventHeader,
        content: &CloudEventContent<'_>,
        report: Report<'_>,
    ) -> Result<Self, IngestFault> {
        header.check(content)?;
        let data = Data::new(header, content, report)?;
        Ok(Self { header: *header, event_type: data.event_type(), data: data.to_json(), signature: None })
    }

    /// What is signed if anything is: the JSON object `data` as it travels, in the type that a wallet takes.
    #[must_use]
    pub fn data(&self) -> Gen1Data<'_> {
        Gen1Data::new(&self.data)
    }

    /// With a signature over [`data`](Self::data): `r`, `s`, and `v` of 27 or 28.
    pub fn sign_with(self, signature: [u8; 65]) -> Self {
        Self { signature: Some(signature_text(&signature)), ..self }
    }

    /// The JSON to post.
    #[must_use]
    pub fn to_json(&self) -> String {
        let head = Head {
            specversion: "1.0",
            event_type: self.event_type,
            source: self.header.source,
            subject: self.header.subject,
            id: self.header.id,
            time: self.header.time,
            datacontenttype: Self::CONTENT_TYPE,
            dataversion: Self::DATA_VERSION,
            producer: self.header.producer,
            signature: self.signature.as_deref(),
        };
        // Texts have a JSON form.
        let mut text = to_json(&head).unwrap_or_default();
        let _closing_brace = text.pop();
        text.push_str(",\"data\":");
        text.push_str(&self.data);
        text.push('}');
        text
    }
}
