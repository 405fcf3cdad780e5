//! One vehicle and one DIMO device on a laptop, from factory to settlement: the six crates composed.
//!
//! Each module is one station of the trip, in this order: [`factory`] makes the device, [`economy`] keeps the books,
//! [`owner`] claims and pairs it, [`source`] finds frames and their meaning, [`drive`] decodes them, [`device`] encodes, signs
//! and seals batches, [`backend`] verifies them, [`report`] shows it all. Apart from the trip, [`verify`] checks who signed one message.

mod args;
mod backend;
mod batcher;
mod device;
mod drive;
mod economy;
mod error;
mod factory;
mod form;
mod output;
mod owner;
mod progress;
mod report;
mod sending;
mod session;
mod source;
mod story;
mod summary;
mod trip;
mod vehicle;
mod verify;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let args = args::Args::parse();
    if let Some(args::Command::Verify(message)) = &args.command {
        return verify::run(message);
    }
    match trip::run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
