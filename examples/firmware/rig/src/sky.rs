//! [`shine`]: a receiver of satellites at the board's line, above the Brandenburg Gate.

use std::io::Write as _;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, SystemTime};

use dimo_types::Timestamp;

/// A report each second, until the board is gone.
pub(crate) fn shine(mut line: TcpStream) {
    thread::spawn(move || {
        while line.write_all(report().as_bytes()).is_ok() {
            thread::sleep(Duration::from_secs(1));
        }
    });
}

/// Time, position and quality, NMEA 0183.
fn report() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let text = Timestamp::from_secs(now.as_secs()).map(|time| time.to_string()).unwrap_or_default();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (date, clock) = digits.split_at_checked(8).unwrap_or_default();
    let (year, month, day) = (date.get(2..4), date.get(4..6), date.get(6..8));
    let [year, month, day] = [year, month, day].map(Option::unwrap_or_default);
    let clock = clock.get(..6).unwrap_or_default();
    let sentences = [
        format!("GPRMC,{clock}.00,A,5230.978,N,01322.662,E,0.0,0.0,{day}{month}{year},,,A"),
        format!("GPGGA,{clock}.00,5230.978,N,01322.662,E,1,08,0.9,35.0,M,40.0,M,,"),
    ];
    sentences.map(|sentence| framed(&sentence)).concat()
}

fn framed(sentence: &str) -> String {
    let sum = sentence.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("${sentence}*{sum:02X}\r\n")
}
