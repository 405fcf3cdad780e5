//! [`Allowance`]: how often a device signs for a phone, however often it is restarted.

use core::time::Duration;

use dimo_types::Timestamp;

use crate::limits::after;
use crate::memory::State;

/// Gives one more signature for each stretch of running time; what is left lives in the [`State`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    stretch: Duration,
    /// Up to when running time has been turned into signatures; `None` before the time is known.
    counted: Option<Timestamp>,
}

impl Allowance {
    pub(crate) const fn new(stretch: Duration) -> Self {
        Self { stretch, counted: None }
    }

    /// Adds what the running time up to `now` has brought. A clock that ran back brings nothing.
    pub(crate) fn advance(&mut self, now: Timestamp, state: &mut State) {
        let mut counted = self.counted.filter(|counted| *counted <= now).unwrap_or(now);
        while state.signatures_left < State::SIGNATURES && after(counted, self.stretch) <= now {
            counted = after(counted, self.stretch);
            state.signatures_left += 1;
        }
        // A full allowance saves no time up.
        self.counted = Some(if state.signatures_left < State::SIGNATURES { counted } else { now });
    }

    /// Takes one; false when none is left.
    pub(crate) fn take(&mut self, now: Timestamp, state: &mut State) -> bool {
        self.advance(now, state);
        let Some(left) = state.signatures_left.checked_sub(1) else { return false };
        state.signatures_left = left;
        state.signatures_begun = state.signatures_begun.saturating_add(1);
        true
    }
}
