//! [`stack_used`]: how far the stack has ever grown.

/// What `cortex-m-rt` fills the free memory with before the program begins, with its feature `paint-stack`.
const PAINT: u32 = 0xCCCC_CCCC;

#[expect(unsafe_code, reason = "symbols of the linker's, of which only the addresses are used")]
unsafe extern "C" {
    /// Where the stack begins, at its highest address, and the lowest that it may grow to.
    static _stack_start: u32;
    static _stack_end: u32;
}

/// The most bytes of the stack that were in use since the start. All of it where nobody has painted it.
#[must_use]
#[expect(unsafe_code, reason = "memory between two symbols of the linker's")]
pub fn stack_used() -> u32 {
    let (low, high) = (&raw const _stack_end, &raw const _stack_start);
    let mut place = low;
    // SAFETY: all of it is RAM between the two, aligned; what is read may be anything.
    while place < high && unsafe { place.read_volatile() } == PAINT {
        place = place.wrapping_add(1);
    }
    // Both are 32 bits here.
    (high as usize - place as usize) as u32
}
