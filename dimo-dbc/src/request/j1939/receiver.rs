//! [`TransportReceiver`]: messages from many units at once.

use core::array;

use dimo_types::{CanId, Frame, Timestamp};

use super::session::{
    ABORT, Announcement, BROADCAST, NO_RESOURCES, REQUEST_TO_SEND, Reply, Session, TOO_LONG, pgn,
};
use super::{Address, Message, TransportError};

/// PDU format of connection management, TP.CM.
const MANAGEMENT: u8 = 0xEC;
/// PDU format of data transfer, TP.DT.
const DATA: u8 = 0xEB;
/// Priority 7 and connection management, without addresses.
const REPLY_ID: u32 = 0x1CEC_0000;

/// Receives up to `SESSIONS` messages at once, each of up to `N` bytes; from each unit one broadcast and one other.
///
/// - `handle_*`: [`handle_frame`](Self::handle_frame) for every frame from the bus,
///   [`handle_timeout`](Self::handle_timeout) when the time of `poll_timeout` has come.
/// - `poll_*`: [`poll_transmit`](Self::poll_transmit) after each `handle_*`, also one that failed, until it returns
///   `None`; [`poll_timeout`](Self::poll_timeout).
#[derive(Clone, Debug)]
pub struct TransportReceiver<const SESSIONS: usize, const N: usize> {
    own: Option<Address>,
    sessions: [Session<N>; SESSIONS],
    /// What to say about a message that got no session.
    refusal: Option<Reply>,
}

impl<const SESSIONS: usize, const N: usize> TransportReceiver<SESSIONS, N> {
    /// Listens to broadcasts, and never sends.
    #[must_use]
    pub fn listening() -> Self {
        Self::build(None)
    }

    /// Also takes what is sent to `own`, which is an address that this device has claimed.
    #[must_use]
    pub fn at(own: Address) -> Self {
        Self::build(Some(own))
    }

    /// Takes a frame from the bus; a message when it completes one.
    ///
    /// # Errors
    ///
    /// [`TransportError`] when a message ends incomplete or cannot be taken. The others go on.
    pub fn handle_frame(
        &mut self,
        now: Timestamp,
        frame: &Frame,
    ) -> Result<Option<Message<'_>>, TransportError> {
        let (true, true, Ok(data)) = (frame.is_data(), frame.id().is_extended(), frame.data().try_into())
        else {
            return Ok(None);
        };
        let [page, format, destination, source] = frame.id().number().to_be_bytes();
        let (destination, source) = (Address(destination), Address(source));
        let concerns_us = destination == Address::ALL || Some(destination) == self.own;
        // The two lowest bits are the data pages, of which the protocol uses the first.
        if page & 0x03 != 0 || !concerns_us {
            return Ok(None);
        }
        match format {
            MANAGEMENT => self.manage(now, source, destination, data).map(|()| None),
            DATA => self.packet(now, source, destination, data),
            _ => Ok(None),
        }
    }

    /// Lets time pass. Call it again after an error: several messages may be overdue.
    ///
    /// # Errors
    ///
    /// [`TransportError::Timeout`] when the next packet of a message did not come in time.
    pub fn handle_timeout(&mut self, now: Timestamp) -> Result<(), TransportError> {
        self.sessions.iter_mut().try_for_each(|session| session.expire(now))
    }

    /// The next frame to send now, with `now` as its time.
    pub fn poll_transmit(&mut self, now: Timestamp) -> Option<Frame> {
        let own = self.own?;
        let replies = self.sessions.iter_mut().map(|session| &mut session.reply);
        let reply = replies.chain([&mut self.refusal]).find_map(Option::take)?;
        let id = CanId::extended(REPLY_ID | u32::from(reply.to.0) << 8 | u32::from(own.0))?;
        Frame::classic(now, id, &reply.data).ok()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.sessions.iter().filter_map(Session::deadline).min()
    }

    fn build(own: Option<Address>) -> Self {
        Self { own, sessions: array::from_fn(|_| Session::new()), refusal: None }
    }

    fn manage(
        &mut self,
        now: Timestamp,
        source: Address,
        destination: Address,
        data: [u8; 8],
    ) -> Result<(), TransportError> {
        let [control, reason, ..] = data;
        match (control, destination) {
            (BROADCAST, Address::ALL) => self.begin(now, source, destination, data),
            (REQUEST_TO_SEND, to) if to != Address::ALL => self.begin(now, source, destination, data),
            (ABORT, _) => match self.session(source, destination) {
                Some(session) if session.announcement().is_some_and(|of| of.pgn == pgn(data)) => {
                    session.forget();
                    Err(TransportError::Aborted { reason })
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn begin(
        &mut self,
        now: Timestamp,
        source: Address,
        destination: Address,
        data: [u8; 8],
    ) -> Result<(), TransportError> {
        let Some(of) = Announcement::parse(source, destination, data) else { return Ok(()) };
        // A sender that begins anew has given up what it sent before.
        if let Some(session) = self.session(source, destination) {
            session.forget();
        }
        if of.len > N {
            self.refuse(of, TOO_LONG);
            return Err(TransportError::TooLong { len: of.len, capacity: N });
        }
        // One whose last reply was not sent yet is not free.
        let free = |session: &&mut Session<N>| session.announcement().is_none() && session.reply.is_none();
        let Some(session) = self.sessions.iter_mut().find(free) else {
            self.refuse(of, NO_RESOURCES);
            return Err(TransportError::Full { capacity: SESSIONS });
        };
        session.begin(now, of);
        Ok(())
    }

    fn refuse(&mut self, of: Announcement, reason: u8) {
        if of.is_directed() {
            self.refusal = Some(Reply::abort(of.source, of.pgn, reason));
        }
    }

    fn packet(
        &mut self,
        now: Timestamp,
        source: Address,
        destination: Address,
        data: [u8; 8],
    ) -> Result<Option<Message<'_>>, TransportError> {
        let Some(session) = self.session(source, destination) else { return Ok(None) };
        let complete = session.packet(now, data)?;
        Ok(complete.map(|(of, data)| Message { pgn: of.pgn, source, destination, data }))
    }

    /// The session of a message under way.
    fn session(&mut self, source: Address, destination: Address) -> Option<&mut Session<N>> {
        let is_it = |of: Announcement| of.source == source && of.destination == destination;
        self.sessions.iter_mut().find(|session| session.announcement().is_some_and(is_it))
    }
}
