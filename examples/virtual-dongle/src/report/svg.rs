//! Plots as SVG text, with no script and nothing to fetch.

use std::fmt::Write as _;

/// The size of a plot and the room around its axes, in pixels.
const MARGIN: Margin = Margin { left: 52.0, right: 12.0, top: 8.0, bottom: 22.0 };

struct Margin {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// Width and height of a drawing, in pixels.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// What an axis counts, and so where its labels stand.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum AxisKind {
    /// Numbers.
    Linear,
    /// Seconds, labelled at whole seconds, minutes or hours.
    Seconds,
    /// Powers of ten.
    Logarithmic,
}

/// One axis: its values and how they are labelled.
pub(crate) struct Axis {
    min: f64,
    max: f64,
    kind: AxisKind,
    /// The text for a value, given the distance to the next label.
    label: fn(f64, f64) -> String,
}

impl Axis {
    /// An axis over `min..=max`, widened when all values are equal.
    pub(crate) fn new(kind: AxisKind, min: f64, max: f64, label: fn(f64, f64) -> String) -> Self {
        let pad = if max > min { 0.0 } else { (min.abs() * 0.1).max(1.0) };
        Self { min: min - pad, max: max + pad, kind, label }
    }

    /// Where `value` stands between the ends of the axis, 0 to 1.
    fn place(&self, value: f64) -> f64 {
        match self.kind {
            AxisKind::Linear | AxisKind::Seconds => (value - self.min) / (self.max - self.min),
            AxisKind::Logarithmic => (value / self.min).log10() / (self.max / self.min).log10(),
        }
    }

    /// Round values to label, at most about `wanted` of them, each with its text.
    fn ticks(&self, wanted: f64) -> Vec<(f64, String)> {
        let rough = (self.max - self.min) / wanted;
        let (step, values) = match self.kind {
            AxisKind::Linear => multiples(self.min, self.max, round_step(rough)),
            AxisKind::Seconds => multiples(self.min, self.max, time_step(rough)),
            AxisKind::Logarithmic => {
                let decades = self.min.log10().ceil() as i32..=self.max.log10().floor() as i32;
                (1.0, decades.map(|decade| 10f64.powi(decade)).collect())
            }
        };
        values.into_iter().map(|value| (value, (self.label)(value, step))).collect()
    }
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `rough`.
fn round_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|part| part * power).find(|step| *step >= rough).unwrap_or(rough)
}

/// The smallest step that clocks know and that is not below `rough`, in seconds.
fn time_step(rough: f64) -> f64 {
    const STEPS: [u32; 16] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200];
    STEPS
        .into_iter()
        .map(f64::from)
        .find(|step| *step >= rough)
        .unwrap_or_else(|| round_step(rough / 86_400.0) * 86_400.0)
}

/// The multiples of `step` within `min..=max`, and the step.
fn multiples(min: f64, max: f64, step: f64) -> (f64, Vec<f64>) {
    if !(step.is_finite() && step > 0.0) {
        return (1.0, Vec::new());
    }
    let first = (min / step).ceil();
    let count = (max / step).floor() - first;
    if !(0.0..=100.0).contains(&count) {
        return (step, Vec::new());
    }
    (step, (0..=count as u32).map(|i| (first + f64::from(i)) * step).collect())
}

/// A line plot under construction.
pub(crate) struct Plot {
    size: Size,
    x: Axis,
    y: Axis,
    body: String,
}

impl Plot {
    /// An empty plot with grid and labels.
    pub(crate) fn new(size: Size, x: Axis, y: Axis) -> Self {
        let mut plot = Self { size, x, y, body: String::new() };
        plot.grid();
        plot
    }

    fn px(&self, x: f64) -> f64 {
        MARGIN.left + self.x.place(x) * (self.size.width - MARGIN.left - MARGIN.right)
    }

    fn py(&self, y: f64) -> f64 {
        self.size.height - MARGIN.bottom - self.y.place(y) * (self.size.height - MARGIN.top - MARGIN.bottom)
    }

    fn grid(&mut self) {
        let (left, right) = (MARGIN.left, self.size.width - MARGIN.right);
        let bottom = self.size.height - MARGIN.bottom;
        for (y, label) in self.y.ticks((self.size.height / 40.0).max(2.0)) {
            let at = self.py(y);
            let _ = write!(
                self.body,
                r#"<line class="grid" x1="{left}" y1="{at:.1}" x2="{right}" y2="{at:.1}"/>"#
            );
            let (tx, ty, label) = (left - 6.0, at + 3.5, escape(&label));
            let _ = write!(
                self.body,
                r#"<text class="tick" x="{tx}" y="{ty:.1}" text-anchor="end">{label}</text>"#
            );
        }
        for (x, label) in self.x.ticks((self.size.width / 80.0).max(2.0)) {
            let (at, ty, label) = (self.px(x), bottom + 14.0, escape(&label));
            let anchor = if at > right - 16.0 { "end" } else { "middle" };
            let _ = write!(
                self.body,
                r#"<text class="tick" x="{at:.1}" y="{ty}" text-anchor="{anchor}">{label}</text>"#
            );
        }
        let _ =
            write!(self.body, r#"<line class="axis" x1="{left}" y1="{bottom}" x2="{right}" y2="{bottom}"/>"#);
    }

    /// Draws a line through `points`.
    pub(crate) fn line(&mut self, points: &[(f64, f64)], class: &str) {
        let mut path = String::new();
        for (x, y) in points {
            let _ = write!(path, "{:.1},{:.1} ", self.px(*x), self.py(*y));
        }
        let _ = write!(self.body, r#"<polyline class="{class}" points="{}"/>"#, path.trim_end());
    }

    /// Marks one point and says what it is.
    pub(crate) fn mark(&mut self, x: f64, y: f64, text: &str) {
        let (cx, cy) = (self.px(x), self.py(y));
        let left = cx < self.size.width / 2.0;
        let (tx, anchor) = if left { (cx + 9.0, "start") } else { (cx - 9.0, "end") };
        let ty = if cy < MARGIN.top + 16.0 { cy + 16.0 } else { cy - 8.0 };
        let text = escape(text);
        let _ = write!(self.body, r#"<circle class="mark" cx="{cx:.1}" cy="{cy:.1}" r="4.5"/>"#);
        let _ = write!(
            self.body,
            r#"<text class="note" x="{tx:.1}" y="{ty:.1}" text-anchor="{anchor}">{text}</text>"#
        );
    }

    /// The finished drawing; `title` is what a screen reader says.
    pub(crate) fn finish(self, title: &str) -> String {
        let Size { width, height } = self.size;
        let title = escape(title);
        format!(r#"<svg viewBox="0 0 {width} {height}" role="img"><title>{title}</title>{}</svg>"#, self.body)
    }
}

/// Text that stands for itself in HTML and SVG.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_at_round_numbers_inside_the_axis() {
        assert_eq!(multiples(0.0, 97.0, round_step(97.0 / 4.0)), (50.0, vec![0.0, 50.0]));
        assert_eq!(multiples(-1.2, 1.2, round_step(2.4 / 4.0)), (1.0, vec![-1.0, 0.0, 1.0]));
        assert!(multiples(1.0, 1.0, round_step(0.0)).1.is_empty());
    }

    #[test]
    fn a_time_axis_counts_in_minutes_not_in_hundreds_of_seconds() {
        assert_eq!(time_step(784.0 / 4.5), 300.0);
        assert_eq!(time_step(100_000.0), 172_800.0);
    }

    #[test]
    fn names_from_files_cannot_become_markup() {
        assert_eq!(escape("<b a=\"1\">&"), "&lt;b a=&quot;1&quot;&gt;&amp;");
    }
}
