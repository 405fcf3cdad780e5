//! The software connection, run as a newcomer would: each of its checks must have run, and none may fail.

use crate::exec::output;
use crate::step::Step;
use crate::workspace::Workspace;

/// Fewer lines than this, and some of the checks did not run.
const LEAST_STEPS: usize = 20;

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    vec![Step::new("software connection, a simulated day", || {
        let mut command = workspace.cargo("run");
        let day = output(command.args(["--quiet", "--release", "--package", "software-connection"]))?;
        let lines = String::from_utf8_lossy(&day.stdout);
        print!("{lines}");
        match fault_of(&lines) {
            None if day.status.success() => Ok(()),
            None => Err(format!("it ended with {}: {}", day.status, String::from_utf8_lossy(&day.stderr))),
            Some(fault) => Err(fault),
        }
    })]
}

/// What is wrong with the lines that it printed.
fn fault_of(lines: &str) -> Option<String> {
    let other = lines.lines().find(|line| !line.starts_with("ok\t"));
    let steps = lines.lines().count();
    match other {
        Some(line) => Some(line.to_owned()),
        None if steps < LEAST_STEPS => Some(format!("{steps} steps, where there are {LEAST_STEPS}")),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{LEAST_STEPS, fault_of};

    #[test]
    fn a_day_of_ok_lines_has_no_fault_and_a_shorter_one_has() {
        assert_eq!(fault_of(&"ok\tstep\n".repeat(LEAST_STEPS)), None);
        assert!(fault_of(&"ok\tstep\n".repeat(LEAST_STEPS - 1)).is_some());
    }

    #[test]
    fn one_line_that_fails_is_told() {
        let lines = "ok\tstep\n".repeat(LEAST_STEPS) + "FAIL\tcar never kept awake\t3 requests\n";
        assert_eq!(fault_of(&lines).as_deref(), Some("FAIL\tcar never kept awake\t3 requests"));
    }
}
