//! On the host: what telemetry takes on the wire and how fast it is written and read, beside the forms one would take otherwise.
//!
//! Prints the tables. `telemetry [--sizes] [DATA]`: DATA is the folder of recorded drives; without it, only our own is measured.

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
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let only_sizes = words.first().is_some_and(|word| word == "--sizes");
    if only_sizes {
        words.remove(0);
    }
    let mut cases = Vec::new();
    match words.first().map(Path::new).filter(|data| data.is_dir()) {
        Some(data) => cases.extend(Case::recorded(data)?),
        None => println!("recorded drives: not run: needs ../shared/data (or $DIMO_DATA)\n"),
    }
    cases.push(Case::own()?);
    let mut holds = true;
    for case in &cases {
        holds &= sizes::print(case)?;
    }
    if !only_sizes {
        for case in cases.iter().filter(|case| case.is_timed) {
            holds &= speed::print(case)?;
        }
    }
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
