//! [`Watched`]: a line that may wake.

use super::state::{Line, Millis};

/// A line, since when it is as it is, and whether it went active after having been quiet for long enough.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watched {
    pub(super) line: Line,
    pub(super) since: Millis,
    pub(super) woke: bool,
}

impl Watched {
    pub(super) const fn new(now: Millis) -> Self {
        Self { line: Line::Quiet, since: now, woke: false }
    }

    pub(super) fn set(&mut self, now: Millis, line: Line, quiet_ms: u64) {
        if self.line != line {
            self.woke |= line == Line::Active && now.since(self.since) >= quiet_ms;
            (self.line, self.since) = (line, now);
        }
    }

    /// Whether it was active at some time in the last `ms`.
    pub(super) fn is_fresh(&self, now: Millis, ms: u64, start: Millis) -> bool {
        self.line == Line::Active || (self.since > start && now.since(self.since) < ms)
    }
}
