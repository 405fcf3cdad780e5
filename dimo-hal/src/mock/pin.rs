//! [`MockPin`]: an output that a test looks at.

use core::cell::Cell;
use core::convert::Infallible;

use alloc::rc::Rc;

use embedded_hal::digital::{ErrorType, OutputPin};

/// An output pin; its clones are the same pin. Low at first.
#[derive(Clone, Debug, Default)]
pub struct MockPin(Rc<Cell<bool>>);

impl MockPin {
    /// Whether it is high.
    #[must_use]
    pub fn is_high(&self) -> bool {
        self.0.get()
    }
}

impl ErrorType for MockPin {
    type Error = Infallible;
}

impl OutputPin for MockPin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0.set(false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0.set(true);
        Ok(())
    }
}
