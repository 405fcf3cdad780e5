//! [`HandoverMemory`]: RAM that no program is linked to, for what the boot loader tells the image.

use blueprint::Handover;
use blueprint::memory::HANDOVER;

/// The RAM for a [`Handover`].
#[derive(Debug)]
pub struct HandoverMemory(());

const PLACE: *mut [u8; Handover::LEN] = HANDOVER.start as *mut _;
const _: () = assert!((HANDOVER.end - HANDOVER.start) as usize >= Handover::LEN);

impl HandoverMemory {
    pub(crate) const fn new() -> Self {
        Self(())
    }

    /// Leaves this for the image.
    #[expect(unsafe_code, reason = "memory at a fixed address")]
    pub fn leave(&mut self, handover: &Handover) {
        // SAFETY: RAM at a fixed address that `memory.x` gives to no program, of sufficient length, and there is one `HandoverMemory`.
        unsafe { PLACE.write_volatile(handover.to_bytes()) }
    }

    /// What the boot loader left; `None` when none ran, as under a debugger.
    #[must_use]
    #[expect(unsafe_code, reason = "memory at a fixed address")]
    pub fn read(&self) -> Option<Handover> {
        // SAFETY: as in `leave`; any bytes are an array of bytes.
        Handover::from_bytes(&unsafe { PLACE.read_volatile() })
    }
}
