//! [`Limits`]: how long a device waits, and how often it signs.

use core::time::Duration;

use dimo_types::Timestamp;

/// The bounds of a device. The default is that of SPEC.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a presence window stays open. Default 600 s.
    pub presence_window: Duration,
    /// How long the rest of a half-received packet may take, counted from its last fragment. Default 10 s.
    pub fragment_gap: Duration,
    /// How long the secure element or the vehicle may take for an answer. Default 30 s.
    pub job: Duration,
    /// How many signatures one presence window allows. Default 8.
    pub signatures_per_window: u8,
}

impl Limits {
    /// The values of SPEC.md.
    pub const SPEC: Self = Self {
        presence_window: Duration::from_secs(600),
        fragment_gap: Duration::from_secs(10),
        job: Duration::from_secs(30),
        signatures_per_window: 8,
    };
    /// How long a phone waits for an answer, 40 s: longer than a device waits for its own parts, so that the device's reason
    /// arrives first.
    pub const PHONE_WAIT: Duration = Duration::from_secs(40);
}

impl Default for Limits {
    fn default() -> Self {
        Self::SPEC
    }
}

/// `now` and `wait` more, at most [`Timestamp::MAX`].
pub(crate) fn after(now: Timestamp, wait: Duration) -> Timestamp {
    i64::try_from(wait.as_micros())
        .ok()
        .and_then(|micros| now.checked_add_micros(micros))
        .unwrap_or(Timestamp::MAX)
}
