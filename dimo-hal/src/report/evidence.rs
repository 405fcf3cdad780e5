//! [`Evidence`]: the checks that ran, and how each ended.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::Requirement;

/// A check that ran. Only [`Evidence`] makes one, so a pass cannot be claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    requirement: Requirement,
    outcome: Result<Option<String>, String>,
}

impl Check {
    /// What was checked.
    #[must_use]
    pub const fn requirement(&self) -> Requirement {
        self.requirement
    }

    /// What it found; `None` when it failed, or found nothing but that all is well.
    #[must_use]
    pub fn finding(&self) -> Option<&str> {
        self.outcome.as_ref().ok().and_then(Option::as_deref)
    }

    /// Why it failed; `None` when it passed.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.outcome.as_ref().err().map(String::as_str)
    }
}

/// The reason of a check that failed; of one that passed its name, and what it found.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Err(reason) => f.write_str(reason),
            Ok(None) => write!(f, "{}", self.requirement),
            Ok(Some(finding)) => write!(f, "{}: {finding}", self.requirement),
        }
    }
}

/// What has been shown of one device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    checks: Vec<Check>,
}

impl Evidence {
    /// Nothing has been shown.
    #[must_use]
    pub const fn new() -> Self {
        Self { checks: Vec::new() }
    }

    /// Runs a check and keeps how it ended. The error is the reason that the report prints.
    pub fn run<E: fmt::Display>(&mut self, requirement: Requirement, check: impl FnOnce() -> Result<(), E>) {
        let outcome = check().map(|()| None).map_err(|reason| one_line(&reason));
        self.checks.push(Check { requirement, outcome });
    }

    /// Runs a check that finds something, such as a current, and keeps it for the report.
    pub fn find<T: fmt::Display, E: fmt::Display>(
        &mut self,
        requirement: Requirement,
        check: impl FnOnce() -> Result<T, E>,
    ) {
        let outcome = check().map(|finding| Some(one_line(&finding))).map_err(|reason| one_line(&reason));
        self.checks.push(Check { requirement, outcome });
    }

    /// Every check that ran, in the order in which it did.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }
}

/// A row is one line with tabs between its parts, whatever a check has to say.
fn one_line(text: &impl fmt::Display) -> String {
    text.to_string().replace(|c: char| c.is_control(), " ")
}
