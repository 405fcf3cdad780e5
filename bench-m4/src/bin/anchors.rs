//! On the board: what is measured beside ours. It needs a heap, which nothing of ours does.
#![no_std]
#![no_main]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::null_mut;

const SIZE: usize = 64 * 1024;

/// Gives memory away and never takes it back: the cheapest heap there is.
#[repr(align(16))]
struct Heap {
    memory: UnsafeCell<[u8; SIZE]>,
    given: UnsafeCell<usize>,
}

// SAFETY: there is one thread, and no interrupt handler that allocates.
unsafe impl Sync for Heap {}

// SAFETY: what is given away lies in `memory`, is aligned, and no two pieces of it overlap.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: nobody else looks at it meanwhile.
        let given = unsafe { &mut *self.given.get() };
        let start = given.next_multiple_of(layout.align());
        if start + layout.size() > SIZE {
            return null_mut();
        }
        *given = start + layout.size();
        self.memory.get().cast::<u8>().wrapping_add(start)
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static HEAP: Heap = Heap { memory: UnsafeCell::new([0; SIZE]), given: UnsafeCell::new(0) };

#[cortex_m_rt::entry]
fn main() -> ! {
    bench_m4::board::measure(bench_m4::measures::anchors::run)
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    bench_m4::board::fail(info)
}
