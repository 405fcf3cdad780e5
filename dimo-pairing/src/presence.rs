//! Presence: a device signs and tells only while somebody has shown to be at the vehicle.

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

/// A presence that lasts for a bounded time and a bounded number of signatures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    presence: Presence,
    opened: Timestamp,
    until: Timestamp,
    signatures_left: u8,
}

impl Window {
    pub(crate) fn open(now: Timestamp, presence: Presence, limits: &Limits) -> Self {
        let until = after(now, limits.presence_window);
        Self { presence, opened: now, until, signatures_left: limits.signatures_per_window }
    }

    /// The presence at `now`. A clock that ran back behind the opening ends it too.
    pub(crate) fn presence(&self, now: Timestamp) -> Option<Presence> {
        (self.opened <= now && now < self.until).then_some(self.presence)
    }

    pub(crate) const fn until(&self) -> Timestamp {
        self.until
    }

    pub(crate) const fn signatures_left(&self) -> u8 {
        self.signatures_left
    }

    /// Counts one signature; false when none is left.
    pub(crate) const fn take_signature(&mut self) -> bool {
        match self.signatures_left.checked_sub(1) {
            Some(left) => {
                self.signatures_left = left;
                true
            }
            None => false,
        }
    }
}
