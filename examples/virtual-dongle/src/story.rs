//! What happened, station by station: printed as it happens, and kept for the report.

/// The stations of the trip so far.
#[derive(Debug, Default)]
pub(crate) struct Story {
    pub(crate) steps: Vec<(String, String)>,
}

impl Story {
    /// Tells what happened at a station.
    pub(crate) fn tell(&mut self, station: &str, text: impl Into<String>) {
        let text = text.into();
        println!("{station:<11} {text}");
        self.steps.push((station.to_owned(), text));
    }
}
