//! The probe for `std` leaks on the host: `no-std-probe` must link as it is, and must not once `std` is let in.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::exec::{output, pass};
use crate::features;
use crate::step::Step;
use crate::workspace::{Workspace, items, metadata, text};

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    vec![
        Step::new("std probe turns on what a device can have", || covers_everything(workspace)),
        Step::new("std probe links without std", || pass(&mut build(workspace)?)),
        Step::new("std probe notices a leak", || notices_a_leak(workspace)),
    ]
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("no-std-probe")
}

/// With the versions of the workspace's own lock file; cargo drops the entries that the probe does not need.
fn build(workspace: &Workspace) -> Result<Command, String> {
    std::fs::copy(workspace.root.join("Cargo.lock"), folder(workspace).join("Cargo.lock"))
        .map_err(|error| format!("Cargo.lock cannot be copied to no-std-probe: {error}"))?;
    let mut command = Command::new("cargo");
    command.current_dir(folder(workspace)).args(["build", "--quiet", "--target-dir"]);
    command.arg(workspace.target.join("no-std-probe"));
    Ok(command)
}

/// It must fail for the right reason: two panic handlers.
fn notices_a_leak(workspace: &Workspace) -> Result<(), String> {
    let result = output(build(workspace)?.args(["--features", "leak"]))?;
    let words = String::from_utf8_lossy(&result.stderr);
    if result.status.success() {
        Err("the probe built although std was let in: it proves nothing".to_owned())
    } else if words.contains("E0152") && words.contains("panic_impl") {
        Ok(())
    } else {
        Err(format!("the probe failed for another reason than a second panic handler:\n{words}"))
    }
}

fn covers_everything(workspace: &Workspace) -> Result<(), String> {
    let probe = metadata(&folder(workspace).join("Cargo.toml"), &["--no-deps"])?;
    let dependencies: Vec<&Value> =
        items(&probe, "packages").flat_map(|package| items(package, "dependencies")).collect();
    for package in workspace.libraries() {
        let Some(linked) = dependencies.iter().find(|dependency| text(dependency, "name") == package.name)
        else {
            return Err(format!("no-std-probe does not link {}", package.name));
        };
        for feature in features::no_std(workspace, package) {
            if !items(linked, "features").any(|on| on.as_str() == Some(&feature)) {
                return Err(format!("no-std-probe does not turn on {}/{feature}", package.name));
            }
        }
    }
    Ok(())
}
