//! [`Uart`]: a port, CMSDK's UART.

use core::fmt;

/// Which of the machine's ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    /// UART0, QEMU's first `-serial`.
    Console = 0x4000_4000,
}

/// A port. Writing waits while its one byte of buffer is full.
#[derive(Debug)]
pub struct Uart {
    base: usize,
}

const DATA: usize = 0x00;
const STATE: usize = 0x04;
const CONTROL: usize = 0x08;
const BAUD_DIVIDER: usize = 0x10;

/// Of `STATE`.
const TRANSMITTER_FULL: u32 = 1;
/// Of `CONTROL`: transmitter and receiver.
const ENABLE: u32 = 0b11;
/// Of the core, in hertz, and of the line, in baud. QEMU takes no notice of the second.
const CLOCK: u32 = 25_000_000;
const BAUD: u32 = 115_200;

impl Uart {
    pub(crate) fn new(port: Port) -> Self {
        let mut uart = Self { base: port as usize };
        uart.store(BAUD_DIVIDER, CLOCK / BAUD);
        uart.store(CONTROL, ENABLE);
        uart
    }

    /// Sends bytes, and waits until they are sent.
    pub fn send(&mut self, bytes: &[u8]) {
        for byte in bytes {
            while self.load(STATE) & TRANSMITTER_FULL != 0 {}
            self.store(DATA, u32::from(*byte));
        }
    }

    #[expect(unsafe_code, reason = "registers at fixed addresses")]
    fn load(&self, register: usize) -> u32 {
        // SAFETY: a register of a port of this machine, which may be read at any time.
        unsafe { core::ptr::read_volatile((self.base + register) as *const u32) }
    }

    #[expect(unsafe_code, reason = "registers at fixed addresses")]
    fn store(&mut self, register: usize, value: u32) {
        // SAFETY: as in `load`; each port has one owner, and none of its registers makes it write to memory.
        unsafe { core::ptr::write_volatile((self.base + register) as *mut u32, value) }
    }
}

impl fmt::Write for Uart {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.send(text.as_bytes());
        Ok(())
    }
}

