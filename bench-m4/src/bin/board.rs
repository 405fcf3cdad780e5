//! The measurements on the board.
#![no_std]
#![no_main]

#[cortex_m_rt::entry]
fn main() -> ! {
    bench_m4::board::measure(bench_m4::run)
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    bench_m4::board::fail(info)
}
