//! `cargo xtask bench m4`: instructions, flash and device bytes on a Cortex-M4 in QEMU, and the step that keeps their limits.
//!
//! QEMU counts instructions, so the figures are the same on every machine; the results are compared with those of the host. What
//! is printed of a crate and what is demanded of it stands in a file of its own: [`bench_m4_dbc`], [`bench_m4_crypto`],
//! [`bench_m4_deflate`], [`bench_m4_telemetry`], [`bench_m4_pairing`], [`bench_m4_drive`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::debian;
use crate::exec::{pass, read};
use crate::step::Step;
use crate::workspace::Workspace;
use crate::{
    bench_m4_crypto, bench_m4_dbc, bench_m4_deflate, bench_m4_drive, bench_m4_pairing, bench_m4_telemetry,
    elf, toolchain,
};

/// A Cortex-M4 without an FPU: a floating-point operation is a call there, which shows among the symbols.
pub(crate) const TARGET: &str = "thumbv7em-none-eabi";
const QEMU: &str = "qemu-system-arm";
/// Seconds after which a run is taken for hung.
const PATIENCE: &str = "300";

/// The measurements of a line by name.
type Values = BTreeMap<String, String>;
/// What is measured by name: `dbc toyota integers` and what stands behind it.
pub(crate) type Lines = Vec<(String, Values)>;

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    vec![Step::new("instructions, flash and plan bytes on a Cortex-M4", || check(workspace))]
}

/// Prints the tables. Whether the board had the results of the host.
pub(crate) fn run(workspace: &Workspace) -> Result<bool, String> {
    let measured = Measured::take(workspace)?;
    measured.print()?;
    Ok(true)
}

fn check(workspace: &Workspace) -> Result<(), String> {
    let measured = Measured::take(workspace)?;
    measured.print()?;
    let mut faults = measured.faults();
    faults.extend(bench_m4_dbc::faults(&measured)?);
    faults.extend(bench_m4_crypto::faults(&measured)?);
    faults.extend(bench_m4_deflate::faults(&measured)?);
    faults.extend(bench_m4_telemetry::faults(&measured)?);
    faults.extend(bench_m4_pairing::faults(&measured)?);
    faults.extend(bench_m4_drive::faults(&measured)?);
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}

/// What one run gave.
pub(crate) struct Measured {
    lines: Lines,
    /// Where the programs are.
    programs: PathBuf,
}

impl Measured {
    /// Builds, runs on the board and on the host, and compares.
    pub(crate) fn take(workspace: &Workspace) -> Result<Self, String> {
        let directory = workspace.target.join("bench-m4");
        need_board()?;
        pass(cargo(workspace, &directory, "release")?.args(["--target", TARGET, "--bins"]))?;
        let host =
            read(cargo(workspace, &directory, "release")?.args(["--bin", "host", "--features", "host"]))
                .and_then(|_| read(&mut Command::new(directory.join("release/host"))))?;
        let programs = directory.join(TARGET).join("release");
        let board = read(&mut qemu(&programs.join("board")))?;
        let (board, host) = (lines(&board), lines(&host));
        let (ours, theirs) = (results(&board), results(&host));
        if let Some((board, host)) = ours.iter().zip(&theirs).find(|(board, host)| board != host) {
            return Err(format!("the board says {board:?} and the host {host:?}"));
        }
        if ours.is_empty() || ours.len() != theirs.len() {
            return Err(format!("{} results on the board and {} on the host", ours.len(), theirs.len()));
        }
        Ok(Self { lines: board, programs })
    }

    /// What others need, measured on the same board.
    pub(crate) fn take_anchors(workspace: &Workspace) -> Result<Self, String> {
        let directory = workspace.target.join("bench-m4");
        need_board()?;
        pass(cargo(workspace, &directory, "release")?.args([
            "--target",
            TARGET,
            "--features",
            "anchors",
            "--bin",
            "anchors",
            "--bin",
            "flash-anchor",
        ]))?;
        let programs = directory.join(TARGET).join("release");
        let board = read(&mut qemu(&programs.join("anchors")))?;
        Ok(Self { lines: lines(&board), programs })
    }

    /// The program with the PIN path of pairing, beside those that are there.
    pub(crate) fn with_pin(&self, workspace: &Workspace) -> Result<Self, String> {
        let directory = workspace.target.join("bench-m4");
        let mut command = cargo(workspace, &directory, "release")?;
        pass(command.args(["--target", TARGET, "--features", "pin", "--bin", "flash-pairing-pin"]))?;
        Ok(Self { lines: Vec::new(), programs: self.programs.clone() })
    }

    pub(crate) fn text(&self, line: &str, key: &str) -> Option<&str> {
        let (_, values) = self.lines.iter().find(|(name, _)| name == line)?;
        values.get(key).map(String::as_str)
    }

    pub(crate) fn number(&self, line: &str, key: &str) -> Option<f64> {
        self.text(line, key)?.parse().ok()
    }

    /// The file of a program for the board.
    pub(crate) fn program(&self, name: &str) -> Result<Vec<u8>, String> {
        program(&self.programs, name)
    }

    /// The bytes of flash that a program has more than another.
    pub(crate) fn flash(&self, name: &str, without: &str) -> Result<u64, String> {
        flash(&self.programs, name, without)
    }

    fn print(&self) -> Result<(), String> {
        bench_m4_dbc::print(self)?;
        println!();
        bench_m4_crypto::print(self)?;
        println!();
        bench_m4_deflate::print(self)?;
        println!();
        bench_m4_telemetry::print(self)?;
        println!();
        bench_m4_pairing::print(self)?;
        println!();
        bench_m4_drive::print(self)
    }

    /// What makes every figure worthless.
    fn faults(&self) -> Vec<String> {
        let calibration = |key| self.number("calibration loop", key);
        let counted = calibration("instructions") == calibration("rounds").map(|rounds| rounds * 2.0);
        let fault = (!counted).then(|| "a loop of two instructions is not counted as that".to_owned());
        fault.into_iter().collect()
    }
}

pub(crate) fn flash(programs: &Path, name: &str, without: &str) -> Result<u64, String> {
    let size = |name| {
        elf::loaded_bytes(&program(programs, name)?)
            .ok_or(format!("{name} of the bench is no 32-bit ELF file"))
    };
    Ok(size(name)?.saturating_sub(size(without)?))
}

fn program(programs: &Path, name: &str) -> Result<Vec<u8>, String> {
    let path = programs.join(name);
    std::fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

/// The Rust target, and QEMU: Debian's package, where there is no other.
pub(crate) fn need_board() -> Result<(), String> {
    toolchain::need_target(TARGET)?;
    debian::need(QEMU, QEMU)
}

/// A build in the other workspace, with the versions of this one's lock file; cargo adds what only the board needs. What the
/// compiler is told for the board stands in `bench-m4/.cargo/config.toml`.
pub(crate) fn cargo(workspace: &Workspace, directory: &Path, profile: &str) -> Result<Command, String> {
    let folder = workspace.root.join("bench-m4");
    std::fs::copy(workspace.root.join("Cargo.lock"), folder.join("Cargo.lock"))
        .map_err(|error| format!("Cargo.lock cannot be copied to bench-m4: {error}"))?;
    let mut command = Command::new("cargo");
    command
        .current_dir(folder)
        .args(["build", "--profile", profile, "--quiet", "--target-dir"])
        .arg(directory);
    // Options for the host's processor are none for the board's.
    command.env_remove("RUSTFLAGS");
    Ok(command)
}

/// One instruction is one nanosecond of the machine's time.
fn qemu(program: &Path) -> Command {
    let mut command = Command::new("timeout");
    command.args([PATIENCE, QEMU, "-cpu", "cortex-m4", "-machine", "mps2-an386", "-nographic"]);
    command.args(["-icount", "shift=0", "-semihosting-config", "enable=on,target=native", "-kernel"]);
    command.arg(program);
    command
}

/// `measure name: key=value ...`; other lines are not ours.
pub(crate) fn lines(printed: &str) -> Lines {
    let values = |text: &str| {
        let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
        pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    };
    let pairs = printed.lines().filter_map(|line| line.split_once(": "));
    pairs.map(|(name, rest)| (name.to_owned(), values(rest))).collect()
}

/// What must be the same on every machine: name of the line, key, value.
fn results(lines: &[(String, Values)]) -> Vec<[&str; 3]> {
    let pairs =
        lines.iter().flat_map(|(name, values)| values.iter().map(move |(key, value)| [name, key, value]));
    pairs.map(|texts| texts.map(String::as_str)).filter(|[_, key, _]| key.starts_with("x-")).collect()
}
