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

    pub(crate) fn number(self, mut number: u64) -> Self {
        let mut digits = [b'0'; 20];
        let mut first = digits.len();
        for (place, digit) in digits.iter_mut().enumerate().rev() {
            *digit += u8::try_from(number % 10).unwrap_or_default();
            first = place;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.0.send(b"\t");
        self.0.send(digits.get(first..).unwrap_or_default());
        self
    }

    pub(crate) fn end(self) {
        self.0.send(b"\n");
    }
}
