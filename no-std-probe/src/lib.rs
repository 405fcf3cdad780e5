//! Proof that the six crates link without `std`.
//!
//! It brings its own panic handler. If any crate below it links `std`, there are two, and the compiler says so (E0152).
#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

// Naming a crate links it.
use dimo_crypto as _;
use dimo_dbc as _;
use dimo_hal as _;
use dimo_pairing as _;
use dimo_rewards as _;
use dimo_types as _;

/// An allocator that has nothing to give: the library is linked, never run.
struct Nothing;

// SAFETY: a null pointer says that the allocation failed, which is always allowed; no pointer is ever given out to free.
unsafe impl GlobalAlloc for Nothing {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: Nothing = Nothing;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
