//! Replays a file of events through the economy of DIP-4 and prints every balance.
//!
//! ```text
//! cargo run --release -p dimo-rewards --features std --example economy -- EVENTS.jsonl
//! ```
//!
//! One JSON object a line, the first of which is the policy. Standard output has `account<TAB>wei` for every account ever
//! touched, by name, then `conserved<TAB>true`. An event that DIP-4 does not allow prints `refused<TAB>LINE<TAB>reason` to
//! standard error and changes nothing; a line that is no event ends the run with its number and exit code 2.

mod event;
mod fields;
mod replay;

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::process::ExitCode;

use event::Event;
use replay::Replay;

/// Wrong usage, an unreadable file, a malformed line.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(path), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: economy EVENTS.jsonl");
        return ExitCode::from(UNUSABLE);
    };
    let lines = match File::open(&path) {
        Ok(file) => BufReader::new(file).lines(),
        Err(reason) => {
            eprintln!("{}: {reason}", path.display());
            return ExitCode::from(UNUSABLE);
        }
    };
    match replay(lines) {
        Ok(replay) => match print(&replay) {
            Ok(()) => ExitCode::SUCCESS,
            Err(reason) => {
                eprintln!("standard output: {reason}");
                ExitCode::FAILURE
            }
        },
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::from(UNUSABLE)
        }
    }
}

/// Replays every line, and says which one is no event.
fn replay(lines: impl Iterator<Item = io::Result<String>>) -> Result<Replay, String> {
    let mut replay = None;
    for (number, line) in (1u64..).zip(lines) {
        let malformed = |reason: String| format!("line {number}: {reason}");
        let line = line.map_err(|reason| malformed(reason.to_string()))?;
        let (at, event) = event::parse(&line).map_err(malformed)?;
        match (&mut replay, event) {
            (None, Event::Policy { royalty }) => replay = Some(Replay::new(royalty)),
            (None, _) => return Err(malformed("the first line is the policy".to_owned())),
            (Some(replay), event) => {
                if let Err(reason) = replay.perform(at, event) {
                    eprintln!("refused\t{number}\t{reason}");
                }
            }
        }
    }
    replay.ok_or_else(|| "line 1: the first line is the policy".to_owned())
}

fn print(replay: &Replay) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let ledger = replay.economy().ledger();
    for (account, balance) in ledger.balances() {
        writeln!(out, "{account}\t{}", balance.get())?;
    }
    writeln!(out, "conserved\t{}", ledger.is_conserved())?;
    out.flush()
}
