//! [`PlanPages`]: where plans lie.

use application::PlanFlash;
use board::Flash;
use dimo_hal::flash::BlockingFlash;
use embedded_storage_async::nor_flash::{ErrorType, NorFlash, ReadNorFlash};

/// The pages of a plan.
pub(crate) struct PlanPages(pub(crate) BlockingFlash<Flash>);

impl ErrorType for PlanPages {
    type Error = board::FlashError;
}

impl ReadNorFlash for PlanPages {
    const READ_SIZE: usize = <BlockingFlash<Flash> as ReadNorFlash>::READ_SIZE;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.read(offset, bytes).await
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl NorFlash for PlanPages {
    const WRITE_SIZE: usize = <BlockingFlash<Flash> as NorFlash>::WRITE_SIZE;
    const ERASE_SIZE: usize = <BlockingFlash<Flash> as NorFlash>::ERASE_SIZE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        self.0.erase(from, to).await
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0.write(offset, bytes).await
    }
}

impl PlanFlash for PlanPages {
    fn memory(&self) -> &[u8] {
        self.0.0.memory()
    }

    fn into_memory(self) -> &'static [u8] {
        self.0.0.into_memory()
    }
}
