//! The table of a program without interrupts.

/// The linker script wants one entry at least; no interrupt is ever enabled.
#[used]
#[expect(unsafe_code, reason = "a place and a name that the linker script asks for")]
// SAFETY: `cortex-m-rt` puts this section behind the vectors of exceptions, and has no table of its own under its feature `device`.
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(export_name = "__INTERRUPTS")]
static INTERRUPTS: [u32; 1] = [0];
