//! Decodes a log to CSV: `dbc_decode (DBC [--select NAMES.txt] | --plan PLAN) [--pgn] LOG`
//!
//! Prints `timestamp,id,message,signal,raw,value`, in the order of the log, the signals of a frame in that of the DBC file. The
//! timestamp is as in the log. `NAMES.txt` restricts to its signals: one `Message.Signal` or `Signal` a line, and `#`
//! comments. `--plan` takes what `dbc_compile` wrote in place of a DBC file. `--pgn` matches extended identifiers by their
//! J1939 parameter group. What could not be decoded is counted on standard error.

use core::error::Error;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dimo_dbc::log::{LogItem, LogReader, MalformedLine};
use dimo_dbc::{IdMatching, Plan, RawSample, Selection, compile, import};
use dimo_types::{CanId, Frame, SignalIndex};

const USAGE: &str = "usage: dbc_decode (DBC [--select NAMES.txt] | --plan PLAN) [--pgn] LOG";

fn main() -> ExitCode {
    let mut out = BufWriter::with_capacity(256 * 1024, io::stdout().lock());
    match decode(std::env::args_os().skip(1), &mut out, &mut io::stderr().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has seen enough.
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dbc_decode: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// CSV to `out`, the summary to `notes`.
pub(crate) fn decode(
    words: impl Iterator<Item = OsString>,
    out: &mut impl Write,
    notes: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let task = Task::of(words).ok_or(USAGE)?;
    let blob = task.blob(notes)?;
    let plan = Plan::from_bytes(&blob)?.with_matching(task.matching);
    let mut rows = Rows::of(&plan)?;
    let mut log = LogReader::open(&task.log).map_err(|error| in_file(&task.log, &error.source))?;
    let mut summary = Summary::default();
    out.write_all(b"timestamp,id,message,signal,raw,value\n")?;
    while let Some(item) = log.next() {
        match item {
            Ok(LogItem::Frame(frame)) => rows.write(&frame, log.time_text(), out, &mut summary)?,
            Ok(LogItem::Malformed(line)) => summary.malformed(line),
            Ok(_) => {}
            Err(error) => return Err(in_file(&task.log, &error.source).into()),
        }
    }
    out.flush()?;
    summary.print(notes)?;
    Ok(())
}

/// What the command line asks for.
struct Task {
    source: Source,
    matching: IdMatching,
    log: PathBuf,
}

enum Source {
    Dbc { file: PathBuf, names: Option<PathBuf> },
    Plan(PathBuf),
}

impl Task {
    fn of(mut words: impl Iterator<Item = OsString>) -> Option<Self> {
        let (mut files, mut names, mut plan) = (Vec::new(), None, None);
        let mut matching = IdMatching::Exact;
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("--pgn") => matching = IdMatching::J1939,
                Some("--select") => names = Some(PathBuf::from(words.next()?)),
                Some("--plan") => plan = Some(PathBuf::from(words.next()?)),
                Some(option) if option.starts_with("--") => return None,
                _ => files.push(PathBuf::from(word)),
            }
        }
        let log = files.pop()?;
        let source = match (files.pop(), names, plan) {
            (Some(file), names, None) => Source::Dbc { file, names },
            (None, None, Some(plan)) => Source::Plan(plan),
            _ => return None,
        };
        files.is_empty().then_some(Self { source, matching, log })
    }

    /// The plan to decode with.
    fn blob(&self, notes: &mut impl Write) -> Result<Vec<u8>, Box<dyn Error>> {
        let (dbc, names) = match &self.source {
            Source::Plan(plan) => return Ok(fs::read(plan).map_err(|error| in_file(plan, &error))?),
            Source::Dbc { file, names } => (file, names),
        };
        let text = fs::read(dbc).map_err(|error| in_file(dbc, &error))?;
        let database = import(&text).map_err(|error| format!("{}:{error}", dbc.display()))?;
        let selection = match names {
            Some(names) => {
                let text = fs::read(names).map_err(|error| in_file(names, &error))?;
                Selection::parse(&String::from_utf8_lossy(&text))
            }
            None => Selection::all(),
        };
        let (selection, unknown) = selection.without_unknown(&database);
        for name in unknown {
            writeln!(notes, "no signal is named {name}")?;
        }
        Ok(compile(&database, &selection, None)?)
    }
}

fn in_file(file: &Path, error: &dyn Error) -> String {
    format!("{}: {error}", file.display())
}

/// Writes the rows of frames; what the rows of a frame or of a signal have in common is made once.
struct Rows<'p> {
    plan: &'p Plan<'p>,
    /// `,message,signal,` by signal.
    names: Vec<String>,
    /// `timestamp,id` of the frame.
    start: Vec<u8>,
    /// A raw value.
    number: Vec<u8>,
}

impl<'p> Rows<'p> {
    fn of(plan: &'p Plan<'p>) -> Result<Self, &'static str> {
        let signals = (0..=u16::MAX).map(SignalIndex).take(plan.signal_count());
        let names = signals.map(|signal| {
            let name = plan.signal_name(signal).ok_or("the plan has no names section")?;
            Ok(format!(",{},{},", name.message, name.signal))
        });
        Ok(Self {
            plan,
            names: names.collect::<Result<_, &'static str>>()?,
            start: Vec::new(),
            number: Vec::new(),
        })
    }

    fn write(
        &mut self,
        frame: &Frame,
        time: &str,
        out: &mut impl Write,
        summary: &mut Summary,
    ) -> io::Result<()> {
        if !frame.is_data() {
            return Ok(());
        }
        let Some(samples) = self.plan.decode(frame) else {
            summary.unknown(frame.id());
            return Ok(());
        };
        summary.short_frames += u64::from(samples.missing().is_some());
        self.start.clear();
        write!(self.start, "{time},{}", frame.id())?;
        for sample in samples {
            let Some(names) = self.names.get(usize::from(sample.signal.0)) else { continue };
            out.write_all(&self.start)?;
            out.write_all(names.as_bytes())?;
            self.number.clear();
            write!(self.number, "{}", sample.raw)?;
            out.write_all(&self.number)?;
            out.write_all(b",")?;
            let value = sample.physical();
            if reads_alike(sample.raw, value) {
                out.write_all(&self.number)?;
            } else {
                write!(out, "{value}")?;
            }
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}

/// Whether both have the same text, so that it need not be made twice: up to 2^53 a double is exactly the integer.
fn reads_alike(raw: RawSample, value: f64) -> bool {
    raw.to_f64().to_bits() == value.to_bits() && value.abs() < (1_u64 << 53) as f64
}

/// What was not decoded.
#[derive(Default)]
struct Summary {
    malformed_lines: u64,
    first_malformed: Vec<MalformedLine>,
    unknown: BTreeMap<CanId, u64>,
    short_frames: u64,
}

impl Summary {
    /// How many malformed lines are told in full, and how many unknown identifiers.
    const TOLD: usize = 10;

    fn malformed(&mut self, line: MalformedLine) {
        self.malformed_lines += 1;
        if self.first_malformed.len() < Self::TOLD {
            self.first_malformed.push(line);
        }
    }

    fn unknown(&mut self, id: CanId) {
        *self.unknown.entry(id).or_default() += 1;
    }

    fn print(&self, notes: &mut impl Write) -> io::Result<()> {
        writeln!(notes, "{} malformed lines", self.malformed_lines)?;
        for line in &self.first_malformed {
            writeln!(notes, "  {line}")?;
        }
        if self.malformed_lines > Self::TOLD as u64 {
            writeln!(notes, "  ...")?;
        }
        let (ids, frames) = (self.unknown.len(), self.unknown.values().sum::<u64>());
        writeln!(notes, "{frames} frames with {ids} unknown ids")?;
        for (id, frames) in self.unknown.iter().take(Self::TOLD) {
            writeln!(notes, "  {id}: {frames}")?;
        }
        if ids > Self::TOLD {
            writeln!(notes, "  ...")?;
        }
        if self.short_frames > 0 {
            writeln!(notes, "{} frames too short for all their signals", self.short_frames)?;
        }
        Ok(())
    }
}
