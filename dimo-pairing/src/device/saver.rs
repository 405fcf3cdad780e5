//! [`Saver`]: which records are still to be stored.

use core::time::Duration;

use dimo_types::Timestamp;

use crate::limits::after;
use crate::{JobId, RecordKey};

/// How long a storage that failed is left alone.
const PAUSE: Duration = Duration::from_secs(10);

/// Keeps count of records that have changed and are not stored yet, and hands out one at a time.
#[derive(Debug)]
pub(super) struct Saver {
    /// One bit for each record, by its number.
    dirty: u8,
    out: Option<(JobId, RecordKey)>,
    /// Not before this time, after a failure.
    not_before: Option<Timestamp>,
}

impl Saver {
    pub(super) const fn new() -> Self {
        Self { dirty: 0, out: None, not_before: None }
    }

    /// None for a slot that there is not.
    const fn bit(key: RecordKey) -> u8 {
        match key.number() {
            number @ 0..=7 => 1 << number,
            _ => 0,
        }
    }

    /// `key` has changed. It is stored anew even if it is being stored right now.
    pub(super) const fn touch(&mut self, key: RecordKey) {
        self.dirty |= Self::bit(key);
        self.not_before = None;
    }

    /// `key` has changed back: it is stored when the storage works again.
    pub(super) const fn touch_later(&mut self, key: RecordKey) {
        self.dirty |= Self::bit(key);
    }

    /// Whether `key` is still to be stored.
    pub(super) fn is_storing(&self, key: RecordKey) -> bool {
        self.dirty & Self::bit(key) != 0 || self.out.is_some_and(|(_, out)| out == key)
    }

    /// Whether everything is stored.
    pub(super) const fn is_done(&self) -> bool {
        self.dirty == 0 && self.out.is_none()
    }

    /// The next record to store, if one may be stored now.
    pub(super) fn due(&self) -> Option<RecordKey> {
        if self.out.is_some() || self.not_before.is_some() {
            return None;
        }
        RecordKey::ALL.into_iter().find(|key| self.dirty & Self::bit(*key) != 0)
    }

    /// `key` is being stored, under `job`.
    pub(super) const fn begin(&mut self, job: JobId, key: RecordKey) {
        self.dirty &= !Self::bit(key);
        self.out = Some((job, key));
    }

    /// Whether it waits for the outcome of `job`.
    pub(super) fn waits_for(&self, job: JobId) -> bool {
        self.out.is_some_and(|(out, _)| out == job)
    }

    pub(super) fn stored(&mut self) {
        self.out = None;
    }

    /// The storage failed: once more after a pause.
    pub(super) fn failed(&mut self, now: Timestamp) {
        if let Some((_, key)) = self.out.take() {
            self.dirty |= Self::bit(key);
            self.not_before = Some(after(now, PAUSE));
        }
    }

    /// When it may try again after a failure.
    pub(super) const fn not_before(&self) -> Option<Timestamp> {
        self.not_before
    }

    pub(super) fn wake(&mut self, now: Timestamp) {
        self.not_before.take_if(|time| *time <= now);
    }
}
