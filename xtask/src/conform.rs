//! `cargo xtask conform`: a board judged by both specification tables of DIP-4. A step of `test` makes sure that a bad board fails.
//!
//! The boards and their names stand in `xtask/conform/src/board.rs`. One that has to be built or started first, such as the firmware in QEMU, is a step of its own here.

use std::process::Command;

use crate::exec::output;
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
    let status = command(workspace, options).status().map_err(|error| format!("conform: {error}"))?;
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .ok_or_else(|| format!("conform ended with {status}"))
}

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
