//! A connection without a device: a provider polls the online service of a vehicle for a simulated day and sends what it
//! learns as any other device does. Prints a line for each step, `ok` or `FAIL` with the reason; exit code 1 if one failed.
//!
//! The people: [`owner`] consents and mints, [`books`] and [`registry`] keep money and NFTs, [`car`] and [`service`] are
//! the simulated world. The connection itself: [`poller`] decides when to ask (no socket, no clock), [`http`] asks,
//! [`mapping`] turns answers into readings, [`linked`] puts them together, [`connection`] signs and sends. [`backend`] takes
//! it, and [`truth`] says what it must have.

mod api;
mod backend;
mod books;
mod car;
mod clock;
mod connection;
mod day;
mod http;
mod linked;
mod mapping;
mod owner;
mod patience;
mod poller;
mod registry;
mod report;
mod service;
mod truth;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut report = report::Report::default();
    day::run(day::Setting::FAIR, &mut report);
    if report.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
