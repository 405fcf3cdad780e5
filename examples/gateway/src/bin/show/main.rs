//! Runs a gateway with an authority for certificates, a broker that asks for them, and the backend, and prints a line for each step: `ok<TAB>step` or
//! `FAIL<TAB>step<TAB>reason`.
//!
//! `show --folder DIRECTORY [--dbc FILE --log FILE]`; without files, the vehicle of the main job drives.

mod authority;
mod broker;
mod own_vehicle;
mod steps;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

use gateway::Failed;
use world::World;

fn main() -> ExitCode {
    let mut world = match arguments().and_then(|[dbc, log, folder]| World::new(&dbc, &log, &folder)) {
        Ok(world) => world,
        Err(reason) => {
            eprintln!("show: {reason}");
            return ExitCode::from(2);
        }
    };
    let mut is_well = true;
    for (step, show) in steps::ALL {
        match show(&mut world) {
            Ok(()) => println!("ok\t{step}"),
            Err(reason) => {
                is_well = false;
                println!("FAIL\t{step}\t{}", reason.0.replace(['\t', '\n'], " "));
            }
        }
    }
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The DBC file, the log, and where files may be made.
fn arguments() -> Result<[PathBuf; 3], Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (mut dbc, mut log, mut folder) = (None, None, None);
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if name == "--dbc" => dbc = Some(PathBuf::from(value)),
            [name, value] if name == "--log" => log = Some(PathBuf::from(value)),
            [name, value] if name == "--folder" => folder = Some(PathBuf::from(value)),
            _ => return Err(Failed(format!("no option {pair:?}"))),
        }
    }
    let folder = folder.ok_or_else(|| Failed("needs --folder".to_owned()))?;
    match (dbc, log) {
        (Some(dbc), Some(log)) => Ok([dbc, log, folder]),
        (None, None) => own_vehicle::write(&folder).map(|[dbc, log]| [dbc, log, folder]),
        _ => Err(Failed("--dbc and --log go together".to_owned())),
    }
}
