//! [`Console`]: what is printed for people.

use core::fmt;

use board::Uart;

/// The console, each line of the application marked as such.
pub(crate) struct Console {
    uart: Uart,
    is_new_line: bool,
}

impl Console {
    pub(crate) const fn new(uart: Uart) -> Self {
        Self { uart, is_new_line: true }
    }
}

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if core::mem::take(&mut self.is_new_line) {
            self.uart.write_str("app\t")?;
        }
        self.is_new_line = text.ends_with('\n');
        self.uart.write_str(text)
    }
}
