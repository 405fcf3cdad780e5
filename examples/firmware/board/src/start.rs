//! From the boot loader to an image.

use blueprint::memory;
use dimo_hal::boot::BootSlot;

use crate::{Board, HandoverMemory};

/// Where the table of interrupt vectors is.
const VTOR: *mut u32 = 0xE000_ED08 as *mut u32;

impl Board {
    /// Starts the image in a slot, as a reset would, and the watchdog. The image has the whole board: only a boot loader that verified the image calls this.
    #[expect(unsafe_code, reason = "a jump to another program")]
    pub fn start(mut self, slot: BootSlot) -> ! {
        let vectors = memory::image(slot).start;
        self.watchdog.start();
        // SAFETY: the register is there on every Cortex-M4. The boot loader enabled no interrupt, so no other vector is used until the image's own are set.
        unsafe { VTOR.write_volatile(vectors) };
        cortex_m::asm::dsb();
        cortex_m::asm::isb();
        // SAFETY: the image begins with its vectors, stack pointer and entry first; that it was verified is the contract of this call. Nothing of this program is
        // used again, and what it owned, `self`, is given up.
        unsafe { cortex_m::asm::bootload(vectors as *const u32) }
    }
}

/// Starts the boot loader anew. The next image reads that it was asked for.
pub fn reset(mut handover: HandoverMemory) -> ! {
    handover.ask();
    cortex_m::peripheral::SCB::sys_reset()
}

/// Nothing more happens until the next reset.
pub fn halt() -> ! {
    cortex_m::interrupt::disable();
    loop {
        cortex_m::asm::wfi();
    }
}
