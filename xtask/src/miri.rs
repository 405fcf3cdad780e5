//! The libraries interpreted by miri: undefined behaviour in what we depend on, and overflow everywhere.

use std::process::Command;

use crate::exec::pass;
use crate::step::{Outcome, Step, StepResult};
use crate::toolchain;
use crate::workspace::{Package, Workspace};

/// Under an interpreter a case takes a thousand times longer.
const CASES: &str = "4";
/// Tests of the half of `dimo-dbc` that a device has which take less than half a minute.
const SHORT: [&str; 2] = ["device_half", "request_exchange"];

/// How the tests of a package are interpreted.
struct Way {
    package: &'static str,
    features: &'static str,
    /// Tests that go through every length of something or make text by patterns, which takes days.
    skipped: &'static [&'static str],
}

/// The packages for which it is not every test with every feature.
const WAYS: [Way; 2] = [WAY_OF_DBC, WAY_OF_PAIRING];

const WAY_OF_DBC: Way = Way {
    package: "dimo-dbc",
    // Reading DBC text is a grammar over a stack that grows: minutes for one file.
    features: "--no-default-features",
    skipped: &["every_length", "every_frame", "no_words_are_fatal", "no_cells_are_fatal"],
};

const WAY_OF_PAIRING: Way = Way {
    package: "dimo-pairing",
    features: "--all-features",
    // To enrol a PIN is made slow on purpose, and the kept inputs do it and whole sessions many times. Messages, records, labels,
    // fragments and the vectors of Noise stay in.
    skipped: &["every_kept_input", "inputs_that_mean_nothing", "pin", "spake2plus"],
};

/// A minute or two.
pub(crate) fn short(workspace: &Workspace) -> Step<'_> {
    Step::conditional("miri dimo-dbc, device half", || {
        if let Err(reason) = install() {
            return not_installed(reason);
        }
        let mut command = interpreter(workspace, "dimo-dbc");
        command.arg("--no-default-features").args(SHORT.iter().flat_map(|test| ["--test", test]));
        pass(&mut command).map(|()| Outcome::Passed)
    })
}

/// A nightly toolchain cannot always be had; a build server has to have it.
fn not_installed(reason: String) -> StepResult {
    if std::env::var_os("CI").is_none() { Ok(Outcome::NotRun(reason)) } else { Err(reason) }
}

/// Every library; takes hours.
pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    let packages = workspace.libraries();
    packages.map(|package| Step::new(format!("miri {}", package.name), || long(workspace, package))).collect()
}

fn long(workspace: &Workspace, package: &Package) -> Result<(), String> {
    install()?;
    let way = WAYS.iter().find(|way| way.package == package.name);
    let mut command = interpreter(workspace, &package.name);
    command.args(["--lib", "--tests", way.map_or("--all-features", |way| way.features), "--"]);
    command.args(way.iter().flat_map(|way| way.skipped).flat_map(|test| ["--skip", test]));
    pass(&mut command)
}

fn install() -> Result<(), String> {
    toolchain::need_toolchain("nightly", &["miri", "rust-src"])
}

fn interpreter(workspace: &Workspace, package: &str) -> Command {
    let mut command = toolchain::cargo_of("nightly");
    command.current_dir(&workspace.root).args(["miri", "test", "--locked", "--package", package]);
    command.arg("--target-dir").arg(workspace.target.join("miri"));
    // Tests read files of the workspace, and proptest its file of regressions.
    command.env("MIRIFLAGS", "-Zmiri-disable-isolation").env("PROPTEST_CASES", CASES);
    command
}
