//! [`Responders`]: the answers of several control units, kept apart.

use core::array;

use dimo_types::{CanId, Frame, Timestamp};
use thiserror::Error;

use super::isotp::{Link, ReceiveError, Receiver, Reception};

/// The link to the control unit that answers legislated diagnostics with `response`: 7E8 to 7EF are asked at 8 less,
/// `18DAF1xx` at `18DAxxF1` (ISO 15765-4). `None` for any other identifier.
#[must_use]
pub fn answering_link(response: CanId) -> Option<Link> {
    match (response.is_extended(), response.number()) {
        (false, number @ 0x7E8..=0x7EF) => {
            let asked = CanId::standard(u16::try_from(number - 8).ok()?)?;
            Some(Link::normal(asked, response))
        }
        (true, number @ 0x18DA_F100..=0x18DA_F1FF) => {
            let [.., unit] = number.to_be_bytes();
            Some(Link::normal_fixed(unit, 0xF1))
        }
        _ => None,
    }
}

/// A whole message from a control unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer<'r> {
    /// Who answers: the identifier of its frames.
    pub ecu: CanId,
    /// The message.
    pub message: &'r [u8],
}

/// Receives from up to `ECUS` control units at once, from each up to `N` bytes: one buffer for each.
///
/// It is called as a [`Receiver`] is, and has the same methods.
///
/// # Example: engine and gearbox answer at the same time
///
/// ```
/// use dimo_dbc::request::Responders;
/// use dimo_types::{CanId, Frame, Timestamp};
/// let now = Timestamp::EPOCH;
/// let frame = |id, data: &[u8]| Frame::classic(now, CanId::standard(id).unwrap(), data).unwrap();
/// let mut responders = Responders::<2, 64>::legislated();
///
/// // Both begin a long message; each is allowed to go on at its own address.
/// for (answers, asked) in [(0x7E8, 0x7E0), (0x7E9, 0x7E1)] {
///     let first = frame(answers, &[0x10, 0x08, 0x43, 0x03, 0x01, 0x01, 0x02, 0x02]);
///     assert_eq!(responders.handle_frame(now, &first)?, None);
///     assert_eq!(responders.poll_transmit(now).unwrap().id().number(), asked);
/// }
/// let last = frame(0x7E9, &[0x21, 0x03, 0x03]);
/// let answer = responders.handle_frame(now, &last)?.unwrap();
/// assert_eq!((answer.ecu.number(), answer.message.len()), (0x7E9, 8));
/// # Ok::<(), dimo_dbc::request::RespondersError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Responders<const ECUS: usize, const N: usize> {
    receivers: [Option<Receiver<N>>; ECUS],
    who: Who,
}

/// Who may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// One control unit.
    One(Link),
    /// All that legislated diagnostics know.
    Legislated,
}

/// Why an answer was not received whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RespondersError {
    /// A control unit's message ended incomplete. The others are not concerned.
    #[error("{ecu}: {error}")]
    Receive {
        /// Which control unit.
        ecu: CanId,
        /// What happened.
        error: ReceiveError,
    },
    /// More control units answer than there are buffers. Make `ECUS` larger; the law knows eight.
    #[error("{ecu} answers too, there is room for {capacity} control units")]
    Full {
        /// The one there is no room for.
        ecu: CanId,
        /// How many there is room for.
        capacity: usize,
    },
}

impl<const ECUS: usize, const N: usize> Responders<ECUS, N> {
    /// One control unit; answers of others are ignored.
    #[must_use]
    pub fn one(link: Link) -> Self {
        Self::build(Who::One(link))
    }

    /// Every control unit of legislated diagnostics, as [`answering_link`] knows them.
    #[must_use]
    pub fn legislated() -> Self {
        Self::build(Who::Legislated)
    }

    /// Whether some message has begun and is not complete.
    #[must_use]
    pub fn is_receiving(&self) -> bool {
        self.receivers.iter().flatten().any(Receiver::is_receiving)
    }

    /// Takes a frame from the bus; a message when it completes one.
    ///
    /// # Errors
    ///
    /// [`RespondersError`] when a message ends incomplete or cannot be taken.
    pub fn handle_frame(
        &mut self,
        now: Timestamp,
        frame: &Frame,
    ) -> Result<Option<Answer<'_>>, RespondersError> {
        let ecu = frame.id();
        let Some(link) = self.link_of(frame) else { return Ok(None) };
        let full = RespondersError::Full { ecu, capacity: ECUS };
        let receiver = self.receiver(link).ok_or(full)?;
        match receiver.handle_frame(now, frame) {
            Ok(Reception::Complete(message)) => Ok(Some(Answer { ecu, message })),
            Ok(_) => Ok(None),
            Err(error) => Err(RespondersError::Receive { ecu, error }),
        }
    }

    /// Lets time pass. Call it again after an error: several messages may be overdue.
    ///
    /// # Errors
    ///
    /// [`RespondersError::Receive`] when the next frame of a message did not come in time.
    pub fn handle_timeout(&mut self, now: Timestamp) -> Result<(), RespondersError> {
        for receiver in self.receivers.iter_mut().flatten() {
            let ecu = receiver.link().receive();
            if let (Err(error), Some(ecu)) = (receiver.handle_timeout(now), ecu) {
                return Err(RespondersError::Receive { ecu, error });
            }
        }
        Ok(())
    }

    /// The next flow control frame to send now; call it until it returns `None`.
    pub fn poll_transmit(&mut self, now: Timestamp) -> Option<Frame> {
        self.receivers.iter_mut().flatten().find_map(|receiver| receiver.poll_transmit(now))
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.receivers.iter().flatten().filter_map(Receiver::poll_timeout).min()
    }

    /// Whether only one control unit is asked.
    pub(super) const fn is_one(&self) -> bool {
        matches!(self.who, Who::One(_))
    }

    fn build(who: Who) -> Self {
        Self { receivers: array::from_fn(|_| None), who }
    }

    fn link_of(&self, frame: &Frame) -> Option<Link> {
        if !frame.is_data() {
            return None;
        }
        match self.who {
            Who::One(link) => (link.receive() == Some(frame.id())).then_some(link),
            Who::Legislated => answering_link(frame.id()),
        }
    }

    /// The receiver of a control unit, a new one for one that did not speak before.
    fn receiver(&mut self, link: Link) -> Option<&mut Receiver<N>> {
        let known =
            self.receivers.iter().position(|slot| slot.as_ref().is_some_and(|one| one.link() == link));
        let at = known.or_else(|| self.receivers.iter().position(Option::is_none))?;
        Some(self.receivers.get_mut(at)?.get_or_insert_with(|| Receiver::new(link)))
    }
}
