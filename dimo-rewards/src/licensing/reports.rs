//! What is published: analyses, alerts and post-mortems.

use alloc::string::String;

use dimo_types::Timestamp;

use super::Licensing;
use crate::{CaseId, IncidentId, Name, Power, ReportError};

impl Licensing<'_> {
    /// Publishes the analysis of a decided case (DIP-4, Summary of Commitments: "the analysis and outcome from every license
    /// application and revocation").
    ///
    /// # Errors
    ///
    /// [`ReportError`].
    pub fn publish_analysis(
        &mut self,
        at: Timestamp,
        case: CaseId,
        analysis: impl Into<String>,
    ) -> Result<(), ReportError> {
        let analysis = analysis.into();
        self.act(at, Power::Reports, |economy| economy.record.publish(at, case, analysis))
    }

    /// Alerts the community of "a major issue concerning a licensed integration provider and/or any of their devices".
    ///
    /// # Errors
    ///
    /// [`ReportError`].
    pub fn alert(
        &mut self,
        at: Timestamp,
        provider: &Name,
        alert: impl Into<String>,
    ) -> Result<IncidentId, ReportError> {
        let alert = alert.into();
        self.act(at, Power::Reports, |economy| {
            if !economy.providers.contains_key(provider) {
                return Err(ReportError::UnknownProvider);
            }
            if alert.trim().is_empty() {
                return Err(ReportError::Blank);
            }
            Ok(economy.record.alert(at, provider, alert))
        })
    }

    /// Publishes the post-mortem of an incident.
    ///
    /// # Errors
    ///
    /// [`ReportError`].
    pub fn publish_post_mortem(
        &mut self,
        at: Timestamp,
        incident: IncidentId,
        text: impl Into<String>,
    ) -> Result<(), ReportError> {
        let text = text.into();
        self.act(at, Power::Reports, |economy| economy.record.explain(at, incident, text))
    }
}
