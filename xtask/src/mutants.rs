//! Mutation tests: whether some test notices each small change of the code.
//!
//! Changes that no test notices stand in `xtask/mutants/PACKAGE.txt`, each below a line `# why nobody can`. Another one fails.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::exec::{status, works};
use crate::step::Step;
use crate::toolchain;
use crate::workspace::{Package, Workspace};

const VERSION: &str = "27.1.0";
/// Seconds after which tests are taken for hung, which counts as noticed.
const PATIENCE: &str = "60";
/// What makes one change cheap, with the same answer: it is built on what was built before, and without what only a debugger reads;
/// a property that fails is not made smaller, nor kept, for else it would help to notice the changes after it.
const SETTINGS: [(&str, &str); 4] = [
    ("CARGO_INCREMENTAL", "1"),
    ("CARGO_PROFILE_DEV_DEBUG", "none"),
    ("PROPTEST_MAX_SHRINK_ITERS", "0"),
    ("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true"),
];
/// What cargo-mutants ends with when it has gone through all changes: every one noticed, some not, some hung.
const FINISHED: [i32; 3] = [0, 2, 3];

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    let packages = workspace.libraries();
    packages
        .map(|package| Step::new(format!("mutants {}", package.name), || run(workspace, package)))
        .collect()
}

fn run(workspace: &Workspace, package: &Package) -> Result<(), String> {
    let output = workspace.target.join("mutants").join(&package.name);
    std::fs::create_dir_all(&output).map_err(|error| format!("{}: {error}", output.display()))?;
    let mut command = Command::new(program(workspace)?);
    command.current_dir(&workspace.root).args(["mutants", "--all-features", "--package", &package.name]);
    command.args(["--timeout", PATIENCE, "--output"]).arg(&output).envs(SETTINGS);
    // Examples in the documentation would take most of the time and notice nothing that the tests do not.
    command.args(["--", "--lib", "--tests"]);
    let code = status(&mut command)?;
    if !FINISHED.contains(&code) {
        return Err(format!("cargo-mutants ended with {code}"));
    }
    let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    let survivors = survivors(&read(&output.join("mutants.out/missed.txt")));
    let known = known(&read(&workspace.root.join("xtask/mutants").join(format!("{}.txt", package.name))))?;
    for gone in known.difference(&survivors) {
        println!("noticed by now, and listed still: {gone}");
    }
    let new: Vec<&str> = survivors.difference(&known).map(String::as_str).collect();
    if new.is_empty() { Ok(()) } else { Err(format!("noticed by no test: {}", new.join("; "))) }
}

fn program(workspace: &Workspace) -> Result<PathBuf, String> {
    let tools = workspace.target.join("tools");
    let program = tools.join("bin/cargo-mutants");
    if !works(Command::new(&program).args(["mutants", "--version"])) {
        let mut install = Command::new("cargo");
        install.args(["install", "cargo-mutants", "--version", VERSION, "--locked", "--root"]).arg(&tools);
        toolchain::install("cargo-mutants", install.env("CARGO_TARGET_DIR", tools.join("build")))?;
    }
    Ok(program)
}

/// The changes by file and words; lines and columns would be others after every edit.
fn survivors(missed: &str) -> BTreeSet<String> {
    missed.lines().filter_map(without_position).collect()
}

/// `file:line:column: words` as `file: words`.
fn without_position(line: &str) -> Option<String> {
    let (place, words) = line.split_once(": ")?;
    Some(format!("{}: {words}", place.split(':').next()?))
}

/// The listed ones; each group needs its reason.
fn known(list: &str) -> Result<BTreeSet<String>, String> {
    let mut reason = false;
    let mut known = BTreeSet::new();
    for line in list.lines() {
        if line.is_empty() {
            reason = false;
        } else if line.starts_with("# ") {
            reason = true;
        } else if reason {
            known.insert(line.to_owned());
        } else {
            return Err(format!("a listed mutant has no reason above it: {line}"));
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::{known, survivors};

    #[test]
    fn a_survivor_is_known_wherever_in_its_file_it_stands() {
        let list = "# equal for all bytes\nsrc/a.rs: replace | with ^ in f\n";
        let found = survivors("src/a.rs:17:5: replace | with ^ in f\n");
        assert_eq!(known(list), Ok(found));
    }

    #[test]
    fn a_listed_survivor_needs_a_reason() {
        assert!(known("src/a.rs: replace | with ^ in f\n").is_err());
        assert!(known("# of another\nsrc/a.rs: x\n\nsrc/a.rs: y\n").is_err());
    }
}
