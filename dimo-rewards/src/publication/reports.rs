//! Cases and incidents, and what is still to be published of them.

use alloc::string::String;
use alloc::vec::Vec;

use dimo_types::Timestamp;

use crate::{Case, CaseId, Incident, IncidentId, Matter, Name, Outcome, Record};

/// Whether DIMO Integrations published what it committed to publish (DIP-4, Summary of Commitments).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[expect(clippy::exhaustive_enums, reason = "something is owed not yet, now, or no more")]
pub enum Duty {
    /// Nothing is decided yet, so there is nothing to publish.
    NotYet,
    /// It is still to be published.
    Owed,
    /// It is published.
    Done,
}

impl Duty {
    /// The text form: `not-yet`, `owed` or `done`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "not-yet",
            Self::Owed => "owed",
            Self::Done => "done",
        }
    }
}

/// An application or a revocation, its outcome and the analysis of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PublishedCase {
    /// Its number.
    pub case: CaseId,
    /// Whom it is about.
    pub provider: Name,
    /// What it is about.
    pub matter: Matter,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it was decided.
    pub decided: Option<Timestamp>,
    /// How it was decided.
    pub outcome: Option<Outcome>,
    /// When its analysis was published.
    pub published: Option<Timestamp>,
    /// The analysis.
    pub analysis: Option<String>,
    /// Whether the analysis is owed: of every case that is decided.
    pub duty: Duty,
}

/// A major issue, the alert and the post-mortem.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PublishedIncident {
    /// Its number.
    pub incident: IncidentId,
    /// Whom it concerns.
    pub provider: Name,
    /// When the community was alerted.
    pub alerted: Timestamp,
    /// The alert.
    pub alert: String,
    /// When the post-mortem was published.
    pub published: Option<Timestamp>,
    /// The post-mortem.
    pub post_mortem: Option<String>,
    /// Whether the post-mortem is owed: of every incident.
    pub duty: Duty,
}

/// Every case.
pub(super) fn cases(record: &Record) -> Vec<PublishedCase> {
    record.cases().iter().enumerate().map(|(number, case)| published_case(CaseId(number), case)).collect()
}

/// Every incident.
pub(super) fn incidents(record: &Record) -> Vec<PublishedIncident> {
    let incidents = record.incidents().iter().enumerate();
    incidents.map(|(number, incident)| published_incident(IncidentId(number), incident)).collect()
}

fn published_case(id: CaseId, case: &Case) -> PublishedCase {
    let (decided, outcome) = case.outcome.unzip();
    let (published, analysis) = case.analysis.clone().unzip();
    let duty = match (outcome, published) {
        (None, _) => Duty::NotYet,
        (Some(_), None) => Duty::Owed,
        (Some(_), Some(_)) => Duty::Done,
    };
    let Case { provider, matter, opened, .. } = case;
    let (provider, matter, opened) = (provider.clone(), *matter, *opened);
    PublishedCase { case: id, provider, matter, opened, decided, outcome, published, analysis, duty }
}

fn published_incident(id: IncidentId, incident: &Incident) -> PublishedIncident {
    let (published, post_mortem) = incident.post_mortem.clone().unzip();
    PublishedIncident {
        incident: id,
        provider: incident.provider.clone(),
        alerted: incident.alerted,
        alert: incident.alert.clone(),
        duty: if published.is_some() { Duty::Done } else { Duty::Owed },
        published,
        post_mortem,
    }
}
