//! A flash behind [`Faulty`].

use embedded_storage_async::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};

use super::faulty::{CallFault, FaultError, Faulty};

/// What a flash fails with.
const KINDS: [NorFlashErrorKind; 3] =
    [NorFlashErrorKind::Other, NorFlashErrorKind::NotAligned, NorFlashErrorKind::OutOfBounds];

impl<F: ErrorType> ErrorType for Faulty<F> {
    type Error = FaultError<F::Error, NorFlashErrorKind>;
}

impl<E: NorFlashError> NorFlashError for FaultError<E, NorFlashErrorKind> {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::Injected(kind) => *kind,
            Self::Inner(error) => error.kind(),
        }
    }
}

impl<F: ReadNorFlash> ReadNorFlash for Faulty<F> {
    const READ_SIZE: usize = F::READ_SIZE;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        let fault = self.begin().await;
        if fault == Some(CallFault::Refused) {
            return Err(self.fault(&KINDS, NorFlashErrorKind::Other));
        }
        self.get_mut().read(offset, bytes).await.map_err(FaultError::Inner)?;
        match fault {
            Some(CallFault::Torn) => {
                // The next reading is right again, as with a cell that was disturbed.
                let place = usize::try_from(self.calls()).unwrap_or(0) % bytes.len().max(1);
                if let Some(byte) = bytes.get_mut(place) {
                    *byte ^= 1 << (self.calls() % 8);
                }
                Ok(())
            }
            Some(_) => Err(self.fault(&KINDS, NorFlashErrorKind::Other)),
            None => Ok(()),
        }
    }

    fn capacity(&self) -> usize {
        self.get_ref().capacity()
    }
}

impl<F: NorFlash> NorFlash for Faulty<F> {
    const WRITE_SIZE: usize = F::WRITE_SIZE;
    const ERASE_SIZE: usize = F::ERASE_SIZE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        let fault = self.begin().await;
        if fault == Some(CallFault::Refused) {
            return Err(self.fault(&KINDS, NorFlashErrorKind::Other));
        }
        self.get_mut().erase(from, to).await.map_err(FaultError::Inner)?;
        if fault.is_some() { Err(self.fault(&KINDS, NorFlashErrorKind::Other)) } else { Ok(()) }
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        let fault = self.begin().await;
        let done = match fault {
            Some(CallFault::Refused) => 0,
            Some(CallFault::Torn) => bytes.len() / 2 / F::WRITE_SIZE.max(1) * F::WRITE_SIZE,
            _ => bytes.len(),
        };
        let written = bytes.get(..done).unwrap_or_default();
        if !written.is_empty() {
            self.get_mut().write(offset, written).await.map_err(FaultError::Inner)?;
        }
        if fault.is_some() { Err(self.fault(&KINDS, NorFlashErrorKind::Other)) } else { Ok(()) }
    }
}
