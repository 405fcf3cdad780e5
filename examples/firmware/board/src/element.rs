//! [`Element`]: the page of flash that stands for a secure element, which a board for vehicles has as a chip.

use embedded_storage::nor_flash::{NorFlash, ReadNorFlash};

use crate::flash::{Flash, FlashError};

/// A secret, and behind it a word for each start of the device, so that no two starts draw the same random numbers. The page has room for 1,016 starts.
#[derive(Debug)]
pub struct Element(Flash);

const SECRET: usize = 32;
const WORD: u32 = blueprint::memory::WORD;
const BURNT: [u8; WORD as usize] = [0; WORD as usize];

impl Element {
    pub(crate) const fn new(flash: Flash) -> Self {
        Self(flash)
    }

    /// The secret that the factory wrote, and the number of this start, which is counted before it is told.
    ///
    /// # Errors
    ///
    /// [`FlashError::OutOfBounds`] when no start is left.
    pub fn start(&mut self) -> Result<([u8; SECRET], u32), FlashError> {
        let mut secret = [0; SECRET];
        self.0.read(0, &mut secret)?;
        let mut place = SECRET as u32;
        let mut word = BURNT;
        loop {
            self.0.read(place, &mut word)?;
            if word != BURNT {
                break;
            }
            place += WORD;
        }
        self.0.write(place, &BURNT)?;
        Ok((secret, (place - SECRET as u32) / WORD))
    }
}
