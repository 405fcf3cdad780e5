//! The messages of a database that frames can have, and the names of their signals.

use alloc::string::ToString;
use alloc::vec::Vec;
use std::collections::{HashMap, HashSet};

use dimo_types::CanId;

use crate::{CompileError, Database, Message, Selection, Signal};

/// Where a signal stands in its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) message: usize,
    pub(crate) signal: usize,
}

/// The signals of a selection that does not have all of them.
pub(crate) type Chosen = HashSet<Place>;

/// The messages of a database that frames can have: of those with the same identifier the first.
pub(crate) struct Catalogue<'d> {
    database: &'d Database,
    ids: Vec<(usize, CanId)>,
    by_name: HashMap<&'d str, Vec<Place>>,
}

impl<'d> Catalogue<'d> {
    pub(crate) fn of(database: &'d Database) -> Self {
        let mut seen = HashSet::new();
        let ids =
            database.messages.iter().enumerate().filter_map(|(at, message)| Some((at, message.can_id()?)));
        let mut catalogue =
            Self { database, ids: ids.filter(|(_, id)| seen.insert(*id)).collect(), by_name: HashMap::new() };
        for (at, _, message) in catalogue.messages().collect::<Vec<_>>() {
            for (signal_at, signal) in message.signals.iter().enumerate() {
                let place = Place { message: at, signal: signal_at };
                catalogue.by_name.entry(&signal.name).or_default().push(place);
            }
        }
        catalogue
    }

    /// The messages in file order, with their place in it.
    pub(crate) fn messages(&self) -> impl Iterator<Item = (usize, CanId, &'d Message)> + use<'_, 'd> {
        self.ids.iter().filter_map(|(at, id)| Some((*at, *id, self.database.messages.get(*at)?)))
    }

    pub(crate) fn signal(&self, place: Place) -> Option<&'d Signal> {
        self.database.messages.get(place.message)?.signals.get(place.signal)
    }

    /// The signals that `name`, `Message.Signal` or `Signal`, means.
    pub(crate) fn find(&self, name: &str) -> Vec<Place> {
        let (message, signal) =
            name.split_once('.').map_or((None, name), |(message, signal)| (Some(message), signal));
        let places = self.by_name.get(signal).map(Vec::as_slice).unwrap_or_default().iter().copied();
        let in_message = |place: &Place| {
            let of = self.database.messages.get(place.message).map(|message| message.name.as_str());
            message.is_none() || of == message
        };
        places.filter(in_message).collect()
    }

    /// Whether `name` means a signal of the file, be it in a message that is never decoded.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
            || self.database.messages.iter().any(|message| {
                let signal = name.strip_prefix(message.name.as_str()).and_then(|rest| rest.strip_prefix('.'));
                message.signal(signal.unwrap_or(name)).is_some()
            })
    }

    /// The signals that `selection` names; `None` for all.
    pub(crate) fn choose(&self, selection: &Selection) -> Result<Option<Chosen>, CompileError> {
        let Some(names) = selection.listed() else { return Ok(None) };
        let mut chosen = HashSet::new();
        for name in names {
            let places = self.find(name);
            if places.is_empty() && !self.knows(name) {
                return Err(CompileError::UnknownSignal { name: name.to_string() });
            }
            chosen.extend(places);
        }
        Ok(Some(chosen))
    }
}
