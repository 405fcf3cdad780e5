//! [`Console`]: an image that is built without words says nothing.

use core::fmt::Arguments;

use application::{Event, Observer};
use board::Uart;

/// It keeps the port, unused.
#[expect(dead_code, reason = "nobody else may have it")]
pub(crate) struct Console(pub(crate) Uart);

impl Observer for Console {
    fn saw(&mut self, _: Event<'_>) {}
}

pub(crate) const fn say(_: &mut Uart, _: &str, _: Arguments<'_>) {}
