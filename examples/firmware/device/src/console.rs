//! [`Console`]: what happens, a line at a time, at the board's port for people.

use core::fmt::{Arguments, Write as _};

use application::{Event, Observer};
use board::Uart;

/// Who watches the application.
pub(crate) struct Console(pub(crate) Uart);

impl Observer for Console {
    fn saw(&mut self, event: Event<'_>) {
        say(&mut self.0, "app", format_args!("{event}"));
    }
}

/// One line, and who has it to say. A console has no errors that anybody could be told.
pub(crate) fn say(console: &mut Uart, who: &str, what: Arguments<'_>) {
    let _ = writeln!(console, "{who}\t{what}");
}
