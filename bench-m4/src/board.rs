//! The machine mps2-an386 of QEMU. With `-icount shift=0` an instruction takes one nanosecond of its time, so SysTick, at 25 MHz,
//! counts one for forty instructions.

use core::fmt;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_semihosting::{debug, hprintln};

use crate::Bench;

/// Nanoseconds, and so instructions, from one tick to the next.
const INSTRUCTIONS: u32 = 40;
/// SysTick has 24 bits.
const LONGEST: u32 = 0xFF_FFFF;
/// Bytes below the caller's frame that are painted to see how deep the stack grew.
const PAINTED: usize = 64 * 1024;
/// Bytes next to the stack pointer that the painter itself may use.
const PAINTER: usize = 256;
const PAINT: u8 = 0xC7;

struct Board {
    timer: SYST,
}

impl Bench for Board {
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

    #[inline(never)]
    fn stack(&mut self, work: &mut dyn FnMut()) -> u32 {
        let top = cortex_m::register::msp::read() as usize - PAINTER;
        let bottom = top - PAINTED;
        for at in bottom..top {
            // SAFETY: it is RAM below every frame in use, and the machine has four megabytes of it.
            unsafe { (at as *mut u8).write_volatile(PAINT) };
        }
        work();
        // SAFETY: as above.
        let untouched = (bottom..top).take_while(|at| unsafe { (*at as *const u8).read_volatile() } == PAINT);
        (PAINTER + PAINTED - untouched.count()) as u32
    }
}

/// Runs measurements and ends the machine.
pub fn measure(measurements: fn(&mut dyn Bench)) -> ! {
    let mut timer = cortex_m::Peripherals::take().expect("taken once").SYST;
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(LONGEST);
    timer.enable_counter();
    measurements(&mut Board { timer });
    loop {
        debug::exit(debug::EXIT_SUCCESS);
    }
}

/// Says why and ends the machine.
pub fn fail(info: &core::panic::PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    loop {
        debug::exit(debug::EXIT_FAILURE);
    }
}
