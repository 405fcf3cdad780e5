//! On the host: what telemetry takes on the wire and how fast it is written and read, beside the forms one would take otherwise.
//!
//! Prints the tables. `telemetry [--sizes | --speed] [DATA]`: DATA is the folder of recorded drives; without it, only our own is measured.

#[path = "../../../../examples/virtual-dongle/src/batcher.rs"]
mod batcher;
mod case;
mod forms;
mod sizes;
mod speed;
#[path = "../../../../examples/virtual-dongle/src/vehicle/mod.rs"]
mod vehicle;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use case::Case;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let is_asked = |word: &str| words.iter().any(|given| given == word);
    let mut cases = Vec::new();
    match words.last().map(Path::new).filter(|data| data.is_dir()) {
        Some(data) => cases.extend(Case::recorded(data)?),
        None => println!("recorded drives: not run: needs ../shared/data (or $DIMO_DATA)\n"),
    }
    cases.push(Case::own()?);
    let mut holds = true;
    for case in cases.iter().filter(|_| !is_asked("--speed")) {
        holds &= sizes::print(case)?;
    }
    for case in cases.iter().filter(|case| case.is_timed && !is_asked("--sizes")) {
        holds &= speed::print(case)?;
    }
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
