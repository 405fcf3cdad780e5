//! The measurements on the machine mps2-an386 of QEMU. With `-icount shift=0` an instruction takes one nanosecond of its time,
//! so SysTick, at 25 MHz, counts one for forty instructions.
#![no_std]
#![no_main]

use core::fmt;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_semihosting::{debug, hprintln};

/// Nanoseconds, and so instructions, from one tick to the next.
const INSTRUCTIONS: u32 = 40;
/// SysTick has 24 bits.
const LONGEST: u32 = 0xFF_FFFF;

struct Board {
    timer: SYST,
}

impl bench_m4::Bench for Board {
    fn print(&mut self, line: fmt::Arguments<'_>) {
        hprintln!("{}", line);
    }

    fn instructions(&mut self, work: &mut dyn FnMut()) -> u32 {
        self.timer.clear_current();
        // It shows zero until the next tick reloads it.
        while SYST::get_current() == 0 {}
        let before = SYST::get_current();
        work();
        let after = SYST::get_current();
        assert!(!self.timer.has_wrapped(), "longer than the timer counts");
        before.wrapping_sub(after) * INSTRUCTIONS
    }
}

#[cortex_m_rt::entry]
fn main() -> ! {
    let mut timer = cortex_m::Peripherals::take().expect("taken once").SYST;
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(LONGEST);
    timer.enable_counter();
    bench_m4::run(&mut Board { timer });
    loop {
        debug::exit(debug::EXIT_SUCCESS);
    }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    loop {
        debug::exit(debug::EXIT_FAILURE);
    }
}
