//! [`CloudEventHeader`]: who says something of which vehicle, and when.

use serde::Serialize;
use serde::Serializer;

use super::content::CloudEventContent;
use super::fault::IngestFault;
use crate::{Address, Did, RecordId, Timestamp, TokenId};

/// What a CloudEvent says beside its data.
///
/// # Example: a device on the test network
///
/// ```
/// use dimo_types::{RecordId, Timestamp, wire::CloudEventHeader};
/// let time = Timestamp::from_secs(1_700_000_000)?;
/// let header = CloudEventHeader {
///     id: RecordId::new(time, [7; 16]),
///     time,
///     source: "0x1234567890123456789012345678901234567890".parse()?,
///     producer: "did:erc721:80002:0x325b45949C833986bC98e98a49F3CA5C5c4643B5:42".parse()?,
///     subject: "did:erc721:80002:0x45fbCD3ef7361d156e8b16F5538AE36DEdf61Da8:1337".parse()?,
/// };
/// assert_ne!(header.producer, header.subject);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloudEventHeader {
    /// The id, unique beside its source: that of the batch, if there is one.
    pub id: RecordId,
    /// When the message is made, by the device's clock. Signals may be five minutes later at most.
    pub time: Timestamp,
    /// The connection licence. The server replaces it by the name in the client's certificate.
    pub source: Address,
    /// The device, a [`Did::Erc721`].
    pub producer: Did,
    /// The vehicle, a [`Did::Erc721`].
    pub subject: Did,
}

impl CloudEventHeader {
    /// How far ahead of its own clock the server takes a signal, in microseconds: five minutes.
    pub const SKEW_US: i64 = 300_000_000;

    /// The rules on everything but the single parts of `content`.
    pub(super) fn check(&self, content: &CloudEventContent<'_>) -> Result<(), IngestFault> {
        let Did::Erc721 { token_id: subject, .. } = self.subject else { return Err(IngestFault::Subject) };
        if !matches!(self.producer, Did::Erc721 { .. }) {
            return Err(IngestFault::Producer);
        }
        if self.subject == self.producer {
            return Err(IngestFault::SubjectIsProducer);
        }
        let batch: Option<TokenId> = content.batch.and_then(|batch| batch.vehicle());
        match batch {
            Some(batch) if batch != subject => Err(IngestFault::OtherVehicle { batch, subject }),
            _ => Ok(()),
        }
    }
}

/// The fields before `data`, in the order of the network's own event library.
#[derive(Serialize)]
pub(super) struct Head<'a> {
    pub(super) specversion: &'a str,
    #[serde(rename = "type")]
    pub(super) event_type: &'a str,
    pub(super) source: Address,
    pub(super) subject: Did,
    pub(super) id: RecordId,
    #[serde(serialize_with = "rfc3339")]
    pub(super) time: Timestamp,
    pub(super) datacontenttype: &'a str,
    pub(super) dataversion: &'a str,
    pub(super) producer: Did,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signature: Option<&'a str>,
}

/// A time as text; on its own, the type travels as a number of microseconds.
pub(super) fn rfc3339<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}
