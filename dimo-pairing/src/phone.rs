//! [`Phone`]: the phone's side.

use dimo_crypto::pairing::{PairingGrant, Role};
use dimo_types::{Address, Timestamp};
use zeroize::Zeroizing;

use crate::limits::after;
use crate::packet::Packet;
use crate::wire::{PacketBuffer, Wire};
use crate::{
    FragmentBuffer, Limits, MESSAGE_MAX, Mtu, NoiseKey, PACKET_MAX, PresentedGrant, ReceiveError, Request,
    RequestId, Seed, UnixSeconds,
};

mod answer;
mod event;
mod handshake;
#[cfg(feature = "pin")]
mod pin;
mod stage;
mod waiting;

pub use event::{Event, Failure};
pub use handshake::Opening;
use stage::Stage;
use waiting::Waiting;

/// The phone's side of one link, without a radio, a clock or a wallet: for an app's core, a backend or a test.
///
/// | group | methods |
/// |---|---|
/// | getters | [`handshake_hash`](Self::handshake_hash), [`device`](Self::device), [`is_ready`](Self::is_ready), [`is_waiting`](Self::is_waiting) |
/// | commands | [`connect`](Self::connect), [`grant`](Self::grant), [`request`](Self::request), [`repeat`](Self::repeat) |
/// | what happened: `handle_*` | [`handle_mtu`](Self::handle_mtu), [`handle_fragment`](Self::handle_fragment), [`handle_write_rejected`](Self::handle_write_rejected), [`handle_disconnected`](Self::handle_disconnected), [`handle_timeout`](Self::handle_timeout) |
/// | what to do: `poll_*` | [`poll_transmit`](Self::poll_transmit), [`poll_event`](Self::poll_event), [`poll_timeout`](Self::poll_timeout) |
///
/// The order: [`connect`](Self::connect) when the link is up and "answer" is subscribed to; then call `poll_transmit` whenever the link
/// can take a write, until it gives `None`; tell every notification, rejected write and lost link through `handle_*`, and
/// the time through `handle_timeout` when that of `poll_timeout` has come; look at `poll_event` after each, until it gives `None`.
///
/// - By a label or a PIN: [`Event::Proven`] comes first; the wallet signs a [`PairingGrant`] and [`grant`](Self::grant) presents it;
///   [`Event::Granted`] brings the [`Resumption`](crate::Resumption) to store. Then [`request`](Self::request).
/// - By a [`Resumption`](crate::Resumption): [`Event::Resumed`] comes first, and requests may follow at once.
///
/// **Every command ends in exactly one event**, [`Event::Working`] not counted: what was hoped for, [`Event::Refused`], or
/// [`Event::Failed`]. Calls in any other order are safe.
///
/// `now` is any clock that does not run backwards.
pub struct Phone {
    key: NoiseKey,
    /// The device that is wanted; `None` when the user does not know it.
    expected: Option<Address>,
    wire: Wire,
    seed: Option<Seed>,
    stage: Stage,
    waiting: Option<Waiting>,
    next_id: RequestId,
    event: event::Pending,
    /// The answer that an event refers to.
    answer: Zeroizing<[u8; MESSAGE_MAX]>,
    answer_len: usize,
}

// ---- getters
impl Phone {
    /// A phone of this static key, which it keeps for all devices and all its life, that wants the device of address `expected`,
    /// scanned from its label or looked up. `None` takes any device and leaves the check of [`Event::Proven`]'s address to the caller.
    #[must_use]
    pub fn new(key: NoiseKey, expected: Option<Address>) -> Self {
        Self {
            key,
            expected,
            wire: Wire::new(),
            seed: None,
            stage: Stage::Apart,
            waiting: None,
            next_id: RequestId::new(1),
            event: event::Pending::None,
            answer: Zeroizing::new([0; MESSAGE_MAX]),
            answer_len: 0,
        }
    }

    /// The hash of the handshake, which the owner's wallet signs; `None` before [`Event::Proven`].
    #[must_use]
    pub const fn handshake_hash(&self) -> Option<&[u8; 32]> {
        match self.stage.transport() {
            Some(transport) => Some(transport.hash()),
            None => None,
        }
    }

    /// The address of the device at the other end, which it has proven; `None` before.
    #[must_use]
    pub const fn device(&self) -> Option<Address> {
        self.stage.device()
    }

    /// Whether requests may be made.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        matches!(self.stage, Stage::Open { .. })
    }

    /// Whether there is an event to poll.
    #[must_use]
    pub const fn has_event(&self) -> bool {
        !self.event.is_none()
    }

    /// Whether a command has not ended.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// What the owner's wallet is to sign, so that [`grant`](Self::grant) can present it; `None` before [`Event::Proven`].
    #[must_use]
    pub fn grant_to_sign(&self, owner: Address, role: Role, expires: UnixSeconds) -> Option<PairingGrant> {
        let (handshake_hash, device) = (*self.handshake_hash()?, self.device()?);
        Some(PairingGrant { handshake_hash, device, owner, expires: expires.get(), role })
    }
}

// ---- commands
impl Phone {
    /// The link is up, with this MTU so far: begins the handshake by `opening`. `seed` is fresh. Nothing is left of an earlier
    /// session: poll the events of that one before. [`repeat`](Self::repeat) asks once more what was out.
    ///
    /// Ends in [`Event::Proven`] or [`Event::Resumed`] at best.
    pub fn connect(&mut self, now: Timestamp, mtu: Mtu, mut seed: Seed, opening: Opening) {
        self.handle_disconnected();
        self.event = event::Pending::None;
        self.wire.set_mtu(mtu);
        self.next_id = RequestId::drawn(&mut seed);
        self.seed = Some(seed);
        self.begin(now, opening);
    }

    /// Presents what the owner granted, for the first time or anew. Ends in [`Event::Granted`] at best.
    ///
    /// # Errors
    ///
    /// [`CommandError`]; nothing is sent then.
    pub fn grant(&mut self, now: Timestamp, grant: PresentedGrant) -> Result<(), CommandError> {
        match self.stage {
            Stage::Proven { .. } | Stage::Open { .. } => self.ask(now, &Request::Grant(grant)).map(drop),
            _ => Err(CommandError::NotReady),
        }
    }

    /// Asks the device for something. Ends in [`Event::Answered`] at best, under the id given here.
    ///
    /// # Errors
    ///
    /// [`CommandError`]; nothing is sent then.
    pub fn request(&mut self, now: Timestamp, request: &Request<'_>) -> Result<RequestId, CommandError> {
        match self.stage {
            Stage::Open { .. } if !matches!(request, Request::Grant(_)) => self.ask(now, request),
            _ => Err(CommandError::NotReady),
        }
    }

    /// Asks once more what was out when the link went down or no answer came, under the same id: what the device has done it does not do
    /// again.
    ///
    /// # Errors
    ///
    /// [`CommandError`]; nothing is sent then.
    pub fn repeat(
        &mut self,
        now: Timestamp,
        request: &Request<'_>,
        id: RequestId,
    ) -> Result<(), CommandError> {
        match self.stage {
            Stage::Open { .. } if !matches!(request, Request::Grant(_)) => self.ask_as(now, request, id),
            _ => Err(CommandError::NotReady),
        }
    }

    fn ask(&mut self, now: Timestamp, request: &Request<'_>) -> Result<RequestId, CommandError> {
        let id = self.next_id;
        self.ask_as(now, request, id)?;
        self.next_id = id.next();
        Ok(id)
    }

    fn ask_as(&mut self, now: Timestamp, request: &Request<'_>, id: RequestId) -> Result<(), CommandError> {
        if self.waiting.is_some() || !self.event.is_none() {
            return Err(CommandError::Busy);
        }
        // The answer before may have brought a secret.
        zeroize::Zeroize::zeroize(&mut *self.answer);
        let waiting = self.waiting.insert(Waiting::for_answer(now, request, id));
        self.stage.send(&mut self.wire, waiting.message());
        Ok(())
    }
}

// ---- what happened
impl Phone {
    /// The MTU of the link is another one from the next fragment on.
    pub const fn handle_mtu(&mut self, mtu: Mtu) {
        self.wire.set_mtu(mtu);
    }

    /// The link is down, and the session with it. A command that is out ends in [`Failure::Disconnected`].
    pub fn handle_disconnected(&mut self) {
        self.wire.reset();
        self.seed = None;
        self.stage = Stage::Apart;
        self.fail(Failure::Disconnected);
    }

    /// The device rejected a write with this ATT error; it has nothing of the packet that was on its way.
    pub fn handle_write_rejected(&mut self, att_error: u8) {
        self.fail(Failure::WriteRejected { att_error });
    }

    /// The device notified `fragment`. What nobody waits for is ignored.
    pub fn handle_fragment(&mut self, now: Timestamp, fragment: &[u8]) {
        let mut buffer: PacketBuffer = [0; PACKET_MAX];
        let packet = match self.wire.receive(fragment, &mut buffer) {
            Ok(None) => return,
            Ok(Some(packet)) => Packet::parse(packet).map_err(ReceiveError::from),
            Err(error) => Err(error.into()),
        };
        match packet {
            Ok(Packet::Handshake(basis, message)) => self.handle_handshake(now, basis, message),
            Ok(Packet::Sealed { number, sealed }) => self.handle_sealed(now, number, sealed),
            Ok(Packet::Refusal(refusal, _)) => self.handle_refusal(refusal),
            #[cfg(feature = "pin")]
            Ok(Packet::Pin(message)) => self.handle_pin(now, message),
            #[cfg(not(feature = "pin"))]
            Ok(Packet::Pin(_)) => {}
            // The device sends it again when it is asked again.
            Err(_) => self.wire.drop_received(),
        }
    }

    /// It is `now`: what was not heard of for long is sent again, and given up in [`Failure::TimedOut`] in the end.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        let Some(waiting) = &mut self.waiting else { return };
        if waiting.until <= now {
            return self.fail(Failure::TimedOut);
        }
        if waiting.again <= now {
            waiting.again = after(now, Limits::PHONE_AGAIN);
            match waiting.is_sealed() {
                true => self.stage.send(&mut self.wire, waiting.message()),
                false => self.wire.send_again(),
            }
        }
    }

    /// Ends the command that is out, if one is; what was half sent or received of it is dropped.
    fn fail(&mut self, failure: Failure) {
        if self.waiting.take().is_some() {
            self.wire.drop_unsent();
            self.wire.drop_received();
            self.event = event::Pending::Failed(failure);
            self.stage.fall_back();
        }
    }
}

// ---- what to do
impl Phone {
    /// The next fragment to write with response, or `None` when there is none. Once given it counts as sent.
    #[must_use = "a fragment that is not sent is lost"]
    pub fn poll_transmit<'b>(&mut self, buffer: &'b mut FragmentBuffer) -> Option<&'b [u8]> {
        self.wire.poll_transmit(buffer)
    }

    /// What has happened, once.
    pub fn poll_event(&mut self) -> Option<Event<'_>> {
        let pending = core::mem::replace(&mut self.event, event::Pending::None);
        pending.into_event(self.answer.get(..self.answer_len).unwrap_or_default())
    }

    /// When to call [`Phone::handle_timeout`] next, or `None` while nothing waits.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.waiting.as_ref().map(|waiting| waiting.until.min(waiting.again))
    }
}

/// Without the answer that was not polled yet: it may hold a secret.
impl core::fmt::Debug for Phone {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Phone")
            .field("expected", &self.expected)
            .field("stage", &self.stage)
            .field("waiting", &self.waiting)
            .field("event", &self.event)
            .finish_non_exhaustive()
    }
}

/// Why a command was not taken. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// An earlier command has not ended, or its event was not polled.
    #[error("an earlier command has not ended, or its event was not polled")]
    Busy,
    /// There is no session that it could go by: the device has not proven itself yet, or nothing was granted yet.
    #[error("there is no session for it")]
    NotReady,
}
