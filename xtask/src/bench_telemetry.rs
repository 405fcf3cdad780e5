//! `cargo xtask bench telemetry`: what readings take on the wire and how fast they are written and read, beside today's form and
//! those one would take otherwise, in one run.

use std::process::Command;

use crate::bench_m4;
use crate::exec::{pass, status};
use crate::main_job::data_folder;
use crate::workspace::Workspace;

/// Prints the tables. Whether every floor holds.
pub(crate) fn run(workspace: &Workspace) -> Result<bool, String> {
    let directory = workspace.target.join("bench-m4");
    let mut build = bench_m4::cargo(workspace, &directory, "speed")?;
    pass(build.args(["--features", "telemetry", "--bin", "telemetry"]))?;
    let mut command = Command::new(directory.join("speed/telemetry"));
    match status(command.arg(data_folder(workspace)))? {
        0 => Ok(true),
        1 => Ok(false),
        other => Err(format!("the bench ended with {other}")),
    }
}
