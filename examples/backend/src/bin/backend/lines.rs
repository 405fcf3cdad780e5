//! The lines that the program prints.

use std::io::Write as _;

use backend::{Counts, Event, NamedReading, Refused};
use dimo_types::Address;

/// One line. Nobody may be listening.
pub(crate) fn print(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// What a device has read.
pub(crate) fn readings(device: Address, readings: &[NamedReading]) {
    let mut out = std::io::stdout().lock();
    for reading in readings {
        let _ = writeln!(out, "{}", line(device, reading));
    }
    let _ = out.flush();
}

fn line(device: Address, reading: &NamedReading) -> String {
    let NamedReading { time, name, unit, value, .. } = reading;
    format!("{time}\t{device}\t{}\t{}\t{}", one_word(name), one_word(&value.to_string()), one_word(unit))
}

/// Whatever a device says, it ends neither a column nor a line, and moves no cursor.
fn one_word(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() })
        .collect()
}

/// What else has happened, for people.
pub(crate) fn told(event: &Event) {
    match event {
        Event::Session { device, session } => eprintln!("session\t{device}\t{session}"),
        Event::Batch { device, id, readings, .. } => eprintln!("batch\t{device}\t{id}\t{}", readings.len()),
        Event::Duplicate { device, id } => eprintln!("duplicate\t{device}\t{id}"),
        Event::NoDictionary { device } => eprintln!("no-dictionary\t{device}"),
        Event::Dictionary { device, signals } => eprintln!("dictionary\t{device}\t{signals}"),
        Event::Gen1 { device, readings } => eprintln!("gen1\t{device}\t{}", readings.len()),
        Event::Report { device, bytes } => eprintln!("report\t{device}\t{}", crate::key::hex(bytes)),
        Event::Refused { reason, device } => {
            let device = device.map_or_else(|| "nobody".to_owned(), |device| device.to_string());
            eprintln!("refused\t{device}\t{reason}");
        }
        _ => {}
    }
}

/// Everything that was counted, also what never happened.
pub(crate) fn counts(counts: &Counts) {
    let Counts { sessions, batches, gen1, duplicates, readings, without_dictionary, .. } = counts;
    let taken = [
        ("sessions", sessions),
        ("batches", batches),
        ("gen1", gen1),
        ("duplicates", duplicates),
        ("readings", readings),
        ("without-dictionary", without_dictionary),
    ];
    taken.iter().for_each(|(name, count)| print(&format!("count\t{name}\t{count}")));
    for reason in Refused::ALL {
        print(&format!("count\trefused-{reason}\t{}", counts.refused_for(reason)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_device_says_begins_a_line_or_a_column() {
        assert_eq!(one_word("a\tb\nc\r\u{1b}[2J Ä"), "a\\tb\\nc\\r\\u{1b}[2J Ä");
    }
}
