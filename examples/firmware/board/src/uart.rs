//! [`Uart`]: a port that is waited for by looking again and again, CMSDK's UART.

use core::fmt;

/// UART0, QEMU's first `-serial`.
pub(crate) const CONSOLE: usize = 0x4000_4000;

const DATA: usize = 0x00;
const STATE: usize = 0x04;
const CONTROL: usize = 0x08;
const BAUD_DIVIDER: usize = 0x10;

/// Of `STATE`.
const TRANSMITTER_FULL: u32 = 1;
/// Of `CONTROL`: transmitter and receiver.
const ENABLE: u32 = 0b11;
/// Of the core, in hertz, and of the line, in baud. QEMU takes no notice of the second.
pub(crate) const CLOCK: u32 = 25_000_000;
const BAUD: u32 = 115_200;

/// A port. Writing waits while its one byte of buffer is full.
#[derive(Debug)]
pub struct Uart {
    registers: Registers,
}

impl Uart {
    pub(crate) fn new(base: usize) -> Self {
        let uart = Self { registers: Registers(base) };
        uart.registers.start(0);
        uart
    }

    /// Sends bytes, and waits until they are sent.
    pub fn send(&mut self, bytes: &[u8]) {
        for byte in bytes {
            while !self.registers.try_send(*byte) {}
        }
    }
}

impl fmt::Write for Uart {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.send(text.as_bytes());
        Ok(())
    }
}

/// The registers of the port at this address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registers(pub(crate) usize);

impl Registers {
    /// Switches it on, with more bits of `CONTROL`.
    pub(crate) fn start(self, more: u32) {
        self.store(BAUD_DIVIDER, CLOCK / BAUD);
        self.store(CONTROL, ENABLE | more);
    }

    /// Sends a byte unless one waits already.
    pub(crate) fn try_send(self, byte: u8) -> bool {
        let free = self.load(STATE) & TRANSMITTER_FULL == 0;
        if free {
            self.store(DATA, u32::from(byte));
        }
        free
    }

    #[expect(unsafe_code, reason = "registers at fixed addresses")]
    fn load(self, register: usize) -> u32 {
        // SAFETY: a register of a port of this machine, which may be read at any time.
        unsafe { core::ptr::read_volatile((self.0 + register) as *const u32) }
    }

    #[expect(unsafe_code, reason = "registers at fixed addresses")]
    fn store(self, register: usize, value: u32) {
        // SAFETY: as in `load`; none of its registers makes a port write to memory.
        unsafe { core::ptr::write_volatile((self.0 + register) as *mut u32, value) }
    }
}

#[cfg(feature = "async")]
impl Registers {
    /// Of `STATE`.
    const RECEIVED: u32 = 0b10;
    /// Of `CONTROL`: an interrupt for each byte that came.
    pub(crate) const INTERRUPTS: u32 = 0b1000;
    const INTERRUPT: usize = 0x0C;

    /// The byte that came.
    pub(crate) fn receive(self) -> Option<u8> {
        (self.load(STATE) & Self::RECEIVED != 0).then(|| self.load(DATA) as u8)
    }

    /// Takes note of the interrupt.
    pub(crate) fn clear_interrupt(self) {
        self.store(Self::INTERRUPT, Self::RECEIVED);
    }
}
