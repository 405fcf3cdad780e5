//! What the zlib encoder of `dimo-types` needs on a Cortex-M4: instructions a byte, stack, flash.

use crate::bench_m4::Measured;

/// Levels, and the most instructions a byte of columns may take where that is limited.
const LEVELS: [(u8, Option<f64>); 9] = [
    (1, Some(170.0)),
    (2, None),
    (3, Some(180.0)),
    (4, None),
    (5, None),
    (6, Some(255.0)),
    (7, Some(850.0)),
    (8, None),
    (9, None),
];
/// Bytes of flash of all levels together.
const MOST_FLASH: u64 = 14_336;

pub(crate) fn print(measured: &Measured) -> Result<(), String> {
    println!("zlib streams: instructions a byte of columns, bytes of a hundred, and bytes of stack");
    for (level, _) in LEVELS {
        let number = |key| measured.number(&line(level), key).unwrap_or_default();
        let percent = 100.0 * number("x-bytes") / number("x-input");
        let instructions = instructions(measured, level)?;
        println!("level {level:<26}{instructions:>12.0}{percent:>10.1}{:>10.0}", number("stack"));
    }
    println!("bytes of flash: {}", flash(measured)?);
    Ok(())
}

/// The limits that do not hold.
pub(crate) fn faults(measured: &Measured) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    for (level, most) in LEVELS {
        let needed = instructions(measured, level)?;
        if most.is_some_and(|most| needed > most) {
            faults.push(format!("deflate at level {level}: {needed:.0} instructions a byte"));
        }
    }
    let flash = flash(measured)?;
    if flash > MOST_FLASH {
        faults.push(format!("deflate has {flash} bytes of flash"));
    }
    Ok(faults)
}

fn line(level: u8) -> String {
    format!("deflate {level}")
}

fn instructions(measured: &Measured, level: u8) -> Result<f64, String> {
    let number = |key| measured.number(&line(level), key).filter(|number| *number > 0.0);
    let counted = number("instructions").zip(number("x-input"));
    counted
        .map(|(instructions, bytes)| instructions / bytes)
        .ok_or(format!("nothing measured deflate at level {level}"))
}

fn flash(measured: &Measured) -> Result<u64, String> {
    measured.flash("flash-deflate", "flash-empty")
}
