//! The side of `cargo xtask bench dbc` that is ours: `dbc_bench DBC FRAMES SELECT WIDTH`
//!
//! `FRAMES` holds records of 16 bytes (time, identifier, length) and `WIDTH` (8 or 64) bytes of data. Prints one line for each path:
//! its name, million frames a second (the best of seven for each block), how many values, and the exclusive or and the sum of their bits.

use core::error::Error;
use core::hint::black_box;
use std::time::Instant;

use dimo_dbc::{BusFrame, ColumnDecoder, MessageTable, Plan, RowDecoder, Selection, compile, import};
use dimo_types::{CanId, Timestamp};

const REPETITIONS: usize = 7;
const BLOCK: usize = 1 << 16;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [dbc, frames, select, width] = words.as_slice() else {
        return Err("usage: dbc_bench DBC FRAMES SELECT WIDTH".into());
    };
    let database = import(&std::fs::read(dbc)?).map_err(|error| format!("{dbc}:{error}"))?;
    let all = compile(&database, &Selection::all(), None)?;
    let twenty = compile(&database, &Selection::parse(&std::fs::read_to_string(select)?), None)?;
    let (all, twenty) = (Plan::from_bytes(&all)?, Plan::from_bytes(&twenty)?);
    let bytes = std::fs::read(frames)?;
    match width.as_str() {
        "64" => run(all, twenty, &read::<64>(&bytes)?),
        _ => run(all, twenty, &read::<8>(&bytes)?),
    }
    Ok(())
}

fn run<const N: usize>(all: Plan<'_>, twenty: Plan<'_>, frames: &[Record<N>]) {
    report("samples", frames, |block, check| samples(all, block, check));
    let decoder = RowDecoder::new(all);
    report("row", frames, |block, check| rows(&decoder, block, check));
    let mut decoder = ColumnDecoder::new(all);
    report("columns", frames, |block, check| columns(&mut decoder, block, check));
    let decoder = RowDecoder::new(twenty);
    report("filter", frames, |block, check| rows(&decoder, block, check));
}

/// The best time of each block, so that what else runs on the machine does not count.
fn report<const N: usize>(name: &str, frames: &[Record<N>], mut path: impl FnMut(&[Record<N>], &mut Check)) {
    let (mut seconds, mut all) = (0.0, Check::default());
    for block in frames.chunks(BLOCK) {
        let (mut best, mut found) = (f64::INFINITY, Check::default());
        for _ in 0..REPETITIONS {
            found = Check::default();
            let started = Instant::now();
            path(block, &mut found);
            best = best.min(started.elapsed().as_secs_f64());
        }
        seconds += best;
        all.count += found.count;
        all.mix ^= found.mix;
        all.sum = all.sum.wrapping_add(found.sum);
    }
    let speed = frames.len() as f64 / seconds / 1e6;
    println!("{name} {speed:.3} {} {:016x} {:016x}", all.count, all.mix, all.sum);
}

/// What both sides must agree on.
#[derive(Default)]
struct Check {
    count: u64,
    mix: u64,
    sum: u64,
}

impl Check {
    #[inline(always)]
    fn add(&mut self, value: f64) {
        self.mix ^= value.to_bits();
        self.sum = self.sum.wrapping_add(value.to_bits());
    }
}

impl Check {
    /// In registers, so that checking costs little beside decoding.
    #[inline(always)]
    fn add_all(&mut self, values: &[f64]) {
        let (mut mix, mut sum) = (0, 0u64);
        for value in values {
            mix ^= value.to_bits();
            sum = sum.wrapping_add(value.to_bits());
        }
        self.mix ^= mix;
        self.sum = self.sum.wrapping_add(sum);
    }
}

fn samples<const N: usize>(plan: Plan<'_>, frames: &[Record<N>], check: &mut Check) {
    for frame in frames {
        let Some(samples) = plan.decode_bytes(frame.id, &frame.data) else { continue };
        for sample in samples {
            check.count += 1;
            check.add(sample.physical());
        }
    }
}

fn rows<const N: usize>(decoder: &RowDecoder<'_>, frames: &[Record<N>], check: &mut Check) {
    let mut buffer = decoder.buffer();
    for frame in frames {
        let Some(row) = decoder.decode(frame, &mut buffer) else { continue };
        check.count += row.signals().len() as u64;
        // What stands behind a row is 0.0, which changes neither the exclusive or nor the sum.
        row.eights().iter().for_each(|eight| check.add_all(eight));
    }
    black_box(&buffer);
}

fn columns<const N: usize>(decoder: &mut ColumnDecoder<'_>, frames: &[Record<N>], check: &mut Check) {
    decoder.clear();
    decoder.decode(frames);
    for column in decoder.tables().flat_map(MessageTable::columns) {
        check.count += (column.values().len() - column.missing().len()) as u64;
        check.add_all(column.values());
    }
}

/// A frame as a program that has millions of them would keep it.
struct Record<const N: usize> {
    time: Timestamp,
    id: CanId,
    length: u8,
    data: [u8; N],
}

impl<const N: usize> BusFrame for Record<N> {
    fn time(&self) -> Timestamp {
        self.time
    }
    fn id(&self) -> CanId {
        self.id
    }
    fn length(&self) -> u8 {
        self.length
    }
    fn bytes(&self) -> &[u8] {
        &self.data
    }
}

fn read<const N: usize>(bytes: &[u8]) -> Result<Vec<Record<N>>, Box<dyn Error>> {
    let mut frames = Vec::with_capacity(bytes.len() / (16 + N));
    for record in bytes.chunks_exact(16 + N) {
        let (time, rest) = record.split_first_chunk().ok_or("no record")?;
        let (id, rest) = rest.split_first_chunk().ok_or("no record")?;
        let ([length, _, _, _], data) = rest.split_first_chunk().ok_or("no record")?;
        frames.push(Record {
            time: Timestamp::from_micros(u64::from_le_bytes(*time))?,
            id: CanId::from_packed(u32::from_le_bytes(*id)).ok_or("no such identifier")?,
            length: *length,
            data: data.try_into()?,
        });
    }
    Ok(frames)
}
