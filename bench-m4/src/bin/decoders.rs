//! On the host: decoders of the registry that load a DBC file at run time, over the frames of `cargo xtask bench dbc`.
//!
//! `decoders DBC FRAMES WIDTH` prints each one's name and million frames a second, or `-` where it does not read the file.

use std::hint::black_box;
use std::time::Instant;

/// These are slow enough that a part of the frames says it.
const FRAMES: usize = 100_000;
const RUNS: usize = 3;
const EXTENDED: u32 = 1 << 31;

/// An identifier as SocketCAN has it, and the data.
type Frame = (u32, Vec<u8>);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [dbc, frames, width] = words.as_slice() else { panic!("usage: decoders DBC FRAMES WIDTH") };
    let bytes = std::fs::read(dbc).expect("a DBC file");
    // Both want UTF-8; no name that they need has other letters.
    let text = String::from_utf8_lossy(&bytes);
    let frames = read(frames, width.parse().expect("8 or 64"));
    report("can_decode", &frames, can_decode(&text));
    report("dbc-rs", &frames, dbc_rs(&text));
}

fn read(path: &str, width: usize) -> Vec<Frame> {
    let bytes = std::fs::read(path).expect("frames");
    let frame = |record: &[u8]| {
        let id = u32::from_le_bytes(record[8..12].try_into().expect("four bytes"));
        (id, record[16..16 + usize::from(record[12])].to_vec())
    };
    bytes.chunks_exact(16 + width).take(FRAMES).map(frame).collect()
}

fn report<D: FnMut(&Frame)>(name: &str, frames: &[Frame], decode: Option<D>) {
    let Some(mut decode) = decode else {
        println!("{name} -");
        return;
    };
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let started = Instant::now();
        frames.iter().for_each(&mut decode);
        best = best.min(started.elapsed().as_secs_f64());
    }
    println!("{name} {:.3}", frames.len() as f64 / best / 1e6);
}

fn can_decode(text: &str) -> Option<impl FnMut(&Frame)> {
    let mut parser = can_decode::Parser::new();
    parser.add_from_str(text).ok()?;
    Some(move |(id, data): &Frame| {
        black_box(parser.decode_msg(*id, data));
    })
}

fn dbc_rs(text: &str) -> Option<impl FnMut(&Frame)> {
    let fast = dbc_rs::FastDbc::new(dbc_rs::Dbc::parse(text).ok()?);
    let mut row = vec![0.0; fast.max_signals()];
    Some(move |(id, data): &Frame| {
        let decoded = if id & EXTENDED == 0 {
            fast.decode_into(*id, data, &mut row)
        } else {
            fast.decode_extended_into(id & !EXTENDED, data, &mut row)
        };
        black_box((decoded, &row));
    })
}
