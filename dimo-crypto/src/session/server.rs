//! [`ServerSession`]: the server's side.

use core::fmt;

use dimo_types::Timestamp;
use thiserror::Error;

use super::error::{RecordError, SealError};
use super::kdf::Secret;
use super::key::Ephemeral;
use super::number::SequenceNumber;
use super::opening::SessionOpening;
use super::receiver::{Opened, Receiver};
use super::record::{SessionId, Stage, places};
use super::reply::{REPLY_LEN, Reply};
use super::schedule::{BaseKeys, UpgradeSecret};
use super::sender::Sender;
use crate::Verified;

/// The server's side of a session, from [`Server::accept`](super::Server::accept).
///
/// - getters: [`opening`](Self::opening), [`session_id`](Self::session_id), [`ends`](Self::ends)
/// - commands: [`open_in_place`](Self::open_in_place), [`seal`](Self::seal), [`seal_in_place`](Self::seal_in_place), and
///   [`reply`](Self::reply) at once after the opening, when the device can be reached
///
/// What is sealed for a device uses the keys that the device has used: the upgraded ones from its first record with them.
pub struct ServerSession {
    opening: Verified<SessionOpening>,
    ends: Timestamp,
    receiver: Receiver,
    sender: Sender,
    next: u64,
    reply: ReplyState,
}

enum ReplyState {
    /// No reply was made.
    Possible { upgrade: UpgradeSecret, transcript: Secret },
    /// A reply was made; the device has not shown that it has it.
    Made(Sender),
    /// The device has it.
    Taken,
}

impl ServerSession {
    pub(super) fn new(
        opening: Verified<SessionOpening>,
        transcript: &Secret,
        static_secret: &Secret,
        ends: Timestamp,
    ) -> Self {
        let BaseKeys { stage, upgrade } = BaseKeys::derive(transcript, static_secret);
        let session = SessionId::new(opening.counter);
        Self {
            opening,
            ends,
            receiver: Receiver::new(stage.device_to_server, opening.first_sequence, session),
            sender: Sender::new(stage.server_to_device, SequenceNumber::ZERO, session, Stage::Base),
            next: 0,
            reply: ReplyState::Possible { upgrade, transcript: transcript.clone() },
        }
    }

    /// What the device signed: who it is, above all.
    #[must_use]
    pub const fn opening(&self) -> &Verified<SessionOpening> {
        &self.opening
    }

    /// The id that records of this session have.
    #[must_use]
    pub fn session_id(&self) -> SessionId {
        SessionId::new(self.opening.counter)
    }

    /// The last moment of the session.
    #[must_use]
    pub const fn ends(&self) -> Timestamp {
        self.ends
    }

    /// The reply to the opening, once, with a key that is for it alone: with it, no lasting key of this server opens later records. Keep the bytes to send them again.
    ///
    /// # Errors
    ///
    /// See [`ServerReplyError`]. Nothing has changed.
    pub fn reply(&mut self, ephemeral: Ephemeral) -> Result<[u8; REPLY_LEN], ServerReplyError> {
        let ReplyState::Possible { upgrade, transcript } = &self.reply else {
            return Err(ServerReplyError::AlreadyMade);
        };
        let (suite, counter) = (self.opening.suite, self.opening.counter);
        let reply = Reply { suite, counter, ephemeral_key: *ephemeral.public_bytes() };
        let secret = ephemeral.agree(&self.opening.ephemeral_key).ok_or(ServerReplyError::WeakKey)?;
        let key = upgrade.with_ephemeral(&reply.transcript(transcript), &secret);
        let bytes = reply.confirmed(&key);

        let keys = key.stage();
        self.receiver.upgrade(keys.device_to_server);
        let session = SessionId::new(counter);
        self.reply = ReplyState::Made(Sender::new(
            keys.server_to_device,
            SequenceNumber::ZERO,
            session,
            Stage::Upgraded,
        ));
        Ok(bytes)
    }

    /// Opens a record of the device where it stands.
    ///
    /// # Errors
    ///
    /// See [`RecordError`]. Nothing was written, and nothing has changed.
    pub fn open_in_place<'r>(
        &mut self,
        now: Timestamp,
        record: &'r mut [u8],
    ) -> Result<Opened<'r>, RecordError> {
        if now > self.ends {
            return Err(RecordError::Expired);
        }
        let opened = self.receiver.open(record)?;
        if opened.stage == Stage::Upgraded
            && let ReplyState::Made(sender) = core::mem::replace(&mut self.reply, ReplyState::Taken)
        {
            self.sender = sender;
        }
        Ok(opened)
    }

    /// Seals the `len` bytes that stand in `buffer` behind [`HEADER_LEN`](super::HEADER_LEN) bytes of room. Afterwards the record
    /// is the first `len + OVERHEAD` bytes.
    ///
    /// # Errors
    ///
    /// See [`SealError`]. Nothing was written, and no number was used.
    pub fn seal_in_place(
        &mut self,
        now: Timestamp,
        buffer: &mut [u8],
        len: usize,
    ) -> Result<SequenceNumber, SealError> {
        self.seal_with(now, buffer, len, |_| ())
    }

    /// Seals `plaintext` into `record`, whose first `plaintext.len() + OVERHEAD` bytes it takes.
    ///
    /// # Errors
    ///
    /// See [`SealError`]. Nothing was written, and no number was used.
    pub fn seal(
        &mut self,
        now: Timestamp,
        plaintext: &[u8],
        record: &mut [u8],
    ) -> Result<SequenceNumber, SealError> {
        self.seal_with(now, record, plaintext.len(), |text| text.copy_from_slice(plaintext))
    }

    fn seal_with(
        &mut self,
        now: Timestamp,
        buffer: &mut [u8],
        len: usize,
        fill: impl FnOnce(&mut [u8]),
    ) -> Result<SequenceNumber, SealError> {
        if now > self.ends {
            return Err(SealError::Expired);
        }
        let sequence = SequenceNumber::new(self.next).ok_or(SealError::Exhausted)?;
        let places = places(buffer, len)?;
        fill(&mut *places.text);
        self.sender.seal(sequence, places)?;
        self.next += 1;
        Ok(sequence)
    }
}

/// What it is about, never the keys.
impl fmt::Debug for ServerSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerSession")
            .field("opening", &self.opening)
            .field("ends", &self.ends)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// Why a server did not make a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ServerReplyError {
    /// There is one; send that again.
    #[error("a reply was made before")]
    AlreadyMade,
    /// The device's key contributes nothing; its opening would not have been taken.
    #[error("the ephemeral key contributes nothing")]
    WeakKey,
}
