//! [`InFlight`]: batches that were sent and are not acknowledged yet.

use dimo_hal::queue::ItemId;
use embassy_time::{Duration, Instant};

/// So many at once.
const MOST: usize = 4;
/// After this time without a sign they are sent again.
const PATIENCE: Duration = Duration::from_secs(8);

/// The id by which the backend knows a batch.
pub(crate) type BatchId = [u8; 20];

#[derive(Clone, Copy, Debug)]
struct Sent {
    item: ItemId,
    batch: BatchId,
    is_acknowledged: bool,
}

/// In the order in which they were sent.
#[derive(Debug)]
pub(crate) struct InFlight {
    sent: [Option<Sent>; MOST],
    since: Instant,
}

impl InFlight {
    pub(crate) fn new() -> Self {
        Self { sent: [None; MOST], since: Instant::now() }
    }

    pub(crate) fn has_room(&self) -> bool {
        self.sent.iter().any(Option::is_none)
    }

    /// The last one, behind which the next one stands in the queue.
    pub(crate) fn last(&self) -> Option<ItemId> {
        self.sent.iter().flatten().map(|sent| sent.item).max()
    }

    pub(crate) fn add(&mut self, item: ItemId, batch: BatchId) {
        if self.last().is_none() {
            self.since = Instant::now();
        }
        if let Some(place) = self.sent.iter_mut().find(|place| place.is_none()) {
            *place = Some(Sent { item, batch, is_acknowledged: false });
        }
    }

    /// The backend has these batches. What the queue may forget: all up to this one.
    pub(crate) fn acknowledge(&mut self, batches: &[BatchId]) -> Option<ItemId> {
        for sent in self.sent.iter_mut().flatten() {
            sent.is_acknowledged |= batches.contains(&sent.batch);
        }
        let oldest_open =
            self.sent.iter().flatten().filter(|sent| !sent.is_acknowledged).map(|sent| sent.item).min();
        let is_done = |sent: &Sent| sent.is_acknowledged && oldest_open.is_none_or(|open| sent.item < open);
        let done = self.sent.iter().flatten().filter(|sent| is_done(sent)).map(|sent| sent.item).max()?;
        self.sent.iter_mut().for_each(|place| *place = place.filter(|sent| sent.item > done));
        self.since = Instant::now();
        Some(done)
    }

    /// Nothing was heard for long: everything is to be sent again.
    pub(crate) fn forget_if_late(&mut self) -> bool {
        let is_late = self.last().is_some() && self.since.elapsed() > PATIENCE;
        if is_late {
            *self = Self::new();
        }
        is_late
    }
}
