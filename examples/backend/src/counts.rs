//! [`Counts`]: what happened at the door.

use std::collections::BTreeMap;

use crate::refused::Refused;

/// What was taken and what was not, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Sessions that were opened.
    pub sessions: u64,
    /// Batches that were taken.
    pub batches: u64,
    /// Messages of today's form that were taken.
    pub gen1: u64,
    /// Batches that came again after they were stored: no attack, an acknowledgement was lost.
    pub duplicates: u64,
    /// Readings in what was taken.
    pub readings: u64,
    /// Batches whose dictionary is missing; it was asked for.
    pub without_dictionary: u64,
    /// Messages that were not taken.
    pub refused: BTreeMap<Refused, u64>,
}

impl Counts {
    /// How often messages were refused for this.
    #[must_use]
    pub fn refused_for(&self, reason: Refused) -> u64 {
        self.refused.get(&reason).copied().unwrap_or_default()
    }
}
