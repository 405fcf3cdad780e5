//! The tests: everything together, and each library crate as a user without its features gets it.

use crate::exec::pass;
use crate::step::Step;
use crate::vcan;
use crate::workspace::Workspace;

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    let mut steps = vec![
        Step::new("tests, all features", || {
            let mut command = workspace.cargo("test");
            pass(command.args(["--workspace", "--all-features", "--lib", "--bins", "--tests", "--examples"]))
        }),
        Step::new("doctests, all features", || {
            pass(workspace.cargo("test").args(["--workspace", "--all-features", "--doc"]))
        }),
    ];
    steps.extend(workspace.libraries().map(|package| {
        Step::new(format!("tests {}, default features", package.name), || {
            pass(workspace.cargo("test").args(["--package", &package.name]))
        })
    }));
    steps.push(vcan::step(workspace));
    steps
}
