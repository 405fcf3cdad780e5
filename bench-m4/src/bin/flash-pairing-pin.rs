//! The same with the PIN path.
#![no_std]
#![no_main]

use core::hint::black_box;

use bench_m4::flash_pairing;

#[cortex_m_rt::entry]
fn main() -> ! {
    // Any firmware copies memory; the function that does so is not the measured one's.
    *black_box(&mut [0u32; 64]) = *black_box(&[1; 64]);
    let mut device = flash_pairing::device(flash_pairing::setup_with_pin());
    loop {
        flash_pairing::events(&mut device);
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
