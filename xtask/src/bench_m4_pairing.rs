//! What `dimo-pairing` needs on a Cortex-M4: RAM, flash, instructions and stack of a device's side.

use crate::bench_m4::Measured;

/// What a device does with a message, in the order of the table.
const STEPS: [(&str, &str); 5] = [
    ("first", "first message, by the label"),
    ("third", "third message"),
    ("grant", "the owner's grant"),
    ("claim", "a request to claim"),
    ("resume", "first message, by a slot"),
];
/// Bytes of RAM for handshake and session, and what we reach for.
const MOST_RAM: u64 = 2_048;
const REACH_RAM: u64 = 1_536;
/// Bytes of flash beyond the primitives, and what we reach for.
const MOST_FLASH: u64 = 61_440;
const REACH_FLASH: u64 = 40_960;

/// The packages that pairing stands on, alone.
const PRIMITIVES: &str = "flash-primitives";
const PAIRING: &str = "flash-pairing";
const WITH_PIN: &str = "flash-pairing-pin";

/// A size, what it is of, and the limits that it has.
struct Row {
    what: &'static str,
    bytes: u64,
    /// What must hold, and what we reach for.
    limits: Option<(u64, u64)>,
}

pub(crate) fn print(measured: &Measured) -> Result<(), String> {
    println!("pairing, a device's side: instructions and bytes of stack");
    for (name, what) in STEPS {
        let instructions = value(measured, name, "instructions")?;
        println!("{what:<32}{instructions:>12}{:>10}", value(measured, &format!("{name} stack"), "stack")?);
    }
    rows(measured)?.iter().for_each(Row::print);
    Ok(())
}

/// The rows of `cargo xtask sizes`: those of [`print`], and the PIN path.
pub(crate) fn print_sizes(measured: &Measured, with_pin: &Measured) -> Result<(), String> {
    rows(measured)?.iter().for_each(Row::print);
    let bytes = with_pin.flash(WITH_PIN, PAIRING)?;
    Row { what: "flash of the PIN path, P-256 included", bytes, limits: None }.print();
    Ok(())
}

/// The limits that do not hold.
pub(crate) fn faults(measured: &Measured) -> Result<Vec<String>, String> {
    let rows = rows(measured)?;
    let over = |row: &&Row| row.limits.is_some_and(|(most, _)| row.bytes > most);
    Ok(rows.iter().filter(over).map(|row| format!("{}: {} bytes", row.what, row.bytes)).collect())
}

fn rows(measured: &Measured) -> Result<Vec<Row>, String> {
    let ram = |part| value(measured, "ram", part);
    let device = ram("device")?;
    // What it has from the factory and from its storage is there without any phone.
    let lasting = ram("setup")? + ram("memory")? + ram("limits")?;
    let row = |what, bytes| Row { what, bytes, limits: None };
    let limited = |what, bytes, limits| Row { what, bytes, limits: Some(limits) };
    Ok(vec![
        limited("RAM of handshake and session", device.saturating_sub(lasting), (MOST_RAM, REACH_RAM)),
        row("  of it, Noise while it shakes hands", ram("handshake")?),
        row("  or, Noise once it has", ram("transport")?),
        row("RAM of setup, stored records and limits", lasting),
        row("RAM of all, the value `Device`", device),
        limited(
            "flash beyond the primitives",
            measured.flash(PAIRING, PRIMITIVES)?,
            (MOST_FLASH, REACH_FLASH),
        ),
        row("flash of k256, sha2, x25519 and chacha", measured.flash(PRIMITIVES, "flash-empty")?),
    ])
}

impl Row {
    fn print(&self) {
        let Self { what, bytes, limits } = self;
        let verdict = limits.map_or_else(String::new, |(most, reach)| {
            let word = |limit: u64| if *bytes <= limit { "ok" } else { "over" };
            format!("  limit {most}: {}, reach {reach}: {}", word(most), word(reach))
        });
        println!("{what:<44}{bytes:>10}{verdict}");
    }
}

fn value(measured: &Measured, name: &str, key: &str) -> Result<u64, String> {
    let found = measured.text(&format!("pairing {name}"), key).and_then(|text| text.parse().ok());
    found.filter(|value| *value > 0).ok_or(format!("nothing measured pairing {name} {key}"))
}
