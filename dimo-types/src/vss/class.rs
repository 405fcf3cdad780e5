//! [`SignalClass`]: what a device needs to know of the catalogue before it shows a reading to somebody.

use super::{VssKind, VssSignal, table};
use crate::Privilege;

/// What the catalogue says of a signal's name that decides who may see its readings: two bytes, for a device that has no room for the
/// catalogue itself. See [`Disclosure::classified`](crate::Disclosure::classified).
///
/// # Example: once for each signal of a plan
///
/// ```
/// use dimo_types::{Privilege, SignalClass, VssKind};
/// let speed = SignalClass::by_name("speed").unwrap();
/// assert_eq!((speed.privilege(), speed.kind()), (Privilege::NonLocationData, VssKind::Number));
/// assert_eq!(SignalClass::by_name("Engine.Rpm"), None); // it may be anything
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SignalClass {
    privilege: Privilege,
    kind: VssKind,
}

impl SignalClass {
    /// That of a signal of the catalogue.
    #[must_use]
    pub const fn of(signal: &VssSignal) -> Self {
        Self { privilege: signal.privilege, kind: signal.kind }
    }

    /// That of a name on the wire, in the same way as [`VssSignal::by_name`]; `None` for a name that the catalogue does not have.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        let place = NAMES.binary_search_by(|(held, _)| (*held).cmp(name)).ok()?;
        NAMES.get(place).map(|(_, class)| *class)
    }

    /// What a recipient needs to see it.
    #[must_use]
    pub const fn privilege(self) -> Privilege {
        self.privilege
    }

    /// What its values are.
    #[must_use]
    pub const fn kind(self) -> VssKind {
        self.kind
    }
}

/// The catalogue without all that a device does not ask for: a program that uses only these does not link the rest.
#[expect(clippy::indexing_slicing, reason = "the compiler counts, not a device")]
static NAMES: [(&str, SignalClass); table::TABLE.len()] = {
    let mut names = [("", SignalClass::of(&table::TABLE[0])); table::TABLE.len()];
    let mut place = 0;
    while place < names.len() {
        let signal = &table::TABLE[place];
        names[place] = (signal.name, SignalClass::of(signal));
        place += 1;
    }
    names
};
