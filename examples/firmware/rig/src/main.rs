//! Runs the device in QEMU with everything around it, and prints a line for each step that shows what it does: `ok<TAB>step` or `FAIL<TAB>step<TAB>reason`.
//! How deep the device's stack was is written to the file `stack` in the folder.

mod args;
mod board;
mod broker;
mod cloud;
mod drive;
mod modem;
mod own_vehicle;
mod phone;
mod phone_steps;
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
    let measured = world.args.folder.join("stack");
    if let Err(error) = std::fs::write(&measured, board::deepest_stack().to_string()) {
        eprintln!("{}: {error}", measured.display());
    }
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
