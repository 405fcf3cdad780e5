//! [`Console`]: lines for people on standard output.

use std::fmt::Arguments;
use std::io::Write as _;

use application::{Event, Observer};

/// Who watches the device.
pub(crate) struct Console;

impl Observer for Console {
    fn saw(&mut self, event: Event<'_>) {
        say(format_args!("{event}"));
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
