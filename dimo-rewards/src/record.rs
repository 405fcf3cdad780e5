//! [`Record`]: what DIMO Integrations promised to publish, kept as it happens.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use dimo_types::{DeviceType, Month, ProviderKind, Timestamp};
use thiserror::Error;

use crate::Name;

/// The facts behind DIP-4's commitments to publish (Summary of Commitments; Operating Goals & Metrics): decided cases with
/// their analyses, incidents with their post-mortems, and devices connected and disconnected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    cases: Vec<Case>,
    incidents: Vec<Incident>,
    traffic: BTreeMap<TrafficKey, Traffic>,
    licensed: BTreeMap<Name, Timestamp>,
}

/// The number of a [`Case`], counted from 0 in the order in which they were opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CaseId(pub(crate) usize);

impl CaseId {
    /// The one of this number, which may not be there yet.
    #[must_use]
    pub const fn new(number: usize) -> Self {
        Self(number)
    }

    /// Its number: its place in the [`Record`].
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }
}

/// The number of an [`Incident`], counted from 0 in the order in which they were alerted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct IncidentId(pub(crate) usize);

impl IncidentId {
    /// The one of this number, which may not be there yet.
    #[must_use]
    pub const fn new(number: usize) -> Self {
        Self(number)
    }

    /// Its number: its place in the [`Record`].
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }
}

/// An application or a revocation, of which "the analysis and outcome" are to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Case {
    /// Whom it is about.
    pub provider: Name,
    /// What it is about.
    pub matter: Matter,
    /// When it was opened.
    pub opened: Timestamp,
    /// What was decided, and when.
    pub outcome: Option<(Timestamp, Outcome)>,
    /// The analysis published, and when.
    pub analysis: Option<(Timestamp, String)>,
}

impl Case {
    /// Whether it is decided and its analysis still to be published.
    #[must_use]
    pub const fn owes_analysis(&self) -> bool {
        self.outcome.is_some() && self.analysis.is_none()
    }
}

/// What a [`Case`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Matter {
    /// The first application of a provider (DIP-4, Application).
    FirstApplication(ProviderKind),
    /// The "additional and simplified" application of a licensed provider.
    SimplifiedApplication(ProviderKind),
    /// The revocation of a licence.
    Revocation,
}

/// How a [`Case`] was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Outcome {
    /// The licence was granted, or the model approved.
    Granted,
    /// The application was rejected.
    Rejected,
    /// The licence was revoked.
    Revoked,
}

/// "A major issue concerning a licensed integration provider and/or any of their devices".
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Incident {
    /// Whom it concerns.
    pub provider: Name,
    /// When the community was alerted.
    pub alerted: Timestamp,
    /// The alert.
    pub alert: String,
    /// The post-mortem, and when it was published.
    pub post_mortem: Option<(Timestamp, String)>,
}

/// A month, a provider and a type.
type TrafficKey = (Month, Name, DeviceType);

/// How many devices were connected and disconnected. One that only changes its vehicle is neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Traffic {
    /// Connections begun.
    pub connected: u64,
    /// Connections ended.
    pub disconnected: u64,
}

impl Record {
    /// Every case, oldest first.
    #[must_use]
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// Every incident, oldest first.
    #[must_use]
    pub fn incidents(&self) -> &[Incident] {
        &self.incidents
    }

    /// Devices connected and disconnected by month, manufacturer and type. Months without either have no row.
    pub fn traffic(&self) -> impl Iterator<Item = (Month, &Name, DeviceType, Traffic)> {
        self.traffic
            .iter()
            .map(|((month, provider, device_type), traffic)| (*month, provider, *device_type, *traffic))
    }

    /// When a provider was given its last licence: by a grant or a transfer. `None` before the first.
    #[must_use]
    pub fn licensed_since(&self, provider: &Name) -> Option<Timestamp> {
        self.licensed.get(provider).copied()
    }

    pub(crate) fn note_licence(&mut self, at: Timestamp, provider: &Name) {
        self.licensed.insert(provider.clone(), at);
    }

    pub(crate) fn open_case(&mut self, at: Timestamp, provider: &Name, matter: Matter) -> CaseId {
        let case = Case { provider: provider.clone(), matter, opened: at, outcome: None, analysis: None };
        self.cases.push(case);
        CaseId(self.cases.len() - 1)
    }

    /// The undecided cases of a provider, oldest first.
    pub(crate) fn undecided<'a>(&'a mut self, provider: &'a Name) -> impl Iterator<Item = &'a mut Case> {
        self.cases.iter_mut().filter(move |case| case.provider == *provider && case.outcome.is_none())
    }

    /// Whether a provider asks for a licence: a simplified application is one for more devices.
    pub(crate) fn asks_for_licence(&self, provider: &Name) -> bool {
        let open = self.cases.iter().filter(|case| case.provider == *provider && case.outcome.is_none());
        open.map(|case| case.matter).any(|matter| matches!(matter, Matter::FirstApplication(_)))
    }

    pub(crate) fn decide(&mut self, at: Timestamp, id: CaseId, outcome: Outcome) -> Result<(), ReportError> {
        let case = self.cases.get_mut(id.0).ok_or(ReportError::UnknownCase)?;
        if case.outcome.is_some() {
            return Err(ReportError::Decided);
        }
        case.outcome = Some((at, outcome));
        Ok(())
    }

    pub(crate) fn publish(&mut self, at: Timestamp, id: CaseId, analysis: String) -> Result<(), ReportError> {
        let case = self.cases.get_mut(id.0).ok_or(ReportError::UnknownCase)?;
        if case.outcome.is_none() {
            return Err(ReportError::Undecided);
        }
        put_once(&mut case.analysis, at, analysis)
    }

    pub(crate) fn alert(&mut self, at: Timestamp, provider: &Name, alert: String) -> IncidentId {
        self.incidents.push(Incident { provider: provider.clone(), alerted: at, alert, post_mortem: None });
        IncidentId(self.incidents.len() - 1)
    }

    pub(crate) fn explain(&mut self, at: Timestamp, id: IncidentId, text: String) -> Result<(), ReportError> {
        let incident = self.incidents.get_mut(id.0).ok_or(ReportError::UnknownIncident)?;
        put_once(&mut incident.post_mortem, at, text)
    }

    pub(crate) fn traffic_of(
        &mut self,
        at: Timestamp,
        provider: &Name,
        device_type: DeviceType,
    ) -> &mut Traffic {
        self.traffic.entry((Month::of(at), provider.clone(), device_type)).or_default()
    }
}

/// What is published stays as it is.
fn put_once(place: &mut Option<(Timestamp, String)>, at: Timestamp, text: String) -> Result<(), ReportError> {
    if text.trim().is_empty() {
        return Err(ReportError::Blank);
    }
    if place.is_some() {
        return Err(ReportError::Published);
    }
    *place = Some((at, text));
    Ok(())
}

/// Why a report is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReportError {
    /// Whoever tried has no power over reports.
    #[error(transparent)]
    Unauthorised(#[from] crate::Unauthorised),
    /// No such case was opened.
    #[error("there is no such case")]
    UnknownCase,
    /// No such incident was alerted.
    #[error("there is no such incident")]
    UnknownIncident,
    /// No provider of that name ever applied.
    #[error("there is no such provider")]
    UnknownProvider,
    /// The case is decided already; a new application opens another.
    #[error("the case is decided")]
    Decided,
    /// The case is not decided yet. An analysis belongs to an outcome.
    #[error("the case is not decided yet")]
    Undecided,
    /// It was published before, and what is published stays.
    #[error("it is published already")]
    Published,
    /// The text says nothing.
    #[error("a blank text reports nothing")]
    Blank,
    /// The time given is before the last event.
    #[error(transparent)]
    Ledger(#[from] crate::LedgerError),
}
