//! Vector's `.asc` text, as CANalyzer, CANoe and many loggers write it.
//!
//! ```text
//! date Sat Mar 14 08:00:00.000 am 2026
//! base hex  timestamps absolute
//!    0.019968 1  64              Rx   d 4 64 00 00 00  Length = 0 BitCount = 0
//!    0.021000 1  18F00503x       Rx   r 8
//!    0.022000 1  ErrorFrame
//!    0.023000 CANFD   1 Rx   1DB  SymbolicName  1 0 a 16 00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF  0 0 1000
//! ```
//!
//! A line that begins with a time is a frame, an event that is known to be none (bus statistics, chip status, other
//! buses), or malformed. A line without one is metadata, whatever it says: the format has no fixed set of them.
//!
//! Times stay seconds from the start of the measurement: `date` has no time zone and is not added. After
//! `timestamps relative` each line counts from the one before, and the parser adds them up.

use dimo_types::{CanId, Frame, Timestamp};

use super::text::{Payload, extended_id, micros, number, standard_id, timestamp, trimmed};
use super::{Entry, Field, LineError};

/// Set in the flags of a `CANFD` line for a remote request, and for a frame that is CAN FD and not classic.
const FLAG_REMOTE: u32 = 1 << 4;
const FLAG_FD: u32 = 1 << 12;

/// First words of events that carry no CAN frame: chip status and measurement marks, other buses, other data.
const OTHER_EVENTS: [&str; 17] = [
    "CAN",
    "Start",
    "End",
    "log",
    "Trigger",
    "J1939TP",
    "Li",
    "Fr",
    "FR",
    "FRM",
    "MOST",
    "ETH",
    "AFDX",
    "SV:",
    "GPS-Event:",
    "TFS:",
    "Comment:",
];
/// Words in the place of an identifier that make a channel's line something other than a frame.
const CHANNEL_EVENTS: [&str; 4] = ["Statistic:", "OverloadFrame", "J1939TP", "Status:"];

/// Reads `.asc` line by line and remembers what the header said.
#[derive(Clone, Debug, Default)]
pub struct Parser {
    base: Base,
    times: Times,
    clock_us: u64,
}

/// In which base identifiers and data are written. Without a header: hexadecimal.
#[derive(Clone, Copy, Debug, Default)]
enum Base {
    #[default]
    Hex,
    Dec,
}

impl Base {
    const fn radix(self) -> u32 {
        match self {
            Self::Hex => 16,
            Self::Dec => 10,
        }
    }
}

/// What the time of a line counts from. Without a header: the start of the measurement.
#[derive(Clone, Copy, Debug, Default)]
enum Times {
    #[default]
    FromStart,
    FromLineBefore,
}

type Words<'a> = core::str::SplitAsciiWhitespace<'a>;

impl Parser {
    /// A parser for the first line of a log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The entry of the next line, given without its end; `None` for blank lines, metadata and events that are no frame.
    ///
    /// # Errors
    ///
    /// [`LineError`] for a line that has a time and is not understood.
    pub fn parse_line<'a>(&mut self, line: &'a [u8]) -> Result<Option<Entry<'a>>, LineError> {
        let mut words = trimmed(line)?.split_ascii_whitespace();
        match words.next() {
            Some(time) if starts_like_a_time(time) => {
                let clock = self.advance(time)?;
                self.parse_event(time, clock, words)
            }
            Some(word) if word.eq_ignore_ascii_case("base") => {
                self.read_base(words);
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// The line `base hex|dec timestamps absolute|relative`.
    fn read_base(&mut self, words: Words<'_>) {
        for word in words {
            match word {
                "hex" => self.base = Base::Hex,
                "dec" => self.base = Base::Dec,
                "absolute" => self.times = Times::FromStart,
                "relative" => self.times = Times::FromLineBefore,
                _ => {}
            }
        }
    }

    /// The time of this line. Every line with a time moves the clock, frame or not.
    fn advance(&mut self, time: &str) -> Result<Timestamp, LineError> {
        let time = micros(time)?;
        self.clock_us = match self.times {
            Times::FromStart => time,
            Times::FromLineBefore => self.clock_us.saturating_add(time),
        };
        timestamp(self.clock_us)
    }

    /// The part behind the time. `clock` is what `time` comes to.
    fn parse_event<'a>(
        &self,
        time: &'a str,
        clock: Timestamp,
        mut words: Words<'a>,
    ) -> Result<Option<Entry<'a>>, LineError> {
        let channel = match words.next() {
            Some("CANFD") => {
                let (channel, frame) = self.parse_fd(clock, words)?;
                return Ok(Some(Entry { time, channel, frame }));
            }
            Some(word) if is_number(word) => word,
            Some(word) if OTHER_EVENTS.contains(&word) => return Ok(None),
            // An environment variable: `0.5 EngineRunning := 1`.
            Some(_) if words.next() == Some(":=") => return Ok(None),
            Some(_) => return Err(LineError::UnknownEvent),
            None => return Err(LineError::Missing { field: Field::Channel }),
        };
        let frame = match words.next() {
            Some("ErrorFrame") => Frame::error(clock, NO_ID, &[])?,
            Some(word) if CHANNEL_EVENTS.contains(&word) => return Ok(None),
            Some(id) => self.parse_classic(clock, self.parse_id(id)?, words)?,
            None => return Err(LineError::Missing { field: Field::Id }),
        };
        Ok(Some(Entry { time, channel, frame }))
    }

    /// The part behind the identifier of a classic frame: `Rx d 2 11 22 ...`.
    fn parse_classic(&self, time: Timestamp, id: CanId, mut words: Words<'_>) -> Result<Frame, LineError> {
        check_direction(words.next())?;
        match words.next() {
            Some("d") => {
                let code = words.next().ok_or(LineError::Missing { field: Field::Length })?;
                let len = length_of_code(self.number(code, Field::Length)?)?;
                Ok(Frame::classic(time, id, self.parse_data(len, &mut words)?.bytes()?)?)
            }
            // The length of a remote request is not always there, and other fields may follow.
            Some("r") => {
                let code = words.next().and_then(|word| number(word, self.base.radix())).unwrap_or(0);
                Ok(Frame::remote(time, id, length_of_code(code)?)?)
            }
            Some(_) => Err(LineError::Invalid { field: Field::Kind }),
            None => Err(LineError::Missing { field: Field::Kind }),
        }
    }

    /// The part behind `CANFD`: channel, direction, identifier, perhaps a name, two flags, length code, length, data,
    /// and then perhaps duration, bit count and flags.
    fn parse_fd<'a>(&self, time: Timestamp, mut words: Words<'a>) -> Result<(&'a str, Frame), LineError> {
        let channel = words.next().ok_or(LineError::Missing { field: Field::Channel })?;
        if !is_number(channel) {
            return Err(LineError::Invalid { field: Field::Channel });
        }
        check_direction(words.next())?;
        let id = match words.next() {
            Some("ErrorFrame") => return Ok((channel, Frame::error(time, NO_ID, &[])?)),
            Some(id) => self.parse_id(id)?,
            None => return Err(LineError::Missing { field: Field::Id }),
        };
        let mut next = |field| words.next().ok_or(LineError::Missing { field });
        // A name never begins with a digit, so a flag in its place says that there is none.
        if !is_flag(next(Field::Flags)?) && !is_flag(next(Field::Flags)?) {
            return Err(LineError::Invalid { field: Field::Flags });
        }
        if !is_flag(next(Field::Flags)?) {
            return Err(LineError::Invalid { field: Field::Flags });
        }
        let code = next(Field::Length)?;
        let len = number(next(Field::Length)?, 10).and_then(|len| u8::try_from(len).ok());
        let len = len.ok_or(LineError::Invalid { field: Field::Length })?;
        let data = self.parse_data(len, &mut words)?;
        let frame = match words.nth(2).and_then(|flags| number(flags, 16)) {
            Some(flags) if flags & FLAG_REMOTE != 0 => {
                Frame::remote(time, id, length_of_code(number(code, 16).unwrap_or(0))?)?
            }
            Some(flags) if flags & FLAG_FD == 0 => Frame::classic(time, id, data.bytes()?)?,
            _ => Frame::fd(time, id, data.bytes()?)?,
        };
        Ok((channel, frame))
    }

    /// `64` standard, `18F00503x` extended, in the base of the log.
    fn parse_id(&self, text: &str) -> Result<CanId, LineError> {
        match text.strip_suffix(['x', 'X']) {
            Some(id) => extended_id(self.number(id, Field::Id)?),
            None => standard_id(self.number(text, Field::Id)?),
        }
    }

    fn parse_data(&self, len: u8, words: &mut Words<'_>) -> Result<Payload, LineError> {
        let mut data = Payload::new();
        for _ in 0..len {
            let word = words.next().ok_or(LineError::Missing { field: Field::Data })?;
            let byte = u8::try_from(self.number(word, Field::Data)?);
            data.push(byte.map_err(|_| LineError::Invalid { field: Field::Data })?);
        }
        Ok(data)
    }

    fn number(&self, text: &str, field: Field) -> Result<u32, LineError> {
        number(text, self.base.radix()).ok_or(LineError::Invalid { field })
    }
}

/// The identifier of error frames, which this format does not give one.
const NO_ID: CanId = match CanId::extended(0) {
    Some(id) => id,
    None => unreachable!(),
};

fn starts_like_a_time(word: &str) -> bool {
    word.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit())
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

fn is_flag(word: &str) -> bool {
    matches!(word, "0" | "1")
}

fn check_direction(word: Option<&str>) -> Result<(), LineError> {
    match word {
        Some("Rx" | "Tx" | "TxRq") => Ok(()),
        Some(_) => Err(LineError::Invalid { field: Field::Direction }),
        None => Err(LineError::Missing { field: Field::Direction }),
    }
}

/// The bytes of a classic frame with this length code: codes 9 to 15 mean 8.
fn length_of_code(code: u32) -> Result<u8, LineError> {
    match u8::try_from(code) {
        Ok(code @ 0..=15) => Ok(code.min(8)),
        _ => Err(LineError::Invalid { field: Field::Length }),
    }
}
