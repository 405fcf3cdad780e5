//! [`StreamMessage`]: what travels in the records of a sealed session.

use alloc::string::ToString;
use alloc::vec::Vec;

use prost::Message;

use super::{StreamMessageError, v1, zlib};

/// One message of a stream whose records are authenticated already: a sealed session has said whose they are, so a batch needs
/// no signature of its own. [`SignedMessage`](super::SignedMessage) is for streams without a session.
///
/// # Example: a batch as it goes into a record
///
/// ```
/// use dimo_types::wire::{DecodeLimits, StreamMessage, batch_message, decode_batch, decode_message};
/// # use dimo_types::{Address, Batch, RecordId};
/// # let batch = Batch::new(RecordId::from_bytes([7; 20]), Address::ZERO, None, [], vec![])?;
/// let message = StreamMessage::of_batch(&batch_message(&batch));
/// let record = message.encode(); // seal it
///
/// let limits = DecodeLimits::default();
/// let received = match StreamMessage::decode(&record)? {
///     StreamMessage::Batch { payload, .. } => decode_batch(&payload, &limits)?,
///     StreamMessage::PlainBatch { message, .. } => decode_message(&message, &limits)?,
///     other => panic!("{other:?}"),
/// };
/// assert_eq!(received.id(), batch.id());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamMessage {
    /// Readings, deflated.
    Batch {
        /// What [`encode_batch`](super::encode_batch) gave.
        payload: Vec<u8>,
        /// `r`, `s` and `v` over the root of the batch's [leaves](super::DecodedBatch::leaves), if the device signed it.
        root_signature: Option<[u8; 65]>,
    },
    /// Readings, as they are.
    PlainBatch {
        /// What [`batch_message`](super::batch_message) gave.
        message: Vec<u8>,
        /// `r`, `s` and `v` over the root of the batch's [leaves](super::DecodedBatch::leaves), if the device signed it.
        root_signature: Option<[u8; 65]>,
    },
    /// What the signals of batches are.
    Dictionary {
        /// What [`encode_dictionary`](super::encode_dictionary) gave.
        payload: Vec<u8>,
    },
    /// From the backend to the device: send the dictionary with this hash.
    DictionaryRequest {
        /// The hash that a batch named.
        hash: [u8; 32],
    },
}

impl StreamMessage {
    /// A batch in whichever form is shorter: never longer than `message` itself.
    #[must_use]
    pub fn of_batch(message: &[u8]) -> Self {
        let payload = zlib::deflate(message);
        if payload.len() < message.len() {
            Self::Batch { payload, root_signature: None }
        } else {
            Self::PlainBatch { message: message.to_vec(), root_signature: None }
        }
    }

    /// The bytes that go into a record.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let (body, signature) = match self {
            Self::Batch { payload, root_signature } => {
                (v1::StreamBody::Batch(payload.clone()), root_signature.as_ref())
            }
            Self::PlainBatch { message, root_signature } => {
                (v1::StreamBody::PlainBatch(message.clone()), root_signature.as_ref())
            }
            Self::Dictionary { payload } => (v1::StreamBody::Dictionary(payload.clone()), None),
            Self::DictionaryRequest { hash } => (v1::StreamBody::DictionaryRequest(hash.to_vec()), None),
        };
        let root_signature = signature.map(|signature| signature.to_vec()).unwrap_or_default();
        v1::StreamMessage { body: Some(body), root_signature }.encode_to_vec()
    }

    /// Reads what [`encode`](Self::encode) wrote. Takes no more memory than twice the length of `bytes`.
    ///
    /// # Errors
    ///
    /// [`StreamMessageError`] for what is no such message.
    pub fn decode(bytes: &[u8]) -> Result<Self, StreamMessageError> {
        let message = v1::StreamMessage::decode(bytes)
            .map_err(|error| StreamMessageError::Malformed { reason: error.to_string() })?;
        let signature = message.root_signature.as_slice();
        let unsigned = |message| match signature {
            [] => Ok(message),
            _ => Err(StreamMessageError::SignatureLength { len: signature.len() }),
        };
        match message.body.ok_or(StreamMessageError::NoBody)? {
            v1::StreamBody::Batch(payload) => {
                Ok(Self::Batch { payload, root_signature: root_signature(signature)? })
            }
            v1::StreamBody::PlainBatch(message) => {
                Ok(Self::PlainBatch { message, root_signature: root_signature(signature)? })
            }
            v1::StreamBody::Dictionary(payload) => unsigned(Self::Dictionary { payload }),
            v1::StreamBody::DictionaryRequest(hash) => {
                let len = hash.len();
                let hash = hash.try_into().map_err(|_| StreamMessageError::HashLength { len })?;
                unsigned(Self::DictionaryRequest { hash })
            }
        }
    }
}

fn root_signature(bytes: &[u8]) -> Result<Option<[u8; 65]>, StreamMessageError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    bytes.try_into().map(Some).map_err(|_| StreamMessageError::SignatureLength { len: bytes.len() })
}
