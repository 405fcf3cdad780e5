//! [`Report`]: what was checked and what came of it, one line each.

/// The outcome of one check: why it failed, if it did.
pub(crate) type Checked<T = ()> = Result<T, String>;

/// The checks so far, in their order.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<(&'static str, Checked)>,
}

impl Report {
    /// Prints and keeps the outcome of one step.
    pub(crate) fn step(&mut self, step: &'static str, outcome: Checked) {
        match &outcome {
            Ok(()) => println!("ok\t{step}"),
            // One line each, whatever the reason holds.
            Err(reason) => println!("FAIL\t{step}\t{}", reason.replace(['\t', '\n'], " ")),
        }
        self.lines.push((step, outcome));
    }

    /// Whether every step is ok.
    pub(crate) fn is_ok(&self) -> bool {
        self.lines.iter().all(|(_, outcome)| outcome.is_ok())
    }

    /// The steps that are not.
    #[cfg(test)]
    pub(crate) fn failed(&self) -> Vec<&'static str> {
        self.lines.iter().filter(|(_, outcome)| outcome.is_err()).map(|(step, _)| *step).collect()
    }
}

/// `Ok` when `holds`, the reason otherwise.
pub(crate) fn hold(holds: bool, reason: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(reason()) }
}

/// Any error as the reason of a line.
pub(crate) fn reason(error: impl core::fmt::Display) -> String {
    error.to_string()
}
