//! A batch to a zlib stream.

use core::cell::RefCell;
use core::hint::black_box;

use dimo_types::wire::{ZlibEncoder, ZlibOptions};

use crate::{Bench, Random};

/// Bytes of a batch of some seconds.
const LEN: usize = 4096;
const WINDOW: usize = 2048;

pub fn run(bench: &mut dyn Bench) {
    let input = columns();
    let mut out = [0; ZlibEncoder::bound(LEN)];
    let mut encoder = ZlibEncoder::new();
    for level in 0..=9 {
        let options = ZlibOptions::new(level, WINDOW).expect("a level and a window");
        let len = RefCell::new(0);
        let mut work = || {
            *len.borrow_mut() = encoder.encode(black_box(&input), options, &mut out).expect("room");
        };
        let instructions = bench.instructions(&mut work);
        let stack = bench.stack(&mut work);
        let len = len.borrow();
        bench.print(format_args!(
            "deflate {level}: instructions={instructions} stack={stack} x-input={LEN} x-bytes={len}"
        ));
    }
}

/// As columns are: runs of zeros, small deltas, values of two bytes, times that repeat, and some noise.
fn columns() -> [u8; LEN] {
    let mut random = Random::new(5);
    let mut bytes = [0; LEN];
    let mut rest = &mut bytes[..];
    while !rest.is_empty() {
        let count = (30 + (random.next() % 200) as usize).min(rest.len());
        let (column, behind) = rest.split_at_mut(count);
        let kind = random.next() % 5;
        for (at, byte) in column.iter_mut().enumerate() {
            let noise = random.next();
            *byte = match (kind, at % 2) {
                (0, _) => 0,
                (1, _) => (noise % 6) as u8,
                (2, 0) => 0x80 | (noise % 16) as u8,
                (2, _) => 1,
                (3, _) => [2, 2, 2, 29][at % 4],
                _ => (noise % 64) as u8,
            };
        }
        rest = behind;
    }
    bytes
}
