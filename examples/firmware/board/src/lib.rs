//! QEMU's machine mps2-an386, a Cortex-M4F: flash, ports, and the step from the boot loader to an image. All unsafe code of the firmware is here.
#![no_std]

mod flash;
mod fuses;
mod handover;
mod start;
mod uart;

use core::sync::atomic::{AtomicBool, Ordering};

use blueprint::memory;

pub use flash::{Flash, FlashError};
pub use fuses::Fuses;
pub use handover::HandoverMemory;
pub use start::halt;
pub use uart::Uart;

/// What the board has. Each part is there once.
#[derive(Debug)]
pub struct Board {
    /// What is printed for people and for the host.
    pub console: Uart,
    /// Images, manifests and the record of the boot loader: all that [`memory::boot_layout`] names.
    pub boot: Flash,
    /// The security counter.
    pub fuses: Fuses,
    /// The pages of the application.
    pub storage: Flash,
    /// The RAM in which the boot loader tells the image why.
    pub handover: HandoverMemory,
}

impl Board {
    /// The board; `None` for whoever asks a second time.
    #[must_use]
    pub fn take() -> Option<Self> {
        static TAKEN: AtomicBool = AtomicBool::new(false);
        if TAKEN.swap(true, Ordering::Relaxed) {
            return None;
        }
        Some(Self {
            console: Uart::new(uart::Port::Console),
            boot: Flash::new(0..memory::RECORD.end),
            fuses: Fuses::new(Flash::new(memory::FUSES)),
            storage: Flash::new(memory::STORAGE),
            handover: HandoverMemory::new(),
        })
    }
}
