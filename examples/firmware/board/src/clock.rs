//! The clock that tasks wait for: SysTick, a thousand times a second.

use core::cell::RefCell;
use core::task::Waker;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;
use critical_section::Mutex;
use embassy_time_driver::{Driver, TICK_HZ};
use embassy_time_queue_utils::Queue;

use crate::uart::CLOCK;

struct Clock(Mutex<RefCell<State>>);

struct State {
    /// Ticks since the reset.
    now: u64,
    waiting: Queue,
}

embassy_time_driver::time_driver_impl!(
    static DRIVER: Clock = Clock(Mutex::new(RefCell::new(State { now: 0, waiting: Queue::new() })))
);

impl Driver for Clock {
    fn now(&self) -> u64 {
        critical_section::with(|cs| self.0.borrow_ref(cs).now)
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        // Every tick looks who is due, so that it need not be told.
        critical_section::with(|cs| self.0.borrow_ref_mut(cs).waiting.schedule_wake(at, waker));
    }
}

#[exception]
fn SysTick() {
    critical_section::with(|cs| {
        let mut state = DRIVER.0.borrow_ref_mut(cs);
        state.now += 1;
        let now = state.now;
        state.waiting.next_expiration(now);
    });
}

/// Lets time run.
#[expect(unsafe_code, reason = "the timer belongs to this module")]
pub(crate) fn start() {
    // SAFETY: `Board::take` calls this once, and nothing else in the firmware has the timer.
    let mut timer: SYST = unsafe { cortex_m::Peripherals::steal() }.SYST;
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(CLOCK / TICK_HZ as u32 - 1);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}
