//! A log to Parquet: `log-to-parquet DBC LOG -o FOLDER`
//!
//! Writes one file for each message of which the log has frames, `FOLDER/ID_Message.parquet`: a row for each frame, with its
//! time and a column for each signal. Prints `rows<TAB>file` for each. What could not be decoded is counted on standard
//! error.

use core::error::Error;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dimo_dbc::log::{LogItem, LogReader};
use dimo_dbc::{BatchDecoder, MessageBatch, Plan, Selection, compile, import};
use dimo_types::{CanId, Frame};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

const USAGE: &str = "usage: log-to-parquet DBC LOG -o FOLDER";
/// Frames that are decoded at a time.
const CHUNK: usize = 1 << 16;

fn main() -> ExitCode {
    match convert(std::env::args_os().skip(1), &mut io::stdout().lock(), &mut io::stderr().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("log-to-parquet: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Files to `FOLDER`, their list to `out`, the summary to `notes`.
fn convert(
    words: impl Iterator<Item = OsString>,
    out: &mut impl Write,
    notes: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let (dbc, log, folder) = paths(words).ok_or(USAGE)?;
    let text = fs::read(&dbc).map_err(|error| format!("{}: {error}", dbc.display()))?;
    let database = import(&text).map_err(|error| format!("{}:{error}", dbc.display()))?;
    let blob = compile(&database, &Selection::all(), None)?;
    let mut decoder = BatchDecoder::new(Plan::from_bytes(&blob)?);
    let mut files = Files::new(folder)?;

    let mut frames: Vec<Frame> = Vec::with_capacity(CHUNK);
    let (mut malformed, mut unknown) = (0_u64, 0);
    for item in LogReader::open(&log).map_err(|error| format!("{}: {}", log.display(), error.source))? {
        match item? {
            LogItem::Frame(frame) => frames.push(frame),
            LogItem::Malformed(_) => malformed += 1,
            _ => {}
        }
        if frames.len() == CHUNK {
            unknown += frames.len() - decoder.decode(&frames);
            frames.clear();
            decoder.take()?.iter().try_for_each(|batch| files.write(batch))?;
        }
    }
    unknown += frames.len() - decoder.decode(&frames);
    decoder.take()?.iter().try_for_each(|batch| files.write(batch))?;
    files.close(out)?;
    writeln!(notes, "{malformed} malformed lines, {unknown} frames not decoded")?;
    Ok(())
}

fn paths(mut words: impl Iterator<Item = OsString>) -> Option<(PathBuf, PathBuf, PathBuf)> {
    let (mut files, mut folder) = (Vec::new(), None);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("-o") => folder = Some(PathBuf::from(words.next()?)),
            Some(option) if option.starts_with('-') => return None,
            _ => files.push(PathBuf::from(word)),
        }
    }
    let (log, dbc) = (files.pop()?, files.pop()?);
    files.is_empty().then_some((dbc, log, folder?))
}

/// A file for each message that came.
struct Files {
    folder: PathBuf,
    open: BTreeMap<CanId, (PathBuf, ArrowWriter<File>)>,
}

impl Files {
    fn new(folder: PathBuf) -> Result<Self, Box<dyn Error>> {
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self { folder, open: BTreeMap::new() })
    }

    fn write(&mut self, message: &MessageBatch) -> Result<(), Box<dyn Error>> {
        if !self.open.contains_key(&message.id) {
            self.open.insert(message.id, create(&self.folder, message)?);
        }
        if let Some((_, writer)) = self.open.get_mut(&message.id) {
            writer.write(&message.batch)?;
        }
        Ok(())
    }

    fn close(self, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
        for (path, writer) in self.open.into_values() {
            let rows = writer.close()?.file_metadata().num_rows();
            writeln!(out, "{rows}\t{}", path.display())?;
        }
        Ok(())
    }
}

fn create(folder: &Path, message: &MessageBatch) -> Result<(PathBuf, ArrowWriter<File>), Box<dyn Error>> {
    let schema = message.batch.schema();
    let name = schema.metadata().get("message").map_or("", String::as_str);
    let path = folder.join(format!("{}_{name}.parquet", message.id));
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let file = File::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((path, ArrowWriter::try_new(file, schema, Some(properties))?))
}
