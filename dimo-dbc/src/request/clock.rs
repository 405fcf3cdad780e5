//! Arithmetic on the time that callers pass in.

use core::time::Duration;

use dimo_types::Timestamp;

/// `now` moved by `wait`; the last timestamp there is where that lies beyond it.
pub(super) fn after(now: Timestamp, wait: Duration) -> Timestamp {
    i64::try_from(wait.as_micros())
        .ok()
        .and_then(|micros| now.checked_add_micros(micros))
        .unwrap_or(Timestamp::MAX)
}
