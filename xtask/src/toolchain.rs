//! What rustup can install: a target, a component, a toolchain. What cannot be had fails the step that needs it.

use std::path::Path;
use std::process::Command;

use crate::exec;

/// A target of the running toolchain.
pub(crate) fn need_target(target: &str) -> Result<(), String> {
    let sysroot = exec::read(Command::new("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(target).join("lib").is_dir() {
        return Ok(());
    }
    install(&format!("the Rust target {target}"), Command::new("rustup").args(["target", "add", target]))
}

/// A tool that comes as a component of the running toolchain: `clippy`, `fmt`.
pub(crate) fn need_component(subcommand: &str, component: &str) -> Result<(), String> {
    if exec::works(Command::new("cargo").args([subcommand, "--version"])) {
        return Ok(());
    }
    install(component, Command::new("rustup").args(["component", "add", component]))
}

/// A toolchain with extra components.
pub(crate) fn need_toolchain(toolchain: &str, components: &[&str]) -> Result<(), String> {
    let mut install_it = Command::new("rustup");
    if !exec::works(Command::new("rustup").args(["run", toolchain, "cargo", "--version"])) {
        install_it.args(["toolchain", "install", toolchain, "--profile", "minimal"]);
        install_it.args(components.iter().flat_map(|component| ["--component", component]));
    } else if !components.is_empty() {
        // Says so and ends well when they are there already.
        install_it.args(["component", "add", "--toolchain", toolchain]).args(components);
    } else {
        return Ok(());
    }
    install(&format!("the Rust toolchain {toolchain}"), &mut install_it)
}

/// `cargo` of that toolchain, whatever toolchain runs now.
pub(crate) fn cargo_of(toolchain: &str) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", toolchain, "cargo"]);
    command
}

/// Whether a program is on the machine in that version.
pub(crate) fn prints_version(program: &Path, version: &str) -> bool {
    exec::read(Command::new(program).arg("--version")).is_ok_and(|printed| printed.trim().ends_with(version))
}

/// Runs a command that installs something, or says what is missing.
pub(crate) fn install(what: &str, command: &mut Command) -> Result<(), String> {
    exec::pass(command).map_err(|reason| format!("needs {what}, which could not be installed: {reason}"))
}
