//! Format and clippy, with warnings denied.

use crate::exec::pass;
use crate::step::Step;
use crate::toolchain;
use crate::workspace::{Package, Workspace};

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    let mut steps = vec![Step::new("fmt", || format(workspace))];
    steps.extend(
        workspace
            .packages
            .iter()
            .map(|package| Step::new(format!("clippy {}", package.name), || clippy(workspace, package))),
    );
    steps
}

fn format(workspace: &Workspace) -> Result<(), String> {
    toolchain::need_component("fmt", "rustfmt")?;
    let mut command = std::process::Command::new("cargo");
    pass(command.current_dir(&workspace.root).args(["fmt", "--all", "--check"]))
}

/// With every feature and, since a feature may hide a warning of the bare crate, with the default ones.
fn clippy(workspace: &Workspace, package: &Package) -> Result<(), String> {
    toolchain::need_component("clippy", "clippy")?;
    let feature_sets: &[&[&str]] =
        if package.features.is_empty() { &[&[]] } else { &[&["--all-features"], &[]] };
    for features in feature_sets {
        let mut command = workspace.cargo("clippy");
        command.args(["--quiet", "--all-targets", "--package", &package.name]).args(*features);
        pass(command.args(["--", "--deny", "warnings"]))?;
    }
    Ok(())
}
