//! [`Table`]s as CSV (RFC 4180).

use core::fmt;

use dimo_types::{ProviderKind, Timestamp};

use super::{
    ApprovedModel, Fleet, Goal, LicensedProvider, MonthlyTraffic, Publication, PublishedCase,
    PublishedIncident,
};
use crate::{Matter, Outcome};

/// A table of a [`Publication`].
///
/// # Example: a file for each
///
/// ```
/// use dimo_rewards::Table;
/// let files: Vec<_> = Table::ALL.iter().map(|table| format!("{}.csv", table.as_str())).collect();
/// assert_eq!(files[1], "traffic.csv");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Table {
    /// Who is in good standing: a row for each approved model, or one without, for a provider that has none yet.
    Providers,
    /// Devices connected and disconnected by month, provider and type.
    Traffic,
    /// Devices bonded and connected at this moment.
    Devices,
    /// Applications and revocations.
    Cases,
    /// Alerts and post-mortems.
    Incidents,
    /// Operating goals and dated commitments.
    Goals,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 6] =
        [Self::Providers, Self::Traffic, Self::Devices, Self::Cases, Self::Incidents, Self::Goals];

    /// Its name, such as `providers`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Providers => "providers",
            Self::Traffic => "traffic",
            Self::Devices => "devices",
            Self::Cases => "cases",
            Self::Incidents => "incidents",
            Self::Goals => "goals",
        }
    }

    /// The titles of its columns, in order.
    #[must_use]
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Providers => &["provider", "since", "stake", "requirement", "model", "device_type"],
            Self::Traffic => &["month", "provider", "device_type", "connected", "disconnected"],
            Self::Devices => &["provider", "device_type", "bonded", "connected"],
            Self::Cases => &[
                "case",
                "provider",
                "matter",
                "kind",
                "opened",
                "decided",
                "outcome",
                "published",
                "analysis",
                "duty",
            ],
            Self::Incidents => {
                &["incident", "provider", "alerted", "alert", "published", "post_mortem", "duty"]
            }
            Self::Goals => &["objective", "have", "wanted", "progress", "due", "days", "done", "declaration"],
        }
    }
}

/// A [`Table`] as CSV after RFC 4180: `Display` writes it row by row, a header first, each line with CR LF at its end.
///
/// A cell with a comma, a quotation mark or a line end is quoted, and what is not there is an empty cell. Times are RFC 3339 in
/// UTC, amounts decimal $DIMO. Texts stand as they were published: read the columns of names and texts into a spreadsheet as
/// text, or it takes one that begins with `=` for a formula.
#[derive(Clone, Copy, Debug)]
pub struct Csv<'a> {
    publication: &'a Publication,
    table: Table,
}

impl<'a> Csv<'a> {
    pub(super) const fn new(publication: &'a Publication, table: Table) -> Self {
        Self { publication, table }
    }
}

impl fmt::Display for Csv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut header = Row::begin(f);
        self.table.columns().iter().try_for_each(|title| header.text(title))?;
        header.end()?;
        let published = self.publication;
        match self.table {
            Table::Providers => published.providers.iter().try_for_each(|row| write_provider(f, row)),
            Table::Traffic => published.traffic.iter().try_for_each(|row| write_traffic(f, row)),
            Table::Devices => published.devices.iter().try_for_each(|row| write_fleet(f, row)),
            Table::Cases => published.cases.iter().try_for_each(|row| write_case(f, row)),
            Table::Incidents => published.incidents.iter().try_for_each(|row| write_incident(f, row)),
            Table::Goals => published.goals.iter().try_for_each(|row| write_goal(f, row)),
        }
    }
}

fn write_provider(f: &mut fmt::Formatter<'_>, provider: &LicensedProvider) -> fmt::Result {
    if provider.models.is_empty() {
        return write_model(f, provider, None);
    }
    provider.models.iter().try_for_each(|model| write_model(f, provider, Some(model)))
}

fn write_model(
    f: &mut fmt::Formatter<'_>,
    of: &LicensedProvider,
    model: Option<&ApprovedModel>,
) -> fmt::Result {
    let mut row = Row::begin(f);
    row.text(of.provider.as_str())?;
    row.maybe(of.since)?;
    row.value(of.stake)?;
    row.value(of.requirement)?;
    row.text(model.map_or("", |model| model.model.as_str()))?;
    row.text(model.map_or("", |model| model.device_type.as_str()))?;
    row.end()
}

fn write_traffic(f: &mut fmt::Formatter<'_>, traffic: &MonthlyTraffic) -> fmt::Result {
    let mut row = Row::begin(f);
    row.value(traffic.month)?;
    row.text(traffic.provider.as_str())?;
    row.text(traffic.device_type.as_str())?;
    row.value(traffic.connected)?;
    row.value(traffic.disconnected)?;
    row.end()
}

fn write_fleet(f: &mut fmt::Formatter<'_>, fleet: &Fleet) -> fmt::Result {
    let mut row = Row::begin(f);
    row.text(fleet.provider.as_str())?;
    row.text(fleet.device_type.as_str())?;
    row.value(fleet.bonded)?;
    row.value(fleet.connected)?;
    row.end()
}

fn write_case(f: &mut fmt::Formatter<'_>, case: &PublishedCase) -> fmt::Result {
    let (matter, kind) = match case.matter {
        Matter::FirstApplication(kind) => ("first-application", Some(kind)),
        Matter::SimplifiedApplication(kind) => ("simplified-application", Some(kind)),
        Matter::Revocation => ("revocation", None),
    };
    let outcome = case.outcome.map_or("", |outcome| match outcome {
        Outcome::Granted => "granted",
        Outcome::Rejected => "rejected",
        Outcome::Revoked => "revoked",
    });
    let mut row = Row::begin(f);
    row.value(case.case.0)?;
    row.text(case.provider.as_str())?;
    row.text(matter)?;
    row.text(kind.map_or("", ProviderKind::id))?;
    row.value(case.opened)?;
    row.maybe(case.decided)?;
    row.text(outcome)?;
    row.maybe(case.published)?;
    row.text(case.analysis.as_deref().unwrap_or_default())?;
    row.text(case.duty.as_str())?;
    row.end()
}

fn write_incident(f: &mut fmt::Formatter<'_>, incident: &PublishedIncident) -> fmt::Result {
    let mut row = Row::begin(f);
    row.value(incident.incident.0)?;
    row.text(incident.provider.as_str())?;
    row.value(incident.alerted)?;
    row.text(&incident.alert)?;
    row.maybe(incident.published)?;
    row.text(incident.post_mortem.as_deref().unwrap_or_default())?;
    row.text(incident.duty.as_str())?;
    row.end()
}

fn write_goal(f: &mut fmt::Formatter<'_>, goal: &Goal) -> fmt::Result {
    let declaration = goal.declaration.as_ref();
    let done: Option<Timestamp> = declaration.map(|declaration| declaration.done);
    let mut row = Row::begin(f);
    row.text(goal.objective.as_str())?;
    row.value(goal.have)?;
    row.value(goal.wanted)?;
    row.text(goal.progress.as_str())?;
    row.maybe(goal.due)?;
    row.maybe(goal.days)?;
    row.maybe(done)?;
    row.text(declaration.map_or("", |declaration| &declaration.text))?;
    row.end()
}

/// A line that is being written.
struct Row<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    separator: &'static str,
}

impl<'a, 'f> Row<'a, 'f> {
    const fn begin(f: &'a mut fmt::Formatter<'f>) -> Self {
        Self { f, separator: "" }
    }

    /// A cell in which anything may stand.
    fn text(&mut self, text: &str) -> fmt::Result {
        if !text.contains([',', '"', '\r', '\n']) {
            return self.value(text);
        }
        self.value('"')?;
        let mut parts = text.split('"');
        self.f.write_str(parts.next().unwrap_or_default())?;
        for part in parts {
            write!(self.f, "\"\"{part}")?;
        }
        self.f.write_str("\"")
    }

    /// A cell of which the form is known to need no quoting: a number, a time, an amount.
    fn value(&mut self, value: impl fmt::Display) -> fmt::Result {
        write!(self.f, "{}{value}", self.separator)?;
        self.separator = ",";
        Ok(())
    }

    /// The same where there may be none.
    fn maybe(&mut self, value: Option<impl fmt::Display>) -> fmt::Result {
        match value {
            Some(value) => self.value(value),
            None => self.text(""),
        }
    }

    fn end(self) -> fmt::Result {
        self.f.write_str("\r\n")
    }
}
