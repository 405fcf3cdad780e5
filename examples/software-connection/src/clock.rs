//! [`Clock`]: the time of the simulated day, shared by everybody in it.

use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dimo_types::Timestamp;

/// A clock that is moved and does not run. Clones show the same time.
#[derive(Clone, Debug)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    /// A clock that shows `start`.
    pub(crate) fn new(start: Timestamp) -> Self {
        Self(Arc::new(AtomicU64::new(start.as_micros())))
    }

    /// The time it shows.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }

    /// Moves it to `time`, never back.
    pub(crate) fn move_to(&self, time: Timestamp) {
        self.0.fetch_max(time.as_micros(), Ordering::SeqCst);
    }

    /// Lets `span` pass.
    pub(crate) fn pass(&self, span: Duration) {
        self.move_to(after(self.now(), span));
    }
}

/// `time` moved by `span` into the future, as far as timestamps go.
pub(crate) fn after(time: Timestamp, span: Duration) -> Timestamp {
    let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
    time.checked_add_micros(micros).unwrap_or(Timestamp::MAX)
}

/// How long after `earlier` `later` is; nothing when it is before.
pub(crate) fn between(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::from_micros(u64::try_from(later.micros_since(earlier)).unwrap_or(0))
}
