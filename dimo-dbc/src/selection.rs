//! [`Selection`]: which signals of a database go into a plan.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::Mapping;

/// Which signals of a database a plan decodes.
///
/// # Example: a list of names as a file holds it
///
/// ```
/// use dimo_dbc::Selection;
/// let few = Selection::parse("# engine\nEngine.Rpm\nCoolantTemperature # in every message that has it\n");
/// assert_eq!(few, Selection::names(["Engine.Rpm", "CoolantTemperature"]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection(Option<Vec<String>>);

impl Selection {
    /// Every signal, and every message even where it has no signal.
    #[must_use]
    pub const fn all() -> Self {
        Self(None)
    }

    /// The signals of these names: `Message.Signal`, or `Signal` for that name in every message. Messages without any
    /// of them stay unknown to the plan.
    pub fn names<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        Self(Some(names.into_iter().map(|name| name.as_ref().to_string()).collect()))
    }

    /// The names in `text`, one a line; `#` begins a comment.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let names = text.lines().map(|line| line.split_once('#').map_or(line, |(name, _)| name).trim());
        Self::names(names.filter(|name| !name.is_empty()))
    }

    /// The signals that `mapping` names.
    #[must_use]
    pub fn mapped(mapping: &Mapping) -> Self {
        Self::names(mapping.signals().map(|(dbc, _)| dbc))
    }

    /// The names; `None` for everything.
    pub(crate) fn listed(&self) -> Option<&[String]> {
        self.0.as_deref()
    }
}
