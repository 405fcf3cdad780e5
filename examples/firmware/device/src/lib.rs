//! The image: gives the board to the application.
#![no_std]
#![forbid(unsafe_code)]

mod board_parts;
mod counter;
mod factory;
mod phones;
mod plan_words;
mod settings;

use core::fmt::{Arguments, Write as _};

use application::{Ended, Memory, Tables};
use blueprint::Handover;
use board::{Board, Uart, halt, reset};
use board_parts::Divided;
use embassy_executor::task;
use embassy_time::{Duration, Timer};
use static_cell::ConstStaticCell;

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
    static MEMORY: ConstStaticCell<Memory> = ConstStaticCell::new(Memory::new());
    static TABLES: ConstStaticCell<Tables> = ConstStaticCell::new(Tables::new());
    let Some(mut board) = Board::take() else { halt() };
    let Some(told) = board.handover.read() else {
        say(&mut board.console, format_args!("without a boot loader"));
        halt()
    };
    let Handover { slot, reason, reset: cause, seq, .. } = told;
    say(&mut board.console, format_args!("hello\t{slot:?}\t{reason:?}\t{seq}\t{cause:?}"));
    let Some(divided) = board_parts::divide(board, told).await else { halt() };
    let Divided { parts, config, phones, handover } = divided;
    match application::run(parts, &config, MEMORY.take(), TABLES.take(), phones).await {
        Ended::Restart => reset(handover),
        // The watchdog ends this; an image that is on trial is taken back.
        _ => loop {
            Timer::after(Duration::from_secs(60)).await;
        },
    }
}

/// One line on the console, which has no errors.
fn say(console: &mut Uart, what: Arguments<'_>) {
    let _ = writeln!(console, "device\t{what}");
}

/// Halts, until the watchdog resets the board. An image that is on trial is taken back.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    halt()
}
