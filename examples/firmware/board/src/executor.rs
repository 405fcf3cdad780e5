//! [`run`]: tasks, and a core that stops while none has anything to do.

use core::sync::atomic::{AtomicBool, Ordering};

use embassy_executor::{Spawner, raw};
use static_cell::StaticCell;

/// Whether a task was woken since the core last looked.
static WOKEN: AtomicBool = AtomicBool::new(false);

#[expect(unsafe_code, reason = "a name that embassy asks for")]
// SAFETY: the signature is the one that `embassy-executor` declares, and nothing else has the name.
#[unsafe(export_name = "__pender")]
fn wake(_: *mut ()) {
    WOKEN.store(true, Ordering::SeqCst);
}

/// Runs tasks for ever; `start` spawns the first ones. To be called once.
///
/// Embassy's own executor waits with `wfe`, on which QEMU goes on at once and keeps a core of the host busy; `wfi` halts it.
#[expect(unsafe_code, reason = "what polls and masks interrupts is marked so")]
pub fn run(start: impl FnOnce(Spawner)) -> ! {
    static EXECUTOR: StaticCell<raw::Executor> = StaticCell::new();
    let executor: &'static raw::Executor = EXECUTOR.init(raw::Executor::new(core::ptr::null_mut()));
    start(executor.spawner());
    loop {
        // SAFETY: it is polled here only, never from within itself.
        unsafe { executor.poll() };
        cortex_m::interrupt::disable();
        // An interrupt that comes between this look and the sleep ends the sleep, although it is masked.
        if !WOKEN.swap(false, Ordering::SeqCst) {
            cortex_m::asm::wfi();
        }
        // SAFETY: this is no critical section of anybody else.
        unsafe { cortex_m::interrupt::enable() };
    }
}
