//! [`NmeaReader`]: NMEA 0183 byte by byte, in whole numbers.

mod epoch;
mod number;
mod sentence;

use super::fix::GnssReport;
use epoch::Epoch;
use sentence::Sentence;

/// The longest line it takes: 82 characters by the standard, more by some receivers.
const LINE: usize = 128;

/// Reads what a receiver says: `RMC`, `GGA` and `GSA` of any constellation, with checksums. Other sentences, noise, and lines without a right checksum are skipped and counted.
///
/// The sentences of one moment make one report. It comes with the second of `RMC` and `GGA` of that moment. Where only one of them is sent, it comes with the next moment at first,
/// and at once after the second such moment. The `GSA` of several constellations count together: the best of them says how good the solution is, and when none has one, the receiver is searching.
///
/// # Example: a receiver in Dublin
///
/// ```
/// use dimo_hal::gnss::{GnssReport, NmeaReader};
///
/// let mut reader = NmeaReader::default();
/// let lines = b"$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*76\r\n\
///               $GPRMC,092750.000,A,5321.6802,N,00630.3372,W,0.02,31.66,280526,,,A*47\r\n";
/// let mut reports = lines.iter().filter_map(|byte| reader.push(*byte));
/// let Some(GnssReport::Fix(fix)) = reports.next() else { panic!("no fix") };
/// assert_eq!((fix.latitude_e7, fix.longitude_e7), (533_613_367, -65_056_200));
/// assert_eq!(fix.altitude_mm, Some(116_900));
/// assert_eq!(fix.time.unwrap().to_string(), "2026-05-28T09:27:50Z");
/// ```
#[derive(Clone, Debug)]
pub struct NmeaReader {
    line: [u8; LINE],
    len: usize,
    /// Between `$` and the end of the line.
    inside: bool,
    epoch: Epoch,
    counters: NmeaCounters,
}

/// What came and was of no use, and what was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NmeaCounters {
    /// Sentences that were read.
    pub read: u32,
    /// Sentences that say nothing about where or when.
    pub others: u32,
    /// Lines without a checksum, with a wrong one, or too long.
    pub damaged: u32,
    /// Sentences with a right checksum and fields that make no sense.
    pub malformed: u32,
}

impl Default for NmeaReader {
    fn default() -> Self {
        Self {
            line: [0; LINE],
            len: 0,
            inside: false,
            epoch: Epoch::default(),
            counters: NmeaCounters::default(),
        }
    }
}

impl NmeaReader {
    /// Takes a byte; gives a report when one is whole.
    pub fn push(&mut self, byte: u8) -> Option<GnssReport> {
        // A line is longer than one byte, so that no two reports meet here.
        let next = self.epoch.take_next();
        self.take(byte).or(next)
    }

    fn take(&mut self, byte: u8) -> Option<GnssReport> {
        match byte {
            b'$' => {
                if self.inside {
                    count(&mut self.counters.damaged);
                }
                (self.inside, self.len) = (true, 0);
                None
            }
            b'\r' | b'\n' if self.inside => {
                self.inside = false;
                self.end_line()
            }
            _ if !self.inside => None,
            byte => {
                match self.line.get_mut(self.len) {
                    Some(place) => {
                        *place = byte;
                        self.len += 1;
                    }
                    None => {
                        self.inside = false;
                        count(&mut self.counters.damaged);
                    }
                }
                None
            }
        }
    }

    /// What came so far.
    #[must_use]
    pub const fn counters(&self) -> NmeaCounters {
        self.counters
    }

    fn end_line(&mut self) -> Option<GnssReport> {
        let line = self.line.get(..self.len).unwrap_or_default();
        let Some(body) = checked(line) else {
            count(&mut self.counters.damaged);
            return None;
        };
        match Sentence::read(body) {
            Ok(Some(sentence)) => {
                count(&mut self.counters.read);
                self.epoch.take(&sentence)
            }
            Ok(None) => {
                count(&mut self.counters.others);
                None
            }
            Err(sentence::Malformed) => {
                count(&mut self.counters.malformed);
                None
            }
        }
    }
}

fn count(counter: &mut u32) {
    *counter = counter.saturating_add(1);
}

/// What stands before `*` and a right checksum.
fn checked(line: &[u8]) -> Option<&[u8]> {
    let (body, sum) = line.split_at_checked(line.len().checked_sub(3)?)?;
    let [b'*', high, low] = sum else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let sum = digit(*high)? * 16 + digit(*low)?;
    (body.iter().fold(0, |sum, byte| sum ^ byte) == sum).then_some(body)
}
