//! [`Report`]: the rows of both tables, each with its [`Verdict`].

use core::fmt;

use dimo_types::Certification;

use super::{Check, Evidence, Need, Requirement};

/// How a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// Everything that is required of it was checked, and nothing failed.
    Passed,
    /// A check failed.
    Failed,
    /// A laboratory has to test the device.
    NeedsLaboratory,
    /// No check failed, and one that is required did not run.
    NotJudged,
}

/// `passed`, `failed`, `needs-laboratory` or `not-judged`.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NeedsLaboratory => "needs-laboratory",
            Self::NotJudged => "not-judged",
        })
    }
}

/// One row of DIP-4's tables, and what the evidence says of it.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    certification: Certification,
    evidence: &'a Evidence,
}

impl<'a> Row<'a> {
    /// Which row it is.
    #[must_use]
    pub const fn certification(&self) -> Certification {
        self.certification
    }

    /// How it stands. A failed check counts before one that is missing.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if !self.certification.standards().is_empty() {
            Verdict::NeedsLaboratory
        } else if self.checks().any(|check| check.failure().is_some()) {
            Verdict::Failed
        } else if self.missing().next().is_some() || self.checks().next().is_none() {
            Verdict::NotJudged
        } else {
            Verdict::Passed
        }
    }

    /// The checks of this row that ran.
    pub fn checks(&self) -> impl Iterator<Item = &'a Check> + use<'a> {
        let row = self.certification;
        self.evidence.checks().iter().filter(move |check| check.requirement().row() == row)
    }

    /// What is required of this row and was not checked.
    pub fn missing(&self) -> impl Iterator<Item = Requirement> + use<'a> {
        let Self { certification, evidence } = *self;
        Requirement::ALL.into_iter().filter(move |requirement| {
            requirement.row() == certification
                && requirement.need() == Need::Always
                && !evidence.checks().iter().any(|check| check.requirement() == *requirement)
        })
    }
}

/// The verdict, the name of the row, and by what it is known; tabs between. Of a row that passed it is what each check found, of one that failed why.
impl fmt::Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = self.verdict();
        write!(f, "{verdict}\t{}\t", self.certification.name())?;
        match verdict {
            Verdict::Passed => list(f, self.checks()),
            Verdict::Failed => list(f, self.checks().filter_map(Check::failure)),
            Verdict::NeedsLaboratory => list(f, self.certification.standards()),
            Verdict::NotJudged => list(f, self.missing()),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, items: impl IntoIterator<Item = impl fmt::Display>) -> fmt::Result {
    items
        .into_iter()
        .enumerate()
        .try_for_each(|(place, item)| write!(f, "{}{item}", if place == 0 { "" } else { "; " }))
}

/// Both tables, row by row, in the order of the DIP.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    evidence: &'a Evidence,
}

impl<'a> Report<'a> {
    /// The report of what has been shown.
    #[must_use]
    pub const fn new(evidence: &'a Evidence) -> Self {
        Self { evidence }
    }

    /// One row.
    #[must_use]
    pub const fn row(&self, certification: Certification) -> Row<'a> {
        Row { certification, evidence: self.evidence }
    }

    /// Every row.
    pub fn rows(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        let evidence = self.evidence;
        Certification::DIP4.into_iter().map(move |certification| Row { certification, evidence })
    }

    /// Whether every row could be judged; a failed row is one that was.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.rows().all(|row| row.verdict() != Verdict::NotJudged)
    }
}

/// One [`Row`] a line.
impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows().try_for_each(|row| writeln!(f, "{row}"))
    }
}
