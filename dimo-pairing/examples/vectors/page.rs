//! [`Page`]: Markdown.

use dimo_pairing::Side;

use super::scene::Sent;

/// A text in Markdown, as it grows.
pub(crate) struct Page(String);

/// The column in which values begin.
const COLUMN: usize = 28;

impl Page {
    pub(crate) const fn new() -> Self {
        Self(String::new())
    }

    /// A paragraph or a heading.
    pub(crate) fn say(&mut self, text: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// Values with their names, one a line.
    pub(crate) fn values(&mut self, rows: &[(&str, String)]) {
        self.0.push_str("\n```text\n");
        for (name, value) in rows {
            self.0.push_str(&format!("{name:COLUMN$}{value}\n"));
        }
        self.0.push_str("```\n");
    }

    /// A packet and how it is cut at MTU 23.
    pub(crate) fn cut(&mut self, what: &str, sent: &Sent) {
        self.say(&format!("{what}, {}, in {} fragments at MTU 23:", from(sent), sent.fragments.len()));
        self.0.push_str("\n```text\n");
        for fragment in &sent.fragments {
            self.0.push_str(&hex(fragment));
            self.0.push('\n');
        }
        self.0.push_str("```\n");
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// Who sent it.
pub(crate) fn from(sent: &Sent) -> &'static str {
    match sent.from {
        Side::Phone => "from the phone",
        Side::Device => "from the device",
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}
