//! [`Limits`]: how long a device waits, and how often it signs.

use core::time::Duration;

use dimo_types::Timestamp;

/// The bounds of a device. The default is that of SPEC.md, Times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a presence window stays open. Default 600 s.
    pub presence_window: Duration,
    /// How long the rest of a half-received packet may take, counted from its last fragment. Default 10 s.
    pub fragment_gap: Duration,
    /// How long a handshake, or the PIN exchange before it, may take. Default 30 s.
    pub handshake: Duration,
    /// How long a session lasts in which nothing was granted. Default 300 s.
    pub ungranted: Duration,
    /// How long a session lasts without a request. Default 600 s.
    pub idle: Duration,
    /// How long the wallet, the storage or the maker's part may go without a sign of life. Default 30 s.
    pub job: Duration,
    /// After how much running time one more signature is allowed, up to 8 at once. Default 600 s.
    pub signature_every: Duration,
    /// How long the phone of a grant is remembered at most. Default 90 days.
    pub remember: Duration,
    /// The longest hold of the device's sleep, in seconds. Default 900 s.
    pub hold_awake_secs: u16,
}

impl Limits {
    /// The values of SPEC.md.
    pub const SPEC: Self = Self {
        presence_window: Duration::from_secs(600),
        fragment_gap: Duration::from_secs(10),
        handshake: Duration::from_secs(30),
        ungranted: Duration::from_secs(300),
        idle: Duration::from_secs(600),
        job: Duration::from_secs(30),
        signature_every: Duration::from_secs(600),
        remember: Duration::from_secs(90 * 24 * 3600),
        hold_awake_secs: 900,
    };
    /// After how long the phone is told that work goes on, 2 s.
    pub(crate) const FIRST_NOTICE: Duration = Duration::from_secs(2);
    /// How often it is told so again, 10 s.
    pub(crate) const NOTICE: Duration = Duration::from_secs(10);
    /// How long a phone waits before it sends a packet again, 10 s.
    pub(crate) const PHONE_AGAIN: Duration = Duration::from_secs(10);
    /// How long a phone waits for a sign of life, 40 s: longer than a device waits for its own parts, so that the device's reason
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
