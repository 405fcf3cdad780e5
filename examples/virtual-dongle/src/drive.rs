//! The drive: every frame of the log through the plan, every reading kept into the table, the plots and the batches.

use std::collections::BTreeSet;
use std::io::{BufRead, Write};
use std::time::Duration;

use dimo_dbc::Plan;
use dimo_dbc::log::{LogItem, LogReader, MalformedLine};
use dimo_dbc::logger::{Logger, Rule, Slot};
use dimo_types::{
    Frame, Reading, SignalDictionary as _, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit,
};
use serde::Serialize;

use crate::batcher::Batcher;
use crate::error::TripError;
use crate::output::SignalsCsv;
use crate::progress::Progress;
use crate::report::series::Series;

/// So many malformed lines are listed; the rest are counted.
const LISTED_LINES: u64 = 20;

/// What was counted on the way. The names are those of `summary.json`.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Counts {
    /// Well-formed data frames read.
    pub(crate) frames: u64,
    pub(crate) malformed_lines: u64,
    pub(crate) remote_or_error_frames: u64,
    pub(crate) decoded_frames: u64,
    pub(crate) unknown_frames: u64,
    /// Frames whose time is before that of the frame they follow.
    pub(crate) frames_back_in_time: u64,
    /// Signals that a frame was too short to carry.
    pub(crate) signals_cut_short: u64,
    /// Readings kept after the interval.
    pub(crate) samples: u64,
    /// Distinct signals among the samples.
    pub(crate) signals: u64,
}

/// The times of a log: its ends, and the last one seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    pub(crate) earliest: Timestamp,
    pub(crate) latest: Timestamp,
    last: Timestamp,
}

/// A drive under way: what it remembers between frames.
pub(crate) struct Drive<'p, W: Write> {
    plan: &'p Plan<'p>,
    dictionary: Vec<SignalInfo<'p>>,
    /// What the logger remembers of each signal.
    slots: Vec<Slot>,
    batcher: Batcher<'p>,
    csv: SignalsCsv<W>,
    series: Vec<Option<Series>>,
    counts: Counts,
    clock: Option<Clock>,
}

/// What a drive leaves behind.
pub(crate) struct Driven {
    pub(crate) counts: Counts,
    pub(crate) clock: Option<Clock>,
    /// By signal index; `None` for a signal without a reading.
    pub(crate) series: Vec<Option<Series>>,
}

/// The dictionary of a plan: every signal in the order of its index.
pub(crate) fn dictionary<'p>(plan: &'p Plan<'p>) -> Vec<SignalInfo<'p>> {
    let indices = (0..plan.signal_count()).map_while(|index| u16::try_from(index).ok());
    let unnamed = SignalInfo { name: "", unit: Unit::None, scale: dimo_types::Scale::IDENTITY };
    indices.map(|index| plan.signal(SignalIndex(index)).unwrap_or(unnamed)).collect()
}

impl<'p, W: Write> Drive<'p, W> {
    /// A drive that has not begun.
    pub(crate) fn new(plan: &'p Plan<'p>, interval_ms: u64, csv: SignalsCsv<W>) -> Self {
        let dictionary = dictionary(plan);
        Self {
            plan,
            slots: vec![Slot::new(Rule::every(Duration::from_millis(interval_ms))); dictionary.len()],
            batcher: Batcher::default(),
            csv,
            series: dictionary.iter().map(|_| None).collect(),
            dictionary,
            counts: Counts::default(),
            clock: None,
        }
    }

    /// Drives to the end of the log. `send` takes every full batch.
    pub(crate) fn run<R: BufRead>(
        mut self,
        log: &mut LogReader<R>,
        progress: &mut Progress,
        mut send: impl FnMut(Vec<Reading<'p>>) -> Result<(), TripError>,
    ) -> Result<Driven, TripError> {
        while let Some(item) = log.next() {
            match item.map_err(|error| progress.unreadable(error))? {
                LogItem::Frame(frame) => self.frame(&frame, &mut send)?,
                LogItem::Malformed(line) => self.malformed(line, progress),
                _ => {}
            }
            progress.tell(log.bytes_read(), self.counts.frames);
        }
        self.batcher.finish().map_or(Ok(()), send)?;
        self.counts.signals = self.distinct_names();
        let failed = |source| TripError::Write { path: "signals.csv".into(), source };
        self.csv.finish().map_err(failed)?;
        progress.done(self.counts.malformed_lines.saturating_sub(LISTED_LINES));
        Ok(Driven { counts: self.counts, clock: self.clock, series: self.series })
    }

    fn malformed(&mut self, line: MalformedLine, progress: &mut Progress) {
        self.counts.malformed_lines += 1;
        if self.counts.malformed_lines <= LISTED_LINES {
            progress.malformed(line);
        }
    }

    fn frame(
        &mut self,
        frame: &Frame,
        send: &mut impl FnMut(Vec<Reading<'p>>) -> Result<(), TripError>,
    ) -> Result<(), TripError> {
        if !frame.is_data() {
            self.counts.remote_or_error_frames += 1;
            return Ok(());
        }
        self.counts.frames += 1;
        self.look_at_the_clock(frame.time());
        let Some(samples) = self.plan.decode(frame) else {
            self.counts.unknown_frames += 1;
            return Ok(());
        };
        self.counts.decoded_frames += 1;
        self.counts.signals_cut_short += samples.missing().map_or(0, |missing| u64::from(missing.signals));
        if let Some(batch) = self.batcher.advance(frame.time()) {
            send(batch)?;
        }
        for sample in samples {
            let reading = sample.reading(frame.time());
            if Logger::new(&mut self.slots).offer(&reading).is_kept() {
                self.keep(reading)?;
            }
        }
        Ok(())
    }

    fn look_at_the_clock(&mut self, time: Timestamp) {
        let clock = self.clock.get_or_insert(Clock { earliest: time, latest: time, last: time });
        if time < clock.last {
            self.counts.frames_back_in_time += 1;
        }
        *clock = Clock { earliest: clock.earliest.min(time), latest: clock.latest.max(time), last: time };
    }

    fn keep(&mut self, reading: Reading<'p>) -> Result<(), TripError> {
        self.counts.samples += 1;
        let index = usize::from(reading.signal.0);
        let name = self.dictionary.get(index).map_or("", |info| info.name);
        let micros = reading.time.as_micros();
        let written = match (reading.value.as_f64(), reading.value) {
            (Some(number), _) => self.csv.row(micros, name, &number),
            (None, SignalValue::Text(text)) => self.csv.text_row(micros, name, text),
            (None, other) => self.csv.text_row(micros, name, &format!("{other:?}")),
        };
        written.map_err(|source| TripError::Write { path: "signals.csv".into(), source })?;
        let start = self.clock.map_or(reading.time, |clock| clock.earliest);
        if let Some(series) = self.series.get_mut(index) {
            let series = series.get_or_insert_with(|| Series::new(start));
            series.push(reading.time, reading.value.as_f64().unwrap_or(f64::NAN));
        }
        self.batcher.push(reading);
        Ok(())
    }

    fn distinct_names(&self) -> u64 {
        let seen = self.dictionary.iter().zip(&self.series).filter(|(_, series)| series.is_some());
        seen.map(|(info, _)| info.name).collect::<BTreeSet<_>>().len() as u64
    }
}
