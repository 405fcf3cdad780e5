//! [`Gen1Payload`]: a received message, with `data` exactly as it came.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Deserialize;

use super::error::{Gen1DataError, Gen1ParseError};
use super::fields::{Field, TopLevel};
use super::signal::{Gen1Signal, parse_signals};
use super::unpack::unpack;
use super::{Gen1CanDump, Gen1Fingerprint, Gen1Kind, Gen1Limits, Gen1Log, Gen1Network, Gen1Status};

/// A message as it was received. Nothing in it is verified: that is done by recovering the signer of
/// [`data_bytes`](Self::data_bytes) and comparing it with [`subject`](Self::subject).
///
/// Accepted are: the compressed and the plain form, any order of fields, escapes, unknown fields (also such that contain
/// a `data` of their own), `null` for an absent field, `vehicleTokenId` in any letter case.
/// A field that says who sent what must not stand there twice, since readers differ in which of the two they take.
///
/// # Example: what a verifier needs
///
/// ```
/// use dimo_types::wire::{Gen1Limits, Gen1Payload};
/// let received = br#"{"note":{"data":0}, "data": {"timestamp":1709656316768}, "subject":"0x318f", "signature":null}"#;
/// let payload = Gen1Payload::parse(received, &Gen1Limits::default())?;
/// assert_eq!(payload.data_bytes(), br#"{"timestamp":1709656316768}"#);
/// assert_eq!(payload.subject(), Some("0x318f"));
/// assert_eq!(payload.signature(), None);
/// # Ok::<(), dimo_types::wire::Gen1ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gen1Payload {
    data: String,
    subject: Option<String>,
    event_type: Option<String>,
    signature: Option<String>,
    id: Option<String>,
    time: Option<String>,
    vehicle: Option<String>,
    most_signals: usize,
}

impl Gen1Payload {
    /// Reads `bytes`, compressed or not, within `limits`.
    ///
    /// # Errors
    ///
    /// [`Gen1ParseError`] when there is no `data` to be had from them, or no single one.
    pub fn parse(bytes: &[u8], limits: &Gen1Limits) -> Result<Self, Gen1ParseError> {
        if bytes.len() > limits.json_bytes {
            return Err(Gen1ParseError::TooLarge { limit: limits.json_bytes });
        }
        let outer = TopLevel::parse(bytes)?;
        let Some(packed) = outer.packed()? else {
            return Self::from_fields(&outer, limits);
        };
        let json = unpack(packed, limits.json_bytes)?;
        Self::from_fields(&TopLevel::parse(&json)?, limits)
    }

    fn from_fields(fields: &TopLevel<'_>, limits: &Gen1Limits) -> Result<Self, Gen1ParseError> {
        let text = |field| fields.text(field).map(Cow::into_owned);
        Ok(Self {
            // `null` is a value that can be signed, so here it is not the same as absent.
            data: fields.raw(Field::Data).ok_or(Gen1ParseError::NoData)?.get().to_owned(),
            subject: text(Field::Subject),
            event_type: text(Field::Type),
            signature: text(Field::Signature),
            id: text(Field::Id),
            time: text(Field::Time),
            vehicle: text(Field::VehicleTokenId),
            most_signals: limits.signals,
        })
    }

    /// The bytes that the signature covers: the JSON value of `data` as received.
    #[must_use]
    pub fn data_bytes(&self) -> &[u8] {
        self.data.as_bytes()
    }

    /// The device that the message says it is from, as received: any letter case, maybe no address at all.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// The `type` field, as received.
    #[must_use]
    pub fn event_type(&self) -> Option<&str> {
        self.event_type.as_deref()
    }

    /// The kind that the `type` field names, or `None` for one unknown here.
    #[must_use]
    pub fn kind(&self) -> Option<Gen1Kind> {
        Gen1Kind::from_event_type(self.event_type()?)
    }

    /// The signature, as received: `0x` and 130 hexadecimal digits if it is well-formed.
    #[must_use]
    pub fn signature(&self) -> Option<&str> {
        self.signature.as_deref()
    }

    /// The id, as received.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The time, as received: RFC 3339 if it is well-formed.
    #[must_use]
    pub fn time(&self) -> Option<&str> {
        self.time.as_deref()
    }

    /// The vehicle's token id, as received: decimal digits if it is well-formed.
    #[must_use]
    pub fn vehicle(&self) -> Option<&str> {
        self.vehicle.as_deref()
    }

    /// The entries of `data.vehicle.signals`, in their order; none when there is no such list.
    ///
    /// # Errors
    ///
    /// [`Gen1DataError`] when `data` has another shape, or more signals than the limit given to [`parse`](Self::parse).
    pub fn signals(&self) -> Result<Vec<Gen1Signal<'_>>, Gen1DataError> {
        parse_signals(&self.data, self.most_signals)
    }

    /// What the `data` of a status message says beside signals.
    ///
    /// # Errors
    ///
    /// [`Gen1DataError::Shape`] when it has another shape.
    pub fn status(&self) -> Result<Gen1Status<'_>, Gen1DataError> {
        self.body()
    }

    /// The `data` of a network message.
    ///
    /// # Errors
    ///
    /// [`Gen1DataError::Shape`] when it has another shape.
    pub fn network(&self) -> Result<Gen1Network<'_>, Gen1DataError> {
        self.body()
    }

    /// The `data` of a fingerprint.
    ///
    /// # Errors
    ///
    /// [`Gen1DataError::Shape`] when it has another shape.
    pub fn fingerprint(&self) -> Result<Gen1Fingerprint<'_>, Gen1DataError> {
        self.body()
    }

    /// The `data` of a log message.
    ///
    /// # Errors
    ///
    /// [`Gen1DataError::Shape`] when it has another shape.
    pub fn log(&self) -> Result<Gen1Log<'_>, Gen1DataError> {
        self.body()
    }

    /// The `data` of a CAN dump.
    ///
    /// # Errors
    ///
    /// [`Gen1DataError::Shape`] when it has another shape.
    pub fn can_dump(&self) -> Result<Gen1CanDump<'_>, Gen1DataError> {
        self.body()
    }

    fn body<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Gen1DataError> {
        serde_json::from_str(&self.data).map_err(|error| Gen1DataError::Shape { reason: error.to_string() })
    }
}
