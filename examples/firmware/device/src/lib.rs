//! The image: gives the board to the application.
#![no_std]
#![forbid(unsafe_code)]

mod board_parts;
#[cfg_attr(not(feature = "console"), path = "no_console.rs")]
mod console;
#[cfg(feature = "radio")]
mod counter;
#[cfg(feature = "radio")]
mod factory;
#[cfg_attr(not(feature = "radio"), path = "no_phones.rs")]
mod phones;
mod plan_pages;
#[cfg(feature = "radio")]
mod plan_words;
mod settings;
#[cfg(feature = "radio")]
mod version;

use core::pin::pin;

use application::{Ended, Memory};
use blueprint::Handover;
use board::{Board, halt, reset};
use board_parts::Divided;
use console::say;
use embassy_executor::task;
use embassy_time::{Duration, Timer};
use place::{begin, live};
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
    let Some(mut board) = Board::take() else { halt() };
    let Some(told) = board.handover.read() else {
        say(&mut board.console, "device", format_args!("without a boot loader"));
        halt()
    };
    let Handover { slot, reason, reset: cause, seq, .. } = told;
    say(&mut board.console, "device", format_args!("hello\t{slot:?}\t{reason:?}\t{seq}\t{cause:?}"));
    let Some(divided) = ({
        let mut dividing = pin!(None);
        begin(dividing.as_mut(), || board_parts::divide(board, told));
        live(dividing).await
    }) else {
        halt()
    };
    let Divided { parts, config, phones, handover } = divided;
    let ended = {
        let mut application = pin!(None);
        begin(application.as_mut(), || application::run(parts, &config, MEMORY.take(), phones));
        live(application).await
    };
    match ended {
        Ended::Restart => reset(handover),
        // The watchdog ends this; an image that is on trial is taken back.
        _ => loop {
            Timer::after(Duration::from_secs(60)).await;
        },
    }
}

/// Halts, until the watchdog resets the board. An image that is on trial is taken back.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    halt()
}
