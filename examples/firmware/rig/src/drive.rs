//! [`Drive`]: the frames that the vehicle will send, the plan that says what they mean, and what a host decodes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, Cursor};
use std::path::{Path, PathBuf};

use dimo_dbc::log::{LogFormat, LogItem, LogReader};
use dimo_dbc::{IdMatching, Plan, Selection, compile, import};
use dimo_types::{Frame, FrameKind, SignalDictionary as _, SignalValue};

use crate::own_vehicle;

/// Signals that the device has room for, and bytes of a plan.
const SIGNALS: usize = 250;
const PLAN: usize = 24 * 1024 - 16;
/// The dictionary of a plan, before it is deflated.
const DICTIONARY: usize = 7 * 1024;

/// What the vehicle will do.
pub(crate) struct Drive {
    pub(crate) frames: Vec<Frame>,
    pub(crate) plan: Vec<u8>,
    /// Exactly, or, where nothing is matched so, by the parameter groups of J1939.
    pub(crate) matching: IdMatching,
}

/// What was decoded: the values of each signal in their order.
pub(crate) type Decoded = BTreeMap<String, Vec<String>>;

impl Drive {
    /// The first `count` frames of the user's files, or of the vehicle of our own.
    pub(crate) fn of(files: Option<(PathBuf, PathBuf)>, count: usize) -> Result<Self, String> {
        let (dbc, frames) = match files {
            Some((dbc, log)) => (
                read(&dbc)?,
                frames(LogReader::open(&log).map_err(|error| told(&log, error))?.boxed(), count)?,
            ),
            None => {
                let log = own_vehicle::drive(4).map_err(|error| error.to_string())?;
                let reader = LogReader::new(Cursor::new(log), LogFormat::Candump).boxed();
                (own_vehicle::DBC.as_bytes().to_vec(), frames(reader, count)?)
            }
        };
        if frames.is_empty() {
            return Err("the log has no data frames of classic CAN".to_owned());
        }
        let database = import(&dbc).map_err(|error| format!("the DBC file: {error}"))?;
        let (plan, matching) = match plan(&database, &frames, IdMatching::Exact) {
            Ok(plan) => (plan, IdMatching::Exact),
            Err(_) => (plan(&database, &frames, IdMatching::J1939)?, IdMatching::J1939),
        };
        Ok(Self { frames, plan, matching })
    }

    /// What this host decodes of the first frames.
    pub(crate) fn decoded(&self, frames: usize) -> Result<Decoded, String> {
        let plan = Plan::from_bytes(&self.plan).map_err(|error| error.to_string())?;
        let plan = plan.with_matching(self.matching);
        let mut decoded = Decoded::new();
        for frame in self.frames.iter().take(frames) {
            for sample in plan.decode(frame).into_iter().flatten() {
                let reading = sample.reading(frame.time());
                let name = plan.signal(reading.signal).map_or("", |info| info.name);
                decoded.entry(name.to_owned()).or_default().push(value(&reading.value));
            }
        }
        Ok(decoded)
    }
}

/// A value as the backend writes it.
fn value(value: &SignalValue<'_>) -> String {
    match value {
        SignalValue::Text(text) => (*text).to_owned(),
        other => other.as_f64().map_or_else(|| format!("{other:?}"), |number| number.to_string()),
    }
}

/// The data frames that an SLCAN adapter knows.
fn frames(reader: LogReader<Box<dyn BufRead + '_>>, count: usize) -> Result<Vec<Frame>, String> {
    let mut frames = Vec::new();
    for item in reader {
        if frames.len() == count {
            break;
        }
        if let LogItem::Frame(frame) = item.map_err(|error| format!("the log: {error}"))?
            && frame.kind() == FrameKind::Classic
        {
            frames.push(frame);
        }
    }
    Ok(frames)
}

/// A plan of the messages that are in the frames, as many as the device has room for, in the order in which they come.
fn plan(database: &dimo_dbc::Database, frames: &[Frame], matching: IdMatching) -> Result<Vec<u8>, String> {
    let told = |error: &dyn std::fmt::Display| format!("the plan: {error}");
    let all = compile(database, &Selection::all(), None).map_err(|error| told(&error))?;
    let all = Plan::from_bytes(&all).map_err(|error| told(&error))?.with_matching(matching);
    let mut seen = BTreeSet::new();
    let new = frames.iter().filter(|frame| seen.insert(frame.id()));
    let messages: Vec<Vec<String>> = new
        .filter_map(|frame| all.signals_of(frame.id()))
        .map(|signals| {
            signals.filter_map(|signal| all.signal(signal)).map(|info| info.name.to_owned()).collect()
        })
        .collect();
    let mut count = messages.len();
    while count > 0 {
        let names = messages.iter().take(count).flatten();
        let blob = compile(database, &Selection::names(names), None).map_err(|error| told(&error))?;
        if fits(&blob)? {
            return Ok(blob);
        }
        count -= count.div_ceil(10);
    }
    Err("no frame of the log is described by the DBC file".to_owned())
}

fn fits(blob: &[u8]) -> Result<bool, String> {
    let plan = Plan::from_bytes(blob).map_err(|error| error.to_string())?;
    let names: usize = (0..plan.signal_count())
        .filter_map(|index| plan.signal(dimo_types::SignalIndex(u16::try_from(index).ok()?)))
        .map(|info| info.name.len() + info.unit.symbol().len() + 26)
        .sum();
    Ok(plan.signal_count() < SIGNALS && blob.len() <= PLAN && names < DICTIONARY - 64)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| told(path, error))
}

fn told(path: &Path, error: impl std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}
