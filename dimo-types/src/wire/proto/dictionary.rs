//! [`Dictionary`]: names, units and scales, sent once and named by hash.

use alloc::string::ToString;
use alloc::vec::Vec;

use prost::Message;
use sha3::{Digest, Keccak256};

use super::{DecodeError, DecodeLimits, census, v1, zlib};
use crate::{Scale, SignalDictionary, SignalIndex, SignalInfo, Unit};

/// A dictionary as it was received, with its hash.
///
/// Units are kept as their symbol, so a unit comes back as [`Unit::parse`] reads that symbol.
#[derive(Clone, Debug, PartialEq)]
pub struct Dictionary {
    signals: Vec<v1::Signal>,
    hash: [u8; 32],
}

impl Dictionary {
    /// Reads an encoded message that is not compressed, as a file may hold it, within `limits`.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] for everything that a dictionary cannot be.
    pub fn decode(message: &[u8], limits: &DecodeLimits) -> Result<Self, DecodeError> {
        let limit = limits.inflated_bytes;
        if message.len() > limit {
            return Err(DecodeError::TooLarge { limit });
        }
        census::check_dictionary(message, limits)?;
        let decoded = v1::Dictionary::decode(message)
            .map_err(|error| DecodeError::Malformed { reason: error.to_string() })?;
        Ok(Self { signals: decoded.signals, hash: Keccak256::digest(message).into() })
    }

    /// The dictionary of a message that came in another encoding: its hash is that of the message in protobuf.
    #[cfg(feature = "avro")]
    pub(in crate::wire) fn of_message(message: v1::Dictionary) -> Result<Self, DecodeError> {
        if message.signals.len() > 1 << 16 {
            return Err(DecodeError::TooManySignals);
        }
        let hash = Keccak256::digest(message.encode_to_vec()).into();
        Ok(Self { signals: message.signals, hash })
    }

    /// keccak256 of the encoded message as received.
    #[must_use]
    pub const fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.signals.len()
    }

    /// Whether it has no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.signals.is_empty()
    }

    /// The entries in the order of their index.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = SignalInfo<'_>> {
        self.signals.iter().map(entry)
    }
}

impl SignalDictionary for Dictionary {
    fn signal(&self, signal: SignalIndex) -> Option<SignalInfo<'_>> {
        self.signals.get(usize::from(signal.0)).map(entry)
    }
}

fn entry(signal: &v1::Signal) -> SignalInfo<'_> {
    let scale = Scale {
        factor: signal.factor.unwrap_or(Scale::IDENTITY.factor),
        offset: signal.offset.unwrap_or(Scale::IDENTITY.offset),
    };
    SignalInfo { name: &signal.name, unit: Unit::parse(&signal.unit), scale }
}

/// The bytes of a dictionary as they travel: a zlib stream of one `Dictionary`.
#[must_use]
pub fn encode_dictionary(entries: &[SignalInfo<'_>]) -> Vec<u8> {
    zlib::deflate_far(&encode(entries))
}

/// The hash by which batches name the dictionary with these entries: keccak256 of its encoded form before deflate.
#[must_use]
pub fn dictionary_hash(entries: &[SignalInfo<'_>]) -> [u8; 32] {
    Keccak256::digest(encode(entries)).into()
}

/// Reads what [`encode_dictionary`] wrote, within `limits`.
///
/// # Errors
///
/// [`DecodeError`] for everything that a dictionary cannot be.
pub fn decode_dictionary(bytes: &[u8], limits: &DecodeLimits) -> Result<Dictionary, DecodeError> {
    Dictionary::decode(&zlib::inflate(bytes, limits)?, limits)
}

fn encode(entries: &[SignalInfo<'_>]) -> Vec<u8> {
    to_message(entries).encode_to_vec()
}

/// The dictionary as a message, before it is encoded.
pub(in crate::wire) fn to_message(entries: &[SignalInfo<'_>]) -> v1::Dictionary {
    let unless = |value: f64, default: f64| (value.to_bits() != default.to_bits()).then_some(value);
    let signals = entries.iter().map(|entry| v1::Signal {
        name: entry.name.to_string(),
        unit: entry.unit.symbol().to_string(),
        factor: unless(entry.scale.factor, Scale::IDENTITY.factor),
        offset: unless(entry.scale.offset, Scale::IDENTITY.offset),
    });
    v1::Dictionary { signals: signals.collect() }
}
