//! What a device does all the time it drives: a second of a busy bus, from frames in memory to batches in the queue, in instructions of a Cortex-M4.

use crate::bench_m4::Measured;

/// How far frames go, each stage with those before it.
const STAGES: [(&str, &str); 5] = [
    ("logged", "decoded, offered to the logger"),
    ("shared", "and judged by the owner's consent"),
    ("encoded", "and put into batches"),
    ("deflated", "and deflated, level 4"),
    ("queued", "and in the queue"),
];
/// Instructions of a 64 MHz core in a second, were each a cycle.
const CORE: f64 = 64e6;
/// The most of them that 2,000 frames may take.
const MOST: f64 = 0.6;

pub(crate) fn print(measured: &Measured) -> Result<(), String> {
    let whole = Second::of(measured, "queued")?;
    println!(
        "{} frames in a second, {} readings, {} batches of {:.0} bytes: instructions, and parts of a 64 MHz core's",
        whole.frames,
        whole.readings,
        whole.batches,
        whole.bytes / whole.batches
    );
    for (name, what) in STAGES {
        let instructions = Second::of(measured, name)?.instructions;
        println!("{what:<42}{instructions:>12.0}{:>8.1} %", 100.0 * instructions / CORE);
    }
    Ok(())
}

/// The limit that does not hold.
pub(crate) fn faults(measured: &Measured) -> Result<Vec<String>, String> {
    let part = Second::of(measured, "queued")?.instructions / CORE;
    let fault = (part > MOST).then(|| format!("2,000 frames take {:.0} % of a 64 MHz core", 100.0 * part));
    Ok(fault.into_iter().collect())
}

struct Second {
    instructions: f64,
    frames: f64,
    readings: f64,
    batches: f64,
    bytes: f64,
}

impl Second {
    fn of(measured: &Measured, stage: &str) -> Result<Self, String> {
        let line = format!("drive {stage}");
        let number = |key| measured.number(&line, key).ok_or(format!("nothing measured {key} of {line}"));
        Ok(Self {
            instructions: number("instructions")?,
            frames: number("x-frames")?,
            readings: number("x-readings")?,
            batches: number("x-batches")?,
            bytes: number("x-bytes")?,
        })
    }
}
