//! `report.html`: one page, nothing to fetch, light or dark as the reader likes it.

use std::fmt::Write as _;

use dimo_types::Timestamp;

use super::series::Series;
use super::svg::{Axis, AxisKind, Plot, Size, escape};
use crate::summary::Summary;

/// A page stays readable with so many plots; the rest are in `signals.csv`.
const MAX_PLOTS: usize = 36;

/// One signal to plot.
pub(crate) struct SignalPlot<'a> {
    pub(crate) name: &'a str,
    pub(crate) unit: &'a str,
    pub(crate) series: &'a Series,
}

/// One row of the certification list.
pub(crate) struct CertificationRow {
    pub(crate) name: String,
    pub(crate) met: bool,
    pub(crate) state: String,
    pub(crate) why: String,
}

/// One amount of the settlement, in $DIMO.
pub(crate) struct MoneyRow {
    pub(crate) who: String,
    pub(crate) what: String,
    pub(crate) amount: String,
}

/// The reward curve and where this device's sale stands on it.
pub(crate) struct CurvePlot {
    /// Number of the sale and the team's share of the price in percent.
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) device: (f64, f64),
    pub(crate) text: String,
}

/// All that the page shows.
pub(crate) struct Report<'a> {
    pub(crate) source: String,
    pub(crate) origin: Timestamp,
    pub(crate) summary: &'a Summary,
    pub(crate) story: &'a [(String, String)],
    pub(crate) certifications: Vec<CertificationRow>,
    pub(crate) plots: Vec<SignalPlot<'a>>,
    pub(crate) money: Vec<MoneyRow>,
    pub(crate) curve: CurvePlot,
}

/// The whole page.
pub(crate) fn render(report: &Report<'_>) -> String {
    let mut page = String::from("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>A trip with a DIMO device</title>\n");
    let _ = write!(page, "<style>\n{}</style></head>\n<body>\n", include_str!("page.css"));
    page.push_str("<h1>A trip with a DIMO device</h1>\n");
    let _ = writeln!(page, "<p class=\"lead\">{}</p>", escape(&report.source));
    cards(&mut page, report.summary);
    story(&mut page, report.story);
    wire(&mut page, report.summary);
    signals(&mut page, report);
    certifications(&mut page, &report.certifications);
    settlement(&mut page, report);
    page.push_str("</body></html>\n");
    page
}

fn cards(page: &mut String, summary: &Summary) {
    let known = if summary.counts.frames == 0 {
        0.0
    } else {
        summary.counts.decoded_frames as f64 / summary.counts.frames as f64 * 100.0
    };
    let cards = [
        (thousands(summary.counts.frames), "data frames"),
        (format!("{known:.1} %"), "known to the DBC"),
        (thousands(summary.counts.samples), "readings"),
        (thousands(summary.counts.signals), "signals"),
        (duration(summary.log_seconds), "of log"),
        (thousands(summary.batches), "batches"),
        (thousands(summary.signatures_verified), "signatures verified"),
        (thousands(summary.signatures_failed), "signatures failed"),
        (thousands(summary.counts.malformed_lines), "malformed lines"),
    ];
    page.push_str("<div class=\"cards\">");
    for (value, label) in cards {
        let _ = write!(page, "<div class=\"card\"><b>{value}</b><span>{label}</span></div>");
    }
    page.push_str("</div>\n");
}

fn story(page: &mut String, story: &[(String, String)]) {
    page.push_str("<h2>From factory to settlement</h2>\n<div class=\"panel\"><table>\n");
    for (step, text) in story {
        let (step, text) = (escape(step), escape(text));
        let _ = writeln!(page, "<tr><td class=\"state\">{step}</td><td><code>{text}</code></td></tr>");
    }
    page.push_str("</table></div>\n");
}

fn wire(page: &mut String, summary: &Summary) {
    page.push_str("<h2>Bytes on the wire</h2>\n<p class=\"soft\">The same readings in each form, everything counted: envelopes, signatures, dictionary.</p>\n");
    page.push_str("<div class=\"panel bars\">\n");
    let most = summary.wire_bytes.values().copied().max().unwrap_or(0).max(1);
    for (form, bytes) in &summary.wire_bytes {
        let width = *bytes as f64 / most as f64 * 100.0;
        let each = if summary.counts.samples == 0 {
            String::new()
        } else {
            format!(", {:.3} a reading", *bytes as f64 / summary.counts.samples as f64)
        };
        let _ = writeln!(
            page,
            "<b>{form}</b><div><div class=\"bar\" style=\"width:{width:.2}%\"></div></div><span>{} bytes{each}</span>",
            thousands(*bytes)
        );
    }
    page.push_str("</div>\n");
}

fn signals(page: &mut String, report: &Report<'_>) {
    page.push_str("<h2>Signals over time</h2>\n");
    let left_out = report.plots.len().saturating_sub(MAX_PLOTS);
    if left_out > 0 {
        let _ = writeln!(
            page,
            "<p class=\"soft\">The {MAX_PLOTS} liveliest signals; {} more are in <code>signals.csv</code>.</p>",
            thousands(left_out as u64)
        );
    }
    if report.plots.is_empty() {
        page.push_str("<p class=\"soft\">No frame of this log is known to the DBC.</p>\n");
    }
    page.push_str("<div class=\"plots\">\n");
    let end = report
        .plots
        .iter()
        .flat_map(|plot| plot.series.points(report.origin).last().map(|(t, _)| *t))
        .fold(1.0, f64::max);
    for plot in report.plots.iter().take(MAX_PLOTS) {
        signal(page, plot, report.origin, end);
    }
    page.push_str("</div>\n");
}

fn signal(page: &mut String, plot: &SignalPlot<'_>, origin: Timestamp, end: f64) {
    let Some((min, max)) = plot.series.range() else { return };
    let mut drawing = Plot::new(
        Size { width: 360.0, height: 150.0 },
        Axis::new(AxisKind::Seconds, 0.0, end, clock),
        Axis::new(AxisKind::Linear, min, max, tick),
    );
    drawing.line(&plot.series.points(origin), "one");
    let (name, unit, last) = (breakable(plot.name), escape(plot.unit), short(plot.series.last()));
    let count = thousands(plot.series.count());
    let title = format!("{} over time, {count} readings", plot.name);
    let _ = writeln!(
        page,
        "<figure><figcaption><b>{name}</b><span>{last} {unit}</span></figcaption>{}</figure>",
        drawing.finish(&title)
    );
}

fn certifications(page: &mut String, rows: &[CertificationRow]) {
    page.push_str("<h2>Certification list, as it stands</h2>\n<p class=\"soft\">DIP-4, Connection Specifications. A device that lives on a laptop cannot pass them all, and says so.</p>\n<div class=\"panel scroll\"><table>\n");
    for row in rows {
        let class = if row.met { "met" } else { "open" };
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td class=\"state {class}\">{}</td><td>{}</td></tr>",
            escape(&row.name),
            row.state,
            escape(&row.why)
        );
    }
    page.push_str("</table></div>\n");
}

fn settlement(page: &mut String, report: &Report<'_>) {
    let curve = &report.curve;
    page.push_str("<h2>Settlement after 24 months</h2>\n<div class=\"panel scroll\"><table><tr><th>who</th><th>what</th><th class=\"number\">$DIMO</th></tr>\n");
    for row in &report.money {
        let (who, what) = (escape(&row.who), escape(&row.what));
        let _ =
            writeln!(page, "<tr><td>{who}</td><td>{what}</td><td class=\"number\">{}</td></tr>", row.amount);
    }
    page.push_str("</table></div>\n<h2>The reward curve</h2>\n<p class=\"soft\">");
    page.push_str(&escape(&curve.text));
    page.push_str("</p>\n<figure>");
    let x_max = curve.points.last().map_or(10.0, |(n, _)| *n);
    let x = Axis::new(AxisKind::Logarithmic, 1.0, x_max, compact);
    let mut plot =
        Plot::new(Size { width: 1080.0, height: 300.0 }, x, Axis::new(AxisKind::Linear, 0.0, 16.0, percent));
    plot.line(&curve.points, "one");
    plot.mark(
        curve.device.0,
        curve.device.1,
        &format!("this device: sale {}, {:.4} %", curve.device.0, curve.device.1),
    );
    page.push_str(&plot.finish("Share of the price for the DIMO Integrations team by number of the sale"));
    page.push_str("</figure>\n");
}

/// Seconds as `m:ss`, or `h:mm:ss` when there are hours.
fn clock(seconds: f64, _step: f64) -> String {
    let whole = seconds.round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

fn duration(seconds: f64) -> String {
    if seconds < 60.0 { format!("{seconds:.1} s") } else { clock(seconds, 1.0) }
}

/// A number in at most seven characters or so.
fn short(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".to_owned()
    } else if !(1e-3..1e7).contains(&size) {
        format!("{value:.1e}")
    } else {
        let decimals = if size >= 1000.0 {
            0
        } else if size >= 10.0 {
            1
        } else {
            3
        };
        let text = format!("{value:.decimals$}");
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    }
}

/// A number with as many decimals as tell it from the next label.
fn tick(value: f64, step: f64) -> String {
    if value != 0.0 && !(1e-4..1e7).contains(&value.abs()) {
        return format!("{value:.1e}");
    }
    let decimals = (-step.log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{value:.decimals$}")
}

fn percent(value: f64, _step: f64) -> String {
    format!("{value:.0} %")
}

fn compact(value: f64, _step: f64) -> String {
    if value >= 1e6 {
        format!("{:.0} M", value / 1e6)
    } else if value >= 1e3 {
        format!("{:.0} k", value / 1e3)
    } else {
        format!("{value:.0}")
    }
}

/// A signal's name that a narrow column may break before a capital and behind a point or an underscore.
fn breakable(name: &str) -> String {
    let mut html = String::new();
    let mut before = ' ';
    for character in name.chars() {
        if before.is_lowercase() && character.is_uppercase() || matches!(before, '.' | '_') {
            html.push_str("<wbr>");
        }
        html.push_str(&escape(character.encode_utf8(&mut [0; 4])));
        before = character;
    }
    html
}

/// Digits in groups of three.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!([0.0, 12.34, 5.0, 123_456.7, 0.000_01].map(short), ["0", "12.3", "5", "123457", "1.0e-5"]);
        assert_eq!([59.0, 61.0, 3661.0].map(|seconds| clock(seconds, 1.0)), ["0:59", "1:01", "1:01:01"]);
        assert_eq!(
            [(1874.25, 0.25), (-20.0, 10.0)].map(|(value, step)| tick(value, step)),
            ["1874.2", "-20"]
        );
        assert_eq!(breakable("obdMap<A.B_c"), "obd<wbr>Map&lt;A.<wbr>B_<wbr>c");
        assert_eq!(thousands(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
