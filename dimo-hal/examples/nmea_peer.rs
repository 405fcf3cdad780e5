//! What our reader of NMEA 0183 makes of what comes on standard input, a line for each report.
//!
//! `searching`, or `fix`, time, latitude and longitude (1e-7 degrees), altitude (mm), speed (mm/s), course (1e-2 degrees), dilution (1e-2), satellites and quality, separated by
//! tabs; `-` stands for what is not known.

use std::io::{self, Read as _, Write as _};

use dimo_hal::gnss::{Fix, GnssReport, NmeaReader};

fn main() -> io::Result<()> {
    let mut input = Vec::new();
    io::stdin().read_to_end(&mut input)?;
    let mut reader = NmeaReader::default();
    let mut out = io::stdout().lock();
    for report in input.into_iter().filter_map(|byte| reader.push(byte)) {
        match report {
            GnssReport::Fix(fix) => writeln!(out, "{}", line(&fix))?,
            _ => writeln!(out, "searching")?,
        }
    }
    Ok(())
}

fn line(fix: &Fix) -> String {
    let fields = [
        "fix".to_owned(),
        or_dash(fix.time.map(|time| time.as_micros())),
        fix.latitude_e7.to_string(),
        fix.longitude_e7.to_string(),
        or_dash(fix.altitude_mm),
        or_dash(fix.speed_mm_s),
        or_dash(fix.course_cdeg),
        or_dash(fix.hdop_x100),
        or_dash(fix.satellites),
        format!("{:?}", fix.quality),
    ];
    fields.join("\t")
}

fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}
