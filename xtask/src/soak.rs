//! What takes hours. `cargo xtask soak --only miri` runs one part of it.

use crate::exec::pass;
use crate::step::Step;
use crate::workspace::Workspace;
use crate::{deny, fuzz, miri, mutants, power_cuts};

/// Cases of each property where `cargo test` runs 256.
const LONG_CASES: &str = "100000";

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    let mut steps = vec![
        Step::new("advisories", || deny::advisories(workspace)),
        Step::new("long property tests", || long_properties(workspace)),
    ];
    steps.extend(miri::steps(workspace));
    steps.extend(fuzz::steps(workspace));
    steps.extend(mutants::steps(workspace));
    steps.push(power_cuts::full(workspace));
    steps
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
