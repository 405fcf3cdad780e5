//! The page a person reads after the trip.

pub(crate) mod page;
pub(crate) mod series;
mod svg;

use dimo_types::{CertificationStatus, Checklist, SignalInfo, Timestamp};

use crate::drive::Driven;
use crate::economy::Settled;
use crate::story::Story;
use crate::summary::Summary;
use page::{CertificationRow, Report, SignalPlot, render};

/// What the drive contributes to the page.
pub(crate) struct Contents<'a> {
    pub(crate) description: String,
    pub(crate) driven: &'a Driven,
    pub(crate) names: &'a [SignalInfo<'a>],
    pub(crate) summary: &'a Summary,
}

/// The whole page as HTML.
pub(crate) fn page(contents: &Contents<'_>, story: &Story, list: &Checklist<'_>, settled: Settled) -> String {
    render(&Report {
        source: contents.description.clone(),
        origin: contents.driven.clock.map_or(Timestamp::EPOCH, |clock| clock.earliest),
        summary: contents.summary,
        story: &story.steps,
        certifications: certifications(list),
        plots: plots(contents),
        money: settled.money,
        curve: settled.curve,
    })
}

/// Every signal that was read: those with a VSS name first, then the liveliest, constant ones last.
fn plots<'a>(contents: &Contents<'a>) -> Vec<SignalPlot<'a>> {
    let seen = contents.names.iter().zip(&contents.driven.series);
    let mut plots: Vec<_> = seen
        .filter_map(|(info, series)| {
            let series = series.as_ref()?;
            Some(SignalPlot { name: info.name, unit: info.unit.symbol(), series })
        })
        .collect();
    plots.sort_by_key(|plot| {
        let still = plot.series.range().is_none_or(|(min, max)| min == max);
        let has_no_vss_name = plot.name.contains('.');
        (still, has_no_vss_name, std::cmp::Reverse(plot.series.changes()))
    });
    plots
}

fn certifications(list: &Checklist<'_>) -> Vec<CertificationRow> {
    list.rows()
        .map(|row| {
            // The printed row is state, name and reason with tabs between.
            let text = row.to_string();
            let mut parts = text.splitn(3, '\t');
            let state = parts.next().unwrap_or_default().replace('-', " ");
            let name = parts.next().unwrap_or_default().to_owned();
            let why = parts.next().unwrap_or_default().to_owned();
            CertificationRow { name, met: matches!(row.status, CertificationStatus::Met { .. }), state, why }
        })
        .collect()
}
