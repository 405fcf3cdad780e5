//! Where the trip's frames and their meaning come from: a user's files, or the vehicle of our own.

use std::fs;
use std::io::{BufRead, Cursor};
use std::path::Path;

use dimo_dbc::log::{LogFormat, LogReader};
use dimo_dbc::{Mapping, Selection, compile, import};

use crate::args::Args;
use crate::error::TripError;
use crate::vehicle;

/// The seed of our own drive: the same frames in every run.
const DRIVE_SEED: u64 = 4;

/// A compiled plan and a log to read with it.
pub(crate) struct Source {
    /// What the report says about it.
    pub(crate) description: String,
    /// The blob that a device would store.
    pub(crate) plan: Vec<u8>,
    pub(crate) log: LogReader<Box<dyn BufRead>>,
    /// The size of the log in bytes, for progress.
    pub(crate) log_bytes: u64,
    /// The log's name in messages.
    pub(crate) log_name: String,
}

impl Source {
    /// Reads what the command line names. Nothing has been written when this fails.
    pub(crate) fn from_args(args: &Args) -> Result<Self, TripError> {
        match (&args.dbc, &args.log) {
            (Some(dbc), Some(log)) => Self::from_files(dbc, log, args.mapping.as_deref()),
            _ => Self::own_vehicle(),
        }
    }

    fn from_files(dbc: &Path, log: &Path, mapping: Option<&Path>) -> Result<Self, TripError> {
        let text = read(dbc)?;
        let mapping = mapping.map(|path| Ok((path, read(path)?))).transpose()?;
        let mapping = mapping.as_ref().map(|(path, text)| (*path, text.as_slice()));
        let plan = plan(dbc, &text, mapping)?;
        let failed = |source| TripError::Read { path: log.to_owned(), source };
        let size = fs::metadata(log).map_err(failed)?.len();
        let reader = LogReader::open(log).map_err(|error| failed(error.source))?;
        Ok(Self {
            description: format!("{} decoded with {}.", log.display(), dbc.display()),
            plan,
            log: reader.boxed(),
            log_bytes: size,
            log_name: log.display().to_string(),
        })
    }

    fn own_vehicle() -> Result<Self, TripError> {
        let (dbc, mapping) = (Path::new("vehicle.dbc"), Path::new("mapping.toml"));
        let plan = plan(dbc, vehicle::DBC.as_bytes(), Some((mapping, vehicle::MAPPING.as_bytes())))?;
        let lines = vehicle::drive(DRIVE_SEED).map_err(|error| TripError::part("the drive")(&error))?;
        let size = lines.len() as u64;
        Ok(Self {
            description: "A drive of a vehicle of our own, from a simple physical model.".to_owned(),
            plan,
            log: LogReader::new(Cursor::new(lines), LogFormat::Candump).boxed(),
            log_bytes: size,
            log_name: "drive".to_owned(),
        })
    }
}

/// Compiles every signal of a DBC file, under its VSS name where the mapping gives one.
fn plan(dbc: &Path, text: &[u8], mapping: Option<(&Path, &[u8])>) -> Result<Vec<u8>, TripError> {
    let database = import(text).map_err(|error| TripError::Dbc {
        path: dbc.to_owned(),
        line: error.line,
        column: error.column,
        reason: error.reason,
    })?;
    let mapping = mapping
        .map(|(path, text)| {
            let failed = |reason: String| TripError::Mapping { path: path.to_owned(), reason };
            let text = std::str::from_utf8(text).map_err(|error| failed(error.to_string()))?;
            Mapping::parse(text).map_err(|error| failed(error.to_string()))
        })
        .transpose()?;
    compile(&database, &Selection::all(), mapping.as_ref())
        .map_err(|error| TripError::Plan { path: dbc.to_owned(), reason: error.to_string() })
}

fn read(path: &Path) -> Result<Vec<u8>, TripError> {
    fs::read(path).map_err(|source| TripError::Read { path: path.to_owned(), source })
}
