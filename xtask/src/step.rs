//! [`Step`]: one named check, run and timed.

use core::time::Duration;
use std::io::Write as _;
use std::time::Instant;

/// How a step ended without a fault.
pub(crate) enum Outcome {
    Passed,
    /// Something it needs is not there, and cannot be installed from here: the reason, said loudly.
    NotRun(String),
}

/// `Err` is why it failed, for the list at the end; what the tools printed stands above it.
pub(crate) type StepResult = Result<Outcome, String>;

/// One named check.
pub(crate) struct Step<'w> {
    pub(crate) name: String,
    run: Box<dyn Fn() -> StepResult + 'w>,
}

impl<'w> Step<'w> {
    /// A step that passes or fails.
    pub(crate) fn new(name: impl Into<String>, run: impl Fn() -> Result<(), String> + 'w) -> Self {
        Self::conditional(name, move || run().map(|()| Outcome::Passed))
    }

    /// A step that may also find that it cannot run here.
    pub(crate) fn conditional(name: impl Into<String>, run: impl Fn() -> StepResult + 'w) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }
}

/// The steps whose name contains one of the texts; all of them when there is no text.
pub(crate) fn choose<'w>(mut steps: Vec<Step<'w>>, only: &[String]) -> Result<Vec<Step<'w>>, String> {
    if !only.is_empty() {
        steps.retain(|step| only.iter().any(|text| step.name.contains(text)));
    }
    if steps.is_empty() { Err("no step has such a name; --list tells them".to_owned()) } else { Ok(steps) }
}

/// Runs every step, whatever the ones before did, and prints the table of times. Whether none failed.
pub(crate) fn run_all(steps: Vec<Step<'_>>) -> bool {
    let started = Instant::now();
    let done: Vec<Done> = steps.into_iter().map(run_one).collect();
    print_table(&done, started.elapsed());
    !done.iter().any(|done| done.result.is_err())
}

struct Done {
    name: String,
    result: StepResult,
    time: Duration,
}

fn run_one(step: Step<'_>) -> Done {
    println!("\n==> {}", step.name);
    // The tools write to the same terminal or file: what is ours must stand before it.
    let _ = std::io::stdout().flush();
    let started = Instant::now();
    let result = (step.run)();
    match &result {
        Ok(Outcome::Passed) => {}
        Ok(Outcome::NotRun(reason)) => println!("not run: {reason}"),
        Err(reason) => println!("FAILED: {reason}"),
    }
    Done { name: step.name, result, time: started.elapsed() }
}

fn print_table(done: &[Done], total: Duration) {
    println!("\n==> times");
    for Done { name, result, time } in done {
        let word = match result {
            Ok(Outcome::Passed) => "ok",
            Ok(Outcome::NotRun(_)) => "NOT RUN",
            Err(_) => "FAILED",
        };
        println!("{:>8.1} s  {word:<7}  {name}", time.as_secs_f64());
    }
    println!("{:>8.1} s  in all", total.as_secs_f64());

    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    println!();
    for Done { name, result, .. } in done {
        match result {
            Ok(Outcome::Passed) => passed += 1,
            Ok(Outcome::NotRun(reason)) => {
                skipped += 1;
                println!("not run: {name}: {reason}");
            }
            Err(reason) => {
                failed += 1;
                println!("FAILED: {name}: {reason}");
            }
        }
    }
    println!("steps: {passed} passed, {failed} failed, {skipped} skipped");
}

#[cfg(test)]
mod tests {
    use super::{Step, choose, run_all};

    fn steps<'w>() -> Vec<Step<'w>> {
        vec![Step::new("good", || Ok(())), Step::new("bad", || Err("for a reason".to_owned()))]
    }

    #[test]
    fn one_failing_step_fails_the_run() {
        assert!(!run_all(steps()));
    }

    #[test]
    fn only_the_chosen_steps_run() {
        assert!(choose(steps(), &["goo".to_owned()]).is_ok_and(run_all));
    }

    #[test]
    fn a_choice_of_nothing_is_an_error() {
        assert!(choose(steps(), &["no such".to_owned()]).is_err());
    }
}
