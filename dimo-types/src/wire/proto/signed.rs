//! [`SignedMessage`]: what travels.

use alloc::string::ToString;
use alloc::vec::Vec;

use prost::Message;

use super::{SignedMessageError, v1};

/// One message of the stream: a batch with its signature, or a dictionary that signed batches name by hash.
///
/// # Example: a batch on its way
///
/// ```
/// use dimo_types::wire::SignedMessage;
/// # let (payload, signature) = (vec![0x78, 0x9c], [0x1b; 65]);
/// // payload: encode_batch(&batch); signature: by the device's wallet over payload
/// let message = SignedMessage::Batch { payload, signature };
/// assert_eq!(SignedMessage::decode(&message.encode())?, message);
/// # Ok::<(), dimo_types::wire::SignedMessageError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignedMessage {
    /// Readings.
    Batch {
        /// What [`encode_batch`](super::encode_batch) gave: the bytes that are signed.
        payload: Vec<u8>,
        /// `r`, `s` and `v`. Nothing is verified here.
        signature: [u8; 65],
    },
    /// What the signals of batches are.
    Dictionary {
        /// What [`encode_dictionary`](super::encode_dictionary) gave.
        payload: Vec<u8>,
    },
}

impl SignedMessage {
    /// The bytes to send.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let (body, signature) = match self {
            Self::Batch { payload, signature } => (v1::Body::Batch(payload.clone()), signature.to_vec()),
            Self::Dictionary { payload } => (v1::Body::Dictionary(payload.clone()), Vec::new()),
        };
        v1::SignedMessage { body: Some(body), signature }.encode_to_vec()
    }

    /// Reads what [`encode`](Self::encode) wrote. Takes no more memory than twice the length of `bytes`.
    ///
    /// # Errors
    ///
    /// [`SignedMessageError`] for what is no such message.
    pub fn decode(bytes: &[u8]) -> Result<Self, SignedMessageError> {
        let message = v1::SignedMessage::decode(bytes)
            .map_err(|error| SignedMessageError::Malformed { reason: error.to_string() })?;
        let wrong_length = SignedMessageError::SignatureLength { len: message.signature.len() };
        match message.body.ok_or(SignedMessageError::NoBody)? {
            v1::Body::Batch(payload) => {
                let signature = message.signature.try_into().map_err(|_| wrong_length)?;
                Ok(Self::Batch { payload, signature })
            }
            v1::Body::Dictionary(_) if !message.signature.is_empty() => Err(wrong_length),
            v1::Body::Dictionary(payload) => Ok(Self::Dictionary { payload }),
        }
    }
}
