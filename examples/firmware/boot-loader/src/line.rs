//! [`Line`]: what is printed. Without `core::fmt`, which would take a quarter of the boot loader.

use board::Uart;

/// One line of output.
pub(crate) struct Line<'u>(&'u mut Uart);

impl<'u> Line<'u> {
    pub(crate) fn begin(console: &'u mut Uart, what: &str) -> Self {
        console.send(b"boot-loader");
        Self(console).text(what)
    }

    pub(crate) fn text(self, text: &str) -> Self {
        self.0.send(b"\t");
        self.0.send(text.as_bytes());
        self
    }

    /// In hexadecimal: a division of 64 bits is a kilobyte.
    pub(crate) fn number(self, number: u64) -> Self {
        self.0.send(b"\t0x");
        let significant = 64 - (number | 1).leading_zeros();
        for shift in (0..significant.next_multiple_of(4)).step_by(4).rev() {
            let digit = (number >> shift) as u8 & 0xF;
            self.0.send(&[if digit < 10 { b'0' + digit } else { b'a' - 10 + digit }]);
        }
        self
    }

    pub(crate) fn end(self) {
        self.0.send(b"\n");
    }
}
