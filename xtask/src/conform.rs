//! `cargo xtask conform`: a board judged by both specification tables of DIP-4. A step of `test` makes sure that a bad board fails.
//!
//! The boards and their names stand in `xtask/conform/src/board.rs`. One that has to be built or started first, such as the firmware in QEMU, is a step of its own here.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::exec::output;
use crate::firmware::Firmware;
use crate::step::Step;
use crate::workspace::Workspace;

/// What the bad board must not pass, and for which of its faults.
const BAD: [(&str, &str); 12] = [
    ("Power management", "30002 microampere on average while parked"),
    ("Power management", "listen after an hour at 11500 mV"),
    ("Power management", "a source that is needed is not armed"),
    ("Power management", "Can does not start in standby"),
    ("Secure runtime", "a tampered image was started"),
    ("Secure runtime", "an unsigned image was started"),
    ("Secure runtime", "a request of service 11 was transmitted"),
    ("Secure runtime", "it bites after 4s"),
    ("Secure runtime", "the secret is one that everybody guesses"),
    ("Approved geography", "JP is unlisted and was accepted"),
    ("Hardware secure element & EVM wallet", "extractable: the key of 0x"),
    ("OTA process", "an unsigned update was taken"),
];

/// What the reports of the host say it has seen: each comes from a check of the part.
const SEEN: [(&str, &str); 7] = [
    ("Power management", "power manager suite: 3 parts put down, woken by timer and ignition"),
    ("Power management", "vehicle port suite: 2 buses stand by"),
    ("Secure runtime", "watchdog suite: bites after 8s"),
    ("Secure runtime", "factory info suite: serial number 60d4af69-86e8"),
    ("Approved geography", "position suite: found"),
    ("OTA process", "update run: release 6 after 5"),
    ("OTA process", "security sequence number 4 is below 5"),
];

/// Passes on what the judge prints, and how it ended.
pub(crate) fn run(workspace: &Workspace, options: &[String]) -> Result<u8, String> {
    if options == ["--board", "firmware"] {
        return firmware(workspace);
    }
    let status = command(workspace, options).status().map_err(|error| format!("conform: {error}"))?;
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .ok_or_else(|| format!("conform ended with {status}"))
}

/// The board in QEMU runs all its steps first; they are told on standard error.
fn firmware(workspace: &Workspace) -> Result<u8, String> {
    // What builds and installs prints as it likes: the command calls itself so.
    let myself = std::env::current_exe().map_err(|error| format!("needs its own path: {error}"))?;
    let mut prepare = Command::new(myself);
    prepare.args(["firmware", "--prepare"]).stdin(Stdio::null()).stdout(std::io::stderr());
    if !prepare.status().is_ok_and(|status| status.success()) {
        return Err("not run: needs the firmware, see above".to_owned());
    }
    let measured = Firmware::of(workspace).measure()?;
    let options = ["--board", "firmware", "--measured", &measured.display().to_string()].map(str::to_owned);
    run(workspace, &options)
}

/// The report on the firmware: all rows are judged, none fails but for the key that is no chip's, and each step was well.
pub(crate) fn judge_firmware(workspace: &Workspace, measured: &Path) -> Result<(), String> {
    let measured = measured.display().to_string();
    let options = ["--board", "firmware", "--measured", &measured].map(str::to_owned);
    let printed = output(&mut command(workspace, &options))?;
    let lines = String::from_utf8_lossy(&printed.stdout).into_owned();
    print!("{lines}{}", String::from_utf8_lossy(&printed.stderr));
    let failed: Vec<&str> = lines.lines().filter(|line| line.starts_with("failed")).collect();
    let steps = std::fs::read_to_string(&measured).map_err(|error| format!("{measured}: {error}"))?;
    let broken: Vec<&str> = steps.lines().filter(|line| !line.starts_with("ok\t")).collect();
    match (failed[..].iter().all(|line| line.contains(SOFTWARE_KEY)), &broken[..], printed.status.success()) {
        (true, [], true) if steps.lines().count() >= STEPS_LEAST => Ok(()),
        _ => Err(format!("{}\n{}", failed.join("\n"), broken.join("\n"))),
    }
}

/// How a board fails whose key is in software.
const SOFTWARE_KEY: &str = "Hardware secure element & EVM wallet";
/// The steps of the firmware, and what is looked at beyond them.
const STEPS_LEAST: usize = 16 + 4;

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    vec![
        Step::new("conform, the bad board fails", || {
            let lines = lines(workspace, "bad")?;
            let missing = BAD.iter().find(|(row, fault)| !says(&lines, "failed", row, fault));
            missing.map_or(Ok(()), |(row, fault)| {
                Err(format!("the bad board does not fail `{row}` by `{fault}`:\n{lines}"))
            })
        }),
        Step::new("conform, the host fails by its key only", || {
            let lines = lines(workspace, "host")?;
            let failed: Vec<&str> = lines.lines().filter(|line| line.starts_with("failed")).collect();
            let missing = SEEN.iter().find(|(row, finding)| !says(&lines, "passed", row, finding));
            match (&failed[..], missing) {
                (["failed\tHardware secure element & EVM wallet\tsoftware key"], None) => Ok(()),
                (_, Some((row, finding))) => Err(format!("`{row}` does not say `{finding}`:\n{lines}")),
                _ => Err(lines),
            }
        }),
    ]
}

/// Whether the row has this verdict, and this among its evidence.
fn says(lines: &str, verdict: &str, row: &str, evidence: &str) -> bool {
    let start = format!("{verdict}\t{row}\t");
    lines.lines().any(|line| line.strip_prefix(&start).is_some_and(|found| found.contains(evidence)))
}

fn lines(workspace: &Workspace, board: &str) -> Result<String, String> {
    let printed = output(&mut command(workspace, &["--board".to_owned(), board.to_owned()]))?;
    let lines = String::from_utf8_lossy(&printed.stdout).into_owned();
    print!("{lines}{}", String::from_utf8_lossy(&printed.stderr));
    Ok(lines)
}

fn command(workspace: &Workspace, options: &[String]) -> Command {
    let mut command = workspace.cargo("run");
    command.args(["--quiet", "--release", "--package", "conform", "--"]).args(options);
    command
}
