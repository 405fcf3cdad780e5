//! [`PowerRecord`]: what a support desk asks for.

use super::reason::Reason;
use super::state::{Change, PowerState};
use crate::power_manager::Part;

/// Why the device went down last, why it came up last, and which parts had to be switched off. Four bytes, for a store or a register that outlives the sleep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PowerRecord {
    /// Why it went to sleep, or deeper.
    pub down: Option<Reason>,
    /// Why it woke, or got power.
    pub up: Option<Reason>,
    /// A bit for each [`Part`] that did not sleep by itself.
    pub(super) forced: u8,
}

const FORMAT: u8 = 1;

impl PowerRecord {
    /// Takes a change into account. `before` is the state that it came from.
    pub fn note(&mut self, before: PowerState, change: Change) {
        if change.state < before {
            self.down = Some(change.reason);
        } else {
            self.up = Some(change.reason);
        }
    }

    pub(super) const fn force(&mut self, part: Part) {
        self.forced |= 1 << part as u8;
    }

    pub(super) const fn begin_down(&mut self) {
        self.forced = 0;
    }

    /// The parts that had to be switched off when it went down last.
    pub fn forced(&self) -> impl Iterator<Item = Part> + use<> {
        let forced = self.forced;
        Part::ALL.into_iter().filter(move |part| forced & (1 << *part as u8) != 0)
    }

    /// What is stored: format, the numbers of both reasons or 0, and a bit for each part.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 4] {
        let code = |reason: Option<Reason>| reason.map_or(0, Reason::code);
        [FORMAT, code(self.down), code(self.up), self.forced]
    }

    /// What was stored; a reason that this firmware does not know is none. `None` for another format.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 4]) -> Option<Self> {
        let [FORMAT, down, up, forced] = bytes else { return None };
        Some(Self { down: Reason::from_code(down), up: Reason::from_code(up), forced })
    }
}
