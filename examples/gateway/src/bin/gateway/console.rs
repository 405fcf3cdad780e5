//! [`Console`]: lines for people on standard output.

use std::fmt::{self, Arguments};
use std::io::Write as _;

/// What the device has to say, a line at a time.
#[derive(Default)]
pub(crate) struct Console(String);

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(text);
        if self.0.ends_with('\n') {
            print(&self.0);
            self.0.clear();
        }
        Ok(())
    }
}

/// One line of words with tabs between them.
pub(crate) fn say(what: Arguments<'_>) {
    print(&format!("{what}\n"));
}

/// Nobody may be listening.
fn print(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
}
