//! Finds out in QEMU whether the board support is right, and says so on the console. It runs where the boot loader would.
//! Behind `ready` it sends back what comes at the ports, with the number of the port before it.
#![no_std]
#![no_main]

use core::fmt::Write as _;

use blueprint::{Handover, Reset};
use board::{Board, Flash, FlashError, Fuses, Port, halt};
use dimo_hal::boot::{BootReason, BootSlot, SecurityCounter as _};
use dimo_hal::wait;
use embassy_executor::{Spawner, task};
use embassy_time::{Duration, Instant, Timer};
use embedded_io_async::{Read as _, Write as _};
use embedded_storage::nor_flash::{NorFlash as _, ReadNorFlash as _};

#[cortex_m_rt::entry]
fn main() -> ! {
    board::run(|spawner| {
        if let Ok(check) = check(spawner) {
            spawner.spawn(check);
        }
    })
}

#[task]
async fn check(spawner: Spawner) {
    let Some(Board {
        mut console, mut storage, mut fuses, radio, bus, modem, receiver, mut handover, ..
    }) = Board::take()
    else {
        halt()
    };
    let checks = [
        ("time", time_passes().await),
        ("flash", storage_is_strict(&mut storage).unwrap_or(false)),
        ("fuses", fuses_stay_blown(&mut fuses).unwrap_or(false)),
    ];
    let _ = writeln!(console, "reset\t{:?}", handover.reset());
    let is_first = wait(fuses.get()) == Ok(FUSES);
    for (name, good) in checks {
        let word = if good { "ok" } else { "FAIL" };
        // A console has no errors.
        let _ = writeln!(console, "{word}\t{name}");
    }
    if is_first {
        // What follows is printed by the second run only, which finds the fuses of the first.
        let (slot, reason, reset) = (BootSlot::A, BootReason::First, Reset::PowerOn);
        handover.leave(&Handover { slot, reason, reset, seq: 0, boot_seq: 0 });
        board::reset(handover);
    }
    for (number, port) in (1..).zip([radio, bus, modem, receiver]) {
        if let Ok(echo) = echo(number, port) {
            spawner.spawn(echo);
        }
    }
    let _ = writeln!(console, "ready");
}

/// A wait is as long as it says, to a tick or two.
async fn time_passes() -> bool {
    let started = Instant::now();
    Timer::after(Duration::from_millis(100)).await;
    (100..=110).contains(&started.elapsed().as_millis())
}

/// Words are written once, in whole words, within the flash, and pages are erased.
fn storage_is_strict(flash: &mut Flash) -> Result<bool, FlashError> {
    let end = u32::try_from(flash.capacity()).map_err(|_| FlashError::OutOfBounds)?;
    let page = blueprint::memory::PAGE;
    flash.erase(0, page)?;
    flash.write(4, &[1, 2, 3, 4, 5, 6, 7, 8])?;
    let mut bytes = [0; 10];
    flash.read(3, &mut bytes)?;
    let kept = bytes == [0xFF, 1, 2, 3, 4, 5, 6, 7, 8, 0xFF];
    let refused = [
        flash.write(8, &[0; 4]) == Err(FlashError::NotErased),
        flash.write(13, &[0; 4]) == Err(FlashError::NotAligned),
        flash.write(12, &[0; 3]) == Err(FlashError::NotAligned),
        flash.write(end, &[0; 4]) == Err(FlashError::OutOfBounds),
        flash.write(end - 4, &[0; 8]) == Err(FlashError::OutOfBounds),
        flash.read(end - 1, &mut [0; 2]) == Err(FlashError::OutOfBounds),
        flash.erase(0, end + page) == Err(FlashError::OutOfBounds),
        flash.erase(4, page) == Err(FlashError::NotAligned),
        flash.erase(page, 0) == Err(FlashError::OutOfBounds),
    ];
    flash.erase(0, page)?;
    flash.read(3, &mut bytes)?;
    Ok(kept && refused == [true; 9] && bytes == [0xFF; 10])
}

/// How many fuses each run blows.
const FUSES: u64 = 3;

/// The counter goes up and never down, and has an end.
fn fuses_stay_blown(fuses: &mut Fuses) -> Result<bool, FlashError> {
    let before = wait(fuses.get())?;
    wait(fuses.raise_to(before + FUSES))?;
    wait(fuses.raise_to(before))?;
    let too_far = wait(fuses.raise_to(u64::MAX)).is_err();
    Ok(wait(fuses.get())? == before + FUSES && too_far)
}

#[task(pool_size = 4)]
async fn echo(number: u8, mut port: Port) {
    let mut bytes = [0; 64];
    loop {
        let Ok(count) = port.read(&mut bytes).await;
        let Ok(_) = port.write(&[b'0' + number]).await;
        let Ok(()) = port.write_all(bytes.get(..count).unwrap_or_default()).await;
    }
}

/// The host waits for lines that never come.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    halt()
}
