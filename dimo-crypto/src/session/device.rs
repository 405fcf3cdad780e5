//! [`DeviceSession`]: the device's side.

use core::fmt;

use dimo_types::{Address, Timestamp};

use super::error::{RecordError, SealError, SessionAnswerError, StartError};
use super::kdf::Secret;
use super::key::{Ephemeral, ServerPublicKey};
use super::number::{OpeningCounter, RESERVATION_LEN, Reservation, SequenceNumber};
use super::opening::{OPENING_LEN, SessionOpening, SignedOpening};
use super::receiver::{Opened, Receiver};
use super::record::{SessionId, Stage, places};
use super::reply::{ReplyError, UncheckedReply};
use super::schedule::{BaseKeys, UpgradeSecret};
use super::sender::Sender;
use super::{GENERATION_LEN, Suite};
use crate::Signature;

/// With whom a device opens a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionRequest {
    /// The device: the account of the wallet that will sign.
    pub device: Address,
    /// The server's key.
    pub server: ServerPublicKey,
    /// The account of the service behind the server.
    pub recipient: Address,
    /// The next value of the secure element's counter. It must be used up before the opening is sent, also when the session is
    /// never used.
    pub counter: OpeningCounter,
    /// When the session ends at the latest; [`Timestamp::MAX`] from a device without a clock.
    pub not_after: Timestamp,
}

/// What a session needs done by others before it can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "the session waits for it"]
pub enum SessionAction {
    /// Store these 8 bytes in the place of the reservation before; when they are there for good, call
    /// [`DeviceSession::handle_persisted`].
    Persist(Reservation),
    /// Have the wallet sign; then [`DeviceSession::handle_signature`].
    Sign(SessionOpening),
}

/// The device's side of a session. The example is that of the [module](super).
///
/// - getters: [`opening`](Self::opening), [`stage`](Self::stage), [`session_id`](Self::session_id)
/// - `handle_*`: the answers to actions, and the server's reply
/// - commands: [`seal`](Self::seal), [`seal_in_place`](Self::seal_in_place), [`open_in_place`](Self::open_in_place)
/// - `poll_action`: what is to be done now; the same until it is answered, so that one may be repeated after a failure
///
/// Order: poll until there is no action, send [`opening`](Self::opening), then seal and open at will, and poll again after sealing.
/// A new block of numbers is asked for while a quarter of the last one is left, so that a slow flash holds nothing up.
/// The server's reply may come at any time, or never.
///
/// Drop it to end the session: all keys are wiped.
pub struct DeviceSession {
    opening: SessionOpening,
    reserved: Reservation,
    next: u64,
    state: State,
}

#[expect(clippy::large_enum_variant, reason = "there is one of it, and no heap to put it on")]
enum State {
    Unsigned(Unsigned),
    Open(OpenSession),
    /// Only while one state becomes another.
    Moving,
}

struct Unsigned {
    ephemeral: Ephemeral,
    static_secret: Secret,
}

struct OpenSession {
    message: [u8; OPENING_LEN],
    sender: Sender,
    receiver: Receiver,
    stage: Stage,
    awaited: Option<AwaitedReply>,
}

/// What a reply needs. Erased when one came, or with the first generation of keys: who has it, has those.
struct AwaitedReply {
    ephemeral: Ephemeral,
    upgrade: UpgradeSecret,
    transcript: Secret,
}

/// The next block is asked for when fewer numbers than this are left.
const LOW_WATER: u64 = RESERVATION_LEN / 4;

impl DeviceSession {
    /// Begins a session. `stored` is the latest reservation that was stored, of whichever session.
    ///
    /// # Errors
    ///
    /// [`StartError`]: no numbers are left, or the server's key is none.
    pub fn new(
        request: SessionRequest,
        ephemeral: Ephemeral,
        stored: Reservation,
    ) -> Result<Self, StartError> {
        let first_sequence = SequenceNumber::new(stored.end()).ok_or(StartError::Exhausted)?;
        let static_secret = ephemeral.agree(request.server.as_bytes()).ok_or(StartError::WeakServerKey)?;
        let opening = SessionOpening {
            suite: Suite::X25519Sha256ChaChaPoly,
            device: request.device,
            ephemeral_key: *ephemeral.public_bytes(),
            server_key: request.server.id(),
            recipient: request.recipient,
            counter: request.counter,
            first_sequence,
            not_after: request.not_after,
        };
        let state = State::Unsigned(Unsigned { ephemeral, static_secret });
        Ok(Self { opening, reserved: stored, next: stored.end(), state })
    }

    /// The opening message, once it is signed. Send it again while there is no sign that it arrived.
    #[must_use]
    pub const fn opening(&self) -> Option<&[u8; OPENING_LEN]> {
        match &self.state {
            State::Open(open) => Some(&open.message),
            _ => None,
        }
    }

    /// Which keys are in use; `None` before the opening is signed.
    #[must_use]
    pub const fn stage(&self) -> Option<Stage> {
        match &self.state {
            State::Open(open) => Some(open.stage),
            _ => None,
        }
    }

    /// The id that records of this session have.
    #[must_use]
    pub const fn session_id(&self) -> SessionId {
        SessionId::new(self.opening.counter)
    }

    /// The reservation is stored for good.
    ///
    /// # Errors
    ///
    /// [`SessionAnswerError`]: it is not the one asked for. Nothing has changed.
    pub fn handle_persisted(&mut self, reservation: Reservation) -> Result<(), SessionAnswerError> {
        if self.wanted_reservation() != Some(reservation) {
            return Err(SessionAnswerError);
        }
        self.reserved = reservation;
        Ok(())
    }

    /// The wallet has signed the opening. That it is the wallet of the device is for the signer to see to, and for the server to check.
    ///
    /// # Errors
    ///
    /// [`SessionAnswerError`]: no signature was asked for. Nothing has changed.
    pub fn handle_signature(&mut self, signature: &Signature) -> Result<(), SessionAnswerError> {
        if !self.wants_signature() {
            return Err(SessionAnswerError);
        }
        self.state = match core::mem::replace(&mut self.state, State::Moving) {
            State::Unsigned(unsigned) => State::Open(OpenSession::new(unsigned, self.opening, *signature)),
            state => state,
        };
        Ok(())
    }

    /// The server's reply has come: from here on no lasting key of the server opens what is sealed.
    ///
    /// # Errors
    ///
    /// See [`ReplyError`]. Nothing has changed, and the session goes on as it was.
    pub fn handle_reply(&mut self, reply: &[u8]) -> Result<(), ReplyError> {
        let unchecked = UncheckedReply::parse(reply)?;
        let State::Open(open) = &mut self.state else { return Err(ReplyError::NotOpen) };
        open.upgrade(&self.opening, &unchecked)
    }

    /// Seals the `len` bytes that stand in `buffer` behind [`HEADER_LEN`](super::HEADER_LEN) bytes of room. Afterwards the record
    /// is the first `len + OVERHEAD` bytes.
    ///
    /// # Errors
    ///
    /// See [`SealError`]. Nothing was written, and no number was used.
    pub fn seal_in_place(&mut self, buffer: &mut [u8], len: usize) -> Result<SequenceNumber, SealError> {
        self.seal_with(buffer, len, |_| ())
    }

    /// Seals `plaintext` into `record`, whose first `plaintext.len() + OVERHEAD` bytes it takes.
    ///
    /// # Errors
    ///
    /// See [`SealError`]. Nothing was written, and no number was used.
    pub fn seal(&mut self, plaintext: &[u8], record: &mut [u8]) -> Result<SequenceNumber, SealError> {
        self.seal_with(record, plaintext.len(), |text| text.copy_from_slice(plaintext))
    }

    fn seal_with(
        &mut self,
        buffer: &mut [u8],
        len: usize,
        fill: impl FnOnce(&mut [u8]),
    ) -> Result<SequenceNumber, SealError> {
        let State::Open(open) = &mut self.state else { return Err(SealError::NotOpen) };
        let sequence = SequenceNumber::new(self.next).ok_or(SealError::Exhausted)?;
        if self.next >= self.reserved.end() {
            return Err(SealError::NotReserved);
        }
        let places = places(buffer, len)?;
        fill(&mut *places.text);
        open.sender.seal(sequence, places)?;
        self.next += 1;
        if self.next - self.opening.first_sequence.get() >= GENERATION_LEN {
            open.awaited = None;
        }
        Ok(sequence)
    }

    /// Opens a record of the server where it stands.
    ///
    /// # Errors
    ///
    /// See [`RecordError`]. Nothing was written, and nothing has changed.
    pub fn open_in_place<'r>(&mut self, record: &'r mut [u8]) -> Result<Opened<'r>, RecordError> {
        match &mut self.state {
            State::Open(open) => open.receiver.open(record),
            _ => Err(RecordError::NotOpen),
        }
    }

    /// What is to be done now.
    #[must_use]
    pub fn poll_action(&self) -> Option<SessionAction> {
        match self.wanted_reservation() {
            Some(reservation) => Some(SessionAction::Persist(reservation)),
            None => self.wants_signature().then_some(SessionAction::Sign(self.opening)),
        }
    }

    fn wanted_reservation(&self) -> Option<Reservation> {
        let left = self.reserved.end().saturating_sub(self.next);
        (left < LOW_WATER && self.reserved != Reservation::ALL).then(|| self.reserved.extended())
    }

    /// Numbers come first: a session that was opened can be used.
    fn wants_signature(&self) -> bool {
        matches!(self.state, State::Unsigned(_)) && self.wanted_reservation().is_none()
    }
}

impl OpenSession {
    fn new(unsigned: Unsigned, opening: SessionOpening, signature: Signature) -> Self {
        let signed = SignedOpening::new(opening, signature);
        let transcript = signed.transcript();
        let BaseKeys { stage, upgrade } = BaseKeys::derive(&transcript, &unsigned.static_secret);
        let session = SessionId::new(opening.counter);
        Self {
            message: signed.to_bytes(),
            sender: Sender::new(stage.device_to_server, opening.first_sequence, session, Stage::Base),
            receiver: Receiver::new(stage.server_to_device, SequenceNumber::ZERO, session),
            stage: Stage::Base,
            awaited: Some(AwaitedReply { ephemeral: unsigned.ephemeral, upgrade, transcript }),
        }
    }

    fn upgrade(&mut self, opening: &SessionOpening, unchecked: &UncheckedReply) -> Result<(), ReplyError> {
        let reply = &unchecked.reply;
        if reply.counter != opening.counter {
            return Err(ReplyError::OtherSession { counter: reply.counter.get() });
        }
        if reply.suite != opening.suite {
            return Err(ReplyError::Suite { number: reply.suite.number() });
        }
        let awaited = self.awaited.as_ref().ok_or(ReplyError::NotAwaited)?;
        let secret = awaited.ephemeral.agree(&reply.ephemeral_key).ok_or(ReplyError::WeakKey)?;
        let key = awaited.upgrade.with_ephemeral(&reply.transcript(&awaited.transcript), &secret);
        unchecked.check(&key)?;

        let keys = key.stage();
        let session = SessionId::new(opening.counter);
        self.sender = Sender::new(keys.device_to_server, opening.first_sequence, session, Stage::Upgraded);
        self.receiver.upgrade(keys.server_to_device);
        self.stage = Stage::Upgraded;
        self.awaited = None;
        Ok(())
    }
}

/// What it is about, never the keys.
impl fmt::Debug for DeviceSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceSession")
            .field("opening", &self.opening)
            .field("stage", &self.stage())
            .field("next", &self.next)
            .field("reserved", &self.reserved)
            .finish_non_exhaustive()
    }
}
