//! `cargo xtask conform`: a board judged by both specification tables of DIP-4. A step of `test` makes sure that a bad board fails.

use std::process::Command;

use crate::exec::output;
use crate::step::Step;
use crate::workspace::Workspace;

/// What the bad board must not pass.
const BAD: [&str; 4] =
    ["Power management", "Secure runtime", "Approved geography", "Hardware secure element & EVM wallet"];

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
            let passed = BAD.iter().find(|row| !lines.contains(&format!("failed\t{row}\t")));
            passed.map_or(Ok(()), |row| Err(format!("the bad board does not fail `{row}`:\n{lines}")))
        }),
        Step::new("conform, the host fails by its key only", || {
            let lines = lines(workspace, "host")?;
            let failed: Vec<&str> = lines.lines().filter(|line| line.starts_with("failed")).collect();
            match failed[..] {
                ["failed\tHardware secure element & EVM wallet\tsoftware key"] => Ok(()),
                _ => Err(lines),
            }
        }),
    ]
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
