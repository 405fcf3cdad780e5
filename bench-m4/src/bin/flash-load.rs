//! Loads a plan and decodes nothing with it.
#![no_std]
#![no_main]

use core::hint::black_box;

use dimo_dbc::Plan;

#[cortex_m_rt::entry]
fn main() -> ! {
    // Any firmware copies memory; the function that does so is not the decoder's.
    *black_box(&mut [0u32; 64]) = *black_box(&[1; 64]);
    let bytes: &[u8] = black_box(&[]);
    let plan = Plan::from_device_section(bytes);
    loop {
        black_box(&plan);
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
