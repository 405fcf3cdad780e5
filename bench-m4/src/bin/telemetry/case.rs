//! [`Case`]: the readings of one drive, in batches as a device cuts them.

use std::error::Error;
use std::io::{BufRead, Cursor};
use std::path::Path;
use std::time::Duration;

use dimo_dbc::log::{LogFormat, LogItem, LogReader};
use dimo_dbc::logger::{Logger, Rule, Slot};
use dimo_dbc::{IdMatching, Mapping, Plan, Selection, compile, import};
use dimo_types::{
    Address, Batch, Reading, RecordId, Scale, SignalDictionary as _, SignalIndex, SignalInfo, Timestamp,
    TokenId, Unit,
};

use crate::batcher::Batcher;
use crate::vehicle;

/// A recorded drive: its log, the DBC file that fits, and how identifiers are matched.
struct Recorded {
    name: &'static str,
    log: &'static str,
    dbc: &'static str,
    matching: IdMatching,
    floors: Floors,
    is_timed: bool,
}

const RECORDED: [Recorded; 3] = [
    Recorded {
        name: "leaf24_ZE0_stock.log with EV-can_ZE0.dbc",
        log: "can/leaf24_ZE0_stock.log",
        dbc: "can/dbc/EV-can_ZE0.dbc",
        matching: IdMatching::Exact,
        floors: Floors { payload: Some([0.06, 0.60]), whole: Some([15.0, 6.0]) },
        is_timed: true,
    },
    Recorded {
        name: "css_asammdf_basics.log with J1939.dbc",
        log: "can/css_asammdf_basics.log",
        dbc: "can/dbc/J1939.dbc",
        matching: IdMatching::J1939,
        floors: Floors { payload: None, whole: Some([15.0, 6.0]) },
        is_timed: false,
    },
    // A second short of the 20 s from which a floor holds.
    Recorded {
        name: "leaf62_ZE1_2.log with EV-can_ZE1.dbc",
        log: "can/leaf62_ZE1_2.log",
        dbc: "can/dbc/EV-can_ZE1.dbc",
        matching: IdMatching::Exact,
        floors: Floors { payload: None, whole: None },
        is_timed: false,
    },
];

/// What must hold, every reading and one a second: bytes of payload a reading at most, whole messages at least so many times
/// smaller than today's.
pub struct Floors {
    pub payload: Option<[f64; 2]>,
    pub whole: Option<[f64; 2]>,
}

/// The readings of one drive.
pub struct Case {
    pub name: &'static str,
    pub signals: usize,
    /// Batches with every reading, and with one a second of each signal.
    pub rates: [Vec<Batch<'static>>; 2],
    pub floors: Floors,
    /// Whether speed is measured with it.
    pub is_timed: bool,
}

/// What the rates are called.
pub const RATES: [&str; 2] = ["every reading", "one a second"];
const INTERVALS: [Duration; 2] = [Duration::ZERO, Duration::from_secs(1)];

impl Case {
    /// The drives that are there.
    pub fn recorded(data: &Path) -> Result<Vec<Self>, Box<dyn Error>> {
        let there = RECORDED.into_iter().filter(|case| {
            let there = data.join(case.log).is_file() && data.join(case.dbc).is_file();
            if !there {
                println!("{}: not run: not in the data", case.name);
            }
            there
        });
        let cases = there.map(|case| {
            let database = import(&std::fs::read(data.join(case.dbc))?)?;
            let plan = plan(compile(&database, &Selection::all(), None)?, case.matching)?;
            let log = std::fs::read(data.join(case.log))?;
            Self::new(case.name, plan, &log, case.floors, case.is_timed)
        });
        cases.collect()
    }

    /// Our own drive.
    pub fn own() -> Result<Self, Box<dyn Error>> {
        let database = import(vehicle::DBC.as_bytes())?;
        let mapping = Mapping::parse(vehicle::MAPPING)?;
        let plan = plan(compile(&database, &Selection::all(), Some(&mapping))?, IdMatching::Exact)?;
        let floors = Floors { payload: None, whole: None };
        Self::new("our own drive", plan, &vehicle::drive(4)?, floors, true)
    }

    fn new(
        name: &'static str,
        plan: &'static Plan<'static>,
        log: &[u8],
        floors: Floors,
        is_timed: bool,
    ) -> Result<Self, Box<dyn Error>> {
        let unnamed = SignalInfo { name: "", unit: Unit::None, scale: Scale::IDENTITY };
        let signals = (0..=u16::MAX).map(SignalIndex).take(plan.signal_count());
        let dictionary: Vec<_> = signals.map(|signal| plan.signal(signal).unwrap_or(unnamed)).collect();
        let mut rates = [Vec::new(), Vec::new()];
        for (interval, batches) in INTERVALS.into_iter().zip(&mut rates) {
            let mut number = 0;
            read(plan, LogReader::new(Cursor::new(log), LogFormat::Candump), interval, |readings| {
                number += 1;
                batches.push(batch(number, &dictionary, readings)?);
                Ok(())
            })?;
        }
        Ok(Self { name, signals: dictionary.len(), rates, floors, is_timed })
    }
}

/// A plan that lives as long as the program.
fn plan(blob: Vec<u8>, matching: IdMatching) -> Result<&'static Plan<'static>, Box<dyn Error>> {
    Ok(Box::leak(Box::new(Plan::from_bytes(Vec::leak(blob))?.with_matching(matching))))
}

/// Reads a log as the virtual dongle does.
fn read(
    plan: &'static Plan<'static>,
    mut log: LogReader<impl BufRead>,
    interval: Duration,
    mut take: impl FnMut(Vec<Reading<'static>>) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut slots = vec![Slot::new(Rule::every(interval)); plan.signal_count()];
    let mut batcher = Batcher::default();
    while let Some(item) = log.next() {
        let LogItem::Frame(frame) = item? else { continue };
        let Some(samples) = plan.decode(&frame).filter(|_| frame.is_data()) else { continue };
        batcher.advance(frame.time()).map_or(Ok(()), &mut take)?;
        for sample in samples {
            let reading = sample.reading(frame.time());
            if Logger::new(&mut slots).offer(&reading).is_kept() {
                batcher.push(reading);
            }
        }
    }
    batcher.finish().map_or(Ok(()), take)
}

fn batch(
    number: u8,
    dictionary: &[SignalInfo<'static>],
    mut readings: Vec<Reading<'static>>,
) -> Result<Batch<'static>, Box<dyn Error>> {
    // Today's form has no word for a number that is infinite or none.
    readings.retain(|reading| reading.value.as_f64().is_none_or(f64::is_finite));
    let time = readings.last().map_or(Timestamp::EPOCH, |reading| reading.time);
    let (id, device) = (RecordId::new(time, [number; 16]), Address::new([0x5A; 20]));
    Ok(Batch::new(id, device, Some(TokenId::from(1337)), dictionary, readings)?)
}
