//! Measurements of the crates: the same on the board, where instructions are counted, and on the host, whose results the
//! board's must equal.
//!
//! A measurement is a module of [`measures`] and a line in [`run`].
#![no_std]

#[cfg(target_os = "none")]
pub mod board;
pub mod flash;
pub mod flash_pairing;
pub mod measures;
mod ram_flash;
mod random;

use core::fmt;

pub use ram_flash::RamFlash;
pub use random::Random;

/// Where a measurement runs.
pub trait Bench {
    /// Prints one line.
    fn print(&mut self, line: fmt::Arguments<'_>);

    /// How many instructions `work` executes, those of the calls that measure included; 0 where none are counted.
    fn instructions(&mut self, work: &mut dyn FnMut()) -> u32;

    /// How many bytes of stack `work` takes below its caller; 0 where that is not measured, 256 for that much or less.
    fn stack(&mut self, work: &mut dyn FnMut()) -> u32;
}

/// Runs every measurement. Each prints lines `measure name: key=value ...`; keys that begin with `x-` are results, which are the
/// same on every machine, the others are instructions.
pub fn run(bench: &mut dyn Bench) {
    measures::calibration::run(bench);
    measures::dbc::run(bench);
    measures::crypto::run(bench);
    measures::deflate::run(bench);
    measures::telemetry::run(bench);
    measures::pairing::run(bench);
    measures::drive::run(bench);
}
