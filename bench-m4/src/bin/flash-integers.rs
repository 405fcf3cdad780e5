//! Loads a plan and decodes frames to integers.
#![no_std]
#![no_main]

use core::hint::black_box;

use dimo_dbc::Plan;
use dimo_types::CanId;

#[cortex_m_rt::entry]
fn main() -> ! {
    // Any firmware copies memory; the function that does so is not the decoder's.
    *black_box(&mut [0u32; 64]) = *black_box(&[1; 64]);
    let bytes: &[u8] = black_box(&[]);
    let plan = Plan::from_device_section(bytes);
    loop {
        let Ok(plan) = black_box(&plan) else { continue };
        let (id, data): (u16, &[u8]) = black_box((0, &[]));
        let Some(integers) = CanId::standard(id).and_then(|id| plan.integers_bytes(id, data)) else {
            continue;
        };
        integers.for_each(|sample| {
            black_box((sample.signal, sample.raw));
        });
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
