//! `cargo package`: every library crate as a stranger would get it, built from its package.

use std::fs;
use std::path::{Path, PathBuf};

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
        forget_unpacked(workspace)?;
        let mut command = workspace.cargo("package");
        command.args(["--quiet", "--allow-dirty"]);
        pass(command.args(workspace.libraries().flat_map(|package| ["--package", &package.name])))
    }));
    steps
}

/// Cargo unpacks the packages of a run into its home, in folders named after the target directory with a dash before, and takes those
/// that it finds there for today's. They are removed, so that what is built is what was packed now.
fn forget_unpacked(workspace: &Workspace) -> Result<(), String> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .ok_or("neither CARGO_HOME nor a home directory is known")?;
    for kind in ["src", "cache"] {
        let of_runs = |name: &str| name.starts_with('-');
        for registry in entries(&home.join("registry").join(kind), of_runs) {
            let is_ours = |name: &str| {
                workspace
                    .libraries()
                    .any(|package| name.strip_prefix(&package.name).is_some_and(|rest| rest.starts_with('-')))
            };
            for stale in entries(&registry, is_ours) {
                let removed =
                    if stale.is_dir() { fs::remove_dir_all(&stale) } else { fs::remove_file(&stale) };
                removed.map_err(|error| format!("{} cannot be removed: {error}", stale.display()))?;
            }
        }
    }
    Ok(())
}

/// What a folder holds under such names; nothing where there is no such folder.
fn entries(folder: &Path, is_meant: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_str().is_some_and(&is_meant))
        .map(|entry| entry.path())
        .collect()
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
