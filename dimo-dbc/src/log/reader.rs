//! [`LogReader`]: a log file as a stream of frames and malformed lines.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::iter::FusedIterator;
use core::ops::Range;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use dimo_types::Frame;
use thiserror::Error;

use super::{LineError, LineParser, LogFormat, MAX_LINE_LEN};

/// How much of a file is read at once, and how much of its start decides its format, in bytes.
const BUFFER_LEN: usize = 256 * 1024;
/// Some editors put this in front of UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Streams a log: an iterator over frames and malformed lines, in the order of the log.
///
/// Memory is bounded whatever the file holds: one buffer, and one line of at most [`MAX_LINE_LEN`] bytes. Lines end in
/// LF or CRLF. The iterator ends at the end of the log, or behind the first error of the source.
///
/// # Example: a log with a line that was cut off
///
/// ```
/// use dimo_dbc::log::{LogFormat, LogItem, LogReader};
/// let log = b"(0.000000) can0 1DB#EEC0\n(0.010000) can0 1D\n(0.020000) can0 1DB#EEC1\n";
/// let mut frames = 0;
/// for item in LogReader::new(&log[..], LogFormat::Candump) {
///     match item? {
///         LogItem::Frame(_) => frames += 1,
///         LogItem::Malformed(line) => {
///             assert_eq!(line.to_string(), "line 2: the line has no # behind the identifier");
///         }
///         _ => {}
///     }
/// }
/// assert_eq!(frames, 2);
/// # Ok::<(), dimo_dbc::log::LogReadError>(())
/// ```
#[derive(Debug)]
pub struct LogReader<R> {
    source: R,
    parser: LineParser,
    /// Reused for every line.
    line: Vec<u8>,
    /// Where in it the time stands; empty when it holds no frame.
    time: Range<usize>,
    line_number: u64,
    bytes_read: u64,
    has_ended: bool,
}

/// What a [`LogReader`] finds in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogItem {
    /// A frame: data, remote or error.
    Frame(Frame),
    /// A line that is none of what the format allows.
    Malformed(MalformedLine),
}

/// A line that could not be read, with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MalformedLine {
    /// The number of the line, counted from 1, blank lines and headers included.
    pub line: u64,
    /// What is wrong with it.
    pub reason: LineError,
}

/// `line 12: the line has no time`.
impl fmt::Display for MalformedLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl LogReader<BufReader<File>> {
    /// Opens a file. Its extension says the format where it can ([`LogFormat::from_extension`]), else its first lines
    /// do ([`LogFormat::detect`]); a file that says nothing is taken for `candump -L`.
    ///
    /// # Errors
    ///
    /// [`LogOpenError`] when the file cannot be opened or its start not be read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, LogOpenError> {
        let path = path.as_ref();
        let failed = |source| LogOpenError { path: path.to_path_buf(), source };
        let mut source = BufReader::with_capacity(BUFFER_LEN, File::open(path).map_err(failed)?);
        let start = source.fill_buf().map_err(failed)?;
        let format = path
            .extension()
            .and_then(|extension| LogFormat::from_extension(extension.to_str()?))
            .or_else(|| LogFormat::detect(start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start)))
            .unwrap_or(LogFormat::Candump);
        Ok(Self::new(source, format))
    }
}

impl<R: BufRead> LogReader<R> {
    /// Reads `source` as a log of `format`.
    pub fn new(source: R, format: LogFormat) -> Self {
        let parser = format.parser();
        Self { source, parser, line: Vec::new(), time: 0..0, line_number: 0, bytes_read: 0, has_ended: false }
    }

    /// The same reader over a source of any kind, where files and logs in memory are to have one type.
    #[must_use]
    pub fn boxed<'r>(self) -> LogReader<Box<dyn BufRead + 'r>>
    where
        R: 'r,
    {
        let Self { source, parser, line, time, line_number, bytes_read, has_ended } = self;
        LogReader { source: Box::new(source), parser, line, time, line_number, bytes_read, has_ended }
    }

    /// The number of the last line read, counted from 1; 0 before the first.
    pub fn line_number(&self) -> u64 {
        self.line_number
    }

    /// The time of the frame that came last, as the log writes it (see [`Entry::time`](super::Entry::time)); empty when
    /// what came last was no frame.
    pub fn time_text(&self) -> &str {
        self.line.get(self.time.clone()).and_then(|time| str::from_utf8(time).ok()).unwrap_or_default()
    }

    /// How far the log was read, in bytes; with the size of a file, a measure of progress.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Reads the next line without its end into the buffer, or says why it is no line; `None` at the end of the log.
    fn read_line(&mut self) -> io::Result<Option<Result<(), LineError>>> {
        self.line.clear();
        self.time = 0..0;
        // Room for CR and LF behind the longest line.
        let limit = MAX_LINE_LEN as u64 + 2;
        let read = self.source.by_ref().take(limit).read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        self.line_number += 1;
        self.bytes_read += read as u64;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if read as u64 == limit {
            self.bytes_read += self.source.skip_until(b'\n')? as u64;
        }
        if self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        if self.line_number == 1 && self.line.starts_with(BYTE_ORDER_MARK) {
            self.line.drain(..BYTE_ORDER_MARK.len());
        }
        let fits = self.line.len() <= MAX_LINE_LEN;
        Ok(Some(if fits { Ok(()) } else { Err(LineError::TooLong { limit: MAX_LINE_LEN }) }))
    }
}

impl<R: BufRead> Iterator for LogReader<R> {
    type Item = Result<LogItem, LogReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.has_ended {
            let parsed = match self.read_line() {
                Ok(Some(Ok(()))) => self.parser.parse_line(&self.line),
                Ok(Some(Err(reason))) => Err(reason),
                Ok(None) => {
                    self.has_ended = true;
                    return None;
                }
                Err(source) => {
                    self.has_ended = true;
                    return Some(Err(LogReadError { after_line: self.line_number, source }));
                }
            };
            match parsed {
                Ok(Some(entry)) => {
                    self.time = place_in(&self.line, entry.time);
                    return Some(Ok(LogItem::Frame(entry.frame)));
                }
                Ok(None) => {}
                Err(reason) => {
                    return Some(Ok(LogItem::Malformed(MalformedLine { line: self.line_number, reason })));
                }
            }
        }
        None
    }
}

/// Where `part` stands in `line`, a part of which it is.
fn place_in(line: &[u8], part: &str) -> Range<usize> {
    let start = part.as_ptr().addr().wrapping_sub(line.as_ptr().addr());
    start..start.saturating_add(part.len())
}

impl<R: BufRead> FusedIterator for LogReader<R> {}

/// A log cannot be opened. Check the path and the permission to read it.
#[derive(Debug, Error)]
#[error("cannot open log {}", path.display())]
#[non_exhaustive]
pub struct LogOpenError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// The source of a log failed while it was read. What was read so far is good.
#[derive(Debug, Error)]
#[error("cannot read the log behind line {after_line}")]
#[non_exhaustive]
pub struct LogReadError {
    /// The number of the last line that was read, counted from 1; 0 when there was none.
    pub after_line: u64,
    /// What the system said.
    pub source: io::Error,
}
