//! [`Schedule`]: when to ask what.

use core::time::Duration;

use dimo_types::Timestamp;
use thiserror::Error;

use super::Poll;
use super::clock::after;

/// Which entry of a [`Schedule`], from 0 in the order of adding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PollIndex(usize);

impl PollIndex {
    /// Its number.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }
}

/// An entry to ask now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it counts as asked"]
#[non_exhaustive]
pub struct Due {
    /// Which one; for the report of its outcome.
    pub index: PollIndex,
    /// What to ask. The bus may have to change to its protocol.
    pub poll: Poll,
}

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// It will be asked again. Tell somebody about the first one only.
    Retry {
        /// How often in a row it failed.
        failures: u8,
    },
    /// It will not be asked again before the next boot.
    GivenUp,
}

/// There is no room for another entry. Make `N` larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a schedule of {capacity} entries is full")]
#[non_exhaustive]
pub struct ScheduleFull {
    /// How many entries there is room for.
    pub capacity: usize,
}

/// Up to `N` entries of the network's list, asked as its devices do: each at most once per interval, an interval of zero
/// once per boot, and an entry that failed more than ten times in a row not again before the next boot. A new schedule
/// is a new boot.
///
/// - Commands: [`add`](Self::add).
/// - `poll_*`: [`poll_due`](Self::poll_due) when the bus is free, [`poll_timeout`](Self::poll_timeout).
/// - `handle_*`: [`handle_success`](Self::handle_success) or [`handle_failure`](Self::handle_failure) once for each
///   entry that was due, when its exchange is over.
///
/// Intervals count from request to request. When several entries are due, the one that has waited longest goes first. A
/// clock that is set back makes everything due, so nothing falls silent.
///
/// # Example: once per boot, retried while it fails
///
/// ```
/// use core::time::Duration;
/// use dimo_dbc::request::{Failure, Poll, Schedule};
/// use dimo_types::{CanProtocol, Timestamp};
/// let at = |secs| Timestamp::from_secs(secs).unwrap();
///
/// let mut schedule = Schedule::<20>::new();
/// schedule.add(Poll::new(CanProtocol::Can11Bit500, 0x7DF, None, 0x09, 0x02, Duration::ZERO)?)?;
///
/// let due = schedule.poll_due(at(100)).unwrap();
/// assert_eq!(schedule.handle_failure(due.index), Failure::Retry { failures: 1 });
/// assert_eq!(schedule.poll_timeout(), Some(at(102)));
/// let due = schedule.poll_due(at(102)).unwrap();
/// schedule.handle_success(due.index);
/// assert_eq!(schedule.poll_timeout(), None);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Schedule<const N: usize> {
    entries: [Option<Entry>; N],
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    poll: Poll,
    asked: Option<Timestamp>,
    failures: u8,
    /// Nothing more to ask before the next boot: answered once, or given up.
    over: bool,
}

impl<const N: usize> Schedule<N> {
    /// How many failures in a row are forgiven.
    pub const MAX_FAILURES: u8 = 10;
    /// When an entry without an interval is asked again after a failure: 2 s, the beat of the network's devices.
    pub const RETRY: Duration = Duration::from_secs(2);

    /// An empty schedule.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: [None; N] }
    }

    /// Adds an entry, which is due at once.
    ///
    /// # Errors
    ///
    /// [`ScheduleFull`] when there is no room.
    pub fn add(&mut self, poll: Poll) -> Result<PollIndex, ScheduleFull> {
        let free = self.entries.iter_mut().enumerate().find(|(_, slot)| slot.is_none());
        let (index, slot) = free.ok_or(ScheduleFull { capacity: N })?;
        *slot = Some(Entry { poll, asked: None, failures: 0, over: false });
        Ok(PollIndex(index))
    }

    /// The entry to ask now. It counts as asked from now on.
    pub fn poll_due(&mut self, now: Timestamp) -> Option<Due> {
        let waiting = self.entries.iter_mut().enumerate();
        let due = waiting.filter_map(|(index, slot)| slot.as_mut().map(|entry| (index, entry)));
        let due = due.filter(|(_, entry)| entry.is_due(now));
        let (index, entry) = due.min_by_key(|(_, entry)| entry.due())?;
        entry.asked = Some(now);
        Some(Due { index: PollIndex(index), poll: entry.poll })
    }

    /// When the next entry is due; `None` when none ever is. A time that has passed means now.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.entries.iter().flatten().filter(|entry| !entry.over).map(Entry::due).min()
    }

    /// An entry was answered as it should.
    pub fn handle_success(&mut self, index: PollIndex) {
        if let Some(entry) = self.entry(index) {
            entry.failures = 0;
            entry.over = entry.poll.interval().is_zero();
        }
    }

    /// An entry was not answered, was refused, or its answer could not be read.
    pub fn handle_failure(&mut self, index: PollIndex) -> Failure {
        let Some(entry) = self.entry(index) else { return Failure::GivenUp };
        entry.failures = entry.failures.saturating_add(1);
        if entry.failures > Self::MAX_FAILURES {
            entry.over = true;
            return Failure::GivenUp;
        }
        Failure::Retry { failures: entry.failures }
    }

    fn entry(&mut self, index: PollIndex) -> Option<&mut Entry> {
        self.entries.get_mut(index.0)?.as_mut()
    }
}

impl<const N: usize> Default for Schedule<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl Entry {
    fn is_due(&self, now: Timestamp) -> bool {
        !self.over && (now >= self.due() || self.asked.is_some_and(|asked| now < asked))
    }

    fn due(&self) -> Timestamp {
        let Some(asked) = self.asked else { return Timestamp::EPOCH };
        let interval = self.poll.interval();
        after(asked, if interval.is_zero() { Schedule::<0>::RETRY } else { interval })
    }
}
