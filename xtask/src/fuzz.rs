//! The fuzz targets of `fuzz/`, with cargo-fuzz and a nightly toolchain.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::exec::{pass, works};
use crate::step::Step;
use crate::toolchain;
use crate::workspace::Workspace;

const VERSION: &str = "0.13.2";
/// How long each target runs, unless the variable `FUZZ_SECONDS` says otherwise.
const SECONDS: &str = "300";

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    let targets = targets(&workspace.root.join("fuzz/fuzz_targets"));
    let step = |target: String| Step::new(format!("fuzz {target}"), move || fuzz(workspace, &target));
    targets.into_iter().map(step).collect()
}

/// The names of the programs, in order.
fn targets(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let names = files.filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()));
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names
}

/// Goes on from what earlier runs found, beside the inputs that are kept. A fault names a file: mend the fault, and keep the
/// file under `fuzz/corpus`.
fn fuzz(workspace: &Workspace, target: &str) -> Result<(), String> {
    toolchain::need_toolchain("nightly", &[])?;
    let program = program(workspace)?;
    let (folder, ours) = (workspace.root.join("fuzz"), workspace.target.join("fuzz"));
    let (found, faults) = (ours.join("corpus").join(target), ours.join("artifacts").join(target));
    for new in [&found, &faults] {
        std::fs::create_dir_all(new).map_err(|error| format!("{}: {error}", new.display()))?;
    }
    // The versions of the workspace; cargo adds what only the fuzzer needs.
    std::fs::copy(workspace.root.join("Cargo.lock"), folder.join("Cargo.lock"))
        .map_err(|error| format!("Cargo.lock cannot be copied to fuzz: {error}"))?;
    let mut command = Command::new("rustup");
    command.current_dir(&folder).args(["run", "nightly"]).arg(program);
    // Nothing here is unsafe, so that looking at memory would only take time.
    command.args(["run", "--sanitizer", "none", "--target-dir"]).arg(ours.join("build"));
    command.arg(target).arg(&found).arg(folder.join("corpus").join(target)).arg("--");
    let seconds = std::env::var("FUZZ_SECONDS").unwrap_or_else(|_| SECONDS.to_owned());
    command.arg(format!("-max_total_time={seconds}")).args(["-timeout=10", "-rss_limit_mb=2048"]);
    command.args(["-max_len=4096", "-verbosity=0", "-print_final_stats=1"]);
    pass(command.arg(format!("-artifact_prefix={}/", faults.display())))
}

fn program(workspace: &Workspace) -> Result<PathBuf, String> {
    let tools = workspace.target.join("tools");
    let program = tools.join("bin/cargo-fuzz");
    if !works(Command::new(&program).arg("--version")) {
        let mut install = Command::new("cargo");
        install.args(["install", "cargo-fuzz", "--version", VERSION, "--locked", "--quiet", "--root"]);
        install.arg(&tools).env("CARGO_TARGET_DIR", tools.join("build"));
        toolchain::install("cargo-fuzz", &mut install)?;
    }
    Ok(program)
}
