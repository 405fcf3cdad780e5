//! The side of `cargo xtask bench dbc` that imports: `import_bench FILE...`
//!
//! Prints `bytes<TAB>milliseconds of the parser alone<TAB>milliseconds of the import<TAB>FILE`, each the best of several in turn.

use core::error::Error;
use core::hint::black_box;
use std::time::Instant;

use dimo_dbc::import;

const RUNS: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let text = String::from_utf8_lossy(&bytes);
        let (mut parser, mut whole) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..RUNS {
            let started = Instant::now();
            black_box(can_dbc::Dbc::try_from(black_box(&*text)))?;
            parser = parser.min(started.elapsed().as_secs_f64());
            let started = Instant::now();
            black_box(import(black_box(&bytes))).map_err(|error| format!("{path}:{error}"))?;
            whole = whole.min(started.elapsed().as_secs_f64());
        }
        println!("{}\t{:.1}\t{:.1}\t{path}", bytes.len(), parser * 1e3, whole * 1e3);
    }
    Ok(())
}
