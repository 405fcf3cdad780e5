//! [`Exchange`]: one request and its answers.

use core::time::Duration;

use dimo_types::{CanId, Frame, Timestamp};
use thiserror::Error;

use super::answer::{AnswerError, positive};
use super::clock::after;
use super::isotp::{Link, MessageError, SendError, Sender};
use super::{Answer, Responders, RespondersError};

/// How long control units may take. Change a copy of [`Timing::DEFAULT`] for slower ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// Until the first frame of an answer (P2), with what the tester itself adds to the 50 ms of ISO 15765-4.
    pub answer: Duration,
    /// The same after a unit said that its answer is pending (P2*).
    pub pending: Duration,
    /// Until the exchange ends in any case, however often an answer is pending or begins anew.
    pub longest: Duration,
}

impl Timing {
    /// 250 ms; 5 s; one minute.
    pub const DEFAULT: Self = Self {
        answer: Duration::from_millis(250),
        pending: Duration::from_secs(5),
        longest: Duration::from_secs(60),
    };
}

impl Default for Timing {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What a frame was to an [`Exchange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'r> {
    /// Nothing that concerns the caller: of others, a part of an answer, or a late answer to another question.
    Nothing,
    /// A unit needs more time.
    Pending {
        /// Which control unit.
        ecu: CanId,
    },
    /// An answer, positive or negative. [`super::Request::answer`] reads it.
    Answer(Answer<'r>),
}

/// Why an exchange ended without an answer, or an answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The request did not go out whole. The exchange is over.
    #[error(transparent)]
    Send(#[from] SendError),
    /// An answer did not come in whole. The exchange is over unless several units are asked.
    #[error(transparent)]
    Receive(#[from] RespondersError),
    /// Nobody answered in time. The exchange is over.
    #[error("no answer")]
    NoAnswer,
}

/// One request from its first frame to its last answer: sender, receivers and deadlines in one.
///
/// - Getters: [`is_finished`](Self::is_finished).
/// - `handle_*`: [`handle_frame`](Self::handle_frame) for every frame from the bus,
///   [`handle_timeout`](Self::handle_timeout) when the time of `poll_timeout` has come.
/// - `poll_*`: [`poll_transmit`](Self::poll_transmit) for frames to send, [`poll_timeout`](Self::poll_timeout).
///
/// After creation and after every `handle_*`, also one that failed, call `poll_transmit` until it returns `None`; then,
/// until it is finished, wait for a frame or for the time of `poll_timeout`. One unit's exchange ends with its answer,
/// one with all units ends when nobody has answered for the time of [`Timing::answer`] since the request.
///
/// # Example: a loop that drives it
///
/// ```
/// use dimo_dbc::request::isotp::Link;
/// use dimo_dbc::request::{Event, Exchange, ExchangeError, Request, Responders, obd};
/// use dimo_types::{CanId, Frame, Timestamp};
///
/// /// Stands for a CAN controller; this vehicle has one control unit, which knows its speed.
/// struct Bus(Option<Frame>);
/// impl Bus {
///     fn send(&mut self, frame: Frame) {
///         assert_eq!(frame.data(), [0x02, 0x01, 0x0D, 0, 0, 0, 0, 0]);
///         let engine = CanId::standard(0x7E8).unwrap();
///         self.0 = Frame::classic(frame.time(), engine, &[0x03, 0x41, 0x0D, 0x32, 0, 0, 0, 0]).ok();
///     }
///     fn wait_until(&mut self, _deadline: Timestamp) -> Option<Frame> {
///         self.0.take()
///     }
/// }
///
/// let (mut bus, mut now) = (Bus(None), Timestamp::EPOCH);
/// let question = obd::CurrentData { pid: 0x0D };
/// let bytes = question.bytes();
/// let everyone = Link::functional(CanId::standard(0x7DF).unwrap());
/// let mut exchange = Exchange::<8, 64>::new(everyone, &bytes, Responders::legislated())?;
/// let mut speeds = Vec::new();
/// loop {
///     while let Some(frame) = exchange.poll_transmit(now) {
///         bus.send(frame);
///     }
///     let Some(deadline) = exchange.poll_timeout() else { break };
///     match bus.wait_until(deadline) {
///         Some(frame) => {
///             now = frame.time();
///             if let Event::Answer(answer) = exchange.handle_frame(now, &frame)? {
///                 speeds.push((answer.ecu.to_string(), question.answer(answer.message)?[0]));
///             }
///         }
///         None => {
///             now = deadline;
///             exchange.handle_timeout(now)?;
///         }
///     }
/// }
/// assert_eq!(speeds, [("7E8".into(), 50)]);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Exchange<'a, const ECUS: usize, const N: usize> {
    request: &'a [u8],
    sender: Sender<'a>,
    responders: Responders<ECUS, N>,
    timing: Timing,
    /// When to stop waiting for answers to begin; `None` before the request is out.
    deadline: Option<Timestamp>,
    /// When to stop in any case.
    end: Option<Timestamp>,
    answers: usize,
    over: bool,
}

impl<'a, const ECUS: usize, const N: usize> Exchange<'a, ECUS, N> {
    /// Asks `request` over `link`, and takes the answers of `responders`.
    ///
    /// # Errors
    ///
    /// [`MessageError`] for a request that cannot go over the link.
    pub fn new(link: Link, request: &'a [u8], responders: Responders<ECUS, N>) -> Result<Self, MessageError> {
        Ok(Self {
            request,
            sender: Sender::new(link, request)?,
            responders,
            timing: Timing::DEFAULT,
            deadline: None,
            end: None,
            answers: 0,
            over: false,
        })
    }

    /// The same with other times.
    #[must_use]
    pub fn with_timing(self, timing: Timing) -> Self {
        Self { timing, ..self }
    }

    /// Whether there is nothing more to do.
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        self.over
    }

    /// Takes a frame from the bus.
    ///
    /// # Errors
    ///
    /// [`ExchangeError`], whose variants say whether the exchange is over.
    pub fn handle_frame(&mut self, now: Timestamp, frame: &Frame) -> Result<Event<'_>, ExchangeError> {
        if self.over {
            return Ok(Event::Nothing);
        }
        if self.end.is_some_and(|end| now >= end) {
            return self.finish().map(|()| Event::Nothing);
        }
        if let Err(error) = self.sender.handle_frame(now, frame) {
            self.over = true;
            return Err(error.into());
        }
        let is_one = self.responders.is_one();
        let answer = match self.responders.handle_frame(now, frame) {
            Ok(Some(answer)) => answer,
            Ok(None) => return Ok(Event::Nothing),
            Err(error) => {
                self.over = is_one;
                return Err(error.into());
            }
        };
        match kind(self.request, answer.message) {
            Kind::Other => Ok(Event::Nothing),
            Kind::Pending => {
                self.deadline = self.deadline.max(Some(after(now, self.timing.pending)));
                Ok(Event::Pending { ecu: answer.ecu })
            }
            Kind::Final => {
                self.answers += 1;
                self.over = is_one;
                Ok(Event::Answer(answer))
            }
        }
    }

    /// Lets time pass. Call it until `poll_timeout` says a later time: several things may be overdue.
    ///
    /// # Errors
    ///
    /// [`ExchangeError`], whose variants say whether the exchange is over.
    pub fn handle_timeout(&mut self, now: Timestamp) -> Result<(), ExchangeError> {
        if self.over {
            return Ok(());
        }
        if let Err(error) = self.sender.handle_timeout(now) {
            self.over = true;
            return Err(error.into());
        }
        if let Err(error) = self.responders.handle_timeout(now) {
            self.over = self.responders.is_one();
            return Err(error.into());
        }
        let passed = |time: Option<Timestamp>| time.is_some_and(|time| now >= time);
        if passed(self.end) || (passed(self.deadline) && !self.responders.is_receiving()) {
            return self.finish();
        }
        Ok(())
    }

    /// The next frame to send now: of the request, or flow control of an answer.
    pub fn poll_transmit(&mut self, now: Timestamp) -> Option<Frame> {
        // Once it is over only flow control remains, which refuses an answer that is too long.
        let request = if self.over { None } else { self.sender.poll_transmit(now) };
        if self.deadline.is_none() && self.sender.is_finished() {
            self.deadline = Some(after(now, self.timing.answer));
            self.end = Some(after(now, self.timing.longest));
        }
        request.or_else(|| self.responders.poll_transmit(now))
    }

    /// When to call again; `None` when it is finished.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        if self.over {
            return None;
        }
        // An answer that has begun may end after the deadline.
        let deadline = self.deadline.filter(|_| !self.responders.is_receiving());
        [self.sender.poll_timeout(), self.responders.poll_timeout(), deadline, self.end]
            .into_iter()
            .flatten()
            .min()
    }

    /// No more answers are awaited.
    fn finish(&mut self) -> Result<(), ExchangeError> {
        self.over = true;
        if self.answers == 0 { Err(ExchangeError::NoAnswer) } else { Ok(()) }
    }
}

/// What a message is to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Final,
    Pending,
    /// Late, to another question.
    Other,
}

fn kind(request: &[u8], message: &[u8]) -> Kind {
    let Some((&service, parameters)) = request.split_first() else { return Kind::Other };
    match positive(message, service) {
        Ok(answered) => {
            let echoed = echoed_len(service);
            if answered.get(..echoed) == parameters.get(..echoed) { Kind::Final } else { Kind::Other }
        }
        Err(AnswerError::Pending) => Kind::Pending,
        Err(AnswerError::Negative { .. }) => Kind::Final,
        Err(_) => Kind::Other,
    }
}

/// How many bytes behind the service a positive answer repeats.
const fn echoed_len(service: u8) -> usize {
    match service {
        0x01 | 0x02 | 0x09 | 0x19 | 0x21 => 1,
        0x22 => 2,
        _ => 0,
    }
}
