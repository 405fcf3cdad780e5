//! `cargo xtask bench rewards`: how fast a month is settled, beside a loop over `rust_decimal` and beside the memory, in one run.

use std::process::Command;

use crate::exec::{pass, status};
use crate::workspace::Workspace;

/// Prints the table. Whether every floor holds and all ways gave the same amounts.
pub(crate) fn run(workspace: &Workspace) -> Result<bool, String> {
    let mut build = workspace.cargo("build");
    build.args(["--release", "--package", "dimo-rewards", "--features", "std", "--example", "rewards_bench"]);
    pass(build.arg("--target-dir").arg(&workspace.target))?;
    match status(&mut Command::new(workspace.target.join("release/examples/rewards_bench")))? {
        0 => Ok(true),
        1 => Ok(false),
        other => Err(format!("the bench ended with {other}")),
    }
}
