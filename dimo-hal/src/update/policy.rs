//! [`UpdatePolicy`].

use core::time::Duration;

/// What an update may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "settings of a maker")]
pub struct UpdatePolicy {
    /// The least voltage of the battery at which flash is written, in mV; 0 for devices that live off something else.
    pub least_mv: u32,
    /// How long the director has to answer.
    pub answer_within: Duration,
    /// A source is measured over this time.
    pub window: Duration,
    /// What it has to bring in that time, in bytes. A source that is slower is left: it may be one that holds the device up on purpose.
    pub least_bytes: u32,
    /// How many chunks are fetched between two notes of how far it has come. A note wears the store; a power cut costs what is not noted.
    pub note_every: u32,
    /// How often an image is started without having confirmed itself.
    pub starts: u8,
}

impl UpdatePolicy {
    /// For 12 V: above the cut-out, a minute for an answer, 4 KiB a minute, a note each 64 KiB of pages of 4 KiB, three starts.
    pub const TWELVE_VOLT: Self = Self {
        least_mv: 12_300,
        answer_within: Duration::from_secs(60),
        window: Duration::from_secs(60),
        least_bytes: 4096,
        note_every: 16,
        starts: 3,
    };
}
