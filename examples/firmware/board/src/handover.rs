//! [`HandoverMemory`]: RAM that no program is linked to, for what the boot loader tells the image, and a program the next one.

use blueprint::memory::HANDOVER;
use blueprint::{Handover, Reset};

/// The RAM for a [`Handover`], and for a word behind it.
#[derive(Debug)]
pub struct HandoverMemory(());

const PLACE: *mut u8 = HANDOVER.start as *mut u8;
/// Where a program says that it resets the board itself.
const ASKED: *mut u32 = (HANDOVER.end - 4) as *mut u32;
const YES: u32 = 0x5EE_4E5E;
const _: () = assert!((HANDOVER.end - HANDOVER.start) as usize >= Handover::LEN + 4);

impl HandoverMemory {
    pub(crate) const fn new() -> Self {
        Self(())
    }

    /// Leaves this for the image.
    #[expect(unsafe_code, reason = "memory at a fixed address")]
    pub fn leave(&mut self, handover: &Handover) {
        for (place, byte) in handover.to_bytes().into_iter().enumerate() {
            // SAFETY: RAM at a fixed address that `memory.x` gives to no program, of sufficient length, and there is one `HandoverMemory`.
            unsafe { PLACE.add(place).write_volatile(byte) }
        }
        // SAFETY: likewise, and a multiple of 4.
        unsafe { ASKED.write_volatile(0) }
    }

    /// What the boot loader left; `None` when none ran, as under a debugger.
    #[must_use]
    #[expect(unsafe_code, reason = "memory at a fixed address")]
    pub fn read(&self) -> Option<Handover> {
        // SAFETY: as in `leave`.
        Handover::from_bytes(&core::array::from_fn(|place| unsafe { PLACE.add(place).read_volatile() }))
    }

    /// What ended the program before, for the boot loader: RAM keeps what it holds over a reset, and not without power.
    #[must_use]
    #[expect(unsafe_code, reason = "memory at a fixed address")]
    pub fn reset(&self) -> Reset {
        // SAFETY: as in `leave`.
        let asked = unsafe { ASKED.read_volatile() };
        match self.read() {
            None => Reset::PowerOn,
            Some(_) if asked == YES => Reset::Software,
            Some(_) => Reset::Watchdog,
        }
    }

    /// Says that the program resets the board itself.
    #[expect(unsafe_code, reason = "memory at a fixed address")]
    pub(crate) fn ask(&mut self) {
        // SAFETY: as in `leave`.
        unsafe { ASKED.write_volatile(YES) }
    }
}
