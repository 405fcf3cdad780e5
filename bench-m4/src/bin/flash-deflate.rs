//! Writes zlib streams.
#![no_std]
#![no_main]

use core::hint::black_box;

use bench_m4::flash;
use dimo_types::wire::ZlibEncoder;

#[cortex_m_rt::entry]
fn main() -> ! {
    // Any firmware copies memory; the function that does so is not the measured one's.
    *black_box(&mut [0u32; 64]) = *black_box(&[1; 64]);
    let mut encoder = ZlibEncoder::new();
    loop {
        flash::deflate(&mut encoder);
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
