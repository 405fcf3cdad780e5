//! Reads DBC files: `dbc_check [--lint] FILE...`
//!
//! One line a file: `ok<TAB>messages<TAB>signals<TAB>FILE`, or `error<TAB>LINE:COLUMN<TAB>reason<TAB>FILE`, with `0:0` for a
//! file that cannot be opened. With `--lint` the findings follow, indented. The exit code is 0 when every file could be read.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use dimo_dbc::{Database, import, lint};

const USAGE: &str = "usage: dbc_check [--lint] FILE...";

fn main() -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let done = check(std::env::args_os().skip(1), &mut out).and_then(|success| out.flush().map(|()| success));
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("dbc_check: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every file could be read.
pub(crate) fn check(words: impl Iterator<Item = OsString>, out: &mut impl Write) -> io::Result<bool> {
    let (options, files): (Vec<_>, Vec<_>) =
        words.partition(|word| word.as_encoded_bytes().starts_with(b"--"));
    if files.is_empty() || options.iter().any(|option| option != "--lint") {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, USAGE));
    }
    let mut all_read = true;
    for file in &files {
        match read(file) {
            Ok(database) => {
                let signals: usize = database.messages.iter().map(|message| message.signals.len()).sum();
                write!(out, "ok\t{}\t{signals}\t", database.messages.len())?;
                finish(out, file)?;
                if !options.is_empty() {
                    lint(&database).iter().try_for_each(|finding| writeln!(out, "  {finding}"))?;
                }
            }
            Err((place, reason)) => {
                all_read = false;
                // A reason is one cell of one line, whatever is in it.
                let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
                write!(out, "error\t{place}\t{reason}\t")?;
                finish(out, file)?;
            }
        }
    }
    Ok(all_read)
}

/// The file's messages and signals; else where it is wrong, and why.
fn read(file: &OsStr) -> Result<Database, (String, String)> {
    let bytes = std::fs::read(file).map_err(|error| ("0:0".to_string(), error.to_string()))?;
    import(&bytes).map_err(|error| (format!("{}:{}", error.line, error.column), error.reason))
}

/// The end of a line: the file as it was named, byte for byte.
fn finish(out: &mut impl Write, file: &OsStr) -> io::Result<()> {
    out.write_all(file.as_encoded_bytes())?;
    out.write_all(b"\n")
}
