//! What comes from a receiver of satellites.

use dimo_hal::gnss::{GnssReport, NmeaReader};

/// Bytes of any receiver, some of them in lines whose checksum is made right: reports are on the globe, and every line is counted once.
pub(crate) fn nmea(bytes: &[u8]) {
    let mut reader = NmeaReader::default();
    for line in bytes.split(|byte| *byte == b'\n') {
        let sum = line.iter().filter(|byte| **byte != b'$').fold(0, |sum, byte| sum ^ byte);
        let whole = [line, format!("*{sum:02X}\r\n").as_bytes()].concat();
        for byte in whole {
            if let Some(GnssReport::Fix(fix)) = reader.push(byte) {
                fix.location().expect("it is on the globe");
                assert!(fix.course_cdeg.is_none_or(|course| course < 36_000));
            }
        }
    }
    let counters = reader.counters();
    let lines = counters.read + counters.others + counters.damaged + counters.malformed;
    assert!(usize::try_from(lines).unwrap() <= bytes.len() + 1);
}
