//! [`batches`]: the frames of a log become readings by a plan, and readings batches, as a device sends them.

use std::path::Path;

use dimo_dbc::log::{LogItem, LogReader};
use dimo_dbc::{Plan, Selection, compile, import};
use dimo_types::{
    Address, Batch, Reading, RecordId, SignalDictionary as _, SignalIndex, SignalInfo, Timestamp,
};

use crate::{Failed, random};

/// The blob of a plan of all signals of a DBC file.
///
/// # Errors
///
/// Where the file cannot be read, and what is wrong with it.
pub fn plan(dbc: &Path) -> Result<Vec<u8>, Failed> {
    let text = std::fs::read(dbc).map_err(|error| Failed::at(&dbc.display().to_string(), error))?;
    let database = import(&text).map_err(|error| Failed::at(&dbc.display().to_string(), error))?;
    compile(&database, &Selection::all(), None).map_err(|error| Failed::at(&dbc.display().to_string(), error))
}

/// The entries of a plan, in the order of their indices.
pub fn dictionary<'p>(plan: &'p Plan<'p>) -> Vec<SignalInfo<'p>> {
    let indices = (0..plan.signal_count()).map_while(|index| u16::try_from(index).ok());
    indices.filter_map(|index| plan.signal(SignalIndex(index))).collect()
}

/// The readings of the first frames of a log.
///
/// # Errors
///
/// When the log cannot be read.
pub fn readings<'p>(plan: &'p Plan<'p>, log: &Path, frames: usize) -> Result<Vec<Reading<'p>>, Failed> {
    let failed = |reason: String| Failed::at(&log.display().to_string(), reason);
    let mut reader = LogReader::open(log).map_err(|error| failed(error.to_string()))?;
    let (mut readings, mut seen) = (Vec::new(), 0);
    while seen < frames
        && let Some(item) = reader.next()
    {
        let LogItem::Frame(frame) = item.map_err(|error| failed(error.to_string()))? else { continue };
        if !frame.is_data() {
            continue;
        }
        seen += 1;
        readings.extend(plan.decode(&frame).into_iter().flatten().map(|sample| sample.reading(frame.time())));
    }
    if readings.is_empty() {
        Err(failed("no frame of it is described by the DBC file".to_owned()))
    } else {
        Ok(readings)
    }
}

/// Batches of so many readings at most.
///
/// # Errors
///
/// When readings and dictionary do not fit each other.
pub fn batches<'p>(
    device: Address,
    dictionary: &[SignalInfo<'p>],
    readings: Vec<Reading<'p>>,
    most: usize,
) -> Result<Vec<Batch<'p>>, Failed> {
    let pieces = readings.chunks(most.max(1));
    let batch = |piece: &[Reading<'p>]| {
        let time = piece.first().map_or(Timestamp::EPOCH, |reading| reading.time);
        let id = RecordId::new(time, random()?);
        let batch = Batch::new(id, device, None, dictionary.to_vec(), piece.to_vec());
        batch.map_err(|rejected| Failed::at("a batch", rejected.reason))
    };
    pieces.map(batch).collect()
}
