//! Licences, bans and sources of everything below the crates, by the rules of `deny.toml`.

use std::path::PathBuf;
use std::process::Command;

use crate::exec::{pass, works};
use crate::step::{Outcome, Step};
use crate::toolchain;
use crate::workspace::Workspace;

/// The version these rules were written for.
const VERSION: &str = "0.20.2";

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    vec![
        Step::new("cargo-deny is installed", || program(workspace).map(drop)),
        Step::new("licences, bans and sources", || {
            // What other systems need is judged too, so it must be here.
            pass(&mut workspace.cargo("fetch"))?;
            let mut command = cargo_deny(workspace)?;
            pass(command.args(["--offline", "--locked", "check", "licenses", "bans", "sources"]))
        }),
        Step::conditional("advisories", || {
            Ok(Outcome::NotRun(
                "needs network (the advisory database); `cargo xtask soak` asks it".to_owned(),
            ))
        }),
    ]
}

/// What soak adds: the advisory database, fetched from the network.
pub(crate) fn advisories(workspace: &Workspace) -> Result<(), String> {
    pass(cargo_deny(workspace)?.args(["--locked", "check", "advisories"]))
        .map_err(|reason| format!("an advisory, or no network to fetch them: {reason}"))
}

fn cargo_deny(workspace: &Workspace) -> Result<Command, String> {
    let mut command = Command::new(program(workspace)?);
    command.current_dir(&workspace.root);
    Ok(command)
}

/// The one on the machine if it is of this version, else our own under `target`. Compiled without optimisation: that takes a
/// third of the time, and it has little to do.
fn program(workspace: &Workspace) -> Result<PathBuf, String> {
    let on_the_machine = PathBuf::from("cargo-deny");
    if toolchain::prints_version(&on_the_machine, VERSION) {
        return Ok(on_the_machine);
    }
    let tools = workspace.target.join("tools");
    let ours = tools.join("bin/cargo-deny");
    if !works(Command::new(&ours).arg("--version")) {
        let mut install = Command::new("cargo");
        install.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_TARGET_DIR", tools.join("build"));
        install.args(["install", "cargo-deny", "--version", VERSION, "--locked", "--debug", "--force"]);
        install.args(["--quiet", "--no-default-features", "--root"]).arg(&tools);
        toolchain::install("cargo-deny", &mut install)?;
    }
    Ok(ours)
}
