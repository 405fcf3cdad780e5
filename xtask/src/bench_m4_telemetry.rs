//! What the batch encoder of `dimo-types` needs on a Cortex-M4: instructions a reading and a byte of the message, flash.

use crate::bench_m4::Measured;

/// In what order readings come, and the most instructions one may take.
const MIXES: [(&str, &str, f64); 3] = [
    ("frames", "eight signals of a message at a time", 200.0),
    ("singles", "each signal at a time of its own", 200.0),
    ("changes", "those signals that have changed", 200.0),
];
/// Bytes of flash.
const MOST_FLASH: u64 = 15_360;

pub(crate) fn print(measured: &Measured) -> Result<(), String> {
    println!(
        "telemetry: instructions to push a reading and to seal a byte of the message; bytes a reading, before deflate"
    );
    for (name, what, _) in MIXES {
        let mix = Mix::of(measured, name)?;
        println!("{what:<42}{:>10.1}{:>10.1}{:>10.2}", mix.push, mix.seal, mix.bytes);
    }
    println!("bytes of flash: {}", flash(measured)?);
    Ok(())
}

/// The limits that do not hold.
pub(crate) fn faults(measured: &Measured) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    for (name, what, most) in MIXES {
        let Mix { push, .. } = Mix::of(measured, name)?;
        if push > most {
            faults.push(format!("{what}: {push:.0} instructions a reading"));
        }
    }
    let flash = flash(measured)?;
    if flash > MOST_FLASH {
        faults.push(format!("the batch encoder has {flash} bytes of flash"));
    }
    Ok(faults)
}

/// Bytes of the encoder, without the program around it.
pub(crate) fn flash(measured: &Measured) -> Result<u64, String> {
    measured.flash("flash-encoder", "flash-empty")
}

/// The figures of one order of readings.
struct Mix {
    /// Instructions for each reading.
    push: f64,
    /// Instructions for each byte of the message.
    seal: f64,
    /// Of the message, for each reading.
    bytes: f64,
}

impl Mix {
    fn of(measured: &Measured, name: &str) -> Result<Self, String> {
        let number = |key| {
            let number = measured.number(&format!("telemetry {name}"), key).filter(|number| *number > 0.0);
            number.ok_or(format!("nothing measured {key} of telemetry {name}"))
        };
        let (readings, bytes) = (number("x-readings")?, number("x-bytes")?);
        Ok(Self { push: number("push")? / readings, seal: number("seal")? / bytes, bytes: bytes / readings })
    }
}
