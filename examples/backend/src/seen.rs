//! [`Seen`]: an observer that keeps everything in memory, to be looked at.

use std::time::Duration;

use crate::cloud::{Cloud, Observer};
use crate::{Backend, Event};

/// What has come.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Seen {
    /// What messages came to.
    pub events: Vec<Event>,
    /// The messages themselves, each with its topic.
    pub messages: Vec<(String, Vec<u8>)>,
}

impl Observer for Seen {
    fn event(&mut self, event: &Event, _: &Backend) -> Result<(), String> {
        self.events.push(event.clone());
        Ok(())
    }

    fn message(&mut self, topic: &str, payload: &[u8]) {
        self.messages.push((topic.to_owned(), payload.to_vec()));
    }
}

impl Cloud<Seen> {
    /// Waits for the first event that `find` finds.
    ///
    /// # Errors
    ///
    /// There is none within `patience`: it names `what` was looked for.
    pub fn event<T>(
        &self,
        what: &str,
        patience: Duration,
        mut find: impl FnMut(&Event) -> Option<T>,
    ) -> Result<T, String> {
        let mut looked = 0;
        self.wait(what, patience, |seen| {
            let found = seen.events.iter().skip(looked).find_map(&mut find);
            looked = seen.events.len();
            found
        })
    }

    /// All events until now.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.look(|_, seen| seen.events.clone())
    }

    /// Keeps the events that are to be kept, and forgets the others.
    pub fn retain(&self, keep: impl FnMut(&Event) -> bool) {
        self.look(|_, seen| seen.events.retain(keep));
    }
}
