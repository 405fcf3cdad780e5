//! What goes in and what comes out: [`Millis`], [`Line`], [`PowerState`], [`Change`].

use super::reason::Reason;

/// Milliseconds since the device got power: a clock that nobody sets and that goes on in sleep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a number with a meaning")]
pub struct Millis(pub u64);

impl Millis {
    pub(super) const fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    pub(super) const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// What a device does. The order is that of what it draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the four states that firmware is written for")]
pub enum PowerState {
    /// The voltage is watched, and the ignition.
    Hibernate,
    /// Wake sources and a timer.
    Sleep,
    /// The bus is received, the uplink served; nothing is sent on the bus.
    Listen,
    /// Everything; the vehicle may be asked.
    Active,
}

impl PowerState {
    /// `active`, `listen`, `sleep` or `hibernate`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Listen => "listen",
            Self::Sleep => "sleep",
            Self::Hibernate => "hibernate",
        }
    }
}

/// A line that says yes or no: ignition, motion, traffic of others on the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a line has two levels")]
pub enum Line {
    /// Nothing.
    Quiet,
    /// The ignition is on, the vehicle moves, the bus has traffic.
    Active,
}

/// A new state and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Change {
    /// When.
    pub at: Millis,
    /// What the device does from now on.
    pub state: PowerState,
    /// Why.
    pub reason: Reason,
}
