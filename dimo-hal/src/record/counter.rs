//! [`FlashCounter`]: a number that never goes down.

use embedded_storage_async::nor_flash::NorFlash;

use super::store::{RecordError, RecordStore};

/// A monotonic counter in flash, for parts whose secure element has none, and for numbers that are reserved in blocks. Whoever can write the flash can
/// take it back: it stands against power cuts, not against an attacker with a programmer.
#[derive(Debug)]
pub struct FlashCounter<F> {
    record: RecordStore<F, 8>,
}

impl<F: NorFlash> FlashCounter<F> {
    /// Finds the counter, 0 on a blank flash of three pages at least.
    ///
    /// # Errors
    ///
    /// [`RecordError`].
    pub async fn open(flash: F) -> Result<Self, RecordError<F::Error>> {
        Ok(Self { record: RecordStore::open(flash).await? })
    }

    /// The value.
    #[must_use]
    pub fn get(&self) -> u64 {
        let bytes: Option<[u8; 8]> = self.record.get().and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u64::from_le_bytes)
    }

    /// Raises it to `at_least`, unless it is there already, and returns its value. Repeating it heals a cut.
    ///
    /// # Errors
    ///
    /// [`RecordError`]; it has the old value or the new one.
    pub async fn advance_to(&mut self, at_least: u64) -> Result<u64, RecordError<F::Error>> {
        if at_least > self.get() {
            self.record.store(&at_least.to_le_bytes()).await?;
        }
        Ok(self.get())
    }

    /// Reserves `count` numbers and returns the first one. They are stored before they are used: after a power cut some are left out, none is used twice.
    ///
    /// # Errors
    ///
    /// [`RecordError`]; none is reserved. [`RecordError::WornOut`] at the end of the numbers.
    pub async fn reserve(&mut self, count: u64) -> Result<u64, RecordError<F::Error>> {
        let first = self.get();
        let end = first.checked_add(count).ok_or(RecordError::WornOut)?;
        self.advance_to(end).await?;
        Ok(first)
    }

    /// Gives the flash back.
    pub fn into_inner(self) -> F {
        self.record.into_inner()
    }
}
