//! The image: gives the board to the application. So far it says hello, reads why it was started, and confirms itself.
#![no_std]
#![forbid(unsafe_code)]

use core::fmt::{Arguments, Write as _};

use blueprint::{Handover, memory, trust};
use board::{Board, halt};
use dimo_hal::boot::{BootFlash, ConfirmToken};
use dimo_hal::flash::BlockingFlash;
use embassy_executor::task;
use embassy_time::{Duration, Timer};

/// What both programs do.
pub fn run() -> ! {
    board::run(|spawner| {
        if let Ok(main) = main() {
            spawner.spawn(main);
        }
    })
}

#[task]
async fn main() {
    let Some(mut board) = Board::take() else { halt() };
    let Some(told) = board.handover.read() else {
        say(&mut board, format_args!("without a boot loader"));
        halt()
    };
    let Handover { slot, reason, reset, seq, .. } = told;
    say(&mut board, format_args!("hello\t{slot:?}\t{reason:?}\t{seq}\t{reset:?}"));
    match confirm(&mut board, told).await {
        Ok(()) => say(&mut board, format_args!("confirmed")),
        Err(step) => say(&mut board, format_args!("not confirmed\t{step}")),
    }
    loop {
        board.watchdog.feed();
        Timer::after(Duration::from_secs(1)).await;
    }
}

/// One line on the console, which has no errors.
fn say(board: &mut Board, what: Arguments<'_>) {
    let _ = writeln!(board.console, "device\t{what}");
}

/// Keeps this image, which has shown that it runs.
async fn confirm(board: &mut Board, told: Handover) -> Result<(), &'static str> {
    let verifier = trust::verifier().ok_or("root")?;
    let flash = BootFlash::new(BlockingFlash(&mut board.boot), memory::boot_layout());
    let token = ConfirmToken::after_self_test(told.slot);
    let confirmed = flash.map_err(|_| "layout")?.confirm(token, &verifier, &mut board.fuses).await;
    confirmed.map_err(|_| "flash")
}

/// Halts, until the watchdog resets the board. An image that is on trial is taken back.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    halt()
}
