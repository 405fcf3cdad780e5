//! The output folder: written beside its place and moved there when everything is in it, so that nobody meets half of it.

use std::borrow::Cow;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::TripError;

/// What a trip leaves in its folder.
const ENTRIES: [&str; 4] = ["summary.json", "signals.csv", "batches", "report.html"];

/// An output folder under construction. Dropped before [`Output::publish`], it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Output {
    place: PathBuf,
    staging: PathBuf,
}

impl Output {
    /// Makes a staging folder beside `place`.
    pub(crate) fn beside(place: &Path) -> Result<Self, TripError> {
        let mut name = place.file_name().unwrap_or("trip".as_ref()).to_os_string();
        name.push(format!(".partial-{}", std::process::id()));
        let staging = place.with_file_name(name);
        let output = Self { place: place.to_owned(), staging };
        let batches = output.staging.join("batches");
        fs::create_dir_all(&batches).map_err(|source| TripError::Write { path: batches, source })?;
        Ok(output)
    }

    /// A new file of this name, buffered.
    pub(crate) fn create(&self, name: &str) -> Result<BufWriter<File>, TripError> {
        let path = self.staging.join(name);
        let file = File::create(&path).map_err(|source| TripError::Write { path, source })?;
        Ok(BufWriter::with_capacity(1 << 20, file))
    }

    /// Writes a whole file.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), TripError> {
        let path = self.staging.join(name);
        fs::write(&path, bytes).map_err(|source| TripError::Write { path, source })
    }

    /// Says which file could not be written.
    pub(crate) fn failed(&self, name: &str) -> impl FnOnce(io::Error) -> TripError {
        let path = self.place.join(name);
        move |source| TripError::Write { path, source }
    }

    /// Puts the finished folder in its place. What an earlier trip left there is replaced; other files are kept.
    pub(crate) fn publish(self) -> Result<PathBuf, TripError> {
        let failed = |source| TripError::Write { path: self.place.clone(), source };
        fs::create_dir_all(&self.place).map_err(failed)?;
        for entry in ENTRIES {
            let (from, to) = (self.staging.join(entry), self.place.join(entry));
            remove(&to).and_then(|()| fs::rename(from, to)).map_err(failed)?;
        }
        Ok(self.place.clone())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // Nothing can be done about a folder that will not go; it is named after this process.
        let _ = fs::remove_dir_all(&self.staging);
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// `signals.csv`: one line a reading, in log order.
#[derive(Debug)]
pub(crate) struct SignalsCsv<W: Write> {
    file: W,
}

impl<W: Write> SignalsCsv<W> {
    /// Starts the file with its header.
    pub(crate) fn new(mut file: W) -> io::Result<Self> {
        file.write_all(b"timestamp_us,signal,value\n")?;
        Ok(Self { file })
    }

    /// Adds a reading with a number. DBC and VSS names hold letters, digits, `_` and `.`; any other name is quoted.
    pub(crate) fn row(&mut self, micros: u64, signal: &str, value: &dyn Display) -> io::Result<()> {
        writeln!(self.file, "{micros},{},{value}", quoted(signal))
    }

    /// Adds a reading whose value may hold anything.
    pub(crate) fn text_row(&mut self, micros: u64, signal: &str, value: &str) -> io::Result<()> {
        self.row(micros, signal, &quoted(value))
    }

    /// Writes out what is buffered.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A field as it is, or in quotation marks where a comma or a line's end would cut it (RFC 4180).
fn quoted(field: &str) -> Cow<'_, str> {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\"")).into()
    } else {
        field.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trip_that_fails_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("trip");
        drop(Output::beside(&place).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_second_trip_replaces_the_first_and_keeps_what_is_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("trip");
        for text in ["one", "two"] {
            let output = Output::beside(&place).unwrap();
            for entry in ["summary.json", "signals.csv", "report.html"] {
                output.write(entry, text.as_bytes()).unwrap();
            }
            output.publish().unwrap();
            fs::write(place.join("notes.txt"), "mine").unwrap();
        }
        assert_eq!(fs::read_to_string(place.join("summary.json")).unwrap(), "two");
        assert!(place.join("notes.txt").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_name_with_a_comma_is_quoted() {
        let mut file = Vec::new();
        let mut csv = SignalsCsv::new(&mut file).unwrap();
        csv.row(5, "A.b", &-0.5).unwrap();
        csv.row(6, "odd,\"name\"", &1e21).unwrap();
        csv.text_row(7, "b", "P0456,P0420").unwrap();
        csv.finish().unwrap();
        let text = String::from_utf8(file).unwrap();
        assert_eq!(
            text,
            "timestamp_us,signal,value\n5,A.b,-0.5\n6,\"odd,\"\"name\"\"\",1000000000000000000000\n7,b,\"P0456,P0420\"\n"
        );
    }
}
