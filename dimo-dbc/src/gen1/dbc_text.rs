//! [`DbcText`]: the signals of a DBC file, line by line, without a heap.

use dimo_types::CanId;
use thiserror::Error;

use super::formula::{Dialect, Formula, FormulaError};
use super::response_id::network_id;
use super::scan::{Scan, digits};

/// The name under which DBC tools keep signals that belong to no message. Its number is above all identifiers.
const INDEPENDENT_SIGNALS: &str = "VECTOR__INDEPENDENT_SIG_MSG";

/// Reads DBC text as the network serves it to devices: an iterator over signals and malformed lines, in file order.
///
/// Only `BO_` and `SG_` lines count; all others are skipped, texts over several lines included. Files one after the other
/// are fine. It needs no heap and one pass, and checks less than the importer (feature `import`), which a backend should
/// prefer: here each line must be whole, and what is broken is reported and skipped.
///
/// # Example: a text with a line that cannot be read
///
/// ```
/// use dimo_dbc::gen1::DbcText;
/// let text = b"BO_ 1072 Odometer: 8 Vector__XXX\n\
///     \x20SG_ odometer : 7|32@0+ (0.015625,0) [0|67108863.984375] \"km\" Vector__XXX\n\
///     \x20SG_ broken : 7|0@0+ (1,0) [0|1] \"\" Vector__XXX\n";
/// let mut signals = DbcText::new(text);
/// let odometer = signals.next().unwrap()?;
/// assert_eq!((odometer.id.number(), odometer.name, odometer.unit), (1072, "odometer", "km"));
/// let error = signals.next().unwrap().unwrap_err();
/// assert_eq!(error.to_string(), "line 3: there are no 0 bits at 7: a signal has 1 to 64 bits in 64 bytes");
/// assert!(signals.next().is_none());
/// # Ok::<(), dimo_dbc::gen1::DbcTextError>(())
/// ```
#[derive(Clone, Debug)]
pub struct DbcText<'a> {
    rest: &'a [u8],
    dialect: Dialect,
    line: u32,
    place: Place<'a>,
    /// The line in which a text began that has not ended yet.
    open_text: Option<u32>,
}

/// What the next `SG_` line belongs to.
#[derive(Clone, Copy, Debug)]
enum Place<'a> {
    /// No message was there yet.
    Nowhere,
    Message(CanId, &'a str),
    /// A message that has no frame, or that was reported as malformed.
    Skipped,
}

/// One `SG_` line.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct DbcSignal<'a> {
    /// The number of its line, from 1.
    pub line: u32,
    /// The identifier of its message.
    pub id: CanId,
    /// The name of its message.
    pub message: &'a str,
    /// Its name, without what says when it is there.
    pub name: &'a str,
    /// When it is there.
    pub switching: Switching,
    /// How it is read.
    pub formula: Formula,
    /// Its unit; empty where there is none, or where its bytes are no UTF-8.
    pub unit: &'a str,
}

/// When a signal is in its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Switching {
    /// Always.
    Always,
    /// Always, and its raw value says which of the others are there (`M`).
    Switch,
    /// When the switch of its message has this raw value (`m3`).
    When(u32),
    /// When the switch has this raw value, and it is itself a switch (`m3M`).
    SwitchWhen(u32),
}

impl<'a> DbcText<'a> {
    /// Reads `text` in the network's dialect.
    #[must_use]
    pub const fn new(text: &'a [u8]) -> Self {
        Self::with_dialect(text, Dialect::Network)
    }

    /// Reads `text` in `dialect`.
    #[must_use]
    pub const fn with_dialect(text: &'a [u8], dialect: Dialect) -> Self {
        Self { rest: text, dialect, line: 0, place: Place::Nowhere, open_text: None }
    }

    fn next_line(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let mut parts = self.rest.splitn(2, |byte| *byte == b'\n');
        let line = parts.next()?;
        self.rest = parts.next().unwrap_or_default();
        self.line = self.line.saturating_add(1);
        Some(line)
    }

    fn read_line(&mut self, line: &'a [u8]) -> Result<Option<DbcSignal<'a>>, DbcTextReason> {
        if self.open_text.is_some() {
            self.skip(line);
            return Ok(None);
        }
        // What is read of a line is ASCII; only the unit may be in an older encoding.
        let valid = line.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let mut scan = Scan::of(valid);
        match scan.word() {
            Some("BO_") => {
                self.place = Place::Skipped;
                self.place = read_message(scan).ok_or(DbcTextReason::Message)?;
                Ok(None)
            }
            Some("SG_") => match self.place {
                Place::Message(id, message) => self.read_signal(scan, id, message).map(Some),
                Place::Skipped => Ok(None),
                Place::Nowhere => Err(DbcTextReason::NoMessage),
            },
            _ => {
                self.skip(line);
                Ok(None)
            }
        }
    }

    fn read_signal(
        &self,
        mut scan: Scan<'a>,
        id: CanId,
        message: &'a str,
    ) -> Result<DbcSignal<'a>, DbcTextReason> {
        let mut words = Scan::of(scan.up_to(':').ok_or(DbcTextReason::Name)?);
        let name = words.word().ok_or(DbcTextReason::Name)?;
        let switching = read_switching(words).ok_or(DbcTextReason::Switching)?;
        let formula = Formula::read(&mut scan, self.dialect)?;
        let unit = Formula::read_unit(&mut scan).unwrap_or_default();
        Ok(DbcSignal { line: self.line, id, message, name, switching, formula, unit })
    }

    /// Follows the texts in quotes of a line that is skipped, because they may hold lines that look like signals.
    fn skip(&mut self, line: &[u8]) {
        let mut is_escaped = false;
        for byte in line {
            match byte {
                b'"' if !is_escaped => {
                    self.open_text = if self.open_text.is_some() { None } else { Some(self.line) };
                }
                _ => {}
            }
            is_escaped = *byte == b'\\' && !is_escaped;
        }
    }
}

impl<'a> Iterator for DbcText<'a> {
    type Item = Result<DbcSignal<'a>, DbcTextError>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(line) = self.next_line() {
            match self.read_line(line) {
                Ok(None) => {}
                Ok(Some(signal)) => return Some(Ok(signal)),
                Err(reason) => return Some(Err(DbcTextError { line: self.line, reason })),
            }
        }
        let line = self.open_text.take()?;
        Some(Err(DbcTextError { line, reason: DbcTextReason::OpenText }))
    }
}

impl core::iter::FusedIterator for DbcText<'_> {}

/// The part of a `BO_` line behind the keyword: `1072 Odometer: 8 Vector__XXX`.
fn read_message(mut scan: Scan<'_>) -> Option<Place<'_>> {
    let number = digits(scan.word()?)?;
    let name = scan.up_to(':')?;
    if name == INDEPENDENT_SIGNALS {
        return Some(Place::Skipped);
    }
    Some(Place::Message(network_id(number)?, name))
}

/// The part between a signal's name and its colon.
fn read_switching(mut scan: Scan<'_>) -> Option<Switching> {
    let switching = match scan.word() {
        None => Switching::Always,
        Some("M") => Switching::Switch,
        Some(word) => {
            let value = word.strip_prefix('m')?;
            match value.strip_suffix('M') {
                Some(value) => Switching::SwitchWhen(digits(value)?),
                None => Switching::When(digits(value)?),
            }
        }
    };
    scan.word().is_none().then_some(switching)
}

/// A line of DBC text that is skipped because it cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("line {line}: {reason}")]
#[non_exhaustive]
pub struct DbcTextError {
    /// The number of the line, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub reason: DbcTextReason,
}

/// Why a line of DBC text cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum DbcTextReason {
    /// A `BO_` line without a number that is an identifier, or without a name. Its signals are skipped.
    #[error("the message is not written as BO_ number name:")]
    Message,
    /// A signal before any message.
    #[error("the signal belongs to no message")]
    NoMessage,
    /// A signal without a name or a colon behind it.
    #[error("the signal is not written as SG_ name :")]
    Name,
    /// Between name and colon stands something else than `M`, `m3` or `m3M`.
    #[error("the text between the name of the signal and the colon is not M, m and a number, or both")]
    Switching,
    /// The part behind the colon.
    #[error(transparent)]
    Formula(#[from] FormulaError),
    /// A text in quotes has no end. Everything from this line on was skipped.
    #[error("the text in quotes has no end")]
    OpenText,
}
