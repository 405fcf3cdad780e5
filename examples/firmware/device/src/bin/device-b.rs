//! The image that runs in slot B.
#![no_std]
#![no_main]

#[cortex_m_rt::entry]
fn main() -> ! {
    device::run()
}
