//! [`Ledger`]: prints what comes, and stores it.

use backend::cloud::Observer;
use backend::{Backend, Event};

use crate::deeds::Deeds;
use crate::lines;
use crate::store::Store;

/// Who keeps what comes.
#[derive(Debug)]
pub(crate) struct Ledger {
    store: Option<Store>,
    deeds: Deeds,
}

impl Ledger {
    pub(crate) const fn new(store: Option<Store>, deeds: Deeds) -> Self {
        Self { store, deeds }
    }

    /// What is to be done beside messages.
    pub(crate) fn look(&mut self, backend: &mut Backend) {
        if let Some(registry) = self.deeds.changed() {
            backend.set_registry(registry);
        }
        if let Some(Err(reason)) = self.store.as_mut().map(Store::rotate) {
            eprintln!("store\tfailed\t{reason}");
        }
    }

    /// What is in the journal becomes a file, too.
    pub(crate) fn end(&mut self) -> Result<(), String> {
        self.store.as_mut().map_or(Ok(()), Store::end)
    }

    fn store(&mut self, event: &Event, backend: &Backend) -> Result<(), String> {
        let Some(store) = &mut self.store else { return Ok(()) };
        match event {
            Event::Session { device, .. } => store.opening(*device, backend.last_opening(*device)),
            Event::Batch { device, id, readings, .. } => store.keep(*device, Some(*id), readings),
            Event::Gen1 { device, readings } => store.keep(*device, None, readings),
            _ => Ok(()),
        }
    }
}

impl Observer for Ledger {
    fn event(&mut self, event: &Event, backend: &Backend) -> Result<(), String> {
        self.store(event, backend).inspect_err(|reason| eprintln!("store\tfailed\t{reason}"))?;
        lines::told(event);
        if let Event::Batch { device, readings, .. } | Event::Gen1 { device, readings } = event {
            lines::readings(*device, readings);
        }
        Ok(())
    }

    fn commands(&mut self, event: &Event) -> Vec<Vec<u8>> {
        self.deeds.commands(event)
    }
}
