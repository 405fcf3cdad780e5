//! The boot loader: asks [`BootFlash`] what is to be started, says so, and starts it. What it prints is one line, with tabs between its parts.
#![no_std]
#![no_main]

mod line;
mod why;

use blueprint::{Handover, memory, trust};
use board::{Board, Flash, Fuses, halt};
use dimo_hal::boot::{BootFlash, BootSlot, Started};
use dimo_hal::flash::BlockingFlash;
use dimo_hal::wait;

use line::Line;

#[cortex_m_rt::entry]
fn main() -> ! {
    let Some(mut board) = Board::take() else { halt() };
    match decide(&mut board.boot, &mut board.fuses) {
        Ok(Started { slot, image, reason, .. }) => {
            let seq = image.seq();
            let name = if slot == BootSlot::A { "A" } else { "B" };
            Line::begin(&mut board.console, "starts").text(name).text(why::started(reason)).number(seq).end();
            let reset = board.handover.reset();
            board.handover.leave(&Handover { slot, reason, reset, seq, boot_seq: trust::BOOT_SEQ });
            board.start(slot)
        }
        Err(reason) => {
            Line::begin(&mut board.console, "refuses").text(reason).end();
            halt()
        }
    }
}

/// What is to be started, or why nothing is.
fn decide(boot: &mut Flash, fuses: &mut Fuses) -> Result<Started, &'static str> {
    let verifier = trust::verifier().ok_or("root")?;
    let mut flash = BootFlash::new(BlockingFlash(boot), memory::boot_layout()).map_err(|_| "layout")?;
    wait(flash.start(&verifier, fuses)).map_err(|error| why::refused(&error))
}

/// There is nobody to tell, and nothing that could be done.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    halt()
}
