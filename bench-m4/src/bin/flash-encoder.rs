//! Encodes batches of readings.
#![no_std]
#![no_main]

use core::hint::black_box;

use bench_m4::flash;

#[cortex_m_rt::entry]
fn main() -> ! {
    // Any firmware copies memory; the function that does so is not the measured one's.
    *black_box(&mut [0u32; 64]) = *black_box(&[1; 64]);
    loop {
        flash::encoder();
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
