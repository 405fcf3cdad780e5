//! `cargo xtask gateway`: the device on Linux of `examples/gateway`, with an authority for certificates, a broker that asks for them, and the backend.
//!
//! Standard output has one line per step, `ok<TAB>step` or `FAIL<TAB>step<TAB>reason`, and nothing else.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::exec::pass;
use crate::step::{Outcome, Step};
use crate::workspace::Workspace;
use crate::{debian, toolchain, turn, vcan};

/// Whether all steps are ok.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<bool, String> {
    let gateway = Gateway::of(workspace);
    // The command calls itself so, with its standard output out of the way.
    if arguments == ["--prepare"] {
        return gateway.prepare().map(|()| true);
    }
    // What builds and installs prints as it likes.
    let myself = std::env::current_exe().map_err(|error| format!("needs its own path: {error}"))?;
    let mut prepare = Command::new(myself);
    prepare.args(["gateway", "--prepare"]).stdin(Stdio::null()).stdout(std::io::stderr());
    if !prepare.status().is_ok_and(|status| status.success()) {
        eprintln!("not run: needs the gateway, see above");
        return Ok(false);
    }
    let status = gateway.show(arguments)?.status().map_err(|error| format!("the gateway: {error}"))?;
    Ok(status.success())
}

/// The gateway as a newcomer runs it, with the vehicle of the main job, and its form.
pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    vec![
        Step::new("gateway, fmt and clippy", || Gateway::of(workspace).lint()),
        Step::new("gateway with authority, broker and backend", || {
            let gateway = Gateway::of(workspace);
            gateway.prepare()?;
            pass(&mut gateway.show(&[])?)
        }),
        Step::new("gateway as a program, killed and started again", || {
            // The vehicle's own tests are run with the main job.
            Gateway::of(workspace).tests(&["--skip", "own_vehicle::"])
        }),
        Step::conditional("gateway on a virtual interface", || {
            if !vcan::is_there() {
                return Ok(vcan::not_run());
            }
            Gateway::of(workspace).tests(&["--ignored"]).map(|()| Outcome::Passed)
        }),
    ]
}

/// Where it is.
struct Gateway {
    folder: PathBuf,
    /// A target directory of its own, since it is a workspace of its own.
    target: PathBuf,
}

impl Gateway {
    fn of(workspace: &Workspace) -> Self {
        Self { folder: workspace.root.join("examples/gateway"), target: workspace.target.join("gateway") }
    }

    fn cargo(&self, subcommand: &str) -> Command {
        let mut command = Command::new("cargo");
        command
            .current_dir(&self.folder)
            .args([subcommand, "--locked", "--quiet", "--target-dir"])
            .arg(&self.target);
        command
    }

    fn prepare(&self) -> Result<(), String> {
        debian::need("mosquitto", "mosquitto")?;
        pass(&mut self.cargo("build"))
    }

    fn lint(&self) -> Result<(), String> {
        toolchain::need_component("fmt", "rustfmt")?;
        toolchain::need_component("clippy", "clippy")?;
        pass(Command::new("cargo").current_dir(&self.folder).args(["fmt", "--all", "--check"]))?;
        pass(self.cargo("clippy").args(["--all-targets", "--", "--deny", "warnings"]))
    }

    /// The tests: of the library, and of the program that runs the application.
    fn tests(&self, options: &[&str]) -> Result<(), String> {
        debian::need("mosquitto", "mosquitto")?;
        pass(self.cargo("test").args(["--tests", "--"]).args(options))
    }

    /// The program that shows it, with the options of this command.
    fn show(&self, options: &[String]) -> Result<Command, String> {
        let folder = self.target.join("run");
        turn::take(&folder)?;
        let mut show = Command::new(self.target.join("debug/show"));
        show.arg("--folder").arg(folder).args(options);
        Ok(show)
    }
}
