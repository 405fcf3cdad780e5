//! Lets the power go at every flash operation of a device, in five models, singly and in chains, and counts what breaks.
//!
//! One line for each scenario and model: `SCENARIO<TAB>MODEL<TAB>CUTS<TAB>VIOLATIONS<TAB>ours|embassy-boot`, then the sum of ours. What the
//! first violation of a line was goes to standard error.

mod counter;
mod effort;
mod embassy_boot;
mod payload;
#[path = "../../../dimo-hal/tests/util/release.rs"]
mod release;
mod session;
mod slots;
mod table;
mod update;

use std::process::ExitCode;

use dimo_hal::mock::scenario;
use effort::Effort;
use table::{Side, Table};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let effort = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Effort::FULL,
        ["--quick"] => Effort::QUICK,
        _ => {
            eprintln!("power-cuts: takes --quick or nothing");
            return ExitCode::from(2);
        }
    };
    if run(effort) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether none of ours was violated.
fn run(effort: Effort) -> bool {
    let mut table = Table::new(effort);
    for life in update::Update::all() {
        table.sweep(&life, Side::Ours);
    }
    table.sweep(&scenario::RecordOnce, Side::Ours);
    table.sweep(&counter::Counter, Side::Ours);
    table.sweep(&session::Sessions, Side::Ours);
    table.sweep(&slots::Slots, Side::Ours);
    for life in scenario::QueueLife::ALL {
        table.sweep(&life, Side::Ours);
    }
    for scenario in embassy_boot::Update::ALL {
        table.sweep(&scenario, Side::EmbassyBoot);
    }
    table.finish()
}
