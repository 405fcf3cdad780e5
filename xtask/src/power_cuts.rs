//! `cargo xtask power-cuts`: the power goes at every flash operation. The quick form is a step of `test`, the full one of `soak`.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::step::Step;
use crate::workspace::Workspace;

/// Fewer cuts of ours than this, and scenarios did not run.
const LEAST_QUICK: u64 = 20_000;
const LEAST_FULL: u64 = 300_000;

pub(crate) fn run(workspace: &Workspace, options: &[String]) -> Result<bool, String> {
    Ok(sweep(&mut command(workspace, options))?.succeeded)
}

pub(crate) fn quick(workspace: &Workspace) -> Step<'_> {
    Step::new("power cuts, quick", || enough(workspace, &["--quick".to_owned()], LEAST_QUICK))
}

pub(crate) fn full(workspace: &Workspace) -> Step<'_> {
    Step::new("power-cut sweeps", || enough(workspace, &[], LEAST_FULL))
}

fn command(workspace: &Workspace, options: &[String]) -> Command {
    let mut command = workspace.cargo("run");
    command.args(["--quiet", "--release", "--package", "power-cuts", "--"]).args(options);
    command
}

fn enough(workspace: &Workspace, options: &[String], least: u64) -> Result<(), String> {
    let Sweep { succeeded, total } = sweep(&mut command(workspace, options))?;
    let total = total.ok_or("it printed no total")?;
    match (succeeded, total) {
        (_, (cuts, _)) if cuts < least => Err(format!("{cuts} cuts, where there are {least}")),
        (true, (_, 0)) => Ok(()),
        (_, (cuts, violations)) => Err(format!("{violations} violations in {cuts} cuts")),
    }
}

struct Sweep {
    succeeded: bool,
    /// Cuts and violations of ours.
    total: Option<(u64, u64)>,
}

/// Runs it in sight and keeps its last line.
fn sweep(command: &mut Command) -> Result<Sweep, String> {
    let failed = |error: std::io::Error| format!("power-cuts: {error}");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut last = String::new();
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines) {
        last = line.map_err(failed)?;
        println!("{last}");
    }
    Ok(Sweep { succeeded: child.wait().map_err(failed)?.success(), total: total(&last) })
}

/// The numbers of `total<TAB>CUTS<TAB>VIOLATIONS`.
fn total(line: &str) -> Option<(u64, u64)> {
    let (cuts, violations) = line.strip_prefix("total\t")?.split_once('\t')?;
    Some((cuts.parse().ok()?, violations.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::total;

    #[test]
    fn only_a_total_is_a_total() {
        assert_eq!(total("total\t30000\t0"), Some((30_000, 0)));
        assert_eq!(total("update\tdone\t3\t0\tours"), None);
        assert_eq!(total("total\t\t0"), None);
    }
}
