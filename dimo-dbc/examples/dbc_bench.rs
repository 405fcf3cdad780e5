//! The side of `cargo xtask bench dbc` that is ours: `dbc_bench DBC FRAMES SELECT WIDTH [PATH]`
//!
//! `FRAMES` holds records of 16 bytes (time, identifier, length) and `WIDTH` (8 or 64) bytes of data. Prints one line for each path:
//! its name, million frames a second (the best of several runs over all frames, so that no processor learns them by heart), how many
//! values, and the exclusive or and the sum of their bits.

use core::error::Error;
use core::hint::black_box;
use std::time::Instant;

use dimo_dbc::{
    BusFrame, ColumnDecoder, Columns, MessageTable, Plan, RowDecoder, Selection, compile, import,
};
use dimo_types::{CanId, Timestamp};

const RUNS: usize = 15;
const BLOCK: usize = 1 << 16;
/// Frames that are given to the column decoder at a time, as a program that reads a log would do.
const CHUNK: usize = 1 << 13;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [dbc, frames, select, width, ..] = words.as_slice() else {
        return Err("usage: dbc_bench DBC FRAMES SELECT WIDTH [PATH]".into());
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
    let only = std::env::args().nth(5);
    let is_asked = |name: &str| only.as_ref().is_none_or(|only| only == name);
    if is_asked("samples") {
        report("samples", frames, |frames, check| samples(all, frames, check));
    }
    for (name, plan) in [("row", all), ("filter", twenty)] {
        let decoder = RowDecoder::new(plan);
        if is_asked(name) {
            report(name, frames, |frames, check| rows(&decoder, frames, check));
        }
    }
    let decoder = ColumnDecoder::new(all);
    let mut filled = decoder.columns();
    if is_asked("columns") {
        report("columns", frames, |frames, check| columns(&decoder, &mut filled, frames, check));
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut filled = vec![filled; threads];
    if is_asked("threads") {
        report("threads", frames, |frames, check| parallel_columns(&decoder, &mut filled, frames, check));
    }
}

/// Several runs over all frames: what else runs on the machine does not count, because the best time of each block does, and
/// no processor learns a block by heart, because all others come before it again.
fn report<const N: usize>(name: &str, frames: &[Record<N>], mut path: impl FnMut(&[Record<N>], &mut Check)) {
    let (mut best, mut found) = (vec![f64::INFINITY; frames.len().div_ceil(BLOCK)], Check::default());
    for _ in 0..RUNS {
        found = Check::default();
        for (block, best) in frames.chunks(BLOCK).zip(&mut best) {
            let started = Instant::now();
            path(block, &mut found);
            *best = best.min(started.elapsed().as_secs_f64());
        }
    }
    let speed = frames.len() as f64 / best.iter().sum::<f64>() / 1e6;
    println!("{name} {speed:.3} {} {:016x} {:016x}", found.count, found.mix(), found.sum());
}

/// What both sides must agree on. It has a sum for every place in eight values, so that checking costs little beside decoding.
#[derive(Clone, Copy, Default)]
struct Check {
    count: u64,
    mix: [u64; 8],
    sum: [u64; 8],
}

impl Check {
    /// A whole row. What stands behind its values is 0.0, which changes neither the exclusive or nor the sum.
    #[inline(always)]
    fn add_row(&mut self, values: &[[f64; 8]]) {
        for eight in values {
            self.mix.iter_mut().zip(eight).for_each(|(mix, value)| *mix ^= value.to_bits());
            self.sum.iter_mut().zip(eight).for_each(|(sum, value)| *sum = sum.wrapping_add(value.to_bits()));
            // An end that cannot be foreseen keeps the compiler from preparing for long rows, which costs more than decoding.
            if black_box(false) {
                break;
            }
        }
    }

    fn add_columns(&mut self, columns: &Columns) {
        for column in columns.tables().flat_map(MessageTable::columns) {
            self.count += (column.values().len() - column.missing().len()) as u64;
            self.add_column(column.values());
        }
    }

    /// A column, in registers.
    #[inline(always)]
    fn add_column(&mut self, values: &[f64]) {
        let (mut mix, mut sum) = (0, 0u64);
        for value in values {
            mix ^= value.to_bits();
            sum = sum.wrapping_add(value.to_bits());
        }
        self.mix[0] ^= mix;
        self.sum[0] = self.sum[0].wrapping_add(sum);
    }

    fn mix(&self) -> u64 {
        self.mix.iter().fold(0, |all, mix| all ^ mix)
    }

    fn sum(&self) -> u64 {
        self.sum.iter().fold(0, |all, sum| all.wrapping_add(*sum))
    }
}

fn samples<const N: usize>(plan: Plan<'_>, frames: &[Record<N>], check: &mut Check) {
    for frame in frames {
        let Some(samples) = plan.decode_bytes(frame.id, &frame.data) else { continue };
        for sample in samples {
            check.count += 1;
            check.add_column(&[sample.physical()]);
        }
    }
}

fn rows<const N: usize>(decoder: &RowDecoder<'_>, frames: &[Record<N>], check: &mut Check) {
    let (mut buffer, mut found) = (decoder.buffer(), *check);
    decoder.decode_each(frames, &mut buffer, |_, row| {
        found.count += row.signals().len() as u64;
        found.add_row(row.eights());
    });
    *check = found;
}

fn columns<const N: usize>(
    decoder: &ColumnDecoder<'_>,
    filled: &mut Columns,
    frames: &[Record<N>],
    check: &mut Check,
) {
    for frames in frames.chunks(CHUNK) {
        filled.clear();
        decoder.decode(frames, filled);
        check.add_columns(filled);
    }
}

fn parallel_columns<const N: usize>(
    decoder: &ColumnDecoder<'_>,
    filled: &mut [Columns],
    frames: &[Record<N>],
    check: &mut Check,
) {
    filled.iter_mut().for_each(Columns::clear);
    decoder.decode_parallel(frames, filled);
    filled.iter().for_each(|filled| check.add_columns(filled));
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
