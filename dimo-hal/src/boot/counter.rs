//! [`SecurityCounter`]: how far back a device may go.

use embedded_storage_async::nor_flash::NorFlash;

use crate::record::{FlashCounter, RecordError};

/// The security number of the newest release that was confirmed: in a secure element or in fuses. It never goes down.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait SecurityCounter {
    /// Why it failed.
    type Error: core::fmt::Debug;

    /// Its value.
    ///
    /// # Errors
    ///
    /// When the part does not answer; then nothing is started.
    async fn get(&mut self) -> Result<u64, Self::Error>;

    /// Raises it to `at_least`, unless it is there already. Repeating it heals a cut.
    ///
    /// # Errors
    ///
    /// When the part does not answer, or has no numbers left; it has the old value or the new one.
    async fn raise_to(&mut self, at_least: u64) -> Result<(), Self::Error>;
}

impl<C: SecurityCounter + ?Sized> SecurityCounter for &mut C {
    type Error = C::Error;

    async fn get(&mut self) -> Result<u64, C::Error> {
        (**self).get().await
    }

    async fn raise_to(&mut self, at_least: u64) -> Result<(), C::Error> {
        (**self).raise_to(at_least).await
    }
}

/// For boards whose secure element has no counter. Whoever can write the flash can take it back.
impl<F: NorFlash> SecurityCounter for FlashCounter<F> {
    type Error = RecordError<F::Error>;

    async fn get(&mut self) -> Result<u64, Self::Error> {
        Ok(Self::get(self))
    }

    async fn raise_to(&mut self, at_least: u64) -> Result<(), Self::Error> {
        self.advance_to(at_least).await.map(drop)
    }
}
