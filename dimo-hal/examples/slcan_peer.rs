//! A device at a serial port, for a program of others at the other end: it sends back each frame that
//! it receives, its identifier one higher, until `000` ends it.

use dimo_hal::can::BusMode;
use dimo_hal::host::StdMonotonic;
use dimo_hal::linux::{BaudRate, Tty};
use dimo_hal::slcan::{Acknowledge, Slcan, SlcanBitRate};
use dimo_hal::{CanReceiver as _, CanTransmitter as _, wait};
use dimo_types::{CanId, Frame, FrameKind};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("the path of a serial port is missing")?;
    let port = Tty::open(path, BaudRate(115_200))?;
    // The other end is a host like this one: nobody answers commands.
    let open = Slcan::open(port, StdMonotonic::new(), SlcanBitRate::Kilo500, Acknowledge::Never);
    let mut bus = wait(open)?;
    wait(bus.set_mode(BusMode::Normal))?;
    loop {
        let frame = wait(bus.receive())?;
        if frame.id().number() == 0 {
            return Ok(());
        }
        wait(bus.transmit(&answer(&frame).ok_or("no answer to this frame")?))?;
    }
}

fn answer(frame: &Frame) -> Option<Frame> {
    let number = frame.id().number() + 1;
    let id = if frame.id().is_extended() {
        CanId::extended(number)?
    } else {
        CanId::standard(u16::try_from(number).ok()?)?
    };
    match frame.kind() {
        FrameKind::Classic => Frame::classic(frame.time(), id, frame.data()).ok(),
        FrameKind::Remote => Frame::remote(frame.time(), id, frame.length()).ok(),
        _ => None,
    }
}
