//! Reads DBC files: `dbc_check [--lint] FILE...`
//!
//! One line a file: `ok<TAB>messages<TAB>signals<TAB>FILE`, or `error<TAB>LINE:COLUMN<TAB>reason<TAB>FILE`. With `--lint`
//! the findings follow, indented. The exit code is 0 when every file could be read.

use std::process::ExitCode;

fn main() -> ExitCode {
    let (options, files): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|word| word == "--lint");
    let mut all_read = true;
    for file in &files {
        let database = std::fs::read(file).map_err(|error| format!("0:0\t{error}")).and_then(|bytes| {
            dimo_dbc::import(&bytes)
                .map_err(|error| format!("{}:{}\t{}", error.line, error.column, error.reason))
        });
        match database {
            Ok(database) => {
                let signals: usize = database.messages.iter().map(|message| message.signals.len()).sum();
                println!("ok\t{}\t{signals}\t{file}", database.messages.len());
                if !options.is_empty() {
                    dimo_dbc::lint(&database).iter().for_each(|finding| println!("  {finding}"));
                }
            }
            Err(error) => {
                all_read = false;
                println!("error\t{error}\t{file}");
            }
        }
    }
    if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
