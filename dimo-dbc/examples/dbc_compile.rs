//! Compiles a DBC file to a plan: `dbc_compile DBC -o PLAN [--select NAMES.txt]`
//!
//! Prints `signals<TAB>device_bytes<TAB>names_bytes`. `NAMES.txt` has one `Message.Signal` or `Signal` a line, and `#` comments.
//! The first `device_bytes` of PLAN are all that a device needs to decode.

use core::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use dimo_dbc::{Plan, Selection, compile, import};

const USAGE: &str = "usage: dbc_compile DBC -o PLAN [--select NAMES.txt]";

fn main() -> ExitCode {
    match write_plan(std::env::args_os().skip(1), &mut io::stdout().lock(), &mut io::stderr().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dbc_compile: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The plan to its file, its sizes to `out`, names that mean nothing to `notes`.
pub(crate) fn write_plan(
    mut words: impl Iterator<Item = OsString>,
    out: &mut impl Write,
    notes: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let (mut dbc, mut plan, mut names) = (None, None, None);
    while let Some(word) = words.next() {
        let place = match word.to_str() {
            Some("-o") => &mut plan,
            Some("--select") => &mut names,
            Some(option) if option.starts_with('-') => return Err(USAGE.into()),
            _ => {
                dbc = Some(PathBuf::from(word)).filter(|_| dbc.is_none());
                continue;
            }
        };
        *place = Some(PathBuf::from(words.next().ok_or(USAGE)?));
    }
    let (Some(dbc), Some(plan)) = (dbc, plan) else { return Err(USAGE.into()) };
    let in_file = |file: &PathBuf, error: &dyn Error| format!("{}: {error}", file.display());

    let text = fs::read(&dbc).map_err(|error| in_file(&dbc, &error))?;
    let database = import(&text).map_err(|error| format!("{}:{error}", dbc.display()))?;
    let selection = match &names {
        Some(names) => {
            let text = fs::read(names).map_err(|error| in_file(names, &error))?;
            Selection::parse(&String::from_utf8_lossy(&text))
        }
        None => Selection::all(),
    };
    let (selection, unknown) = selection.without_unknown(&database);
    for name in unknown {
        writeln!(notes, "no signal is named {name}")?;
    }
    let blob = compile(&database, &selection, None)?;
    fs::write(&plan, &blob).map_err(|error| in_file(&plan, &error))?;
    let compiled = Plan::from_bytes(&blob)?;
    writeln!(out, "{}\t{}\t{}", compiled.signal_count(), compiled.device_bytes(), compiled.names_bytes())?;
    Ok(())
}
