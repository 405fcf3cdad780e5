//! JSON as the network's own devices write it: numbers in the shortest form that reads back to the same value.

use alloc::format;
use alloc::string::String;
use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

/// Compact JSON with `12` for `12.0` and exponents below 1e-6 and from 1e21, as Go writes them.
struct ShortNumbers;

impl Formatter for ShortNumbers {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        let size = value.abs();
        if size != 0.0 && !(1e-6..1e21).contains(&size) {
            let text = format!("{value:e}");
            // Rust writes 1e21, Go 1e+21.
            let text = if size < 1.0 { text } else { text.replacen('e', "e+", 1) };
            return writer.write_all(text.as_bytes());
        }
        write!(writer, "{value}")
    }
}

/// The JSON text of `value`.
pub(in crate::wire) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    let mut bytes = alloc::vec::Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, ShortNumbers))?;
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::to_json;

    #[test]
    fn numbers_are_as_short_as_go_writes_them() {
        for (value, text) in [
            (12.0, "12"),
            (-0.0, "-0"),
            (13.6, "13.6"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (-1.5e300, "-1.5e+300"),
            (0.000_001, "0.000001"),
            (0.000_000_1, "1e-7"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
        ] {
            assert_eq!(to_json(&value).unwrap(), text);
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
    }
}
