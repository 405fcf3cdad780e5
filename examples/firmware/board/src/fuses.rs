//! [`Fuses`]: a security counter that nothing takes back.

use dimo_hal::boot::SecurityCounter;
use embedded_storage::nor_flash::{NorFlash, ReadNorFlash};

use crate::flash::{Flash, FlashError};

/// As many fuses as the counter has numbers, each a word: it is as high as fuses are blown. Nothing here mends one. Fuses are blown in their order, so a power cut
/// leaves the counter between its old value and its new one, and raising it again heals that.
#[derive(Debug)]
pub struct Fuses(Flash);

const WORD: u32 = blueprint::memory::WORD;
const BLOWN: [u8; WORD as usize] = [0; WORD as usize];

impl Fuses {
    pub(crate) const fn new(flash: Flash) -> Self {
        Self(flash)
    }

    /// How many are blown.
    fn blown(&mut self) -> Result<u32, FlashError> {
        let mut count = 0;
        let mut word = BLOWN;
        while (count * WORD) as usize + word.len() <= self.0.capacity() {
            self.0.read(count * WORD, &mut word)?;
            if word != BLOWN {
                break;
            }
            count += 1;
        }
        Ok(count)
    }
}

impl SecurityCounter for Fuses {
    type Error = FlashError;

    async fn get(&mut self) -> Result<u64, FlashError> {
        self.blown().map(u64::from)
    }

    async fn raise_to(&mut self, at_least: u64) -> Result<(), FlashError> {
        let at_least = u32::try_from(at_least).map_err(|_| FlashError::OutOfBounds)?;
        (self.blown()?..at_least).try_for_each(|fuse| self.0.write(fuse.saturating_mul(WORD), &BLOWN))
    }
}
