//! `cargo xtask bench m4`: instructions, flash and device bytes on a Cortex-M4 in QEMU, and the step that keeps their limits.
//!
//! QEMU counts instructions, so the figures are the same on every machine; the results are compared with those of the host.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::exec::{pass, read, works};
use crate::step::Step;
use crate::toolchain;
use crate::workspace::Workspace;

/// A Cortex-M4 without an FPU: a floating-point operation is a call there, which shows among the symbols.
const TARGET: &str = "thumbv7em-none-eabi";
const QEMU: &str = "qemu-system-arm";
/// Seconds after which a run is taken for hung.
const PATIENCE: &str = "300";

/// What no change may exceed, for each plan: instructions a signal on the integer path with the search for the identifier, and
/// bytes of the device section a signal.
const LIMITS: &[(&str, Limits)] = &[
    // It has one of everything in a few messages: 64 bits, floats, nested switches.
    ("world", Limits { instructions: 180.0, bytes: 22.0 }),
    ("car", Limits { instructions: 100.0, bytes: 16.0 }),
    ("toyota", Limits { instructions: 65.0, bytes: 10.0 }),
    ("vw", Limits { instructions: 70.0, bytes: 10.0 }),
];
/// Bytes of code and constants that decoding may add to a program, fixed point included, and those of checking a plan.
const MOST_DECODER: u64 = 2560;
const MOST_LOADER: u64 = 4352;

struct Limits {
    instructions: f64,
    bytes: f64,
}

/// The programs whose sizes are compared, each with more in it than the one before.
const SIZES: [(&str, &str); 3] =
    [("flash-load", "checking a plan"), ("flash-integers", "integers"), ("flash-fixed", "fixed point")];

/// The measurements of a line by name.
type Values = BTreeMap<String, String>;

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    vec![Step::new("instructions, flash and plan bytes on a Cortex-M4", || check(workspace))]
}

/// Prints the table. Whether the board had the results of the host.
pub(crate) fn run(workspace: &Workspace) -> Result<bool, String> {
    let measured = Measured::take(workspace)?;
    measured.print();
    Ok(true)
}

fn check(workspace: &Workspace) -> Result<(), String> {
    let measured = Measured::take(workspace)?;
    measured.print();
    let faults = measured.faults();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}

/// What one run gave.
struct Measured {
    /// `dbc toyota integers` and what stands behind it.
    lines: Vec<(String, Values)>,
    /// What each part adds, in bytes.
    flash: Vec<(&'static str, u64)>,
}

impl Measured {
    /// Builds, runs on the board and on the host, and compares.
    fn take(workspace: &Workspace) -> Result<Self, String> {
        toolchain::need_target(TARGET)?;
        need_qemu()?;
        let directory = workspace.target.join("bench-m4");
        pass(cargo(workspace)?.args(["--target", TARGET, "--bins"]))?;
        let host = read(cargo(workspace)?.args(["--bin", "host", "--features", "host"]))
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
        Ok(Self { lines: board, flash: flash(&programs)? })
    }

    fn number(&self, line: &str, key: &str) -> Option<f64> {
        let (_, values) = self.lines.iter().find(|(name, _)| name == line)?;
        values.get(key)?.parse().ok()
    }

    fn plans(&self) -> Vec<Plan> {
        LIMITS.iter().filter_map(|(name, _)| Plan::of(self, name)).collect()
    }

    fn print(&self) {
        println!(
            "instructions on a Cortex-M4 in QEMU, every signal of every plan; the results are those of the host"
        );
        println!(
            "{:<8}{:>9}{:>11}{:>10}{:>10}{:>12}{:>10}{:>10}{:>10}{:>10}",
            "plan", "signals", "B/signal", "load", "id", "frame", "signal", "alone", "+ fixed", "doubles"
        );
        for plan in self.plans() {
            println!(
                "{:<8}{:>9}{:>11.2}{:>10.0}{:>10.1}{:>12.1}{:>10.1}{:>10.1}{:>10.1}{:>10.1}",
                plan.name,
                plan.signals,
                plan.bytes,
                plan.load,
                plan.id,
                plan.frame,
                plan.signal,
                plan.signal_alone,
                plan.fixed,
                plan.doubles
            );
        }
        for (name, _) in LIMITS.iter().filter(|(name, _)| Plan::of(self, name).is_none()) {
            println!("{name:<8} not run: needs ../shared/data");
        }
        let flash: Vec<String> = self.flash.iter().map(|(what, bytes)| format!("{what} {bytes}")).collect();
        println!("bytes of flash: {}", flash.join(", "));
    }

    /// The limits that do not hold, and what makes the figures worthless.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let calibration = |key| self.number("calibration loop", key);
        if calibration("instructions") != calibration("rounds").map(|rounds| rounds * 2.0) {
            faults.push("a loop of two instructions is not counted as that".to_owned());
        }
        for plan in self.plans() {
            let Some((_, limits)) = LIMITS.iter().find(|(name, _)| *name == plan.name) else { continue };
            if plan.signal > limits.instructions {
                faults.push(format!("{}: {:.1} instructions a signal", plan.name, plan.signal));
            }
            if plan.bytes > limits.bytes {
                faults.push(format!("{}: {:.2} bytes a signal", plan.name, plan.bytes));
            }
        }
        let (loader, decoder) = self.flash.split_at(1);
        for (what, parts, most) in [("loader", loader, MOST_LOADER), ("decoder", decoder, MOST_DECODER)] {
            let bytes: u64 = parts.iter().map(|(_, bytes)| bytes).sum();
            if bytes > most {
                faults.push(format!("the {what} has {bytes} bytes"));
            }
        }
        faults
    }
}

/// The figures of one plan; instructions without those of the loop around them.
struct Plan {
    name: &'static str,
    signals: f64,
    bytes: f64,
    /// To check it once.
    load: f64,
    /// To look an identifier up, as every function that takes one does.
    id: f64,
    /// To decode a frame to integers.
    frame: f64,
    /// The same for each signal of it.
    signal: f64,
    /// The same without what comes before the first signal: the search for the message, mainly.
    signal_alone: f64,
    /// Fixed point too.
    fixed: f64,
    doubles: f64,
}

impl Plan {
    /// `None` for a plan that was not there.
    fn of(measured: &Measured, name: &'static str) -> Option<Self> {
        let plan = |key| measured.number(&format!("dbc {name}"), key);
        let (signals, bytes, frames) = (plan("x-signals")?, plan("x-bytes")?, plan("x-frames")?);
        let instructions = |what| measured.number(&format!("dbc {name} {what}"), "instructions");
        let samples = measured.number(&format!("dbc {name} integers"), "x-count")?;
        let around = instructions("loop")?;
        let own = |what| Some(instructions(what)? - around);
        let (begin, integers) = (own("begin")?, own("integers")?);
        Some(Self {
            name,
            signals,
            bytes: bytes / signals,
            load: instructions("load")?,
            id: own("find")? / frames,
            frame: integers / frames,
            signal: integers / samples,
            signal_alone: (integers - begin) / samples,
            fixed: own("fixed")? / samples,
            doubles: own("doubles")? / samples,
        })
    }
}

/// Debian's package, where there is no other QEMU.
fn need_qemu() -> Result<(), String> {
    if works(Command::new(QEMU).arg("--version")) {
        return Ok(());
    }
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    toolchain::install(QEMU, install.args(["install", "--yes", "--no-install-recommends", QEMU]))
}

/// A build in the other workspace, with the versions of this one's lock file; cargo adds what only the board needs.
fn cargo(workspace: &Workspace) -> Result<Command, String> {
    let folder = workspace.root.join("bench-m4");
    std::fs::copy(workspace.root.join("Cargo.lock"), folder.join("Cargo.lock"))
        .map_err(|error| format!("Cargo.lock cannot be copied to bench-m4: {error}"))?;
    let mut command = Command::new("cargo");
    command.current_dir(folder).args(["build", "--release", "--quiet", "--target-dir"]);
    command.arg(workspace.target.join("bench-m4"));
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

/// What each part adds to the program before it. The decoder must not have a floating-point operation in it.
fn flash(programs: &Path) -> Result<Vec<(&'static str, u64)>, String> {
    let program = |name: &str| {
        let path = programs.join(name);
        std::fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
    };
    if !computes_with_floats(&program("board")?) {
        return Err(
            "no floating-point function is found where doubles are decoded: the names are others now"
                .to_owned(),
        );
    }
    let size = |bytes: &[u8]| loaded_bytes(bytes).ok_or("a program of the bench is no 32-bit ELF file");
    let mut before = size(&program("flash-empty")?)?;
    let mut flash = Vec::new();
    for (name, what) in SIZES {
        let bytes = program(name)?;
        if computes_with_floats(&bytes) {
            return Err(format!("{name} has floating-point functions in it"));
        }
        let own = size(&bytes)?;
        flash.push((what, own.saturating_sub(before)));
        before = own;
    }
    Ok(flash)
}

/// Whether a program for a core without FPU has one of the functions in it that stand in for one.
fn computes_with_floats(program: &[u8]) -> bool {
    let names: [&[u8]; 4] =
        [b"__aeabi_d", b"__aeabi_f", b"compiler_builtins5float", b"compiler_builtins::float"];
    names.iter().any(|name| program.windows(name.len()).any(|bytes| bytes == *name))
}

/// The bytes of an ELF file that lie in flash: sections that are loaded and have contents.
fn loaded_bytes(elf: &[u8]) -> Option<u64> {
    const WITHOUT_CONTENTS: u32 = 8;
    const LOADED: u32 = 2;
    let number = |at: usize| Some(u32::from_le_bytes(*elf.get(at..)?.first_chunk()?));
    let half = |at: usize| Some(usize::from(u16::from_le_bytes(*elf.get(at..)?.first_chunk()?)));
    if !elf.starts_with(b"\x7FELF\x01\x01") {
        return None;
    }
    let (first, size, count) = (usize::try_from(number(0x20)?).ok()?, half(0x2E)?, half(0x30)?);
    let mut bytes = 0;
    for section in (0..count).map(|at| first + at * size) {
        let (kind, flags, length) = (number(section + 4)?, number(section + 8)?, number(section + 20)?);
        if flags & LOADED != 0 && kind != WITHOUT_CONTENTS {
            bytes += u64::from(length);
        }
    }
    Some(bytes)
}

/// `measure name: key=value ...`; other lines are not ours.
fn lines(printed: &str) -> Vec<(String, Values)> {
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
