//! [`Evidence`]: the checks that ran, and how each ended.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::Requirement;

/// A check that ran. Only [`Evidence::run`] makes one, so a pass cannot be claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    requirement: Requirement,
    failure: Option<String>,
}

impl Check {
    /// What was checked.
    #[must_use]
    pub const fn requirement(&self) -> Requirement {
        self.requirement
    }

    /// Why it failed; `None` when it passed.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
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
        let failure = check().err().map(|reason| reason.to_string());
        self.checks.push(Check { requirement, failure });
    }

    /// Every check that ran, in the order in which it did.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }
}
