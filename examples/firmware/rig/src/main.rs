//! Runs the device in QEMU with everything around it, and prints a line for each step that shows what it does: `ok<TAB>step` or `FAIL<TAB>step<TAB>reason`.
//! How deep the device's stack was is written to the file `stack` in the folder.

mod args;
mod board;
mod broker;
mod consent;
mod drive;
mod modem;
mod own_vehicle;
mod phone;
mod phone_steps;
mod probes;
mod release;
mod sky;
mod steps;
mod vehicle;
mod world;

use std::process::ExitCode;

use args::Args;
use world::World;

fn main() -> ExitCode {
    let world = Args::parse(std::env::args().skip(1)).and_then(World::new);
    let mut world = match world {
        Ok(world) => world,
        Err(reason) => {
            eprintln!("rig: {reason}");
            return ExitCode::from(2);
        }
    };
    let mut is_well = true;
    for (step, show) in steps::ALL {
        match show(&mut world) {
            Ok(more) => println!("ok\t{step}{more}"),
            Err(reason) => {
                is_well = false;
                println!("FAIL\t{step}\t{}", reason.replace(['\t', '\n'], " "));
            }
        }
    }
    if let Some(file) = world.args.probes.clone()
        && let Err(error) = std::fs::write(&file, probe(&mut world))
    {
        eprintln!("{}: {error}", file.display());
    }
    let measured = world.args.folder.join("stack");
    if let Err(error) = std::fs::write(&measured, board::deepest_stack().to_string()) {
        eprintln!("{}: {error}", measured.display());
    }
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What the report wants to know besides, in lines like those of the steps.
fn probe(world: &mut World) -> String {
    let mut lines = String::new();
    for (name, look) in probes::ALL {
        lines += &match look(world) {
            Ok(finding) => format!("ok\t{name}\t{finding}\n"),
            Err(reason) => format!("FAIL\t{name}\t{}\n", reason.replace(['\t', '\n'], " ")),
        };
    }
    lines
}
