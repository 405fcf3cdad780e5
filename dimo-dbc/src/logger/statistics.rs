//! [`Statistics`]: what a logger saw, kept and dropped.

use super::Verdict;

/// What a logger saw, kept and dropped. Counters stop at their maximum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Frames handled, of any kind.
    pub frames: u64,
    /// Remote and error frames among them.
    pub not_data: u64,
    /// Frames among them whose identifier the plan does not know.
    pub unknown: u64,
    /// Frames among them that were too short for all of their signals.
    pub short: u64,
    /// Frames that the controller or its driver reported as lost; not among those handled.
    pub lost: u64,
    /// Readings kept.
    pub kept: u64,
    /// Readings dropped because they came within the interval.
    pub too_soon: u64,
    /// Readings dropped because they said nothing new.
    pub unchanged: u64,
}

impl Statistics {
    pub(super) const ZERO: Self =
        Self { frames: 0, not_data: 0, unknown: 0, short: 0, lost: 0, kept: 0, too_soon: 0, unchanged: 0 };

    /// Readings dropped for any reason.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.too_soon.saturating_add(self.unchanged)
    }

    pub(super) const fn count(&mut self, verdict: Verdict) {
        let counter = match verdict {
            Verdict::Keep(_) => &mut self.kept,
            Verdict::TooSoon => &mut self.too_soon,
            Verdict::Unchanged => &mut self.unchanged,
        };
        *counter = counter.saturating_add(1);
    }
}
