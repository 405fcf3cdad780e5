//! [`Polls`]: what the vehicle is asked again and again, in the background.

use core::cell::RefCell;
use core::time::Duration;

use dimo_dbc::request::{FlowControlPair, Poll, PollError, PollIndex, Schedule};
use dimo_hal::key_value::KeyValue;
use dimo_types::{CanProtocol, Timestamp};
use thiserror::Error;

use crate::keys::POLLS;

/// Polls of one list, at most.
const MOST: usize = 8;
/// Bytes of each: header, 4; service; parameter, 2; interval in seconds, 2; where flow control goes and the answer comes from, 4 each. Little-endian.
const ENTRY: usize = 17;

/// Why a list was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PollsRefusal {
    /// It is none, or has more entries than the device keeps.
    #[error("no list of at most {MOST} polls")]
    Form,
    /// One of its entries is nothing that a vehicle may be asked.
    #[error(transparent)]
    Poll(#[from] PollError),
    /// The store failed.
    #[error("the store failed")]
    Store,
}

/// The list in force, and when its entries are due.
#[derive(Debug, Default)]
pub(crate) struct Polls {
    schedule: Schedule<MOST>,
    /// The earliest that something is due, so that a busy bus does not look through the list with each frame.
    next: Option<Timestamp>,
}

impl Polls {
    /// What was stored; `None` when the store fails. What is no list any more counts as none.
    pub(crate) async fn load<K: KeyValue>(store: &mut K) -> Option<Self> {
        let mut stored = [0; MOST * ENTRY];
        let len = store.get(POLLS, &mut stored).await.ok()?.unwrap_or(0);
        Some(Self::parse(stored.get(..len).unwrap_or_default()).unwrap_or_default())
    }

    fn parse(list: &[u8]) -> Result<Self, PollsRefusal> {
        let (entries, []) = list.as_chunks::<ENTRY>() else { return Err(PollsRefusal::Form) };
        let mut schedule = Schedule::new();
        for entry in entries {
            schedule.add(poll(entry)?).map_err(|_| PollsRefusal::Form)?;
        }
        let next = schedule.poll_timeout();
        Ok(Self { schedule, next })
    }

    /// The poll to ask now, which counts as asked.
    pub(crate) fn due(&mut self, now: Timestamp) -> Option<(PollIndex, Poll)> {
        self.next.filter(|next| *next <= now)?;
        let due = self.schedule.poll_due(now);
        self.next = self.schedule.poll_timeout();
        due.map(|due| (due.index, due.poll))
    }

    /// A poll was answered, or was not. One that was not let pass is neither.
    pub(crate) fn asked(&mut self, index: PollIndex, is_answered: bool) {
        if is_answered {
            self.schedule.handle_success(index);
        } else {
            let _ = self.schedule.handle_failure(index);
        }
        self.next = self.schedule.poll_timeout();
    }
}

/// Whether a device would take a list, in the form of a command: for who makes one.
///
/// # Errors
///
/// [`PollsRefusal`].
pub fn check_polls(list: &[u8]) -> Result<(), PollsRefusal> {
    Polls::parse(list).map(drop)
}

/// Gives a device that never had a list its first one. What a backend has sent since stays, an empty list too.
///
/// # Errors
///
/// [`PollsRefusal`].
pub async fn provision_polls<K: KeyValue>(store: &mut K, list: &[u8]) -> Result<(), PollsRefusal> {
    check_polls(list)?;
    let is_first = store.get(POLLS, &mut [0; MOST * ENTRY]).await.map_err(|_| PollsRefusal::Store)?.is_none();
    if is_first { store.put(POLLS, list).await.map_err(|_| PollsRefusal::Store) } else { Ok(()) }
}

/// Keeps a list, and has it in force from now on. An empty one ends all polling.
pub(crate) async fn set<K: KeyValue>(
    polls: &RefCell<Polls>,
    store: &mut K,
    list: &[u8],
) -> Result<(), PollsRefusal> {
    let new = Polls::parse(list)?;
    store.put(POLLS, list).await.map_err(|_| PollsRefusal::Store)?;
    polls.replace(new);
    Ok(())
}

fn poll(entry: &[u8; ENTRY]) -> Result<Poll, PollError> {
    let [h0, h1, h2, h3, service, p0, p1, i0, i1, t0, t1, t2, t3, r0, r1, r2, r3] = *entry;
    let header = u32::from_le_bytes([h0, h1, h2, h3]);
    let parameter = u32::from(u16::from_le_bytes([p0, p1]));
    let interval = Duration::from_secs(u64::from(u16::from_le_bytes([i0, i1])));
    let pair = match [[t0, t1, t2, t3], [r0, r1, r2, r3]].map(u32::from_le_bytes) {
        [0, 0] => None,
        [transmit, receive] => Some(FlowControlPair::from_headers(transmit, receive)?),
    };
    Poll::new(CanProtocol::Can11Bit500, header, pair, u32::from(service), parameter, interval)
}
