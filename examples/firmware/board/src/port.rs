//! [`Port`]: a serial port that a task waits for.

use core::convert::Infallible;
use core::sync::atomic::{AtomicBool, Ordering};

use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::NVIC;
use cortex_m_rt::exception;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::pipe::Pipe;

use crate::uart::Registers;

/// A serial port. What comes is kept, up to 1 KiB; then the line waits, and nothing is lost.
#[derive(Debug)]
pub struct Port {
    line: &'static Line,
}

#[derive(Debug)]
struct Line {
    registers: Registers,
    /// Of the receiver.
    interrupt: Interrupt,
    received: &'static Received,
    /// Whether anything came since somebody asked.
    stirred: AtomicBool,
}

/// Whether the vehicle's bus had anything to say since this was asked last.
pub(crate) fn has_stirred() -> bool {
    let [_, bus, _, _] = &LINES;
    bus.stirred.swap(false, Ordering::Relaxed)
}

type Received = Pipe<CriticalSectionRawMutex, 1024>;

impl Line {
    const fn new(base: usize, interrupt: u16, received: &'static Received) -> Self {
        let (registers, interrupt) = (Registers(base), Interrupt(interrupt));
        Self { registers, interrupt, received, stirred: AtomicBool::new(false) }
    }
}

/// Empty, and so nothing that a program has to bring along.
static RECEIVED: [Received; 4] = [const { Pipe::new() }; 4];

/// UART1 to UART4, QEMU's further `-serial`, and the interrupts of their receivers.
static LINES: [Line; 4] = [
    Line::new(0x4000_5000, 2, &RECEIVED[0]),
    Line::new(0x4000_6000, 4, &RECEIVED[1]),
    Line::new(0x4000_7000, 18, &RECEIVED[2]),
    Line::new(0x4000_9000, 20, &RECEIVED[3]),
];

#[derive(Clone, Copy, Debug)]
struct Interrupt(u16);

#[expect(unsafe_code, reason = "a promise about numbers")]
// SAFETY: the numbers are those of the table above, all below 32, and never change.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self.0
    }
}

impl Port {
    #[expect(unsafe_code, reason = "interrupts begin")]
    #[expect(clippy::indexing_slicing, reason = "a constant number of a constant table")]
    pub(crate) fn open(number: usize) -> Self {
        let line = &LINES[number];
        line.registers.start(Registers::INTERRUPTS);
        // SAFETY: the handler touches nothing but the table above, whose parts are made to be shared with it.
        unsafe { NVIC::unmask(line.interrupt) };
        Self { line }
    }
}

/// All interrupts; only those of the ports are enabled.
#[exception]
#[allow(
    unsafe_code,
    reason = "cortex-m-rt asks for the word, and hands the attribute on to what needs it and what does not"
)]
unsafe fn DefaultHandler(number: i16) {
    for line in &LINES {
        if i16::try_from(line.interrupt.0) == Ok(number) {
            line.registers.clear_interrupt();
            line.stirred.store(true, Ordering::Relaxed);
            keep_what_came(line);
        }
    }
}

fn keep_what_came(line: &Line) {
    loop {
        if line.received.is_full() {
            // The byte stays where it is, and the line waits, until somebody has read.
            line.registers.start(0);
            return;
        }
        let Some(byte) = line.registers.receive() else { return };
        // There is room, and nobody else writes.
        let _ = line.received.try_write(&[byte]);
    }
}

impl Port {
    /// Both directions, for two who do not wait for each other.
    #[must_use]
    pub fn split(self) -> (PortReader, PortWriter) {
        let line = self.line;
        (PortReader(self), PortWriter(Self { line }))
    }
}

/// What comes at a [`Port`].
#[derive(Debug)]
pub struct PortReader(Port);

/// What goes out at a [`Port`].
#[derive(Debug)]
pub struct PortWriter(Port);

impl embedded_io::ErrorType for Port {
    type Error = Infallible;
}

impl embedded_io_async::Read for Port {
    async fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Infallible> {
        let count = self.line.received.read(bytes).await;
        // Now there is room again; a byte that waited raises no interrupt by itself.
        self.line.registers.start(Registers::INTERRUPTS);
        NVIC::pend(self.line.interrupt);
        Ok(count)
    }
}

impl embedded_io_async::Write for Port {
    /// Waits for one byte only: a future that is dropped has sent nothing, or has said how much.
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        let Some((first, rest)) = bytes.split_first() else { return Ok(0) };
        while !self.line.registers.try_send(*first) {
            // The host does not take it. Others may go on.
            embassy_futures::yield_now().await;
        }
        let more = rest.iter().take_while(|byte| self.line.registers.try_send(**byte)).count();
        Ok(1 + more)
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl embedded_io::ErrorType for PortReader {
    type Error = Infallible;
}

impl embedded_io_async::Read for PortReader {
    async fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Infallible> {
        self.0.read(bytes).await
    }
}

impl embedded_io::ErrorType for PortWriter {
    type Error = Infallible;
}

impl embedded_io_async::Write for PortWriter {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.0.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        self.0.flush().await
    }
}
