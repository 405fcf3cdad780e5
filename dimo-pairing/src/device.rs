//! [`Device`]: the device's side.

use dimo_crypto::Signature;
use dimo_types::{Timestamp, VehicleNumber};

use crate::channel::Channel;
use crate::checksum::crc32;
use crate::limits::after;
use crate::presence::Window;
use crate::{
    Action, Answer, Expiry, FragmentBuffer, Header, Identity, JobId, Limits, MESSAGE_MAX, MessageError, Mtu,
    Presence, ReceiveError, Refusal, Request, RequestId, SignRequest, SigningFailed, StaleJob, Versions,
    VinUnavailable,
};

/// The device's side of one link, without a radio, a clock or a key of its own.
///
/// | group | methods |
/// |---|---|
/// | getters | [`identity`](Self::identity), [`presence`](Self::presence), [`signatures_left`](Self::signatures_left), [`signatures_begun`](Self::signatures_begun) |
/// | what happened: `handle_*` | [`handle_connected`](Self::handle_connected), [`handle_mtu`](Self::handle_mtu), [`handle_fragment`](Self::handle_fragment), [`handle_disconnected`](Self::handle_disconnected), [`handle_signature`](Self::handle_signature), [`handle_vin`](Self::handle_vin), [`handle_timeout`](Self::handle_timeout) |
/// | commands | [`open_window`](Self::open_window), [`close_window`](Self::close_window) |
/// | what to do: `poll_*` | [`poll_action`](Self::poll_action), [`poll_transmit`](Self::poll_transmit), [`poll_timeout`](Self::poll_timeout) |
///
/// The order: after any `handle_*` or command, call `poll_action` until it gives `None`, and carry each action out; call
/// `poll_transmit` whenever the link can take a notification, until it gives `None`; then sleep until the time of
/// `poll_timeout` or the next event, whichever is first. At that time call `handle_timeout` until it gives `None`. An action may
/// take as long as it likes meanwhile; its result comes back through `handle_signature` or `handle_vin` with the action's
/// [`JobId`]. Calls in any other order are safe, and at worst something waits.
///
/// `now` is any clock that does not run backwards, such as the time since boot: only differences count. A clock that does
/// run backwards closes the presence window and delays timeouts, no more.
///
/// One value serves one connection at a time. A maker with several links refuses all but one, since each value would count its
/// own signatures.
///
/// # Example: a request outside the presence window
///
/// ```
/// # use dimo_pairing::*;
/// # use dimo_types::Timestamp;
/// # let identity = Identity {
/// #     address: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266".parse()?, serial: Text::new("1")?,
/// #     hardware: Text::new("7.0")?, firmware: Text::new("1.0")?, versions: Versions::SUPPORTED };
/// # let now = Timestamp::EPOCH;
/// let mut device = Device::new(identity, Limits::SPEC);
/// device.handle_connected(Mtu::MIN);
/// # let mut phone = Fragmenter::<16>::new();
/// # phone.load(&[0, 1, 4, 0, 1])?; // the VIN is asked for
/// # let mut buffer = [0; FRAGMENT_MAX];
/// # let fragment = phone.next_fragment(Mtu::MIN, &mut buffer).unwrap();
/// device.handle_fragment(now, fragment)?;
/// assert_eq!(device.poll_action(), None);
///
/// let mut buffer = [0; FRAGMENT_MAX];
/// let answer = device.poll_transmit(&mut buffer).unwrap();
/// assert_eq!(answer.last(), Some(&Refusal::NotPresent.code()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Device {
    identity: Identity,
    limits: Limits,
    channel: Channel,
    /// When the rest of a half-received packet is given up.
    receive_until: Option<Timestamp>,
    window: Option<Window>,
    job: Option<Job>,
    next_job: JobId,
    /// The question that the packet in the outbox answers.
    answered: Option<Question>,
    signatures_begun: u32,
}

/// A request as it came; the same one twice is answered once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Question {
    id: RequestId,
    checksum: u32,
}

/// What somebody else is at work on for us.
#[derive(Clone, Copy, Debug)]
struct Job {
    id: JobId,
    question: Question,
    work: Work,
    until: Timestamp,
    /// Whether `poll_action` has handed it out.
    handed_out: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Sign(SignRequest),
    ReadVin,
}

/// What a request leads to.
enum Verdict {
    Answer(Answer),
    Work(Work),
}

// ---- getters
impl Device {
    /// A device that nobody is connected to, with its presence window closed.
    #[must_use]
    pub const fn new(identity: Identity, limits: Limits) -> Self {
        Self {
            identity,
            limits,
            channel: Channel::new(),
            receive_until: None,
            window: None,
            job: None,
            next_job: JobId(0),
            answered: None,
            signatures_begun: 0,
        }
    }

    /// What it says of itself.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What opened the presence window, or `None` while it is closed.
    #[must_use]
    pub fn presence(&self, now: Timestamp) -> Option<Presence> {
        self.window.as_ref()?.presence(now)
    }

    /// How many more signatures the presence window allows; 0 while it is closed.
    #[must_use]
    pub fn signatures_left(&self, now: Timestamp) -> u8 {
        self.window
            .filter(|window| window.presence(now).is_some())
            .map_or(0, |window| window.signatures_left())
    }

    /// How many signatures it has asked its wallet for since it was made. A maker who wants to know over a reset stores it.
    #[must_use]
    pub const fn signatures_begun(&self) -> u32 {
        self.signatures_begun
    }
}

// ---- what happened
impl Device {
    /// A phone connected; the link has this MTU so far. Nothing is left of an earlier connection.
    pub fn handle_connected(&mut self, mtu: Mtu) {
        self.handle_disconnected();
        self.channel.set_mtu(mtu);
    }

    /// The MTU of the link is another one from the next fragment on.
    pub const fn handle_mtu(&mut self, mtu: Mtu) {
        self.channel.set_mtu(mtu);
    }

    /// The phone is gone. Its request, its answer and its half-received packet are forgotten; the presence window stays.
    pub fn handle_disconnected(&mut self) {
        self.channel.reset();
        self.receive_until = None;
        self.job = None;
        self.answered = None;
    }

    /// The phone wrote `fragment`.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`] when there is no request to answer. Reject the write with [`ReceiveError::att_error`], so that the phone
    /// knows at once. Everything else, refusals too, is answered by message.
    pub fn handle_fragment(&mut self, now: Timestamp, fragment: &[u8]) -> Result<(), ReceiveError> {
        // A gap too long ends the packet also when nobody called `handle_timeout` yet.
        let _ = self.expire_receive(now);
        self.receive_until = None;
        let received = match self.channel.receive(fragment)? {
            None => None,
            Some(message) => {
                let question = Question { id: Header::parse(message)?.id, checksum: crc32(message) };
                Some((question, Request::parse(message)))
            }
        };
        match received {
            Some((question, request)) => self.handle_request(now, question, request),
            None => self.receive_until = Some(after(now, self.limits.fragment_gap)),
        }
        Ok(())
    }

    fn handle_request(
        &mut self,
        now: Timestamp,
        question: Question,
        request: Result<(RequestId, Request), MessageError>,
    ) {
        match self.job {
            // The same request again: its answer is on the way.
            Some(job) if job.question == question => return,
            Some(_) => return self.answer(question, Answer::Refused(Refusal::Busy)),
            None => {}
        }
        if self.answered == Some(question) {
            return self.channel.send_again();
        }
        match self.judge(now, request) {
            Verdict::Answer(answer) => self.answer(question, answer),
            Verdict::Work(work) => self.begin(now, question, work),
        }
    }

    /// What becomes of a request. The only place that decides who is told or given what.
    fn judge(&mut self, now: Timestamp, request: Result<(RequestId, Request), MessageError>) -> Verdict {
        let refuse = |refusal| Verdict::Answer(Answer::Refused(refusal));
        let request = match request {
            Ok((_, request)) => request,
            Err(MessageError::Version { .. }) => {
                return refuse(Refusal::UnsupportedVersion(Versions::SUPPORTED));
            }
            Err(MessageError::UnknownKind { .. }) => return refuse(Refusal::UnknownRequest),
            Err(_) => return refuse(Refusal::Malformed),
        };
        // While links are open, presence guards everything: who is not there learns neither address nor VIN.
        let Some(window) = self.window.as_mut().filter(|window| window.presence(now).is_some()) else {
            return refuse(Refusal::NotPresent);
        };
        let to_sign = match request {
            Request::Identify => return Verdict::Answer(Answer::Identity(self.identity)),
            Request::ReadVin => return Verdict::Work(Work::ReadVin),
            Request::Claim(claim) => SignRequest::Claim(claim),
            Request::Pair(pair) => SignRequest::Pair(pair),
        };
        if !window.take_signature() {
            return refuse(Refusal::RateLimited);
        }
        self.signatures_begun = self.signatures_begun.saturating_add(1);
        Verdict::Work(Work::Sign(to_sign))
    }

    fn begin(&mut self, now: Timestamp, question: Question, work: Work) {
        // The phone asked anew, so it waits for no earlier answer.
        self.channel.drop_unsent();
        self.answered = None;
        let id = self.next_job;
        self.next_job = JobId(id.0.wrapping_add(1));
        let until = after(now, self.limits.job);
        self.job = Some(Job { id, question, work, until, handed_out: false });
    }

    fn answer(&mut self, question: Question, answer: Answer) {
        let mut buffer = [0; MESSAGE_MAX];
        self.channel.send(answer.emit(question.id, &mut buffer));
        self.answered = Some(question);
    }

    /// The wallet has signed what [`Action::Sign`] asked for, or could not.
    ///
    /// The signature is sent as it is: the wallet has checked it, and the phone will.
    ///
    /// # Errors
    ///
    /// [`StaleJob`] when nobody waits for it any more. Nothing is to be done then.
    pub fn handle_signature(
        &mut self,
        job: JobId,
        outcome: Result<Signature, SigningFailed>,
    ) -> Result<(), StaleJob> {
        let (question, request) = self.finish(job, |work| match work {
            Work::Sign(request) => Some(request),
            Work::ReadVin => None,
        })?;
        let answer = match (request, outcome) {
            (_, Err(SigningFailed)) => Answer::Refused(Refusal::SigningFailed),
            (SignRequest::Claim(_), Ok(signature)) => Answer::ClaimProof(signature),
            (SignRequest::Pair(_), Ok(signature)) => Answer::PairProof(signature),
        };
        self.answer(question, answer);
        Ok(())
    }

    /// The vehicle has told its VIN, asked by [`Action::ReadVin`], or has not.
    ///
    /// # Errors
    ///
    /// [`StaleJob`] when nobody waits for it any more. Nothing is to be done then.
    pub fn handle_vin(
        &mut self,
        job: JobId,
        outcome: Result<VehicleNumber, VinUnavailable>,
    ) -> Result<(), StaleJob> {
        let (question, ()) = self.finish(job, |work| (work == Work::ReadVin).then_some(()))?;
        let answer = outcome.map_or_else(|reason| Answer::Refused(reason.into()), Answer::Vin);
        self.answer(question, answer);
        Ok(())
    }

    /// Ends the job `id` if it is the present one and of the kind that `is_kind` takes.
    fn finish<T>(
        &mut self,
        id: JobId,
        is_kind: impl FnOnce(Work) -> Option<T>,
    ) -> Result<(Question, T), StaleJob> {
        let job = self.job.filter(|job| job.id == id).ok_or(StaleJob { job: id })?;
        let detail = is_kind(job.work).ok_or(StaleJob { job: id })?;
        self.job = None;
        Ok((job.question, detail))
    }

    /// It is `now`: ends one thing whose time has come and says which. Call it until it gives `None`.
    #[must_use = "call it until it gives None"]
    pub fn handle_timeout(&mut self, now: Timestamp) -> Option<Expiry> {
        self.expire_receive(now).or_else(|| self.expire_job(now)).or_else(|| self.expire_window(now))
    }

    fn expire_receive(&mut self, now: Timestamp) -> Option<Expiry> {
        self.receive_until.take_if(|until| *until <= now)?;
        self.channel.drop_received();
        Some(Expiry::HalfReceived)
    }

    fn expire_job(&mut self, now: Timestamp) -> Option<Expiry> {
        let job = self.job.take_if(|job| job.until <= now)?;
        self.answer(job.question, Answer::Refused(Refusal::TimedOut));
        Some(Expiry::Job(job.id))
    }

    fn expire_window(&mut self, now: Timestamp) -> Option<Expiry> {
        self.window.take_if(|window| window.until() <= now).map(|_| Expiry::Window)
    }
}

// ---- commands
impl Device {
    /// Opens the presence window, anew if it is open, with all its signatures.
    ///
    /// Call it for what a person does at the vehicle and for nothing else: never at a reset, a wake-up or a message.
    pub fn open_window(&mut self, now: Timestamp, presence: Presence) {
        self.window = Some(Window::open(now, presence, &self.limits));
    }

    /// Closes the presence window. A request that is being worked on is still answered.
    pub const fn close_window(&mut self) {
        self.window = None;
    }
}

// ---- what to do
impl Device {
    /// What somebody else must do for it, each once.
    pub fn poll_action(&mut self) -> Option<Action> {
        let job = self.job.as_mut().filter(|job| !job.handed_out)?;
        job.handed_out = true;
        Some(match job.work {
            Work::Sign(request) => Action::Sign { job: job.id, request },
            Work::ReadVin => Action::ReadVin { job: job.id },
        })
    }

    /// The next fragment to notify, or `None` when there is none. Once given it counts as sent.
    #[must_use = "a fragment that is not sent is lost"]
    pub fn poll_transmit<'b>(&mut self, buffer: &'b mut FragmentBuffer) -> Option<&'b [u8]> {
        self.channel.poll_transmit(buffer)
    }

    /// When to call [`Device::handle_timeout`] next, or `None` while nothing waits.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let job = self.job.map(|job| job.until);
        let window = self.window.map(|window| window.until());
        [self.receive_until, job, window].into_iter().flatten().min()
    }
}
