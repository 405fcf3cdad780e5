//! Prints `passed|failed|needs-laboratory<TAB>ROW<TAB>EVIDENCE` for each row of both specification tables of DIP-4.
//!
//! What could not be judged goes to standard error, and the exit code is 1. A failed row was judged.

mod board;
mod checks;
#[path = "../../../dimo-hal/tests/util/device.rs"]
mod device;
mod firmware;
mod images;
mod parts;
#[path = "../../../dimo-hal/tests/util/release.rs"]
mod release;
mod updates;
mod uplink;
mod vehicle;

use std::path::Path;
use std::process::ExitCode;

use board::{BOARDS, Board};
use dimo_hal::report::{Evidence, Report, Verdict};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let evidence = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => of("host"),
        ["--board", "firmware", "--measured", file] => firmware::evidence(Path::new(file)),
        ["--board", "firmware"] => {
            Err("firmware is measured first: cargo xtask conform --board firmware".to_owned())
        }
        ["--board", name] => of(name),
        _ => Err("takes --board NAME or nothing".to_owned()),
    };
    let evidence = match evidence {
        Ok(evidence) => evidence,
        Err(reason) => return refused(&reason),
    };
    let report = Report::new(&evidence);
    for row in report.rows() {
        if row.verdict() == Verdict::NotJudged { eprintln!("conform: {row}") } else { println!("{row}") }
    }
    if report.is_judged() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn of(name: &str) -> Result<Evidence, String> {
    let names = || BOARDS.map(|(name, _)| name).join(", ");
    let board =
        Board::named(name).ok_or_else(|| format!("no board {name}: there are {}, firmware", names()))?;
    Ok(checks::run(&board))
}

fn refused(reason: &str) -> ExitCode {
    eprintln!("conform: {reason}");
    ExitCode::from(2)
}
