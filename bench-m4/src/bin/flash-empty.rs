//! What any program has: the ground from which the others are measured.
#![no_std]
#![no_main]

use core::hint::black_box;

#[cortex_m_rt::entry]
fn main() -> ! {
    // Any firmware copies memory; the function that does so is not the decoder's.
    *black_box(&mut [0u32; 64]) = *black_box(&[1; 64]);
    loop {
        black_box(());
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
