//! QEMU's machine mps2-an386, a Cortex-M4F: flash, ports, and the step from the boot loader to an image. All unsafe code of the firmware is here.
#![no_std]

#[cfg(feature = "async")]
mod clock;
mod element;
#[cfg(feature = "async")]
mod executor;
mod flash;
mod fuses;
mod handover;
#[cfg(feature = "async")]
mod port;
#[cfg(feature = "async")]
mod power;
#[cfg(feature = "async")]
mod stack;
mod start;
mod uart;
#[cfg(feature = "boot-loader")]
mod vectors;
mod watchdog;

use core::sync::atomic::{AtomicBool, Ordering};

use blueprint::memory;

pub use element::Element;
#[cfg(feature = "async")]
pub use executor::run;
pub use flash::{Flash, FlashError};
pub use fuses::Fuses;
pub use handover::HandoverMemory;
#[cfg(feature = "async")]
pub use port::{Port, PortReader, PortWriter};
#[cfg(feature = "async")]
pub use power::Power;
#[cfg(feature = "async")]
pub use stack::stack_used;
pub use start::{halt, reset};
pub use uart::Uart;
pub use watchdog::Watchdog;

/// What the board has. Each part is there once.
#[derive(Debug)]
pub struct Board {
    /// What is printed for people and for the host.
    pub console: Uart,
    /// Images, manifests and the record of the boot loader: all that [`memory::boot_layout`] names.
    pub boot: Flash,
    /// The security counter.
    pub fuses: Fuses,
    /// The pages of the application: small values,
    pub storage: Flash,
    /// a plan, twice,
    pub plans: [Flash; 2],
    /// and what waits to be sent.
    pub queue: Flash,
    /// What stands for a secure element.
    pub element: Element,
    /// Voltage, ignition and sleep.
    #[cfg(feature = "async")]
    pub power: Power,
    /// The Bluetooth controller, HCI with a byte before each packet (H4).
    #[cfg(feature = "async")]
    pub radio: Port,
    /// The CAN adapter.
    #[cfg(feature = "async")]
    pub bus: Port,
    /// The modem.
    #[cfg(feature = "async")]
    pub modem: Port,
    /// The receiver of satellites.
    #[cfg(feature = "async")]
    pub receiver: Port,
    /// What resets a program that hangs.
    pub watchdog: Watchdog,
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
        #[cfg(feature = "async")]
        clock::start();
        Some(Self {
            console: Uart::new(uart::CONSOLE),
            boot: Flash::new(0..memory::RECORD.end),
            fuses: Fuses::new(Flash::new(memory::FUSES)),
            storage: Flash::new(memory::STORAGE),
            plans: memory::PLANS.map(Flash::new),
            queue: Flash::new(memory::QUEUE),
            element: Element::new(Flash::new(memory::ELEMENT)),
            #[cfg(feature = "async")]
            power: Power::new(),
            #[cfg(feature = "async")]
            radio: Port::open(0),
            #[cfg(feature = "async")]
            bus: Port::open(1),
            #[cfg(feature = "async")]
            modem: Port::open(2),
            #[cfg(feature = "async")]
            receiver: Port::open(3),
            watchdog: Watchdog::new(),
            handover: HandoverMemory::new(),
        })
    }
}
