//! What is kept of a bus that says everything many times a second: [`Logger`] thins readings out, [`accept`] lets the
//! controller drop frames that nobody wants.
//!
//! Sans-IO: the time is that of the readings, the memory is the caller's. There is no heap, no clock and no thread.
//!
//! # Example: a value at most once a second when it changes, and once a minute in any case
//!
//! ```
//! use core::time::Duration;
//! use dimo_dbc::logger::{Keep, Logger, Rule, Slot, Trigger, Verdict};
//! use dimo_types::{Reading, SignalIndex, SignalValue, Timestamp};
//! let rule = Rule {
//!     min_interval: Duration::from_secs(1),
//!     trigger: Trigger::Change,
//!     heartbeat: Some(Duration::from_secs(60)),
//! };
//! let mut slots = [Slot::new(rule)]; // one for each signal of the plan
//! let mut logger = Logger::new(&mut slots);
//! let mut offer = |secs, value| {
//!     let time = Timestamp::from_secs(secs).unwrap();
//!     logger.offer(&Reading { time, signal: SignalIndex(0), value: SignalValue::Float(value) })
//! };
//! assert_eq!(offer(100, 21.0), Verdict::Keep(Keep::First));
//! assert_eq!(offer(101, 21.0), Verdict::Unchanged);
//! assert_eq!(offer(102, 21.5), Verdict::Keep(Keep::Changed));
//! assert_eq!(offer(102, 22.0), Verdict::TooSoon);
//! assert_eq!(offer(162, 21.5), Verdict::Keep(Keep::Heartbeat));
//! ```

mod filter;
mod rule;
mod slot;
mod statistics;

use dimo_types::{Frame, Reading};

use crate::Plan;

pub use filter::{AcceptError, AcceptanceFilter, Coverage, accept};
pub use rule::{Rule, Trigger};
pub use slot::{Keep, Slot, Verdict};
pub use statistics::Statistics;

/// Decides which readings are kept, one slot a signal.
///
/// - Getters: [`Logger::statistics`].
/// - Handlers: [`Logger::handle_frame`] decodes and decides; [`Logger::offer`] decides over a reading from elsewhere;
///   [`Logger::handle_lost`] counts what the controller lost.
/// - Commands: [`Logger::forget`] begins anew, as for a new batch.
///
/// They may be called in any order. The slot of [`SignalIndex`](dimo_types::SignalIndex) `n` is the `n`th; a signal without
/// a slot has no rule, and its readings are kept.
#[derive(Debug)]
pub struct Logger<'s> {
    slots: &'s mut [Slot],
    statistics: Statistics,
}

impl<'s> Logger<'s> {
    /// A logger over `slots`, with statistics at zero. Slots that were in use go on where they were.
    #[must_use]
    pub const fn new(slots: &'s mut [Slot]) -> Self {
        Self { slots, statistics: Statistics::ZERO }
    }

    /// What was seen, kept and dropped so far.
    #[must_use]
    pub const fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// Decodes `frame` with `plan` and gives `keep` the readings that are kept, in DBC order.
    ///
    /// Remote and error frames and unknown identifiers are counted and give nothing.
    pub fn handle_frame<'p>(&mut self, plan: &'p Plan<'p>, frame: &Frame, mut keep: impl FnMut(Reading<'p>)) {
        let statistics = &mut self.statistics;
        statistics.frames = statistics.frames.saturating_add(1);
        if !frame.is_data() {
            statistics.not_data = statistics.not_data.saturating_add(1);
            return;
        }
        let Some(samples) = plan.decode(frame) else {
            statistics.unknown = statistics.unknown.saturating_add(1);
            return;
        };
        if samples.missing().is_some() {
            statistics.short = statistics.short.saturating_add(1);
        }
        for sample in samples {
            let reading = sample.reading(frame.time());
            if self.offer(&reading).is_kept() {
                keep(reading);
            }
        }
    }

    /// Decides over one reading, and remembers it when it is kept.
    pub fn offer(&mut self, reading: &Reading<'_>) -> Verdict {
        let verdict = match self.slots.get_mut(usize::from(reading.signal.0)) {
            Some(slot) => slot.offer(reading.time, &reading.value),
            None => Verdict::Keep(Keep::NoRule),
        };
        self.statistics.count(verdict);
        verdict
    }

    /// Counts `frames` that the controller or its driver lost, so that statistics tell of them.
    pub const fn handle_lost(&mut self, frames: u64) {
        self.statistics.lost = self.statistics.lost.saturating_add(frames);
    }

    /// Forgets what was kept: the next reading of each signal is a first one. The network's devices do so with each batch
    /// that they send. Rules and statistics stay.
    pub fn forget(&mut self) {
        self.slots.iter_mut().for_each(Slot::forget);
    }
}
