//! Decodes a `candump -L` log: `dbc_decode DBC LOG`
//!
//! CSV on standard output, `timestamp,id,message,signal,raw,value`, in log order, the signals of a frame in DBC order.
//! What could not be decoded is counted on standard error.

use core::error::Error;
use std::io::{BufWriter, Write, stdout};

use dimo_dbc::log::candump;
use dimo_dbc::{Plan, Selection, compile, import};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(dbc), Some(log)) = (words.next(), words.next()) else {
        return Err("usage: dbc_decode DBC LOG".into());
    };
    let database = import(&std::fs::read(&dbc)?).map_err(|error| format!("{dbc}:{error}"))?;
    let blob = compile(&database, &Selection::all(), None)?;
    let plan = Plan::from_bytes(&blob)?;
    let log = std::fs::read(log)?;
    let mut out = BufWriter::new(stdout().lock());
    writeln!(out, "timestamp,id,message,signal,raw,value")?;
    let (mut malformed, mut unknown) = (0, 0);
    for line in log.split(|byte| *byte == b'\n') {
        let entry = match candump::parse_line(line) {
            Ok(Some(entry)) if entry.frame.is_data() => entry,
            Ok(_) => continue,
            Err(_) => {
                malformed += 1;
                continue;
            }
        };
        let Some(samples) = plan.decode(&entry.frame) else {
            unknown += 1;
            continue;
        };
        let line = str::from_utf8(line)?;
        let timestamp = line.trim_start().trim_start_matches('(').split(')').next().unwrap_or_default();
        for sample in samples {
            let Some(name) = plan.signal_name(sample.signal) else { continue };
            let (id, value) = (entry.frame.id(), sample.physical());
            writeln!(out, "{timestamp},{id},{},{},{},{value}", name.message, name.signal, sample.raw)?;
        }
    }
    eprintln!("{malformed} malformed lines, {unknown} frames with unknown identifiers");
    Ok(())
}
