//! [`Selection`]: which signals of a database go into a plan.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::compile::Catalogue;
use crate::{Database, Mapping};

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
    /// of them stay unknown to the plan, unless they share a J1939 group with one that has some: then the plan knows them
    /// without signals, so that [`IdMatching::J1939`](crate::IdMatching::J1939) still tells them apart. A name that stands only in a message that is never decoded (one whose identifier
    /// a message before it has, or that no frame has) selects nothing.
    pub fn names<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        Self(Some(names.into_iter().map(|name| name.as_ref().to_string()).collect()))
    }

    /// The names in `text`, one a line; `#` begins a comment. A byte order mark before them is skipped.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim_start_matches('\u{FEFF}');
        let names = text.lines().map(|line| line.split_once('#').map_or(line, |(name, _)| name).trim());
        Self::names(names.filter(|name| !name.is_empty()))
    }

    /// The signals that `mapping` names.
    #[must_use]
    pub fn mapped(mapping: &Mapping) -> Self {
        Self::names(mapping.signals().map(|(dbc, _)| dbc))
    }

    /// The selection without the names that no signal of `database` has, and those names: for a list that is to serve
    /// several files. [`crate::compile`] refuses them.
    ///
    /// # Example: a list made for another car
    ///
    /// ```
    /// use dimo_dbc::{Selection, import};
    /// let database = import(b"BO_ 291 Engine: 8 X\n SG_ Rpm : 0|16@1+ (0.25,0) [0|0] \"rpm\" X\n").unwrap();
    /// let (known, unknown) = Selection::names(["Rpm", "Battery.Soc"]).without_unknown(&database);
    /// assert_eq!(known, Selection::names(["Rpm"]));
    /// assert_eq!(unknown, ["Battery.Soc"]);
    /// ```
    #[must_use]
    pub fn without_unknown(self, database: &Database) -> (Self, Vec<String>) {
        let Some(names) = self.0 else { return (self, Vec::new()) };
        let catalogue = Catalogue::of(database);
        let (known, unknown) = names.into_iter().partition(|name| catalogue.knows(name));
        (Self(Some(known)), unknown)
    }

    /// The names; `None` for everything.
    pub(crate) fn listed(&self) -> Option<&[String]> {
        self.0.as_deref()
    }
}
