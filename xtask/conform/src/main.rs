//! Prints `passed|failed|needs-laboratory<TAB>ROW<TAB>EVIDENCE` for each row of both specification tables of DIP-4.
//!
//! What could not be judged goes to standard error, and the exit code is 1. A failed row was judged.

mod board;
mod checks;
#[path = "../../../dimo-hal/tests/util/device.rs"]
mod device;
mod images;
mod parts;
#[path = "../../../dimo-hal/tests/util/release.rs"]
mod release;
mod updates;
mod uplink;
mod vehicle;

use std::process::ExitCode;

use board::{BOARDS, Board};
use dimo_hal::report::{Report, Verdict};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let name = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => "host",
        ["--board", name] => name,
        _ => return refused("takes --board NAME or nothing"),
    };
    let Some(board) = Board::named(name) else {
        let names = BOARDS.map(|(name, _)| name).join(", ");
        return refused(&format!("no board {name}: there are {names}"));
    };
    let evidence = checks::run(&board);
    let report = Report::new(&evidence);
    for row in report.rows() {
        if row.verdict() == Verdict::NotJudged { eprintln!("conform: {row}") } else { println!("{row}") }
    }
    if report.is_judged() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn refused(reason: &str) -> ExitCode {
    eprintln!("conform: {reason}");
    ExitCode::from(2)
}
