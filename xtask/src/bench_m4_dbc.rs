//! What `dimo-dbc` needs on a Cortex-M4: instructions and plan bytes for each plan, flash for each part.

use crate::bench_m4::Measured;
use crate::elf::computes_with_floats;

/// What no change may exceed, for each plan: instructions a signal on the integer path with the search for the identifier, and
/// bytes of the device section a signal.
const LIMITS: &[(&str, Limits)] = &[
    // It has one of everything in a few messages: 64 bits, floats, nested switches.
    ("world", Limits { instructions: 180.0, bytes: 22.0 }),
    ("car", Limits { instructions: 100.0, bytes: 16.0 }),
    ("toyota", Limits { instructions: 65.0, bytes: 10.0 }),
    ("vw", Limits { instructions: 70.0, bytes: 10.0 }),
];
/// Bytes of code and constants that decoding may add to a program, fixed point included, and those of checking a plan.
const MOST_DECODER: u64 = 2560;
const MOST_LOADER: u64 = 4352;

struct Limits {
    instructions: f64,
    bytes: f64,
}

/// The programs whose sizes are compared, each with more in it than the one before.
const SIZES: [(&str, &str); 3] =
    [("flash-load", "checking a plan"), ("flash-integers", "integers"), ("flash-fixed", "fixed point")];

pub(crate) fn print(measured: &Measured) -> Result<(), String> {
    println!(
        "instructions on a Cortex-M4 in QEMU, every signal of every plan; the results are those of the host"
    );
    println!(
        "{:<8}{:>9}{:>11}{:>10}{:>10}{:>12}{:>10}{:>10}{:>10}{:>10}",
        "plan", "signals", "B/signal", "load", "id", "frame", "signal", "alone", "+ fixed", "doubles"
    );
    for plan in plans(measured) {
        println!(
            "{:<8}{:>9}{:>11.2}{:>10.0}{:>10.1}{:>12.1}{:>10.1}{:>10.1}{:>10.1}{:>10.1}",
            plan.name,
            plan.signals,
            plan.bytes,
            plan.load,
            plan.id,
            plan.frame,
            plan.signal,
            plan.signal_alone,
            plan.fixed,
            plan.doubles
        );
    }
    for (name, _) in LIMITS.iter().filter(|(name, _)| Plan::of(measured, name).is_none()) {
        println!("{name:<8} not run: needs ../shared/data");
    }
    let flash: Vec<String> = flash(measured)?.iter().map(|(what, bytes)| format!("{what} {bytes}")).collect();
    println!("bytes of flash: {}", flash.join(", "));
    Ok(())
}

/// The limits that do not hold.
pub(crate) fn faults(measured: &Measured) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    for plan in plans(measured) {
        let Some((_, limits)) = LIMITS.iter().find(|(name, _)| *name == plan.name) else { continue };
        if plan.signal > limits.instructions {
            faults.push(format!("{}: {:.1} instructions a signal", plan.name, plan.signal));
        }
        if plan.bytes > limits.bytes {
            faults.push(format!("{}: {:.2} bytes a signal", plan.name, plan.bytes));
        }
    }
    let flash = flash(measured)?;
    let (loader, decoder) = flash.split_at(1);
    for (what, parts, most) in [("loader", loader, MOST_LOADER), ("decoder", decoder, MOST_DECODER)] {
        let bytes: u64 = parts.iter().map(|(_, bytes)| bytes).sum();
        if bytes > most {
            faults.push(format!("the {what} has {bytes} bytes"));
        }
    }
    Ok(faults)
}

fn plans(measured: &Measured) -> Vec<Plan> {
    LIMITS.iter().filter_map(|(name, _)| Plan::of(measured, name)).collect()
}

/// What each part adds to the program before it. The decoder must not have a floating-point operation in it.
pub(crate) fn flash(measured: &Measured) -> Result<Vec<(&'static str, u64)>, String> {
    if !computes_with_floats(&measured.program("board")?) {
        return Err(
            "no floating-point function is found where doubles are decoded: the names are others now"
                .to_owned(),
        );
    }
    let mut before = "flash-empty";
    let mut flash = Vec::new();
    for (name, what) in SIZES {
        if computes_with_floats(&measured.program(name)?) {
            return Err(format!("{name} has floating-point functions in it"));
        }
        flash.push((what, measured.flash(name, before)?));
        before = name;
    }
    Ok(flash)
}

/// The figures of one plan; instructions without those of the loop around them.
struct Plan {
    name: &'static str,
    signals: f64,
    bytes: f64,
    /// To check it once.
    load: f64,
    /// To look an identifier up, as every function that takes one does.
    id: f64,
    /// To decode a frame to integers.
    frame: f64,
    /// The same for each signal of it.
    signal: f64,
    /// The same without what comes before the first signal: the search for the message, mainly.
    signal_alone: f64,
    /// Fixed point too.
    fixed: f64,
    doubles: f64,
}

impl Plan {
    /// `None` for a plan that was not there.
    fn of(measured: &Measured, name: &'static str) -> Option<Self> {
        let plan = |key| measured.number(&format!("dbc {name}"), key);
        let (signals, bytes, frames) = (plan("x-signals")?, plan("x-bytes")?, plan("x-frames")?);
        let instructions = |what| measured.number(&format!("dbc {name} {what}"), "instructions");
        let samples = measured.number(&format!("dbc {name} integers"), "x-count")?;
        let around = instructions("loop")?;
        let own = |what| Some(instructions(what)? - around);
        let (begin, integers) = (own("begin")?, own("integers")?);
        Some(Self {
            name,
            signals,
            bytes: bytes / signals,
            load: instructions("load")?,
            id: own("find")? / frames,
            frame: integers / frames,
            signal: integers / samples,
            signal_alone: (integers - begin) / samples,
            fixed: own("fixed")? / samples,
            doubles: own("doubles")? / samples,
        })
    }
}
