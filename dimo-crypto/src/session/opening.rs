//! [`SessionOpening`]: what the wallet of a device signs to open a session, and [`SignedOpening`], the message that carries it.

use dimo_types::{Address, Timestamp};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::fields::{Fields, TooShort, join};
use super::kdf::Secret;
use super::key::ServerKeyId;
use super::number::{OpeningCounter, SequenceNumber};
use super::{Suite, VERSION};
use crate::eip712::{Word, signing_digest, struct_hash, type_hash};
use crate::message::{Message, sealed::Sealed};
use crate::{Digest, Signature, SignatureError, domain};

/// What the wallet of a device signs to open a session.
///
/// EIP-712, domain `DIMO Session` version `1` without chain and contract, since no contract checks it. A device makes it in a
/// [`DeviceSession`](super::DeviceSession), a server reads it in a [`SignedOpening`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionOpening {
    /// Which primitives the session is made of.
    pub suite: Suite,
    /// Who opens it, and signs.
    pub device: Address,
    /// The device's X25519 key for this session alone.
    pub ephemeral_key: [u8; 32],
    /// For which key of the server.
    pub server_key: ServerKeyId,
    /// For whom: the account of the service behind the server, so that nobody can pass the session on to another one.
    pub recipient: Address,
    /// Higher than in any opening of the device before.
    pub counter: OpeningCounter,
    /// The number of the first record of the device.
    pub first_sequence: SequenceNumber,
    /// When the session ends at the latest; whole seconds are signed and sent. [`Timestamp::MAX`] from a device without a clock.
    ///
    /// It bounds what a stolen session key, or an opening held back by somebody in between, is worth.
    pub not_after: Timestamp,
}

impl SessionOpening {
    /// The EIP-712 type.
    pub const TYPE: &'static str = "SessionOpening(uint16 suite,address device,bytes32 ephemeralKey,bytes32 serverKeyId,address recipient,uint64 counter,uint48 firstSequence,uint64 notAfter)";
    /// The hash of [`Self::TYPE`].
    pub const TYPE_HASH: [u8; 32] = type_hash(Self::TYPE);
    /// The separator of the domain `DIMO Session`, version `1`.
    pub const DOMAIN_SEPARATOR: [u8; 32] = domain::of_name_const("DIMO Session");
}

impl Sealed for SessionOpening {}

impl Message for SessionOpening {
    fn digest(&self) -> Digest {
        let words = [
            u64::from(self.suite.number()).word(),
            self.device.word(),
            self.ephemeral_key,
            *self.server_key.as_bytes(),
            self.recipient.word(),
            self.counter.get().word(),
            self.first_sequence.get().word(),
            self.not_after.as_secs().word(),
        ];
        signing_digest(&Self::DOMAIN_SEPARATOR, &struct_hash(&Self::TYPE_HASH, &words))
    }
}

/// Length of an opening message in bytes.
pub const OPENING_LEN: usize = 197;
const BODY_LEN: usize = OPENING_LEN - Signature::LEN;
/// The second byte of an opening.
const KIND: u8 = 1;

/// An opening with its signature, as it is sent. Its signature is not checked yet: that is [`Server::accept`](super::Server::accept).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SignedOpening {
    opening: SessionOpening,
    signature: Signature,
}

impl SignedOpening {
    pub(super) const fn new(opening: SessionOpening, signature: Signature) -> Self {
        Self { opening, signature }
    }

    /// Reads an opening message.
    ///
    /// # Errors
    ///
    /// See [`OpeningError`]: damaged, of another version, or not in the one form that each opening has.
    pub fn parse(bytes: &[u8]) -> Result<Self, OpeningError> {
        if let Some(&version) = bytes.first()
            && version != VERSION
        {
            return Err(OpeningError::Version { version });
        }
        let len = bytes.len();
        let bytes: &[u8; OPENING_LEN] = bytes.try_into().map_err(|_| OpeningError::Length { len })?;
        let (body, signature) = bytes.split_first_chunk::<BODY_LEN>().ok_or(OpeningError::Length { len })?;
        let opening = read_body(body)?;
        let signed = Self { opening, signature: Signature::from_bytes(signature)? };
        // A v of 0 or 1 is read elsewhere, for older devices; there are none here.
        if signed.to_bytes() == *bytes { Ok(signed) } else { Err(OpeningError::Form) }
    }

    /// The message.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; OPENING_LEN] {
        let mut bytes = [0; OPENING_LEN];
        if let Some((body, signature)) = bytes.split_first_chunk_mut::<BODY_LEN>() {
            *body = write_body(&self.opening);
            signature.copy_from_slice(self.signature.as_bytes());
        }
        bytes
    }

    /// Who says to have opened it: look up the state of that device, and have it verified.
    #[must_use]
    pub const fn claimed_device(&self) -> Address {
        self.opening.device
    }

    /// What is to be verified.
    #[must_use]
    pub const fn unverified(&self) -> &SessionOpening {
        &self.opening
    }

    pub(super) const fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The hash of the whole message: all keys of the session depend on each of its bits.
    pub(super) fn transcript(&self) -> Secret {
        let hash = Sha256::new().chain_update(b"DIMO session 1 opening").chain_update(self.to_bytes());
        Secret::new(hash.finalize().into())
    }
}

fn write_body(opening: &SessionOpening) -> [u8; BODY_LEN] {
    join(&[
        &[VERSION, KIND],
        &opening.suite.number().to_be_bytes(),
        opening.device.as_bytes(),
        &opening.ephemeral_key,
        opening.server_key.as_bytes(),
        opening.recipient.as_bytes(),
        &opening.counter.get().to_be_bytes(),
        &opening.first_sequence.get().to_be_bytes(),
        &opening.not_after.as_secs().to_be_bytes(),
    ])
}

fn read_body(body: &[u8; BODY_LEN]) -> Result<SessionOpening, OpeningError> {
    let mut rest = Fields(body);
    let [_version, kind] = rest.take()?;
    if kind != KIND {
        return Err(OpeningError::Kind { kind });
    }
    let number = u16::from_be_bytes(rest.take()?);
    let suite = Suite::from_number(number).ok_or(OpeningError::Suite { number })?;
    Ok(SessionOpening {
        suite,
        device: Address::new(rest.take()?),
        ephemeral_key: rest.take()?,
        server_key: ServerKeyId(rest.take()?),
        recipient: Address::new(rest.take()?),
        counter: OpeningCounter::new(u64::from_be_bytes(rest.take()?)).ok_or(OpeningError::CounterZero)?,
        first_sequence: SequenceNumber::new(u64::from_be_bytes(rest.take()?))
            .ok_or(OpeningError::FirstSequence)?,
        not_after: Timestamp::from_secs(u64::from_be_bytes(rest.take()?))
            .map_err(|_| OpeningError::NotAfter)?,
    })
}

/// Why bytes are no [`SignedOpening`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpeningError {
    /// Of another version of the protocol. It is not this crate's to read.
    #[error("version {version} of the session protocol is not known")]
    Version {
        /// The version named.
        version: u8,
    },
    /// Cut off, or with something behind it.
    #[error("an opening has 197 bytes, not {len}")]
    Length {
        /// How many there are.
        len: usize,
    },
    /// Another message than an opening.
    #[error("message {kind} is no opening")]
    Kind {
        /// The kind named.
        kind: u8,
    },
    /// Primitives that this crate does not have. There is no answer that proposes others.
    #[error("suite {number} is not known")]
    Suite {
        /// The suite named.
        number: u16,
    },
    /// The counter is 0, which is no opening's.
    #[error("openings are counted from 1")]
    CounterZero,
    /// The first record has a number above 2^48 - 1.
    #[error("the number of the first record is out of range")]
    FirstSequence,
    /// The end of the session lies beyond the year 9999.
    #[error("the end of the session is out of range")]
    NotAfter,
    /// The signature is not in the one form that is accepted.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The last byte is 0 or 1, where an opening has 27 or 28.
    #[error("the signature ends in 27 or 28")]
    Form,
}

impl From<TooShort> for OpeningError {
    fn from(TooShort { left }: TooShort) -> Self {
        Self::Length { len: left }
    }
}
