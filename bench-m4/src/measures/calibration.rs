//! Whether what is counted are instructions: a loop whose number of them is known.

use core::hint::black_box;

use crate::Bench;

const ROUNDS: u32 = 100_000;

pub fn run(bench: &mut dyn Bench) {
    let empty = bench.instructions(&mut || ());
    let counted = bench.instructions(&mut || two_instructions(black_box(ROUNDS)));
    bench.print(format_args!("calibration empty: instructions={empty}"));
    bench.print(format_args!("calibration loop: rounds={ROUNDS} instructions={counted}"));
}

/// A loop of two instructions.
#[cfg(target_arch = "arm")]
fn two_instructions(rounds: u32) {
    // SAFETY: it counts one register down and touches nothing else.
    unsafe {
        core::arch::asm!("2: subs {0}, {0}, #1", "bne 2b", inout(reg) rounds => _, options(nomem, nostack));
    }
}

#[cfg(not(target_arch = "arm"))]
fn two_instructions(_: u32) {}
