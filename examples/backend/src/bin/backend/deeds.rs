//! [`Deeds`]: the registry in a file that may change, and the consents of owners.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use backend::{Event, Registry, sharing};
use dimo_crypto::Registry as Chain;
use dimo_types::Address;

/// Which devices there are, whose they are, and what their owners consent to.
#[derive(Debug)]
pub(crate) struct Deeds {
    file: PathBuf,
    read: Option<SystemTime>,
    registry: Registry,
    consents: Option<PathBuf>,
}

impl Deeds {
    pub(crate) fn open(file: &Path, consents: Option<PathBuf>) -> Result<Self, String> {
        let (read, registry) = (changed(file), parse(file)?);
        Ok(Self { file: file.to_owned(), read, registry, consents })
    }

    pub(crate) fn registry(&self) -> Registry {
        self.registry.clone()
    }

    /// The registry, when the file has changed. One that cannot be read changes nothing, and is said.
    pub(crate) fn changed(&mut self) -> Option<Registry> {
        let now = changed(&self.file);
        if now == self.read {
            return None;
        }
        self.read = now;
        match parse(&self.file) {
            Ok(registry) => {
                self.registry = registry;
                Some(self.registry.clone())
            }
            Err(reason) => {
                eprintln!("registry\tkept\t{reason}");
                None
            }
        }
    }

    /// What a device is told when it opens a session: whose the vehicle is, and what that owner consents to.
    pub(crate) fn commands(&self, event: &Event) -> Vec<Vec<u8>> {
        let Event::Session { device, .. } = event else { return Vec::new() };
        let owner = self.registry.vehicle(*device);
        let owner = owner.map(|vehicle| sharing::owner(&Chain::POLYGON, vehicle.token, vehicle.owner));
        let consent = self.consent(*device).map(|consent| sharing::consent(&consent));
        owner.into_iter().chain(consent).collect()
    }

    fn consent(&self, device: Address) -> Option<Vec<u8>> {
        let name = format!("{}.consent", device.to_string().to_ascii_lowercase());
        fs::read(self.consents.as_ref()?.join(name)).ok()
    }
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

fn parse(file: &Path) -> Result<Registry, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Registry::parse(&text).map_err(|error| format!("{}: {error}", file.display()))
}
