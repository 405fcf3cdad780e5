//! The reply of a server that is online: its ephemeral key, and the proof that it has the keys.

use hmac::Mac;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::fields::{Fields, TooShort, join};
use super::kdf::{Secret, expand, expansion};
use super::number::OpeningCounter;
use super::schedule::UpgradeKey;
use super::{Suite, VERSION};

/// Length of a reply in bytes.
pub const REPLY_LEN: usize = BODY_LEN + CONFIRMATION_LEN;
const BODY_LEN: usize = 44;
const CONFIRMATION_LEN: usize = 16;
/// The second byte of a reply.
const KIND: u8 = 2;

/// A reply without its confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) suite: Suite,
    pub(super) counter: OpeningCounter,
    pub(super) ephemeral_key: [u8; 32],
}

impl Reply {
    fn body(&self) -> [u8; BODY_LEN] {
        let (suite, counter) = (self.suite.number().to_be_bytes(), self.counter.get().to_be_bytes());
        join(&[&[VERSION, KIND], &suite, &counter, &self.ephemeral_key])
    }

    /// The hash of everything said so far.
    pub(super) fn transcript(&self, opening_transcript: &Secret) -> Secret {
        let hash = Sha256::new()
            .chain_update(b"DIMO session 1 reply")
            .chain_update(opening_transcript)
            .chain_update(self.body());
        Secret::new(hash.finalize().into())
    }

    pub(super) fn confirmed(&self, key: &UpgradeKey) -> [u8; REPLY_LEN] {
        let mut bytes = [0; REPLY_LEN];
        if let Some((body, confirmation)) = bytes.split_first_chunk_mut::<BODY_LEN>() {
            *body = self.body();
            for (byte, mac) in confirmation.iter_mut().zip(expand(&key.0, CONFIRMATION).iter()) {
                *byte = *mac;
            }
        }
        bytes
    }
}

const CONFIRMATION: &[u8] = b"confirmation";

/// A reply as it came.
#[derive(Clone, Copy, Debug)]
pub(super) struct UncheckedReply {
    pub(super) reply: Reply,
    confirmation: [u8; CONFIRMATION_LEN],
}

impl UncheckedReply {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ReplyError> {
        if let Some(&version) = bytes.first()
            && version != VERSION
        {
            return Err(ReplyError::Version { version });
        }
        let bytes: &[u8; REPLY_LEN] =
            bytes.try_into().map_err(|_| ReplyError::Length { len: bytes.len() })?;
        let mut rest = Fields(bytes);
        let [_version, kind] = rest.take()?;
        if kind != KIND {
            return Err(ReplyError::Kind { kind });
        }
        let (number, counter) = (u16::from_be_bytes(rest.take()?), u64::from_be_bytes(rest.take()?));
        let reply = Reply {
            suite: Suite::from_number(number).ok_or(ReplyError::Suite { number })?,
            counter: OpeningCounter::new(counter).ok_or(ReplyError::OtherSession { counter })?,
            ephemeral_key: rest.take()?,
        };
        Ok(Self { reply, confirmation: rest.take()? })
    }

    /// Compared in constant time.
    pub(super) fn check(&self, key: &UpgradeKey) -> Result<(), ReplyError> {
        let mac = expansion(&key.0, CONFIRMATION);
        mac.verify_truncated_left(&self.confirmation).map_err(|_| ReplyError::Forged)
    }
}

/// Why a device does not take a reply. The session goes on as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReplyError {
    /// Of another version of the protocol.
    #[error("version {version} of the session protocol is not known")]
    Version {
        /// The version named.
        version: u8,
    },
    /// Cut off, or with something behind it.
    #[error("a reply has 60 bytes, not {len}")]
    Length {
        /// How many there are.
        len: usize,
    },
    /// Another message than a reply.
    #[error("message {kind} is no reply")]
    Kind {
        /// The kind named.
        kind: u8,
    },
    /// Another suite than the one of the opening.
    #[error("suite {number} is not that of this session")]
    Suite {
        /// The suite named.
        number: u16,
    },
    /// To another opening; a late one, often.
    #[error("the reply is to opening {counter}")]
    OtherSession {
        /// The counter named.
        counter: u64,
    },
    /// The opening is not signed yet.
    #[error("no session is open")]
    NotOpen,
    /// A reply was taken before, or the device has sealed more than one generation of records and has erased what a reply needs:
    /// the reply came again, or too late.
    #[error("a reply is not waited for, or not any more")]
    NotAwaited,
    /// The server's ephemeral key contributes nothing, which no server does that follows the protocol.
    #[error("the ephemeral key contributes nothing")]
    WeakKey,
    /// Not from the server of this session, or changed on the way.
    #[error("the reply is not from the server of this session")]
    Forged,
}

impl From<TooShort> for ReplyError {
    fn from(TooShort { left }: TooShort) -> Self {
        Self::Length { len: left }
    }
}
