//! [`Store`]: a folder with a journal of what came last, and Parquet files of what came before.
//!
//! Journals and files are numbered. A journal whose file is there has become that file; one whose file is not there has not, however far that was when the power went.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use backend::{Backend, NamedReading};
use dimo_crypto::session::LastOpening;
use dimo_types::{Address, RecordId};

use crate::entry::Entry;
use crate::journal::{Journal, Opened};
use crate::openings::{Openings, sync_folder};
use crate::table;

/// When a journal becomes a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rotation {
    /// It has so many rows.
    pub(crate) rows: usize,
    /// Or its first entry is so old.
    pub(crate) age: Duration,
}

#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    rotation: Rotation,
    /// Of the journal.
    number: u64,
    journal: Journal,
    /// What is in the journal.
    entries: Vec<Entry>,
    rows: usize,
    /// When the first of it came, or this program began.
    since: Option<Instant>,
    openings: Openings,
    /// Held for as long as the program runs: two would write over each other.
    _lock: File,
}

impl Store {
    /// Opens a folder in whatever state a power cut has left it.
    pub(crate) fn open(folder: &Path, rotation: Rotation) -> Result<Self, String> {
        let failed = |reason: &dyn std::fmt::Display| format!("{}: {reason}", folder.display());
        fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        let lock = File::create(folder.join("lock")).map_err(|error| failed(&error))?;
        lock.try_lock().map_err(|_| failed(&"another backend stores here"))?;
        let number = tidy(folder)?;
        let path = journal_path(folder, number);
        let opened = Journal::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        sync_folder(&path).map_err(|error| failed(&error))?;
        let Opened { journal, records, torn } = opened;
        if torn > 0 {
            eprintln!("journal\ttorn\t{torn} bytes, of what was never acknowledged");
        }
        let entries = records.iter().map(|record| serde_json::from_str(record));
        let entries = entries.collect::<Result<Vec<Entry>, _>>();
        let entries = entries.map_err(|error| format!("{}: {error}", path.display()))?;
        let rows = entries.iter().map(Entry::rows).sum();
        let since = (!entries.is_empty()).then(Instant::now);
        let (folder, openings) = (folder.to_owned(), Openings::open(folder)?);
        Ok(Self { folder, rotation, number, journal, entries, rows, since, openings, _lock: lock })
    }

    /// Tells a backend what it stored before.
    pub(crate) fn recall(&self, backend: &mut Backend) -> Result<(), String> {
        let mut remember = |device: &str, id: &str| match (device.parse(), id.parse::<RecordId>()) {
            (Ok(device), Ok(id)) => {
                backend.remember(device, id);
                Ok(())
            }
            _ => Err(format!("`{id}` of `{device}` is no batch")),
        };
        for number in numbers(&self.folder, FILE)? {
            let path = file_path(&self.folder, number);
            let batches = table::batches(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            batches.iter().try_for_each(|(device, id)| remember(device, id))?;
        }
        let ids = self.entries.iter().filter_map(|entry| Some((&entry.device, entry.batch.as_ref()?)));
        ids.into_iter().try_for_each(|(device, id)| remember(device, id))?;
        self.openings.iter().for_each(|(device, latest)| backend.remember_opening(device, latest));
        Ok(())
    }

    /// Keeps readings. From now on they are stored, whatever happens.
    pub(crate) fn keep(
        &mut self,
        device: Address,
        batch: Option<RecordId>,
        readings: &[NamedReading],
    ) -> Result<(), String> {
        let entry = Entry::new(device, batch, readings);
        let record = serde_json::to_string(&entry).map_err(|error| error.to_string())?;
        self.journal.add(&record).map_err(|error| format!("the journal: {error}"))?;
        self.rows += entry.rows();
        self.entries.push(entry);
        self.since.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// Keeps the latest opening of a device.
    pub(crate) fn opening(&mut self, device: Address, latest: LastOpening) -> Result<(), String> {
        self.openings.keep(device, latest)
    }

    /// Makes a file of the journal when it is time.
    pub(crate) fn rotate(&mut self) -> Result<(), String> {
        let is_old = self.since.is_some_and(|since| since.elapsed() >= self.rotation.age);
        if self.rows >= self.rotation.rows || is_old { self.end() } else { Ok(()) }
    }

    /// Makes a file of what is in the journal, and begins the next one.
    pub(crate) fn end(&mut self) -> Result<(), String> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let next = journal_path(&self.folder, self.number + 1);
        let opened = Journal::open(&next).map_err(|error| format!("{}: {error}", next.display()))?;
        let path = file_path(&self.folder, self.number);
        table::write(&path, &self.entries).map_err(|error| format!("{}: {error}", path.display()))?;
        let old = journal_path(&self.folder, self.number);
        self.journal = opened.journal;
        self.number += 1;
        self.entries.clear();
        (self.rows, self.since) = (0, None);
        // The file stands for it from now on; the next start removes what is left.
        fs::remove_file(&old).map_err(|error| format!("{}: {error}", old.display()))
    }
}

/// What journals and files are called, before and behind their numbers.
type Name = (&'static str, &'static str);
const JOURNAL: Name = ("journal-", "");
const FILE: Name = ("readings-", ".parquet");

fn journal_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{}{number:06}{}", JOURNAL.0, JOURNAL.1))
}

fn file_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{}{number:06}{}", FILE.0, FILE.1))
}

/// The numbers of what is called so, in their order.
fn numbers(folder: &Path, (before, behind): Name) -> Result<Vec<u64>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let number = |name: String| name.strip_prefix(before)?.strip_suffix(behind)?.parse().ok();
    let mut numbers: Vec<u64> = names.filter_map(number).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// Removes what a power cut has left of a change, and says which journal goes on.
fn tidy(folder: &Path) -> Result<u64, String> {
    let files = numbers(folder, FILE)?;
    let mut going_on = Vec::new();
    for number in numbers(folder, JOURNAL)? {
        let path = journal_path(folder, number);
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        let is_empty = fs::metadata(&path).map_err(failed)?.len() == 0;
        if is_empty || files.contains(&number) {
            fs::remove_file(&path).map_err(failed)?;
        } else {
            going_on.push(number);
        }
    }
    match going_on.as_slice() {
        [] => Ok(files.last().map_or(1, |last| last + 1)),
        [number] => Ok(*number),
        _ => Err(format!("{}: more than one journal: {going_on:?}", folder.display())),
    }
}

#[cfg(test)]
mod tests {
    use backend::Registry;
    use dimo_crypto::session::ServerKey;
    use tempfile::TempDir;

    use super::*;

    const DEVICE: Address = Address::new([7; 20]);
    const NEVER: Rotation = Rotation { rows: usize::MAX, age: Duration::MAX };

    fn id(number: u8) -> RecordId {
        RecordId::new(dimo_types::Timestamp::EPOCH, [number; 16])
    }

    fn keep(store: &mut Store, number: u8) {
        store.keep(DEVICE, Some(id(number)), &[]).unwrap();
    }

    /// The batches of a folder, wherever they are, each as often as it is there.
    fn stored(folder: &Path) -> Vec<String> {
        let store = Store::open(folder, NEVER).unwrap();
        let in_journal = store.entries.iter().filter_map(|entry| entry.batch.clone());
        let in_files = numbers(folder, FILE).unwrap().into_iter().flat_map(|number| {
            table::batches(&file_path(folder, number)).unwrap().into_iter().map(|(_, batch)| batch)
        });
        let mut all: Vec<String> = in_files.chain(in_journal).collect();
        all.sort();
        all
    }

    fn two_kept() -> (TempDir, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path(), NEVER).unwrap();
        keep(&mut store, 1);
        keep(&mut store, 2);
        let mut both = vec![id(1).to_string(), id(2).to_string()];
        both.sort();
        (folder, both)
    }

    #[test]
    fn wherever_the_power_goes_while_a_file_is_made_each_batch_is_stored_once() {
        // Before anything; with the next journal begun; with a part of the file; with the file, and the journal not removed; at the end.
        for stage in 0..5 {
            let (folder, both) = two_kept();
            let path = folder.path();
            let old = fs::read(journal_path(path, 1)).unwrap();
            match stage {
                0 => {}
                1 => drop(File::create(journal_path(path, 2)).unwrap()),
                2 => {
                    File::create(journal_path(path, 2)).unwrap();
                    fs::write(file_path(path, 1).with_extension("part"), b"PAR1 and no more").unwrap();
                }
                _ => Store::open(path, NEVER).unwrap().end().unwrap(),
            }
            if stage == 3 {
                fs::write(journal_path(path, 1), &old).unwrap();
            }
            assert_eq!(stored(path), both, "stage {stage}");
            let mut again = Store::open(path, NEVER).unwrap();
            again.end().unwrap();
            keep(&mut again, 3);
            drop(again);
            assert_eq!(stored(path).len(), 3, "stage {stage}");
        }
    }

    #[test]
    fn what_was_stored_before_is_recalled_from_files_and_from_the_journal() {
        let (folder, _) = two_kept();
        let mut store = Store::open(folder.path(), NEVER).unwrap();
        store.end().unwrap();
        keep(&mut store, 3);
        store.opening(DEVICE, LastOpening::from_bytes(9_u64.to_be_bytes())).unwrap();
        drop(store);
        let registry = Registry::default().with(DEVICE);
        let mut backend = Backend::new(ServerKey::from_bytes([9; 32]), DEVICE, registry);
        Store::open(folder.path(), NEVER).unwrap().recall(&mut backend).unwrap();
        assert_eq!(backend.last_opening(DEVICE), LastOpening::from_bytes(9_u64.to_be_bytes()));
        let are_stored = [1, 2, 3, 4].map(|number| backend.is_stored(DEVICE, id(number)));
        assert_eq!(are_stored, [true, true, true, false]);
    }

    #[test]
    fn a_folder_belongs_to_one_backend_at_a_time() {
        let (folder, _) = two_kept();
        let first = Store::open(folder.path(), NEVER).unwrap();
        assert!(Store::open(folder.path(), NEVER).unwrap_err().contains("another backend"));
        drop(first);
        assert!(Store::open(folder.path(), NEVER).is_ok());
    }
}
