//! `cargo package`: every library crate as a stranger would get it, built from its package.

use crate::exec::{pass, read};
use crate::step::Step;
use crate::workspace::{Package, Workspace};

/// What a package must carry: its licences ask for their text, and its README is its documentation.
const MUST_CARRY: [&str; 4] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    let mut steps: Vec<_> = workspace
        .libraries()
        .map(|package| Step::new(format!("package {}", package.name), || contents(workspace, package)))
        .collect();
    // Together, so that one can be built from the packages of its unpublished siblings.
    steps.push(Step::new("package, all built from their packages", || {
        let mut command = workspace.cargo("package");
        command.args(["--quiet", "--allow-dirty"]);
        pass(command.args(workspace.libraries().flat_map(|package| ["--package", &package.name])))
    }));
    steps
}

fn contents(workspace: &Workspace, package: &Package) -> Result<(), String> {
    let list =
        read(workspace.cargo("package").args(["--allow-dirty", "--list", "--package", &package.name]))?;
    let files: Vec<&str> = list.lines().collect();
    match MUST_CARRY.iter().find(|file| !files.contains(*file)) {
        Some(missing) => Err(format!("the package of {} lacks {missing}", package.name)),
        None => Ok(()),
    }
}
