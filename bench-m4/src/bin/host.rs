//! The measurements on the host: their results without instructions.

use core::fmt;

struct Host;

impl bench_m4::Bench for Host {
    fn print(&mut self, line: fmt::Arguments<'_>) {
        println!("{line}");
    }

    fn instructions(&mut self, work: &mut dyn FnMut()) -> u32 {
        work();
        0
    }

    fn stack(&mut self, work: &mut dyn FnMut()) -> u32 {
        work();
        0
    }
}

fn main() {
    bench_m4::run(&mut Host);
}
