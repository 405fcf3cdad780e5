//! The image: gives the board to the application. So far it says hello, reads why it was started, and confirms itself.
#![no_std]
#![forbid(unsafe_code)]

use core::fmt::Write as _;

use blueprint::{Handover, memory, trust};
use board::{Board, halt};
use dimo_hal::boot::{BootFlash, ConfirmToken};
use dimo_hal::flash::BlockingFlash;
use dimo_hal::wait;

/// What both programs do.
pub fn run() -> ! {
    let Some(mut board) = Board::take() else { halt() };
    // A console has no errors.
    let _ = match board.handover.read() {
        Some(told) => {
            let Handover { slot, reason, seq, .. } = told;
            let _ = writeln!(board.console, "device\thello\t{slot:?}\t{reason:?}\t{seq}");
            match confirm(&mut board, told) {
                Ok(()) => writeln!(board.console, "device\tconfirmed"),
                Err(step) => writeln!(board.console, "device\tnot confirmed\t{step}"),
            }
        }
        None => writeln!(board.console, "device\twithout a boot loader"),
    };
    halt()
}

/// Keeps this image, which has shown that it runs.
fn confirm(board: &mut Board, told: Handover) -> Result<(), &'static str> {
    let verifier = trust::verifier().ok_or("root")?;
    let flash = BootFlash::new(BlockingFlash(&mut board.boot), memory::boot_layout());
    let token = ConfirmToken::after_self_test(told.slot);
    wait(flash.map_err(|_| "layout")?.confirm(token, &verifier, &mut board.fuses)).map_err(|_| "flash")
}

/// Halts. A watchdog would take the image back.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    halt()
}
