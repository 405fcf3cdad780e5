//! The `.trc` text of PEAK's PCAN tools, versions 1.0 to 2.1.
//!
//! ```text
//! ;$FILEVERSION=1.1
//! ;$STARTTIME=42209.4075997106
//!      1)      1841.2  Rx         0300  8  00 00 00 00 04 00 00 00
//!      2)      1842.0  Rx     18EFC034  4  RTR
//!      3)      1843.5  Error      0008  4  00 19 08 08
//!      4)      1844.1  Warng  FFFFFFFF  4  00 00 00 08  BUSHEAVY
//!
//! ;$FILEVERSION=2.1
//! ;$STARTTIME=42209.4075997106
//! ;$COLUMNS=N,O,T,B,I,d,R,L,D
//!       1      1059.900 DT 1      0300 Rx -  7    00 00 00 00 04 00 00
//!       2      1059.910 FB 1  18EFC034 Rx -  15   00 01 02 ...
//!       3      1059.920 RR 1      0100 Rx -  3
//!       4      1059.930 ST 1         - Rx -  4    00 00 00 08
//! ```
//!
//! Identifiers of 8 digits are extended. Without a header a line is read as of version 1.0, the only one that may have
//! none. Status, warnings, counters and marks are events that are no frame.
//!
//! Times are those of the lines in milliseconds, from the start of the measurement: `$STARTTIME` has no time zone and is
//! not added, as with [`asc`](super::asc). Identifiers and data are hexadecimal, lengths decimal.

use dimo_types::{CanId, Frame, Timestamp};

use super::text::{Payload, extended_id, micros, number, standard_id, timestamp, trimmed};
use super::{Entry, Field, LineError};

/// The bus of versions that name none.
const ONLY_CHANNEL: &str = "1";
/// The most columns that a version has; further ones are refused.
const MAX_COLUMNS: usize = 12;

/// Reads `.trc` line by line and remembers what the header said.
#[derive(Clone, Debug)]
pub struct Parser {
    columns: Columns,
}

/// The columns of a line in their order; data, which is the rest of the line, comes last.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Columns([Option<Column>; MAX_COLUMNS]);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Column {
    /// A counter, or a reserved column.
    Skipped,
    Time,
    /// `Rx`, `Tx`, and in versions 1.x also `Warng` and `Error`.
    Direction,
    /// Two letters, versions 2.x.
    Type,
    Channel,
    Id,
    /// The number of bytes.
    Length,
    /// The data length code.
    Code,
}

/// The columns of versions that do not name them, in the letters of those that do.
const V1_0: &str = "N,O,I,L,D";
const V1_1: &str = "N,O,d,I,L,D";
const V1_2: &str = "N,O,B,d,I,L,D";
const V1_3: &str = "N,O,B,d,I,R,L,D";

impl Columns {
    /// Before they are named.
    const UNKNOWN: Self = Self([None; MAX_COLUMNS]);

    /// The columns of `N,O,T,I,d,l,D`; `None` without those that a frame needs, or when data is not the last.
    fn of_letters(letters: &str) -> Option<Self> {
        let letters = letters.trim_ascii().strip_suffix(",D")?;
        let mut columns = Self::UNKNOWN;
        let mut places = columns.0.iter_mut();
        for letter in letters.split(',') {
            *places.next()? = Some(match letter {
                "O" => Column::Time,
                "T" => Column::Type,
                "B" => Column::Channel,
                "I" => Column::Id,
                "d" => Column::Direction,
                "l" => Column::Length,
                "L" => Column::Code,
                // A counter, a reserved column, and the extras of J1939.
                "N" | "R" | "S" | "A" => Column::Skipped,
                _ => return None,
            });
        }
        let has = |column| columns.0.contains(&Some(column));
        let is_whole = has(Column::Time) && has(Column::Id) && (has(Column::Length) || has(Column::Code));
        is_whole.then_some(columns)
    }
}

/// What a line says before its data.
#[derive(Clone, Copy, Debug, Default)]
struct Head<'a> {
    time: Option<&'a str>,
    direction: Option<&'a str>,
    kind: Option<&'a str>,
    channel: Option<&'a str>,
    id: Option<&'a str>,
    length: Option<&'a str>,
    code: Option<&'a str>,
}

type Words<'a> = core::str::SplitAsciiWhitespace<'a>;

impl Default for Parser {
    fn default() -> Self {
        Self { columns: Columns::of_letters(V1_0).unwrap_or(Columns::UNKNOWN) }
    }
}

impl Parser {
    /// A parser for the first line of a log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The entry of the next line, given without its end; `None` for blank lines, comments and events that are no frame.
    ///
    /// # Errors
    ///
    /// [`LineError`] for everything else.
    pub fn parse_line<'a>(&mut self, line: &'a [u8]) -> Result<Option<Entry<'a>>, LineError> {
        // Comments hold paths and names in the encoding of the machine that wrote them.
        if line.trim_ascii_start().first() == Some(&b';') {
            return self.read_header(line).map(|()| None);
        }
        let line = trimmed(line)?;
        if line.is_empty() {
            return Ok(None);
        }
        if self.columns == Columns::UNKNOWN {
            return Err(LineError::NoHeader);
        }
        let mut words = line.split_ascii_whitespace();
        let head = self.head(&mut words);
        let time_text = head.time.ok_or(LineError::Missing { field: Field::Time })?;
        let time = timestamp(micros_of_millis(time_text)?)?;
        let channel = head.channel.unwrap_or(ONLY_CHANNEL);
        let frame = match head.kind {
            Some(kind) => parse_typed(time, kind, &head, words)?,
            None => parse_untyped(time, &head, words)?,
        };
        Ok(frame.map(|frame| Entry { time: time_text, channel, frame }))
    }

    /// `;$FILEVERSION=1.1` and `;$COLUMNS=N,O,T,I,d,l,D`; all else is a comment.
    fn read_header(&mut self, line: &[u8]) -> Result<(), LineError> {
        let Ok(line) = str::from_utf8(line.trim_ascii()) else { return Ok(()) };
        let invalid = LineError::Invalid { field: Field::Header };
        if let Some(version) = line.strip_prefix(";$FILEVERSION=") {
            self.columns = match version {
                "1.0" => Columns::of_letters(V1_0),
                "1.1" => Columns::of_letters(V1_1),
                "1.2" => Columns::of_letters(V1_2),
                "1.3" => Columns::of_letters(V1_3),
                // Their columns are named in a line of its own.
                "2.0" | "2.1" => Some(Columns::UNKNOWN),
                _ => None,
            }
            .ok_or(invalid)?;
        } else if let Some(letters) = line.strip_prefix(";$COLUMNS=") {
            self.columns = Columns::of_letters(letters).ok_or(invalid)?;
        }
        Ok(())
    }

    /// Takes the words before the data.
    fn head<'a>(&self, words: &mut Words<'a>) -> Head<'a> {
        let mut head = Head::default();
        for column in self.columns.0.iter().map_while(|column| *column) {
            // Status lines of version 2.0 leave the identifier out, so that the direction stands in its place.
            if column == Column::Id && words.clone().next().is_some_and(is_direction) {
                continue;
            }
            let word = words.next();
            match column {
                Column::Skipped => {}
                Column::Time => head.time = word,
                Column::Direction => head.direction = word,
                Column::Type => head.kind = word,
                Column::Channel => head.channel = word,
                Column::Id => head.id = word,
                Column::Length => head.length = word,
                Column::Code => head.code = word,
            }
        }
        head
    }
}

/// A line of versions 1.x.
fn parse_untyped(time: Timestamp, head: &Head<'_>, mut words: Words<'_>) -> Result<Option<Frame>, LineError> {
    match head.direction {
        Some("Warng") => return Ok(None),
        Some("Error") => return error_frame(time, head, words).map(Some),
        Some(word) if !is_direction(word) => return Err(LineError::Invalid { field: Field::Direction }),
        _ => {}
    }
    // Version 1.0 marks warnings by an identifier that no frame has, and errors by a word.
    if head.id == Some("FFFFFFFF") {
        return Ok(None);
    }
    let id = parse_id(head)?;
    let len = length(head)?;
    let frame = match words.clone().next() {
        Some("RTR") => Frame::remote(time, id, len)?,
        Some("ERROR") => {
            words.next();
            return error_frame(time, head, words).map(Some);
        }
        _ => Frame::classic(time, id, parse_data(len, words)?.bytes()?)?,
    };
    Ok(Some(frame))
}

/// A line of versions 2.x.
fn parse_typed(
    time: Timestamp,
    kind: &str,
    head: &Head<'_>,
    words: Words<'_>,
) -> Result<Option<Frame>, LineError> {
    // Hardware status, change of error counters, marks that a person set.
    if matches!(kind, "ST" | "EC" | "EV") {
        return Ok(None);
    }
    if let Some(word) = head.direction
        && !is_direction(word)
    {
        return Err(LineError::Invalid { field: Field::Direction });
    }
    let frame = match kind {
        "DT" => Frame::classic(time, parse_id(head)?, parse_data(length(head)?, words)?.bytes()?)?,
        // With and without faster bits, and with the sender's error state.
        "FD" | "FB" | "FE" | "BI" => {
            Frame::fd(time, parse_id(head)?, parse_data(fd_length(head)?, words)?.bytes()?)?
        }
        "RR" => Frame::remote(time, parse_id(head)?, length(head)?)?,
        "ER" => error_frame(time, head, words)?,
        _ => return Err(LineError::UnknownEvent),
    };
    Ok(Some(frame))
}

fn is_direction(word: &str) -> bool {
    matches!(word, "Rx" | "Tx")
}

/// Microseconds from milliseconds with any number of decimals; those beyond the third are dropped.
fn micros_of_millis(millis: &str) -> Result<u64, LineError> {
    // Read as seconds, the sixth decimal is a thousandth of a microsecond.
    Ok(micros(millis)? / 1000)
}

/// 4 digits standard, 8 digits extended.
fn parse_id(head: &Head<'_>) -> Result<CanId, LineError> {
    let text = head.id.ok_or(LineError::Missing { field: Field::Id })?;
    let id = number(text, 16).ok_or(LineError::Invalid { field: Field::Id })?;
    if text.len() > 4 { extended_id(id) } else { standard_id(id) }
}

/// The bytes of a classic frame; the frame itself refuses too many. Codes 9 to 15 mean 8.
fn length(head: &Head<'_>) -> Result<u8, LineError> {
    stated_length(head, |code| (code <= 15).then_some(code.min(8)))
}

/// The bytes of a CAN FD frame.
fn fd_length(head: &Head<'_>) -> Result<u8, LineError> {
    stated_length(head, |code| match code {
        0..=8 => Some(code),
        9 => Some(12),
        10 => Some(16),
        11 => Some(20),
        12 => Some(24),
        13 => Some(32),
        14 => Some(48),
        15 => Some(64),
        _ => None,
    })
}

/// The length where it is stated, else that of the data length code.
fn stated_length(head: &Head<'_>, of_code: impl Fn(u8) -> Option<u8>) -> Result<u8, LineError> {
    let small = |text| number(text, 10).and_then(|len| u8::try_from(len).ok());
    let length = match (head.length, head.code) {
        (Some(length), _) => small(length),
        (None, Some(code)) => small(code).and_then(of_code),
        (None, None) => return Err(LineError::Missing { field: Field::Length }),
    };
    length.ok_or(LineError::Invalid { field: Field::Length })
}

fn parse_data(len: u8, mut words: Words<'_>) -> Result<Payload, LineError> {
    let mut data = Payload::new();
    for _ in 0..len {
        let word = words.next().ok_or(LineError::Missing { field: Field::Data })?;
        let byte = number(word, 16).and_then(|byte| u8::try_from(byte).ok());
        data.push(byte.ok_or(LineError::Invalid { field: Field::Data })?);
    }
    Ok(data)
}

/// An error frame, with the bytes that describe the error. The number in the place of its identifier is a kind of error.
fn error_frame(time: Timestamp, head: &Head<'_>, words: Words<'_>) -> Result<Frame, LineError> {
    Ok(Frame::error(time, NO_ID, parse_data(length(head)?, words)?.bytes()?)?)
}

/// The identifier of error frames, which this format does not give one.
const NO_ID: CanId = match CanId::extended(0) {
    Some(id) => id,
    None => unreachable!(),
};
