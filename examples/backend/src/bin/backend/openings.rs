//! [`Openings`]: the latest opening of each device, in a file.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use dimo_crypto::session::LastOpening;
use dimo_types::Address;

/// What must not be forgotten of sessions: with an older opening everything that was sent then could be sent again.
#[derive(Debug)]
pub(crate) struct Openings {
    file: PathBuf,
    latest: BTreeMap<Address, LastOpening>,
}

impl Openings {
    pub(crate) fn open(folder: &Path) -> Result<Self, String> {
        let file = folder.join("openings.json");
        let failed = |reason: &dyn std::fmt::Display| format!("{}: {reason}", file.display());
        let latest: BTreeMap<String, u64> = match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| failed(&error))?,
            Err(error) if error.kind() == ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(failed(&error)),
        };
        let parsed = latest.into_iter().map(|(device, counter)| {
            let device: Address = device.parse().map_err(|error| failed(&error))?;
            Ok((device, LastOpening::from_bytes(counter.to_be_bytes())))
        });
        let latest = parsed.collect::<Result<_, String>>()?;
        Ok(Self { file, latest })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Address, LastOpening)> {
        self.latest.iter().map(|(device, latest)| (*device, *latest))
    }

    /// Keeps the latest one; a power cut leaves the file before or the file after.
    pub(crate) fn keep(&mut self, device: Address, latest: LastOpening) -> Result<(), String> {
        self.latest.insert(device, latest);
        self.write().map_err(|error| format!("{}: {error}", self.file.display()))
    }

    fn write(&self) -> std::io::Result<()> {
        let counter = |latest: LastOpening| u64::from_be_bytes(latest.to_bytes());
        let latest: BTreeMap<String, u64> =
            self.iter().map(|(device, latest)| (device.to_string(), counter(latest))).collect();
        write_whole(&self.file, &serde_json::to_vec(&latest)?)
    }
}

/// Writes a file so that a power cut leaves the one before or this one.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = file.with_extension("part");
    let mut new = File::create(&part)?;
    new.write_all(bytes)?;
    new.sync_all()?;
    fs::rename(&part, file)?;
    sync_folder(file)
}

/// What was renamed or made in a folder stays so.
pub(crate) fn sync_folder(file: &Path) -> std::io::Result<()> {
    File::open(file.parent().unwrap_or(Path::new(".")))?.sync_all()
}
