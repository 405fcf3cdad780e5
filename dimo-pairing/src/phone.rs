//! [`Phone`]: the phone's side.

use core::time::Duration;

use dimo_crypto::{Claim, Message, Pair, Signature, Verified, VerifyError, verify};
use dimo_types::{Address, Timestamp, VehicleNumber};
use thiserror::Error;

use crate::channel::Channel;
use crate::limits::after;
use crate::{
    Answer, FragmentBuffer, Identity, MESSAGE_MAX, MessageError, Mtu, ReceiveError, Refusal, Request,
    RequestId,
};

/// The phone's side of one link, without a radio or a clock: for an app's core, a backend or a test.
///
/// | group | methods |
/// |---|---|
/// | getters | [`expected`](Self::expected), [`is_waiting`](Self::is_waiting) |
/// | commands | [`identify`](Self::identify), [`claim`](Self::claim), [`pair`](Self::pair), [`read_vin`](Self::read_vin) |
/// | what happened: `handle_*` | [`handle_connected`](Self::handle_connected), [`handle_mtu`](Self::handle_mtu), [`handle_fragment`](Self::handle_fragment), [`handle_write_rejected`](Self::handle_write_rejected), [`handle_disconnected`](Self::handle_disconnected), [`handle_timeout`](Self::handle_timeout) |
/// | what to do: `poll_*` | [`poll_transmit`](Self::poll_transmit), [`poll_event`](Self::poll_event), [`poll_timeout`](Self::poll_timeout) |
///
/// The order: give one command, then call `poll_transmit` whenever the link can take a write, until it gives `None`; tell every
/// notification, rejected write and lost link through `handle_*`, and the time through `handle_timeout` when that of
/// `poll_timeout` has come; look at `poll_event` after each. **Every command ends in exactly one [`Event`]**, and the next command
/// is taken when that event has been polled. Calls in any other order are safe.
///
/// `now` is any clock that does not run backwards.
///
/// # Example: one thing at a time
///
/// ```
/// use dimo_pairing::{CommandError, Limits, Phone};
/// use dimo_types::Timestamp;
/// let scanned = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266".parse()?;
/// let mut phone = Phone::new(scanned, Limits::PHONE_WAIT);
/// phone.identify(Timestamp::EPOCH)?;
/// assert_eq!(phone.read_vin(Timestamp::EPOCH), Err(CommandError::Busy));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Phone {
    expected: Address,
    wait: Duration,
    channel: Channel,
    next_id: RequestId,
    waiting: Option<Waiting>,
    event: Option<Event>,
}

/// The request that is out.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    id: RequestId,
    request: Request,
    until: Timestamp,
}

// ---- getters
impl Phone {
    /// A phone that wants the device of address `expected`, scanned from its label or looked up, and waits at most `wait` for an
    /// answer ([`Limits::PHONE_WAIT`](crate::Limits::PHONE_WAIT) is right).
    #[must_use]
    pub const fn new(expected: Address, wait: Duration) -> Self {
        Self {
            expected,
            wait,
            channel: Channel::new(),
            next_id: RequestId::new(1),
            waiting: None,
            event: None,
        }
    }

    /// The address of the device it wants.
    #[must_use]
    pub const fn expected(&self) -> Address {
        self.expected
    }

    /// Whether a request is out.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }
}

// ---- commands
impl Phone {
    /// Asks the device who it is. Ends in [`Event::Identified`] at best, which proves nothing yet.
    ///
    /// # Errors
    ///
    /// [`CommandError::Busy`] while an earlier command has not ended.
    pub fn identify(&mut self, now: Timestamp) -> Result<(), CommandError> {
        self.ask(now, Request::Identify)
    }

    /// Asks the device to sign `claim`. Ends in [`Event::Claimed`] at best.
    ///
    /// # Errors
    ///
    /// [`CommandError::Busy`] while an earlier command has not ended.
    pub fn claim(&mut self, now: Timestamp, claim: Claim) -> Result<(), CommandError> {
        self.ask(now, Request::Claim(claim))
    }

    /// Asks the device to sign `pair`. Ends in [`Event::Paired`] at best.
    ///
    /// # Errors
    ///
    /// [`CommandError::Busy`] while an earlier command has not ended.
    pub fn pair(&mut self, now: Timestamp, pair: Pair) -> Result<(), CommandError> {
        self.ask(now, Request::Pair(pair))
    }

    /// Asks the device for the VIN of its vehicle. Ends in [`Event::Vin`] at best.
    ///
    /// # Errors
    ///
    /// [`CommandError::Busy`] while an earlier command has not ended.
    pub fn read_vin(&mut self, now: Timestamp) -> Result<(), CommandError> {
        self.ask(now, Request::ReadVin)
    }

    fn ask(&mut self, now: Timestamp, request: Request) -> Result<(), CommandError> {
        if self.waiting.is_some() || self.event.is_some() {
            return Err(CommandError::Busy);
        }
        let id = self.next_id;
        self.next_id = id.next();
        let mut buffer = [0; MESSAGE_MAX];
        self.channel.send(request.emit(id, &mut buffer));
        self.waiting = Some(Waiting { id, request, until: after(now, self.wait) });
        Ok(())
    }
}

// ---- what happened
impl Phone {
    /// The link is up, with this MTU so far. A request given before goes out on it.
    pub const fn handle_connected(&mut self, mtu: Mtu) {
        self.channel.set_mtu(mtu);
    }

    /// The MTU of the link is another one from the next fragment on.
    pub const fn handle_mtu(&mut self, mtu: Mtu) {
        self.channel.set_mtu(mtu);
    }

    /// The link is down. A request that is out ends in [`Failure::Disconnected`].
    pub fn handle_disconnected(&mut self) {
        self.channel.reset();
        self.fail(Failure::Disconnected);
    }

    /// The device rejected a write with this ATT error; it has nothing of the request that is out.
    pub fn handle_write_rejected(&mut self, att_error: u8) {
        self.fail(Failure::WriteRejected { att_error });
    }

    /// The device notified `fragment`. What answers no request that is out is ignored.
    pub fn handle_fragment(&mut self, fragment: &[u8]) {
        let answer = match self.channel.receive(fragment) {
            Ok(None) => return,
            Ok(Some(message)) => Answer::parse(message),
            Err(error) => return self.fail(Failure::Received(error)),
        };
        match answer {
            Ok((id, answer)) => self.handle_answer(id, answer),
            Err(error) => self.fail(Failure::Answer(error)),
        }
    }

    fn handle_answer(&mut self, id: RequestId, answer: Answer) {
        // An answer to a request that has ended is late, not wrong.
        if let Some(waiting) = self.waiting.take_if(|waiting| waiting.id == id) {
            self.event = Some(self.judge(waiting.request, answer));
        }
    }

    /// What an answer means. The only place where a signature becomes a proof.
    fn judge(&self, request: Request, answer: Answer) -> Event {
        match (request, answer) {
            (_, Answer::Refused(refusal)) => Event::Refused(refusal),
            (Request::Identify, Answer::Identity(identity)) => self.judge_identity(identity),
            (Request::Claim(claim), Answer::ClaimProof(signature)) => {
                self.judge_proof(claim, signature, Event::Claimed)
            }
            (Request::Pair(pair), Answer::PairProof(signature)) => {
                self.judge_proof(pair, signature, Event::Paired)
            }
            (Request::ReadVin, Answer::Vin(vin)) => Event::Vin(vin),
            _ => Event::Failed(Failure::WrongAnswer),
        }
    }

    fn judge_identity(&self, identity: Identity) -> Event {
        if identity.address == self.expected {
            Event::Identified(identity)
        } else {
            Event::Impostor { expected: self.expected, actual: Some(identity.address) }
        }
    }

    fn judge_proof<M: Message>(
        &self,
        message: M,
        signature: Signature,
        proven: fn(Verified<M>, Signature) -> Event,
    ) -> Event {
        match verify(message, &signature, self.expected) {
            Ok(verified) => proven(verified, signature),
            Err(VerifyError::WrongSigner { expected, recovered }) => {
                Event::Impostor { expected, actual: Some(recovered) }
            }
            Err(_) => Event::Impostor { expected: self.expected, actual: None },
        }
    }

    /// It is `now`: ends the request that is out if its time has come, in [`Failure::TimedOut`].
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if self.waiting.is_some_and(|waiting| waiting.until <= now) {
            self.fail(Failure::TimedOut);
        }
    }

    /// Ends the request that is out, if one is; what was half sent or received of it is dropped.
    fn fail(&mut self, failure: Failure) {
        if self.waiting.take().is_some() {
            self.channel.drop_unsent();
            self.channel.drop_received();
            self.event = Some(Event::Failed(failure));
        }
    }
}

// ---- what to do
impl Phone {
    /// The next fragment to write with response, or `None` when there is none. Once given it counts as sent.
    #[must_use = "a fragment that is not sent is lost"]
    pub fn poll_transmit<'b>(&mut self, buffer: &'b mut FragmentBuffer) -> Option<&'b [u8]> {
        self.channel.poll_transmit(buffer)
    }

    /// How the last command ended, once.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.event.take()
    }

    /// When to call [`Phone::handle_timeout`] next, or `None` while nothing waits.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.waiting.map(|waiting| waiting.until)
    }
}

/// How a command of a [`Phone`] ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "it is the only word on how the command ended"]
pub enum Event {
    /// A device that calls itself the expected one. Only a proof shows that it is.
    Identified(Identity),
    /// The expected device signed the claim. The signature goes to the registry, with the owner's.
    Claimed(Verified<Claim>, Signature),
    /// The expected device signed the pairing. The signature goes to the registry.
    Paired(Verified<Pair>, Signature),
    /// The VIN of the vehicle, as the device says.
    Vin(VehicleNumber),
    /// The device said no, and why.
    Refused(Refusal),
    /// Another device answered: it has another address or another key. Do not go on with it.
    Impostor {
        /// The device that was wanted.
        expected: Address,
        /// The one that answered, as far as it can be known.
        actual: Option<Address>,
    },
    /// There was no answer, or none that could be read. The device may have done what was asked: a claim or a pairing may be
    /// asked for again, since it yields a signature over the same words.
    Failed(Failure),
}

/// Why there was no answer that could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Failure {
    /// None came in time. The device is out of reach, or a fragment was lost.
    #[error("no answer in time")]
    TimedOut,
    /// The link went down. Connect and ask again.
    #[error("the link went down")]
    Disconnected,
    /// The device rejected a fragment of the request. Ask again.
    #[error("the device rejected a write with ATT error {att_error:#04x}")]
    WriteRejected {
        /// The ATT error, 0x80 to 0x86 from this protocol ([`ReceiveError::att_error`]), others from the stack.
        att_error: u8,
    },
    /// The answer was lost in its fragments. Ask again.
    #[error("the answer was damaged on the way: {0}")]
    Received(ReceiveError),
    /// The answer came whole and is no message. Ask again; if it stays so, one of both sides has a fault.
    #[error("the answer cannot be read: {0}")]
    Answer(MessageError),
    /// An answer to another question under the id of this one: the device has a fault.
    #[error("the device answered another question")]
    WrongAnswer,
}

/// Why a command was not taken. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CommandError {
    /// An earlier command has not ended, or its event was not polled.
    #[error("an earlier command has not ended, or its event was not polled")]
    Busy,
}
