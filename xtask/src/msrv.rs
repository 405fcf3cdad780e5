//! The minimum Rust version that Cargo.toml states, proven with that toolchain.

use std::process::Command;

use crate::exec::pass;
use crate::step::Step;
use crate::toolchain;
use crate::workspace::Workspace;

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    let Some(first) = workspace.libraries().next() else { return Vec::new() };
    let toolchain = full_version(&first.rust_version);
    let (for_check, for_tests) = (toolchain.clone(), toolchain.clone());
    vec![
        Step::new(format!("Rust {toolchain} compiles every member"), move || {
            let mut command = cargo(workspace, &for_check, "check")?;
            pass(command.args(["--quiet", "--workspace", "--all-features"]))
        }),
        // What they test ran with the compiler of today; here the older one is on trial, which it is by compiling them.
        Step::new(format!("Rust {toolchain} compiles the tests of the library crates"), move || {
            let mut command = cargo(workspace, &for_tests, "check")?;
            command.args(workspace.libraries().flat_map(|package| ["--package", &package.name]));
            pass(command.args(["--quiet", "--all-targets", "--all-features"]))
        }),
    ]
}

fn cargo(workspace: &Workspace, toolchain: &str, subcommand: &str) -> Result<Command, String> {
    toolchain::need_toolchain(toolchain, &[])?;
    let mut command = toolchain::cargo_of(toolchain);
    command.current_dir(&workspace.root).args([subcommand, "--locked", "--target-dir"]);
    command.arg(workspace.target.join("msrv"));
    Ok(command)
}

/// rustup names a toolchain `1.88.0`; Cargo.toml may say `1.88`.
fn full_version(rust_version: &str) -> String {
    if rust_version.split('.').count() == 2 { format!("{rust_version}.0") } else { rust_version.to_owned() }
}
