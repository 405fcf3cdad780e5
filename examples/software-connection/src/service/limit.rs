//! [`Limit`]: so many requests for data in a quarter of an hour.

use core::time::Duration;
use std::collections::VecDeque;

use dimo_types::Timestamp;

use crate::clock::{after, between};

const REQUESTS: usize = 24;
const WINDOW: Duration = Duration::from_secs(900);

/// The requests of the last quarter of an hour.
#[derive(Debug, Default)]
pub(crate) struct Limit {
    counted: VecDeque<Timestamp>,
    held_until: Option<Timestamp>,
}

impl Limit {
    /// Whether the caller was told to wait beyond `now`.
    pub(super) fn holds(&self, now: Timestamp) -> bool {
        self.held_until.is_some_and(|until| now < until)
    }

    /// Counts a request, or says for how many seconds there is room for no more.
    pub(super) fn count(&mut self, now: Timestamp) -> Result<(), u64> {
        while self.counted.front().is_some_and(|first| between(*first, now) >= WINDOW) {
            self.counted.pop_front();
        }
        if self.counted.len() < REQUESTS {
            self.counted.push_back(now);
            return Ok(());
        }
        let free = self.counted.front().map_or(now, |first| after(*first, WINDOW));
        let seconds = between(now, free).as_secs() + 1;
        self.held_until = Some(after(now, Duration::from_secs(seconds)));
        Err(seconds)
    }
}
