//! What takes hours. `cargo xtask soak --only miri` runs one part of it.

use std::process::Command;

use crate::exec::{pass, works};
use crate::step::{Outcome, Step, StepResult};
use crate::workspace::{Package, Workspace};
use crate::{deny, fuzz, miri, toolchain};

/// Cases of each property where `cargo test` runs 256.
const LONG_CASES: &str = "100000";
const MUTANTS: &str = "27.1.0";

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    let mut steps = vec![
        Step::new("advisories", || deny::advisories(workspace)),
        Step::new("long property tests", || long_properties(workspace)),
    ];
    steps.extend(miri::steps(workspace));
    steps.extend(fuzz::steps(workspace));
    for package in workspace.libraries() {
        steps.push(Step::new(format!("mutants {}", package.name), || mutants(workspace, package)));
    }
    steps.push(Step::conditional("power-cut sweeps", || missing("there is no simulated flash yet")));
    steps
}

fn missing(reason: &str) -> StepResult {
    Ok(Outcome::NotRun(reason.to_owned()))
}

/// Fast, and still with the checks that a release leaves out.
fn long_properties(workspace: &Workspace) -> Result<(), String> {
    let mut command = workspace.cargo("test");
    command.args(["--workspace", "--all-features", "--release", "--lib", "--tests", "--target-dir"]);
    command.arg(workspace.target.join("soak")).env("PROPTEST_CASES", LONG_CASES);
    for check in ["OVERFLOW_CHECKS", "DEBUG_ASSERTIONS"] {
        command.env(format!("CARGO_PROFILE_RELEASE_{check}"), "true");
    }
    pass(&mut command)
}

/// Whether some test notices each small change of the code.
fn mutants(workspace: &Workspace, package: &Package) -> Result<(), String> {
    let tools = workspace.target.join("tools");
    let program = tools.join("bin/cargo-mutants");
    if !works(Command::new(&program).args(["mutants", "--version"])) {
        let mut install = Command::new("cargo");
        install.args(["install", "cargo-mutants", "--version", MUTANTS, "--locked", "--root"]).arg(&tools);
        toolchain::install("cargo-mutants", install.env("CARGO_TARGET_DIR", tools.join("build")))?;
    }
    let output = workspace.target.join("mutants").join(&package.name);
    std::fs::create_dir_all(&output).map_err(|error| format!("{}: {error}", output.display()))?;
    let mut command = Command::new(program);
    command.current_dir(&workspace.root).args(["mutants", "--all-features", "--package", &package.name]);
    pass(command.arg("--output").arg(output))
}
