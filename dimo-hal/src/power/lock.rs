//! [`WakeLock`]: who keeps the device awake, and for how long at most.

use super::state::Millis;

/// Who asks for time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LockOwner {
    /// A phone is connected.
    Pairing,
    /// An update is being fetched or tried.
    Update,
    /// A backlog is being sent.
    Uplink,
    /// What else a firmware does.
    Application,
}

impl LockOwner {
    pub(super) const COUNT: usize = 4;

    pub(super) const fn place(self) -> usize {
        self as usize
    }

    /// How long one lock of this owner lasts at most, in ms.
    #[must_use]
    pub const fn longest_ms(self) -> u64 {
        match self {
            Self::Pairing => 15 * 60_000,
            Self::Update => 30 * 60_000,
            Self::Uplink => 10 * 60_000,
            Self::Application => 5 * 60_000,
        }
    }
}

/// Time that somebody asked for. Each owner has one; it lasts until it is released, or [`LockOwner::longest_ms`] have passed since it was first
/// taken, and counts against the time awake of the parked period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct WakeLock {
    /// Who asked.
    pub owner: LockOwner,
    /// Until when it lasts.
    pub until: Millis,
}
