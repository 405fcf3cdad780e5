//! [`HandoverMemory`]: RAM that no program is linked to, for what the boot loader tells the image.

use blueprint::Handover;
use blueprint::memory::HANDOVER;

/// The RAM for a [`Handover`].
#[derive(Debug)]
pub struct HandoverMemory(());

const PLACE: *mut u8 = HANDOVER.start as *mut u8;
const _: () = assert!((HANDOVER.end - HANDOVER.start) as usize >= Handover::LEN);

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
    }

    /// What the boot loader left; `None` when none ran, as under a debugger.
    #[must_use]
    #[expect(unsafe_code, reason = "memory at a fixed address")]
    pub fn read(&self) -> Option<Handover> {
        // SAFETY: as in `leave`.
        Handover::from_bytes(&core::array::from_fn(|place| unsafe { PLACE.add(place).read_volatile() }))
    }
}
