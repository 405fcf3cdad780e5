//! One vehicle and one DIMO device on a laptop, from factory to settlement: the six crates composed.
//!
//! Each module is one station of the trip, in this order: [`factory`] makes the device, [`economy`] keeps the books,
//! [`owner`] claims and pairs it, [`source`] finds frames and their meaning, [`drive`] decodes them, [`device`] signs
//! and sends batches, [`backend`] verifies them, [`report`] shows it all.

mod args;
mod backend;
mod batcher;
mod device;
mod drive;
mod economy;
mod error;
mod factory;
mod output;
mod owner;
mod progress;
mod report;
mod sending;
mod source;
mod story;
mod summary;
mod trip;
mod vehicle;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match trip::run(&args::Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
