//! What pairing stands on, without pairing: k256 finds out who signed, SHA-256, X25519, ChaCha20-Poly1305.
#![no_std]
#![no_main]

use core::hint::black_box;

use bench_m4::flash_pairing;

#[cortex_m_rt::entry]
fn main() -> ! {
    // Any firmware copies memory; the function that does so is not the measured one's.
    *black_box(&mut [0u32; 64]) = *black_box(&[1; 64]);
    loop {
        flash_pairing::primitives();
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
