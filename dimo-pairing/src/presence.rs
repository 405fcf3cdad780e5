//! Presence: a first meeting, and what a device signs, need somebody who has shown to be at the vehicle.

use dimo_types::Timestamp;

use crate::Limits;
use crate::limits::after;

/// What a person at the vehicle did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Presence {
    /// Plugged the device in.
    PluggedIn,
    /// Pressed its button.
    ButtonPressed,
    /// Switched the ignition on.
    IgnitionOn,
}

/// A presence that lasts for a bounded time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    presence: Presence,
    opened: Timestamp,
    until: Timestamp,
    /// How often the PIN was tried in it.
    #[cfg(feature = "pin")]
    pub(crate) pin_attempts: u8,
}

impl Window {
    pub(crate) fn open(now: Timestamp, presence: Presence, limits: &Limits) -> Self {
        Self {
            presence,
            opened: now,
            until: after(now, limits.presence_window),
            #[cfg(feature = "pin")]
            pin_attempts: 0,
        }
    }

    /// The presence at `now`. A clock that ran back behind the opening ends it too.
    pub(crate) fn presence(&self, now: Timestamp) -> Option<Presence> {
        (self.opened <= now && now < self.until).then_some(self.presence)
    }

    pub(crate) const fn until(&self) -> Timestamp {
        self.until
    }
}
